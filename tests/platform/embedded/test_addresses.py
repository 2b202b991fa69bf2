import stat
from pathlib import Path

from embedded import addresses, home

ADDRESSES = {"DATABASE_URL": "postgresql://a@h/d", "REDIS_URL": "redis://h/0"}


class TestCurrent:
    def test_is_what_the_running_installation_published(self, place: Path) -> None:
        with home.locked(var=place):
            addresses.publish(var=place, addresses=ADDRESSES)

            assert addresses.current(var=place) == ADDRESSES
            assert stat.S_IMODE((place / "running.json").stat().st_mode) == 0o600

    def test_is_none_for_an_installation_that_was_killed(self, place: Path) -> None:
        with home.locked(var=place):
            addresses.publish(var=place, addresses=ADDRESSES)

        assert addresses.current(var=place) is None

    def test_is_none_while_the_servers_are_starting(self, place: Path) -> None:
        with home.locked(var=place):
            addresses.withdraw(var=place)

            assert addresses.current(var=place) is None

    def test_is_none_where_nothing_ever_ran(self, place: Path) -> None:
        assert addresses.current(var=place / "var") is None
