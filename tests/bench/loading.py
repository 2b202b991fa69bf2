"""Jobs on large lists with a second process that works along, as on a machine with two cores."""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STEP_S = 0.05
LOAD = "compliance.list_load"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Seconds by the clock, seconds of both processes' processor time, the peak of each one's memory in bytes."""

    seconds: float
    spent: float
    peaks: tuple[int, ...]


def list_load(*, code: str, file: Path) -> Loaded:
    """Load a list as the console does it."""
    before = _spent()
    began = time.perf_counter()
    loaders = [
        subprocess.Popen([sys.executable, *words], cwd=ROOT)
        for words in (("manage.py", "load_watch_list", code, str(file)), ("-m", "tests.bench.loading", LOAD))
    ]
    peaks = [0, 0]
    while loaders[0].poll() is None:
        peaks = [max(peak, _resident(loader.pid)) for peak, loader in zip(peaks, loaders, strict=True)]
        time.sleep(STEP_S)
    seconds = time.perf_counter() - began
    loaders[1].wait(60)
    if loaders[0].returncode:
        raise SystemExit(loaders[0].returncode)
    return Loaded(seconds, _spent() - before, tuple(peaks))


def _spent() -> float:
    """Processor seconds of the processes that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def along(*, kind: str) -> subprocess.Popen[bytes]:
    """A second process that works on the newest job of that kind as soon as there is one, and ends with it."""
    return subprocess.Popen([sys.executable, "-m", "tests.bench.loading", kind], cwd=ROOT)


def _resident(pid: int) -> int:
    """The peak of a process's resident memory so far, in bytes; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def work_along(kind: str) -> int:
    """Work on the next job of that kind until it has ended."""
    import django

    django.setup()
    from kernel.chunks import job_drive
    from kernel.models import Job

    for _ in itertools.count():
        job = Job.objects.filter(kind=kind, ended_at__isnull=True).order_by("-id").first()
        if job is not None:
            job_drive(job_id=job.pk)
            return 0
        time.sleep(STEP_S)
    return 1


if __name__ == "__main__":
    sys.exit(work_along(sys.argv[1]))
