import os
import stat
from pathlib import Path

import pytest

from embedded import home
from embedded.failures import AlreadyRunning, DirectoryOfStranger
from embedded.home import Credentials
from embedded.privileges import Account, server_account


class TestPrepare:
    def test_keeps_the_servers_inside_where_the_account_can_reach_them(self, place: Path) -> None:
        assert home.prepare(var=place / "var", account=server_account()) == place / "var" / "servers"

    def test_goes_outside_behind_a_closed_parent(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        outside = place / "outside"
        outside.mkdir()
        monkeypatch.setattr(home, "OUTSIDE", (outside,))
        monkeypatch.setattr(home, "may_enter", lambda *, account, directory: outside in directory.parents)
        account = server_account() or Account(uid=os.geteuid(), gid=os.getegid())

        chosen = home.prepare(var=place / "var", account=account)

        assert chosen.parent == outside
        assert (place / "var" / "servers").readlink() == chosen
        assert home.prepare(var=place / "var", account=account) == chosen

    def test_takes_another_place_outside_when_one_is_a_strangers(
        self, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = place / "first", place / "second"
        first.mkdir()
        second.mkdir()
        monkeypatch.setattr(home, "OUTSIDE", (first, second))
        monkeypatch.setattr(home, "may_enter", lambda *, account, directory: second in directory.parents)
        account = server_account() or Account(uid=os.geteuid(), gid=os.getegid())
        (first / home._outside_names(place / "var")[0].name).symlink_to(place)

        assert home.prepare(var=place / "var", account=account).parent == second

    def test_does_not_follow_a_link_of_somebody_else(self, place: Path) -> None:
        home.prepare(var=place / "var", account=server_account())
        (place / "var" / "servers").rmdir()
        (place / "var" / "servers").symlink_to(place)

        with pytest.raises(DirectoryOfStranger):
            home.prepare(var=place / "var", account=server_account())


class TestCredentials:
    def test_are_kept_for_us_alone(self, place: Path) -> None:
        fresh = Credentials.fresh()

        home.write_credentials(home=place, credentials=fresh)

        assert home.read_credentials(home=place) == fresh
        assert stat.S_IMODE((place / "credentials.json").stat().st_mode) == 0o600

    def test_differ_for_every_role_and_installation(self) -> None:
        one, other = Credentials.fresh(), Credentials.fresh()

        assert len({one.superuser, one.owner, one.application, one.valkey, other.owner}) == 5

    def test_are_none_before_the_first_start(self, place: Path) -> None:
        assert home.read_credentials(home=place) is None


class TestLocked:
    def test_names_the_process_that_holds_it(self, place: Path) -> None:
        with home.locked(var=place):
            assert home.holder(var=place) == os.getpid()
            with pytest.raises(AlreadyRunning, match=str(os.getpid())), home.locked(var=place):
                pytest.fail("held twice")

    def test_is_free_again_afterwards(self, place: Path) -> None:
        with home.locked(var=place):
            pass

        assert home.holder(var=place) is None
        with home.locked(var=place):
            assert home.holder(var=place) == os.getpid()

    def test_waits_for_somebody_who_only_asks(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []

        def refuse_once(descriptor: int, *, shared: bool = False) -> bool:
            asked.append(shared)
            return len(asked) > 1

        monkeypatch.setattr(home, "_take", refuse_once)

        with home.locked(var=place):
            assert len(asked) == 2


class TestLogFile:
    def test_sets_a_long_log_aside(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(home, "LOG_BYTES", 5)
        (place / "log").mkdir()
        log = home.log_file(var=place, name="postgres")
        log.write_text("long enough")

        again = home.log_file(var=place, name="postgres")

        assert again.read_text() == ""
        assert (place / "log" / "postgres.log.1").read_text() == "long enough"
        assert stat.S_IMODE(again.stat().st_mode) == 0o600
