"""The list of started programs on disk, so that those that outlive a killed supervisor are ended at the next start."""

import json
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from embedded import processes
from embedded.home import write_private

_FILE = "processes.json"


def record(*, var: Path, pids: Iterable[int]) -> None:
    """Replace the list with these live processes; each is named by id and start, so a reused id is never hit."""
    marks = {pid: processes.started_at(pid=pid) for pid in pids}
    text = json.dumps({str(pid): mark for pid, mark in marks.items() if mark is not None})
    write_private(path=var / _FILE, text=text)


def end(*, var: Path, patience: float = 15.0) -> list[int]:
    """End the programs of a run that was killed and return their ids.

    They got SIGTERM when it died, and a worker may take a second one for impatience: so this waits. A program
    that is still there after `patience` seconds is killed with its whole session.
    """
    try:
        listed = json.loads((var / _FILE).read_text())
    except (FileNotFoundError, ValueError):
        return []
    found = alive = _alive(listed)
    deadline = time.monotonic() + patience
    while alive and time.monotonic() < deadline:
        time.sleep(0.05)
        alive = _alive(listed)
    for pid in alive:
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
    (var / _FILE).unlink(missing_ok=True)
    return found


def _alive(listed: dict[str, str]) -> list[int]:
    return [int(pid) for pid, mark in listed.items() if processes.started_at(pid=int(pid)) == mark]
