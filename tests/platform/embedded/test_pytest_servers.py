import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from embedded import processes
from embedded.pytest_servers import PREFIX, TestServers, remove_leftovers

from .conftest import Launch, read_until, wait_until

pytestmark = pytest.mark.long

HOLD = """
import time
from pathlib import Path
from embedded.pytest_servers import TestServers
servers = TestServers(parent=Path({place!r}))
servers.start()
print("up", flush=True)
time.sleep(60)
"""
SUITE = """
import os, time

def test_finds_the_servers():
    print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"])
    time.sleep(float(os.environ.get("NAP", "0")))
"""
NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


@pytest.fixture
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


class TestTestServers:
    def test_start_within_seconds_and_leave_nothing(self, place: Path, nothing_named: None) -> None:
        servers = TestServers(parent=place)
        began = time.monotonic()

        servers.start()

        assert time.monotonic() - began < 10
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
            connection.execute("CREATE ROLE made_by_a_test")
            connection.execute("CREATE DATABASE made_by_a_test")
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
            assert client.ping()
        servers.stop()
        assert not set(NAMES) & set(os.environ)
        assert list(place.iterdir()) == []

    def test_leave_alone_what_the_environment_names(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://theirs/d")
        monkeypatch.delenv("REDIS_URL", raising=False)
        servers = TestServers(parent=place)

        servers.start()

        assert os.environ["DATABASE_URL"] == "postgresql://theirs/d"
        assert os.environ["REDIS_URL"].startswith("redis://")
        servers.stop()
        assert os.environ["DATABASE_URL"] == "postgresql://theirs/d"

    def test_start_nothing_when_both_are_named(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://theirs/d")
        monkeypatch.setenv("REDIS_URL", "redis://theirs/0")

        TestServers(parent=place).start()

        assert list(place.iterdir()) == []


class TestRemoveLeftovers:
    def test_of_a_run_that_was_killed_and_not_of_one_that_lives(
        self, place: Path, launch: Launch, bare_environment: dict[str, str]
    ) -> None:
        killed = launch(HOLD.format(place=str(place)), environment=bare_environment)
        read_until(killed, "up")
        lives = launch(HOLD.format(place=str(place)), environment=bare_environment)
        read_until(lives, "up")
        assert len(list(place.glob(f"{PREFIX}*"))) == 2
        killed.kill()
        killed.wait()

        (removed,) = remove_leftovers(parent=place)

        (left,) = place.glob(f"{PREFIX}*")
        assert removed != left
        assert processes.occupants(directory=left / "postgres", executable="postgres")
        assert not processes.occupants(directory=removed / "postgres", executable="postgres")

    def test_spares_what_is_not_ours(self, place: Path) -> None:
        target = place / "target"
        target.mkdir()
        (place / f"{PREFIX}link").symlink_to(target)
        (place / f"{PREFIX}file").write_text("")

        assert remove_leftovers(parent=place) == []
        assert target.is_dir()


class TestPlugin:
    """A run of its own, in which the environment names no servers."""

    def run(self, place: Path, environment: dict[str, str], *more: str) -> "subprocess.Popen[str]":
        (place / "test_suite.py").write_text(SUITE)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "embedded.pytest_servers",
            "-p",
            "no:cacheprovider",
            "-sq",
            *more,
        ]
        environment["PYTEST_ADDOPTS"] = ""
        return subprocess.Popen(
            [*command, "--rootdir", str(place), "-c", "/dev/null", str(place)],
            env=environment,
            cwd=place,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def directories(self, process: "subprocess.Popen[str]") -> list[Path]:
        """Return where the servers of this run work, found through their parent."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(entry.read_text().rpartition(")")[2].split()[1]) == process.pid:
                    found.append((entry.parent / "cwd").readlink().parent)
            except OSError:
                continue
        return [path for path in found if path.name.startswith(PREFIX)]

    def test_gives_its_servers_to_parallel_workers(self, place: Path, bare_environment: dict[str, str]) -> None:
        run = self.run(place, bare_environment, "-n", "2")

        output, _ = run.communicate(timeout=120)

        assert run.returncode == 0, output
        assert "1 passed" in output

    @pytest.mark.parametrize("number", [signal.SIGINT])
    def test_cleans_up_after_ctrl_c(self, place: Path, bare_environment: dict[str, str], number: int) -> None:
        bare_environment["NAP"] = "60"
        # In the background a run ignores it, and what it starts does so, too.
        before = signal.signal(number, signal.default_int_handler)
        run = self.run(place, bare_environment)
        signal.signal(number, before)
        read_until(run, "postgresql://")
        (directory,) = set(self.directories(run))

        run.send_signal(number)
        run.communicate(timeout=60)

        wait_until(lambda: not directory.exists())
