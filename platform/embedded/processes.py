"""Starting processes that end with us, ending them, and finding those that an earlier run left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from embedded.privileges import Account

Stream = int | IO[bytes] | None
PR_SET_PDEATHSIG = 1
PROC = Path("/proc")
# Loaded before any fork: the child between fork and exec must not import or look up anything.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _tie_to(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    """Return what the child does before exec so that it gets `death_signal` when the starting thread is gone."""

    def tie() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the line above
            os.kill(os.getpid(), death_signal)

    return tie


def spawn(
    *,
    argv: Sequence[str | Path],
    environment: Mapping[str, str],
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    directory: Path = Path("/"),
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = None,
) -> "subprocess.Popen[bytes]":
    """Start a process in a session of its own, stderr joined to stdout, run by `account` where given.

    It does not get the terminal's Ctrl-C. On Linux the kernel sends it `death_signal` when we die without ending it,
    even by SIGKILL. That signal follows the starting thread, so call this from the main thread only.
    """
    return subprocess.Popen(  # noqa: S603 - programs are given by our own code, never by a request
        [str(part) for part in argv],
        env=dict(environment),
        cwd=directory,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_tie_to(os.getpid(), death_signal),  # noqa: PLW1509 - two system calls, no lock taken
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )


def stop(*, process: "subprocess.Popen[bytes]", steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Send each signal in turn, waiting its seconds for the process to end; SIGKILL at last.

    Only the process itself is signalled, never its group. Return True when SIGKILL was not needed.
    """
    for number, patience in steps:
        if process.poll() is not None:
            return True
        process.send_signal(number)
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
        return True
    process.kill()
    process.wait()
    return False


def occupants(*, directory: Path, executable: str) -> dict[int, int]:
    """Return the live processes of `executable` working in `directory`, as process id → parent's id.

    Both servers change into their data directory, and so do PostgreSQL's backends. Zombies do not count. Where the
    kernel hides a process's directory from us, its command line decides. Without /proc nothing is found.
    """
    wanted = str(directory.resolve())
    found = {}
    for entry in PROC.iterdir() if PROC.is_dir() else ():
        if not entry.name.isdigit():
            continue
        try:
            if _works_in(entry, wanted, executable):
                found[int(entry.name)] = _parent(entry)
        except (OSError, ValueError, IndexError):
            continue  # it ended while we looked, or it is a zombie
    return found


def _works_in(entry: Path, directory: str, executable: str) -> bool:
    try:
        return (entry / "exe").readlink().name.startswith(executable) and str((entry / "cwd").readlink()) == directory
    except PermissionError:
        argv = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        return Path(argv[0]).name.startswith(executable) and directory in argv


def _parent(entry: Path) -> int:
    return int(_stat_fields(entry)[1])


def _stat_fields(entry: Path) -> list[str]:
    # The second field is the command's name in parentheses and may hold spaces.
    return (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()


def started_at(*, pid: int) -> str | None:
    """Return a mark of when the live process with this id began, or None; with the id it names one process for good."""
    try:
        fields = _stat_fields(PROC / str(pid))
    except OSError:
        return None
    boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    return None if fields[0] in "ZX" else f"{boot} {fields[19]}"


def clear(*, directory: Path, executable: str, steps: Sequence[tuple[signal.Signals, float]]) -> list[int]:
    """End what an earlier run left working in `directory`; return the ids of the processes that were found.

    Each signal goes to the heads (the processes whose parent is not one of them), SIGKILL at last to all.
    """
    first = present = occupants(directory=directory, executable=executable)
    for number, patience in (*steps, (signal.SIGKILL, 5.0)):
        for pid, parent in present.items():
            if parent not in present or number == signal.SIGKILL:
                signal_quietly(pid=pid, number=number)
        deadline = time.monotonic() + patience
        while present and time.monotonic() < deadline:
            time.sleep(0.05)
            present = occupants(directory=directory, executable=executable)
    return sorted(first)


def signal_quietly(*, pid: int, number: signal.Signals) -> None:
    """Send a signal; a process that is gone by now is what we wanted."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def last_lines(*, log: Path, since: int = 0, count: int = 20) -> list[str]:
    """Return up to `count` last lines written to the log after byte `since`."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(since, log.stat().st_size - 64_000))
            return stream.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []
