"""The embedded PostgreSQL: making its data directory, starting, preparing roles and database, stopping."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from embedded import processes
from embedded.failures import CredentialsRefused, DataOfOtherVersion, Interrupted, NotReadyInTime, ProcessDied
from embedded.ports import LOOPBACK
from embedded.privileges import Account, private_directory
from embedded.programs import Programs

SUPERUSER = "postgres"
OWNER = "tandem_owner"
APPLICATION = "tandem_app"
DATABASE = "tandem"
DEFAULT_PRIVILEGES = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
INITDB = (
    "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST",
    "--data-checksums", "--auth=scram-sha-256", "--no-instructions",
)  # fmt: skip
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # no socket file: nothing to go stale, no limit on the length of the path
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    # Statements and row values hold customers' data; the log is read by more people than the database.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROWAWAY = {  # for tests: nothing is to survive a crash
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "dynamic_shared_memory_type": "mmap",  # below the data directory, so that it goes with it
    "max_connections": "200",
    "jit": "off",
}

RETRY_SECONDS = 10.0
STARTING_SECONDS = 60.0
RECOVERY_SECONDS = 900.0  # replaying the log after a crash may take long and must not be cut short
SMART, FAST, IMMEDIATE = signal.SIGTERM, signal.SIGINT, signal.SIGQUIT


@dataclass(kw_only=True)
class Postgres:
    """One embedded server. Passwords are never on a command line or in a file readable for others."""

    programs: Programs
    account: Account | None
    data: Path
    log: Path
    port: int
    superuser_password: str
    settings: Mapping[str, str] = field(default_factory=dict)
    is_throwaway: bool = False
    is_cancelled: Callable[[], bool] = lambda: False
    name: str = "postgres"
    process: "subprocess.Popen[bytes] | None" = None
    _log_start: int = 0

    def start(self) -> None:
        """Make the data directory if there is none, end leftovers, start, and wait until it answers.

        Raises ProcessDied, NotReadyInTime, CredentialsRefused, DataOfOtherVersion.
        """
        self._initialise()
        self.clear()
        give_up_at = time.monotonic() + RETRY_SECONDS
        is_last = False
        while True:
            self.spawn()
            try:
                self.wait()
            except ProcessDied as died:
                # A killed server that its parent has not reaped, or backends that outlive it for a moment.
                if is_last or not died.mentions("postmaster.pid", "shared memory"):
                    raise
                if time.monotonic() > give_up_at:
                    is_last = True
                    self._drop_stale_lock()
                time.sleep(0.25)
            else:
                return

    def spawn(self) -> None:
        """Start the server process without waiting for it."""
        settings = {**SETTINGS, **(THROWAWAY if self.is_throwaway else {}), **self.settings, "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self.process = processes.spawn(
                argv=[self.programs.tool("postgres"), "-D", self.data, *options],
                environment=ENVIRONMENT,
                account=self.account,
                # A smart shutdown lets workers that are ending too finish their transactions.
                death_signal=IMMEDIATE if self.is_throwaway else SMART,
                stdout=log,
            )

    def wait(self) -> None:
        """Return when the server accepts connections."""
        began = time.monotonic()
        while True:
            is_recovering = False
            try:
                with self.connect(database="postgres") as connection:
                    if self._is_our_process(connection):
                        return
            except psycopg.OperationalError as refused:
                if "password authentication failed" in str(refused):
                    raise CredentialsRefused(
                        f"PostgreSQL in {self.data} does not accept the stored password: its credentials file "
                        "was lost or replaced."
                    ) from None
                is_recovering = "starting up" in str(refused) or "recovery" in str(refused)
            if self.is_cancelled():
                raise Interrupted("Stopped while starting.")
            if self.process is None or self.process.poll() is not None:
                raise ProcessDied("PostgreSQL ended while starting.", lines=self.last_lines())
            if time.monotonic() - began > (RECOVERY_SECONDS if is_recovering else STARTING_SECONDS):
                raise NotReadyInTime("PostgreSQL runs but does not accept connections.")
            time.sleep(0.02)

    def _is_our_process(self, connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
        # What answers may be another server while ours is about to give up the port or the data directory.
        lock = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        return self.process is not None and lock is not None and str(lock[0]).split()[0] == str(self.process.pid)

    def connect(self, *, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        """Return a superuser's connection in autocommit; raises psycopg.OperationalError."""
        return psycopg.connect(
            host=LOOPBACK,
            port=self.port,
            user=SUPERUSER,
            password=self.superuser_password,
            dbname=database,
            sslmode="disable",
            gssencmode="disable",
            connect_timeout=3,
            autocommit=True,
        )

    def bootstrap(self, *, owner_password: str, application_password: str, is_owner_superuser: bool = False) -> None:
        """Bring roles, database, privileges and extensions to the wanted state; harmless when repeated."""
        with self.connect(database="postgres") as connection:
            rank = sql.SQL("SUPERUSER" if is_owner_superuser else "NOSUPERUSER NOCREATEDB NOCREATEROLE")
            plain = sql.SQL("NOSUPERUSER NOCREATEDB NOCREATEROLE")
            for role, password, attributes in (
                (OWNER, owner_password, rank),
                (APPLICATION, application_password, plain),
            ):
                if not _has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                    connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
                connection.execute(
                    sql.SQL("ALTER ROLE {} LOGIN {} PASSWORD {}").format(
                        sql.Identifier(role), attributes, sql.Literal(password)
                    )
                )
            if not _has(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )
            for statement in (
                "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
                "GRANT CONNECT ON DATABASE {database} TO {application}",
            ):
                connection.execute(_named(statement))
        with self.connect(database=DATABASE) as connection:
            for extension in EXTENSIONS:
                connection.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public").format(sql.Identifier(extension))
                )
            for statement in (
                "GRANT USAGE ON SCHEMA public TO {application}",
                DEFAULT_PRIVILEGES + "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {application}",
                DEFAULT_PRIVILEGES + "GRANT USAGE ON SEQUENCES TO {application}",
            ):
                connection.execute(_named(statement))

    def url(self, *, role: str, password: str) -> str:
        """Return the address of the database for a role; the password must need no quoting in a URL."""
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def stop(self, *, patience: float = 30.0) -> bool:
        """Stop cleanly: sessions are ended, the log is written out. Return False when it had to be killed."""
        if self.process is None:
            return True
        if self.is_throwaway:
            return processes.stop(process=self.process, steps=[(IMMEDIATE, 5.0)])
        return processes.stop(process=self.process, steps=[(FAST, patience), (IMMEDIATE, 5.0)])

    def clear(self) -> list[int]:
        """End a server that an earlier run left on our data directory; return the process ids found."""
        steps = [(FAST, 10.0), (IMMEDIATE, 5.0)]
        found = processes.clear(directory=self.data, executable="postgres", steps=steps)
        if self.process is not None:
            self.process.poll()  # a zombie of ours would keep its number in use, which the lock file names
        return found

    def last_lines(self) -> list[str]:
        """Return the last lines that the present or last process wrote."""
        return processes.last_lines(log=self.log, since=self._log_start)

    def _initialise(self) -> None:
        written_by = self.data / "PG_VERSION"
        if written_by.exists():
            ours = self._major_version()
            theirs = written_by.read_text().strip()
            if ours != theirs:
                raise DataOfOtherVersion(
                    f"{self.data} was written by PostgreSQL {theirs}, installed is {ours}: dump it with the old "
                    "version and restore it into the new one."
                )
            return
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        private_directory(path=unfinished, account=self.account)
        password_file = self.data.with_name(f"{self.data.name}.{secrets.token_hex(8)}")
        try:
            descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(self.superuser_password)
                if self.account is not None:
                    os.fchown(stream.fileno(), self.account.uid, self.account.gid)
            sync = ["--no-sync"] if self.is_throwaway else []
            process = processes.spawn(
                argv=[
                    self.programs.tool("initdb"), "-D", unfinished, "-U", SUPERUSER,
                    f"--pwfile={password_file}", *INITDB, *sync,
                ],
                environment=ENVIRONMENT,
                account=self.account,
                stdout=subprocess.PIPE,
            )  # fmt: skip
            output, _ = process.communicate()
            if process.returncode != 0:
                raise ProcessDied(
                    "PostgreSQL's data directory could not be made.",
                    lines=output.decode(errors="replace").splitlines()[-20:],
                )
        finally:
            password_file.unlink(missing_ok=True)
        if self.data.exists():  # an empty directory that somebody made for us; anything else is not ours to remove
            self.data.rmdir()
        unfinished.rename(self.data)

    def _major_version(self) -> str:
        command = [str(self.programs.tool("postgres")), "--version"]
        shown = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)  # noqa: S603
        return shown.stdout.split()[2].partition(".")[0]

    def _drop_stale_lock(self) -> None:
        """Remove the lock file of a server that is gone while its process id is still, or again, in use."""
        if not processes.occupants(directory=self.data, executable="postgres"):
            (self.data / "postmaster.pid").unlink(missing_ok=True)


def _has(connection: "psycopg.Connection[tuple[object, ...]]", query: str, value: str) -> bool:
    return connection.execute(query, [value]).fetchone() is not None


def _named(statement: str) -> sql.Composed:
    return sql.SQL(statement).format(
        database=sql.Identifier(DATABASE), owner=sql.Identifier(OWNER), application=sql.Identifier(APPLICATION)
    )
