"""One started program: its process, what it wrote last, how often it died lately."""

import collections
import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass, field

from embedded.console import Lines
from embedded.program import Command, Program

QUICK_DEATHS = 5
WINDOW_SECONDS = 60.0
FIRST_DELAY = 0.5


@dataclass(kw_only=True)
class Deaths:
    """The deaths of one program within the last minute."""

    times: list[float] = field(default_factory=list)

    def delay(self, *, now: float) -> float | None:
        """Note a death; return the seconds to wait before the next start, or None after too many."""
        self.times = [time for time in self.times if now - time < WINDOW_SECONDS] + [now]
        if len(self.times) >= QUICK_DEATHS:
            return None
        return float(FIRST_DELAY * 2 ** (len(self.times) - 1))


@dataclass(kw_only=True)
class Child:
    """One started program or command: its process, what it wrote last, and when to start it again."""

    spec: Program | Command
    process: "subprocess.Popen[bytes]"
    lines: Lines = field(default_factory=Lines)
    tail: "collections.deque[str]" = field(default_factory=lambda: collections.deque(maxlen=20))
    deaths: Deaths = field(default_factory=Deaths)
    restart_at: float | None = None
    has_session: bool = True

    @property
    def is_alive(self) -> bool:
        """Tell whether the main process runs."""
        return self.process.poll() is None

    @property
    def has_finished(self) -> bool:
        """Tell whether a program that is allowed to end has done so, with success."""
        return isinstance(self.spec, Program) and not self.spec.restart and self.process.poll() == 0

    def verdict(self) -> str:
        """Return how the process ended, in words."""
        code = self.process.returncode
        if code is not None and code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit status {code}"

    def end_session(self) -> None:
        """Kill what the main process, which is gone, left in its session: it would hold ports that nobody minds.

        Done once only: later the number may be another session's.
        """
        if self.has_session and not self.is_alive:
            self.has_session = False
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def replace(self, *, process: "subprocess.Popen[bytes]") -> None:
        """Go on with a new process of the same program."""
        self.process, self.restart_at, self.has_session = process, None, True
