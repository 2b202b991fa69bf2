"""The embedded Valkey: starting with an append-only file, stopping, and setting a damaged file aside."""

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from embedded import processes
from embedded.failures import CredentialsRefused, Interrupted, NotReadyInTime, ProcessDied
from embedded.ports import LOOPBACK
from embedded.privileges import Account, private_directory
from embedded.programs import Programs

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
STARTING_SECONDS = 60.0
TERMINATE = signal.SIGTERM


@dataclass(kw_only=True)
class Valkey:
    """One embedded server. Its password is handed over on standard input, so no other user can read it."""

    programs: Programs
    account: Account | None
    data: Path
    log: Path
    port: int
    password: str
    is_throwaway: bool = False
    is_cancelled: Callable[[], bool] = lambda: False
    name: str = "valkey"
    process: "subprocess.Popen[bytes] | None" = None
    _log_start: int = 0

    def start(self) -> None:
        """End leftovers, start, and wait until it answers.

        A file that the server cannot load is set aside: the queue holds only nudges, PostgreSQL holds the work.
        Raises ProcessDied, NotReadyInTime, CredentialsRefused.
        """
        self.clear()
        private_directory(path=self.data, account=self.account)
        self.spawn()
        try:
            self.wait()
        except ProcessDied as died:
            if not died.mentions("append only file", "Bad file format", "AOF"):
                raise
            damaged = self.data.with_name(f"{self.data.name}.damaged")
            shutil.rmtree(damaged, ignore_errors=True)
            self.data.rename(damaged)
            private_directory(path=self.data, account=self.account)
            self.spawn()
            self.wait()

    def spawn(self) -> None:
        """Start the server process without waiting for it."""
        options = {
            "dir": str(self.data),
            "bind": LOOPBACK,
            "port": str(self.port),
            "appendonly": "no" if self.is_throwaway else "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "set-proc-title": "no",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self.process = processes.spawn(
                argv=[self.programs.valkey, *arguments, "-"],
                environment=ENVIRONMENT,
                account=self.account,
                death_signal=signal.SIGKILL if self.is_throwaway else TERMINATE,
                stdin=subprocess.PIPE,
                stdout=log,
            )
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError), self.process.stdin as configuration:
                configuration.write(f"requirepass {self.password}\n".encode())

    def wait(self) -> None:
        """Return when the server answers."""
        began = time.monotonic()
        while True:
            try:
                if self._is_our_process():
                    return
            except redis.AuthenticationError:
                raise CredentialsRefused(f"Valkey on port {self.port} does not accept the stored password.") from None
            except (redis.ConnectionError, redis.TimeoutError):  # not listening yet, or loading its file
                pass
            if self.is_cancelled():
                raise Interrupted("Stopped while starting.")
            if self.process is None or self.process.poll() is not None:
                raise ProcessDied("Valkey ended while starting.", lines=self.last_lines())
            if time.monotonic() - began > STARTING_SECONDS:
                raise NotReadyInTime("Valkey runs but does not answer.")
            time.sleep(0.02)

    def url(self) -> str:
        """Return the address of the first logical database."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def stop(self, *, patience: float = 10.0) -> bool:
        """Stop cleanly: the append-only file is written out. Return False when it had to be killed."""
        if self.process is None:
            return True
        return processes.stop(process=self.process, steps=[] if self.is_throwaway else [(TERMINATE, patience)])

    def clear(self) -> list[int]:
        """End a server that an earlier run left on our data directory; return the process ids found."""
        found = processes.clear(directory=self.data, executable="valkey-server", steps=[(TERMINATE, 10.0)])
        if self.process is not None:
            self.process.poll()
        return found

    def last_lines(self) -> list[str]:
        """Return the last lines that the present or last process wrote."""
        return processes.last_lines(log=self.log, since=self._log_start)

    def _is_our_process(self) -> bool:
        # What answers may be another server while ours is about to give up the port.
        client = redis.Redis(
            host=LOOPBACK,
            port=self.port,
            password=self.password,
            socket_timeout=2,
            socket_connect_timeout=2,
            retry=Retry(NoBackoff(), 0),  # `wait` asks again by itself, and sooner
        )
        try:
            return self.process is not None and client.info("server")["process_id"] == self.process.pid
        finally:
            client.close()
