from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from embedded import ports, processes
from embedded.failures import ProcessDied
from embedded.privileges import passable_directory, server_account
from embedded.programs import runnable
from embedded.valkey import Valkey

pytestmark = pytest.mark.long

ONCE = Retry(NoBackoff(), 0)


def make(place: Path) -> Valkey:
    """A server as in an installation, in a directory of its own."""
    account = server_account()
    home = passable_directory(path=place, account=account)
    return Valkey(
        programs=runnable(account=account, home=home),
        account=account,
        data=home / "valkey",
        log=place.with_suffix(".log"),
        port=ports.choose(),
        password="queue-password",
    )


@pytest.fixture
def server(place: Path) -> Iterator[Valkey]:
    made = make(place / "servers")
    made.start()
    yield made
    assert made.stop()


@pytest.fixture
def client(server: Valkey) -> Iterator["redis.Redis"]:
    made = redis.Redis.from_url(server.url())
    yield made
    made.close()


class TestStart:
    @pytest.mark.parametrize(
        ("setting", "expected"),
        [
            ("appendonly", "yes"),
            ("appendfsync", "everysec"),
            ("save", ""),
            ("maxmemory-policy", "noeviction"),
            ("bind", "127.0.0.1"),
        ],
    )
    def test_is_set_up_to_lose_nothing(self, client: "redis.Redis", setting: str, expected: str) -> None:
        assert client.config_get(setting) == {setting: expected} or client.config_get(setting) == {
            setting.encode(): expected.encode()
        }

    def test_asks_for_a_password_that_no_command_line_shows(self, server: Valkey) -> None:
        with redis.Redis(port=server.port, retry=ONCE) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert server.process is not None
        assert server.password not in Path(f"/proc/{server.process.pid}/cmdline").read_text()

    def test_keeps_its_content_over_a_restart(self, server: Valkey, client: "redis.Redis") -> None:
        client.set("nudge", "1")
        assert server.stop()

        server.start()

        assert client.get("nudge") == b"1"

    def test_ends_one_that_was_left_running(self, server: Valkey) -> None:
        orphan, server.process = server.process, None
        assert orphan is not None

        server.start()

        assert orphan.wait() == 0

    def test_sets_a_damaged_file_aside(self, server: Valkey, client: "redis.Redis") -> None:
        client.set("nudge", "1")
        assert server.stop()
        for file in (server.data / "appendonlydir").glob("*.incr.aof"):
            file.write_bytes(b"this is not what the server wrote\n" + file.read_bytes())

        server.start()

        assert client.get("nudge") is None
        assert (server.data.with_name("valkey.damaged") / "appendonlydir").is_dir()

    def test_does_not_take_another_failure_for_damage(self, place: Path) -> None:
        first, second = make(place / "one"), make(place / "two")
        first.start()
        second.port = first.port

        with pytest.raises(ProcessDied):
            second.start()
        assert not second.data.with_name("valkey.damaged").exists()
        second.stop()
        first.stop()

    def test_leaves_nothing_running_after_stop(self, server: Valkey) -> None:
        assert server.stop()

        assert processes.occupants(directory=server.data, executable="valkey-server") == {}
