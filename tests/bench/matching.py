"""`python -m tests.bench.matching`: whole match runs (read, score, store, flip) by real workers over a made-up market.

Runs servers of its own in a temporary folder. For each number of workers: one run over a market that nothing was
prepared for, and one more at the same date, for which all input versions still hold. Printed are the seconds of each
phase, the processor seconds of workers and database, and the peak of each process's resident memory. With `--hosts`
the workers run on hosts of their own (`tests/bench/hosts.py`): one, then two, then two of which one is cut off in the
middle of the run.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.hosts import Host, hosts
from tests.bench.installation import ROOT, installation

PATIENCE_S, STARTING_S = 3600, 300
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
LEASE_S, CUT_LEASE_S = 30, 4
MOST_OF_ONE = 0.65
"""Two hosts are to take at most this share of the time that one takes."""


BLOCKS_BEFORE_CUT = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One run."""

    seconds: float
    phases: dict[str, float]
    spent: dict[str, float]
    peaks: dict[str, int]
    digest: str
    counts: dict[str, Any]


@contextlib.contextmanager
def workers(
    *, count: int, folder: Path, on: Sequence[Host] = (), lease: int = LEASE_S
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Celery workers with one pool child each, one core each where there are as many; `on` hosts of their own."""
    cores = sorted(os.sched_getaffinity(0))
    started = []
    for number in range(count):
        prefix = on[number].prefix if on else ("taskset", "-c", str(cores[number % len(cores)]))
        environment = on[number].variables(os.environ, SERVERS) if on else dict(os.environ)
        environment |= {"JOB_LEASE_SECONDS": str(lease), "SWEEP_SECONDS": "2"}
        with (folder / f"worker-{number}.log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    [
                        *prefix,
                        *(sys.executable, "-m", "celery", "-A", "config", "worker", f"--hostname=w{number}@bench"),
                        *("--concurrency=1", "--without-mingle", "--without-gossip", "--loglevel=WARNING"),
                        "--queues=default,matching",
                    ],
                    cwd=ROOT,
                    env=environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
    try:
        yield started
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def run_measure(
    *, processes: Sequence[subprocess.Popen[bytes]], database: Path, scored: Callable[[], None] | None = None
) -> Measured:
    """Queue a run, wait for its end; `scored` is called once when some blocks have been scored."""
    from apps.matching.engine.synthetic import AS_OF
    from apps.matching.models import MatchRun
    from apps.matching.selectors.runs import run_phases
    from apps.matching.services import run_start
    from kernel.access import Actor

    before = _spent(processes, database)
    began = time.perf_counter()
    run = run_start(actor=Actor.system(), as_of=AS_OF)
    peaks: dict[str, int] = {}
    while time.perf_counter() - began < PATIENCE_S:
        time.sleep(0.05)
        status = MatchRun.objects.values_list("status", flat=True).get(pk=run.pk)
        for name, pid in _pids(processes, database):
            peaks[name] = max(peaks.get(name, 0), _peak(pid))
        if status not in {"queued", "running"}:
            break
        if scored is not None and run.job.chunks.filter(stage=1, status="done").count() >= BLOCKS_BEFORE_CUT:
            scored()
            scored = None
    seconds = time.perf_counter() - began
    run.refresh_from_db()
    if run.status != "published":
        raise SystemExit(f"The run is {run.status}: {run.job.reasons}")
    after = _spent(processes, database)
    return Measured(
        seconds=seconds,
        phases={phase.name: phase.seconds for phase in run_phases(run=run)},
        spent={name: after[name] - before[name] for name in before},
        peaks=peaks,
        digest=run.digest,
        counts=run.counts,
    )


def _pids(processes: Sequence[subprocess.Popen[bytes]], database: Path) -> list[tuple[str, int]]:
    found = []
    for number, process in enumerate(processes):
        found += [(f"worker {number}", pid) for pid in (process.pid, *_below(process.pid))]
    postmaster = _postmaster(database)
    found += [("database", pid) for pid in (postmaster, *_below(postmaster))]
    return found


def _postmaster(database: Path) -> int:
    return int(next(database.rglob("postmaster.pid")).read_text().splitlines()[0])


def _below(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *_below(int(child))]
    return found


def _peak(pid: int) -> int:
    """The most memory that a process has had to itself or shared so far, in bytes; of a database's the shared is left
    out, which all its processes hold together.
    """
    with contextlib.suppress(OSError):
        lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        peak, shared = (int(lines.get(name, "0").split()[0]) for name in ("VmHWM", "RssShmem"))
        return (peak - shared) * 1024
    return 0


def _spent(processes: Sequence[subprocess.Popen[bytes]], database: Path) -> dict[str, float]:
    """Processor seconds of the workers and of the database, what has ended included."""
    roots = {"workers": [process.pid for process in processes], "database": [_postmaster(database)]}
    return {
        name: sum(_ticks(pid) for root in pids for pid in (root, *_below(root))) / os.sysconf("SC_CLK_TCK")
        for name, pids in roots.items()
    }


def _ticks(pid: int) -> int:
    with contextlib.suppress(OSError):
        return sum(int(value) for value in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15])
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def tell(*, name: str, found: Measured) -> None:
    """A run as text."""
    phases = ", ".join(f"{phase} {seconds:.1f} s" for phase, seconds in found.phases.items() if seconds is not None)
    spent = ", ".join(f"{who} {seconds:.1f} s" for who, seconds in found.spent.items())
    peaks = ", ".join(f"{who} {size / 1e6:.0f} MB" for who, size in sorted(found.peaks.items()))
    _say(f"{name}: {found.seconds:.1f} s ({phases}); processors: {spent}; memory at most: {peaks}")
    _say(f"  {found.counts.get('lists', 0)} lists, {found.counts.get('kept', 0)} lines, sha256 {found.digest[:16]}…")


def over_hosts(*, folder: Path, database: Path) -> set[str]:
    """One host, two, and two of which one is cut off; returns the digests."""
    ports = sorted({urlsplit(os.environ[name]).port or 0 for name in SERVERS})
    taken, digests = {}, set()
    with hosts(count=2, ports=ports) as made:
        for count in (1, 2):
            with workers(count=count, folder=folder, on=made) as processes:
                _wait_for_workers(count)
                run_measure(processes=processes, database=database)
                found = run_measure(processes=processes, database=database)
            tell(name=f"{count} host{'s' if count > 1 else ''}", found=found)
            taken[count] = found.seconds
            digests.add(found.digest)
        _say(f"two hosts : one = {taken[2] / taken[1]:.2f} (at most {MOST_OF_ONE})")
        with workers(count=2, folder=folder, on=made, lease=CUT_LEASE_S) as processes:
            _wait_for_workers(2)
            found = run_measure(processes=processes, database=database, scored=made[0].cut)
            made[0].join()
        tell(name="two hosts, one cut off", found=found)
        digests.add(found.digest)
    return digests


def _wait_for_workers(count: int) -> None:
    """Until so many workers answer; they answer when they take chunks."""
    from config.celery import app

    give_up_at = time.monotonic() + STARTING_S
    while len(app.control.ping(timeout=1.0) or ()) < count:
        if time.monotonic() > give_up_at:
            raise SystemExit("The workers did not start.")


def main() -> None:
    """Command line: sizes and how many workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mandates", type=int, default=10_000)
    parser.add_argument("--raises", type=int, default=100_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[2])
    parser.add_argument("--var", type=Path, default=None, help="a folder for the servers' data, used again")
    parser.add_argument("--hosts", action="store_true", help="also on one host and on two, one of them cut off")
    given = parser.parse_args()
    with installation(var=given.var, LOG_LEVEL="WARNING") as place:
        subprocess.run(
            [sys.executable, "manage.py", "prepare", "--compile"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        import django

        django.setup()
        from tests.bench.matching_data import market_make

        if place.is_new:
            began = time.perf_counter()
            market_make(mandates=given.mandates, raises=given.raises)
            _say(f"{given.mandates} mandates and {given.raises} raises written in {time.perf_counter() - began:.0f} s")
        digests = set()
        for count in given.workers:
            from apps.matching.services.pruning import generations_prune

            with workers(count=count, folder=place.folder) as processes:
                _wait_for_workers(count)
                for name in ("nothing prepared", "versions hold"):
                    found = run_measure(processes=processes, database=place.var)
                    digests.add(found.digest)
                    tell(name=f"{count} worker{'s' if count > 1 else ''}, {name}", found=found)
                    generations_prune()
        if given.hosts:
            digests |= over_hosts(folder=place.folder, database=place.var)
        if len(digests) != 1:
            raise SystemExit("The runs differ.")


if __name__ == "__main__":
    main()
