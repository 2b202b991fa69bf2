"""A pytest plugin that gives the test run servers of its own; load it with `-p embedded.pytest_servers`.

Settings are read before any conftest, so this is a plugin: its hook runs before the one in which pytest-django reads
them. PostgreSQL lives in memory, without fsync; both servers listen on free loopback ports. The addresses go into the
environment as DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL, and xdist's workers inherit them. DATABASE_URL or
REDIS_URL that are already set win, each for itself. The role is a superuser: it creates test databases and roles.

The directory of a run is locked while the run lives. What a killed run left is found by its free lock and removed.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from embedded import ports, processes
from embedded.postgres import OWNER, Postgres
from embedded.privileges import passable_directory, server_account
from embedded.programs import runnable
from embedded.valkey import Valkey

PREFIX = "tandem-tests-"
# The servers listen on the loopback address only and hold nothing but test data.
PASSWORD = "tests"  # noqa: S105


class TestServers:
    """The servers of one test run: started with the addresses put into the environment, stopped and removed."""

    __test__ = False

    def __init__(self, *, parent: Path | None = None) -> None:
        self.parent = parent or _memory()
        self.home: Path | None = None
        self._lock: int | None = None
        self._servers: list[Postgres | Valkey] = []
        self._variables: list[str] = []

    def start(self) -> None:
        """Start what the environment does not name already."""
        wants_postgres = not os.environ.get("DATABASE_URL")
        wants_valkey = not os.environ.get("REDIS_URL")
        if not (wants_postgres or wants_valkey):
            return
        remove_leftovers(parent=self.parent)
        account = server_account()
        home = self._make_home()
        passable_directory(path=home, account=account)
        programs = runnable(account=account, home=home)
        if wants_postgres:
            postgres = Postgres(
                programs=programs,
                account=account,
                data=home / "postgres",
                log=home / "postgres.log",
                port=ports.choose(),
                superuser_password=PASSWORD,
                is_throwaway=True,
            )
            self._servers.append(postgres)
            postgres.start()
            postgres.bootstrap(owner_password=PASSWORD, application_password=PASSWORD, is_owner_superuser=True)
            url = postgres.url(role=OWNER, password=PASSWORD)
            self._publish("DATABASE_URL", url)
            self._publish("DATABASE_OWNER_URL", url)
        if wants_valkey:
            valkey = Valkey(
                programs=programs,
                account=account,
                data=home / "valkey",
                log=home / "valkey.log",
                port=ports.choose(),
                password=PASSWORD,
                is_throwaway=True,
            )
            self._servers.append(valkey)
            valkey.start()
            self._publish("REDIS_URL", valkey.url())

    def stop(self) -> None:
        """Stop the servers, remove their directory and take the addresses out of the environment."""
        while self._servers:
            self._servers.pop().stop()
        while self._variables:
            os.environ.pop(self._variables.pop(), None)
        if self.home is not None:
            shutil.rmtree(self.home, ignore_errors=True)
            self.home = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _publish(self, name: str, value: str) -> None:
        os.environ[name] = value
        self._variables.append(name)

    def _make_home(self) -> Path:
        # Locked before it gets the name that others look for: nobody can take it for a leftover in between.
        fresh = Path(tempfile.mkdtemp(prefix="tandem-new-", dir=self.parent))
        self._lock = os.open(fresh, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.home = fresh.rename(fresh.with_name(fresh.name.replace("tandem-new-", PREFIX)))
        return self.home


def remove_leftovers(*, parent: Path) -> list[Path]:
    """End the servers and remove the directories of runs of ours that were killed; return the directories."""
    removed = []
    for directory in sorted(parent.glob(f"{PREFIX}*")):
        try:
            descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue  # another user's, or gone by now
        try:
            if os.fstat(descriptor).st_uid != os.geteuid():
                continue
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # that run lives
            for name, executable in (("postgres", "postgres"), ("valkey", "valkey-server")):
                processes.clear(directory=directory / name, executable=executable, steps=[(signal.SIGQUIT, 2.0)])
            shutil.rmtree(directory, ignore_errors=True)
            removed.append(directory)
        finally:
            os.close(descriptor)
    return removed


def _memory() -> Path:
    memory = Path("/dev/shm")  # noqa: S108 - the directory inside is made by mkdtemp, private
    if memory.is_dir() and os.access(memory, os.W_OK | os.X_OK):
        return memory
    return Path(tempfile.gettempdir())


_servers = TestServers()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Start the servers before any other plugin reads settings; a run that fails to load leaves nothing behind."""
    early_config.add_cleanup(_servers.stop)
    try:
        _servers.start()
    except BaseException:
        _servers.stop()
        raise
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the servers at the end, also after Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt):
        _servers.stop()
