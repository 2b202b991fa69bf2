"""A whole installation for tests with real processes: PostgreSQL, Valkey, Celery workers; faults included."""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from embedded.postgres import Postgres
from embedded.program import answers
from embedded.servers import Running, servers

ROOT = Path(__file__).resolve().parents[2]
LEASE_S = 2
SWEEP_S = 1
IDLE_S = 3
EMPTY, LOADED = "tandem_empty", "tandem_loaded"
"""Databases to clone: migrated only, and with data."""


def wait_for(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """The first true answer of `condition`; fails the test when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Installation:
    """Servers that live as long as the test session, with a migrated and loaded database to clone."""

    def __init__(self, running: Running, var: Path) -> None:
        self.running, self.var = running, var

    @property
    def postgres(self) -> Postgres:
        return next(server for server in self.running.embedded if isinstance(server, Postgres))

    def urls(self, database: str) -> tuple[str, str]:
        """Addresses of a database for the application and for the owner of the schema."""
        given = (self.running.database_url, self.running.database_owner_url)
        application, owner = (urlunsplit(urlsplit(url)._replace(path=f"/{database}")) for url in given)
        return application, owner

    def admin(self, statement: str) -> None:
        """Run a statement that no transaction may hold, in another database than those it is about."""
        with self.postgres.connect(database="postgres") as connection:
            connection.execute(statement)

    def load(self, folder: Path) -> None:
        """Make the databases that rigs are cloned from: an empty one, and one that holds `folder`."""
        self.admin(f"CREATE DATABASE {EMPTY} OWNER tandem_owner")
        empty = Rig(self, EMPTY)
        empty.manage("prepare", "--compile")
        self.admin(f"CREATE DATABASE {LOADED} TEMPLATE {EMPTY} OWNER tandem_owner")
        self.admin(f"GRANT CONNECT, TEMPORARY ON DATABASE {LOADED} TO tandem_app")
        loaded = Rig(self, LOADED)
        loaded.manage("import_data", str(folder), "--verified")

    @contextlib.contextmanager
    def rig(self, template: str = LOADED) -> Iterator[Rig]:
        """A clone of a template with processes to come; everything it started ends with it."""
        database = f"rig_{uuid.uuid4().hex[:12]}"
        self.admin(f"CREATE DATABASE {database} TEMPLATE {template} OWNER tandem_owner")
        # Rights on tables are cloned, those on the database are not.
        self.admin(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO tandem_app")
        rig = Rig(self, database)
        try:
            yield rig
        finally:
            rig.close()
            redis.Redis.from_url(self.running.redis_url).flushall()
            self.admin(f"DROP DATABASE {database} WITH (FORCE)")


class Rig:
    """One database with its processes."""

    def __init__(self, installation: Installation, database: str) -> None:
        self.installation = installation
        self.database_url, owner_url = installation.urls(database)
        var = installation.var / database
        var.mkdir(exist_ok=True)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COV_")},
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": owner_url,
            "REDIS_URL": installation.running.redis_url,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "TANDEM_VAR": str(var),
            "DOCUMENT_MASTER_KEYS": "rig:" + base64.b64encode(bytes(range(32))).decode(),
            "JOB_LEASE_SECONDS": str(LEASE_S),
            "SWEEP_SECONDS": str(SWEEP_S),
            "MATCH_BLOCK_PAIRS": "400",
            "DATABASE_IDLE_IN_TRANSACTION_SECONDS": str(IDLE_S),
            "LOG_LEVEL": "WARNING",
        }

    def manage(self, *words: str) -> str:
        """Run a management command to its end; returns what it wrote."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words],
            cwd=ROOT,
            # Only workers are frozen in these tests: a command on a busy machine may pause in its transaction.
            env={**self.environment, "DATABASE_IDLE_IN_TRANSACTION_SECONDS": "60"},
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a Celery worker with one pool child."""
        name = f"--hostname=w{len(self.processes)}@rig"
        with (self.installation.var / f"worker-{len(self.processes)}.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "config", "worker", name, "--concurrency=1"),
                    *(
                        "--without-mingle",
                        "--without-gossip",
                        "--queues=default,matching,freshness",
                        "--loglevel=WARNING",
                    ),
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def web(self) -> str:
        """Start the web server; returns its base address."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with (self.installation.var / "web.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}"),
                    *("--threads=4", "--log-level=warning", "--no-control-socket"),
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        base = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(url=f"{base}/livez"), seconds=60, what="the web server answers")
        return base

    def children(self, process: subprocess.Popen[bytes]) -> list[int]:
        """Process ids of a worker's pool children."""
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query; while the server is away, none."""
        try:
            with psycopg.connect(self.database_url, connect_timeout=2) as connection:
                return connection.execute(statement, values).fetchall()
        except psycopg.OperationalError:
            return []

    def run_start(self, as_of: str) -> str:
        """Queue a match run; returns its id."""
        return self.manage("match_run", "--as-of", as_of).strip()

    def chunks_done(self) -> int:
        """How many blocks have been scored."""
        rows = self.query("SELECT count(*) FROM kernel_chunk WHERE stage = 1 AND status = 'done'")
        return int(rows[0][0]) if rows else 0

    def published(self, run: str, *, seconds: float = 90) -> str:
        """Wait until the run is published; returns its digest."""

        def digest() -> str:
            rows = self.query("SELECT status, digest FROM matching_matchrun WHERE id = %s", run)
            if not rows:
                return ""
            status, value = rows[0]
            assert status in {"queued", "running", "published"}, self.query("SELECT status, reasons FROM kernel_job")
            return str(value) if status == "published" else ""

        return str(wait_for(digest, seconds=seconds, what="the run is published"))

    def flush_broker(self) -> None:
        """Lose every message."""
        redis.Redis.from_url(self.installation.running.redis_url).flushall()

    def close(self) -> None:
        """End every process that this rig started."""
        for process in self.processes:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)


@contextlib.contextmanager
def installation(var: Path) -> Iterator[Installation]:
    """Servers of our own, whatever the environment names: the faults stop and empty them."""
    with servers(var=var, environment={}) as running:
        yield Installation(running, var)
