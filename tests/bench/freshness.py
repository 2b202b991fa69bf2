"""`python -m tests.bench.freshness`: how soon a changed raise or mandate stands in every list where it belongs.

Runs servers of its own in a temporary folder, one worker for facts and runs and one that keeps lists fresh. After a run
over everything, one raise or mandate at a time is changed as its service does it, and the time is taken from the commit
until all lists hold it, which happens in one transaction. Then one mandate loses so many of its raises at once that its
list has to be made anew.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.bench.installation import ROOT, installation

PATIENCE_S = 900
PROMISED_S, REFILLED_S = 1.0, 10.0
WARM_UPS = 3
PAUSE_S = 0.005


@contextlib.contextmanager
def workers(*, folder: Path) -> Iterator[None]:
    """One that delivers facts and runs, one that keeps lists fresh."""
    started = []
    for name, queues, count in (("general", "default,matching", 2), ("fresh", "freshness", 1)):
        with (folder / f"{name}.log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    [
                        *(sys.executable, "-m", "celery", "-A", "config", "worker", f"--hostname={name}@bench"),
                        *(f"--concurrency={count}", "--without-mingle", "--without-gossip", "--loglevel=WARNING"),
                        f"--queues={queues}",
                    ],
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
    try:
        yield
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def run_made() -> Any:
    """A generation over everything."""
    from apps.matching.engine.synthetic import AS_OF
    from apps.matching.models import MatchRun
    from apps.matching.services import run_start
    from kernel.access import Actor

    run = run_start(actor=Actor.system(), as_of=AS_OF)
    began = time.perf_counter()
    while run.status in {"queued", "running"}:
        if time.perf_counter() - began > PATIENCE_S:
            raise SystemExit("The run does not end.")
        time.sleep(0.2)
        run = MatchRun.objects.defer("mandate_versions", "raise_versions").get(pk=run.pk)
    if run.status != "published":
        raise SystemExit(f"The run is {run.status}: {run.job.reasons}")
    return run


def until(*, holds: Callable[[], bool]) -> float:
    """Seconds until something holds."""
    began = time.perf_counter()
    while not holds():
        if time.perf_counter() - began > PATIENCE_S:
            raise SystemExit("It does not come.")
        time.sleep(PAUSE_S)
    return time.perf_counter() - began


def raise_change(*, raise_id: UUID, draw: random.Random) -> None:
    """Another amount, told as the registry tells it."""
    from django.db import transaction

    from apps.startups.events import RAISE_UPDATED
    from apps.startups.models import Raise
    from kernel.access import Actor
    from kernel.events import publish

    item = Raise.objects.select_related("firm").get(pk=raise_id)
    with transaction.atomic():
        amount = int(item.amount) + draw.randrange(1_000, 90_000)
        Raise.objects.filter(pk=raise_id).update(amount=amount, amount_left=None)
        publish(RAISE_UPDATED, actor=Actor.system(), subject=item, organisation_id=item.firm.organisation_id)


def mandate_change(*, mandate_id: UUID, draw: random.Random) -> None:
    """Another usual ticket, told as the funds' app tells it: it moves the scores of all the mandate's pairs."""
    from django.db import transaction

    from apps.investors.events import MANDATE_UPDATED
    from apps.investors.models import Mandate
    from kernel.access import Actor
    from kernel.events import publish

    item = Mandate.objects.select_related("fund").get(pk=mandate_id)
    with transaction.atomic():
        share = draw.randrange(5, 60)
        typical = item.ticket_min + (item.ticket_max - item.ticket_min) * share / 100
        Mandate.objects.filter(pk=mandate_id).update(ticket_typical=round(typical, 2))
        publish(MANDATE_UPDATED, actor=Actor.system(), subject=item, organisation_id=item.fund.organisation_id)


def measured(*, run: Any, ids: list[UUID], change: Callable[..., None], draw: random.Random) -> list[float]:
    """Seconds from the commit of each change until every list holds it."""
    from apps.matching.models import InputChange

    found = []
    for identifier in ids:
        rows = InputChange.objects.filter(run=run, entity_id=identifier)
        before = rows.count()
        change(draw=draw, **{"raise_id" if change is raise_change else "mandate_id": identifier})
        found.append(until(holds=lambda rows=rows, before=before: rows.count() > before))  # type: ignore[misc]
    return found


def refilled(*, run: Any) -> tuple[float, float]:
    """Seconds until so many raises of one list are gone from it that it is too short, and until it is long again."""
    from django.db import transaction

    from apps.matching.models import MatchList
    from apps.startups.events import RAISE_WITHDRAWN
    from apps.startups.models import Raise
    from kernel.access import Actor
    from kernel.events import publish

    lists = MatchList.objects.filter(run=run, side="investor", section="ranked", counterpart_ids__len=80)
    kept = lists.order_by("id").first()
    if kept is None:
        raise SystemExit("No list is full: take a larger market.")
    gone = kept.counterpart_ids[:31]
    with transaction.atomic():
        for item in Raise.objects.filter(pk__in=gone).select_related("firm"):
            Raise.objects.filter(pk=item.pk).update(status="withdrawn")
            publish(RAISE_WITHDRAWN, actor=Actor.system(), subject=item, organisation_id=item.firm.organisation_id)

    def now() -> Any:
        return MatchList.objects.get(run=run, side="investor", section="ranked", owner_id=kept.owner_id)

    left = until(holds=lambda: not set(gone) & set(now().counterpart_ids))
    return left, left + until(holds=lambda: len(now().counterpart_ids) == 80)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _tell(name: str, seconds: list[float]) -> float:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    _say(f"{name}: median {statistics.median(ordered):.2f} s, p95 {p95:.2f} s, at most {ordered[-1]:.2f} s")
    return p95


def main() -> None:
    """Command line: sizes and how many changes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mandates", type=int, default=10_000)
    parser.add_argument("--raises", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=50)
    parser.add_argument("--var", type=Path, default=None, help="a folder for the servers' data, used again")
    given = parser.parse_args()
    _say(f"{os.cpu_count()} processors, load of the machine before: {os.getloadavg()[0]:.1f}")
    with installation(var=given.var, LOG_LEVEL="WARNING") as place:
        subprocess.run(
            [sys.executable, "manage.py", "prepare", "--compile"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        import django

        django.setup()
        from apps.matching.engine.synthetic import AS_OF
        from apps.matching.models import MatchList, MatchRun
        from tests.bench.matching_data import market_make

        if place.is_new:
            market_make(mandates=given.mandates, raises=given.raises)
        with workers(folder=place.folder):
            run = MatchRun.objects.filter(is_current=True, as_of=AS_OF).first() or run_made()
            draw = random.Random(5)
            owners = {
                side: list(MatchList.objects.filter(run=run, side=side).values_list("owner_id", flat=True).distinct())
                for side in ("investor", "startup")
            }
            chosen = {side: draw.sample(sorted(ids), given.changes + WARM_UPS) for side, ids in owners.items()}
            cold = measured(run=run, ids=chosen["startup"][:1], change=raise_change, draw=draw)
            _say(f"the first change, in a process that has read nothing: {cold[0]:.1f} s")
            measured(run=run, ids=chosen["startup"][1:WARM_UPS], change=raise_change, draw=draw)
            measured(run=run, ids=chosen["investor"][:WARM_UPS], change=mandate_change, draw=draw)
            results = [
                _tell(
                    f"one changed {name} among {len(owners[side])}",
                    measured(run=run, ids=chosen[side][WARM_UPS:], change=change, draw=draw),
                )
                for name, side, change in (
                    ("raise", "startup", raise_change),
                    ("mandate", "investor", mandate_change),
                )
            ]
            left, full = refilled(run=run)
            _say(f"31 raises of one list withdrawn at once: gone after {left:.2f} s, the list full again {full:.2f} s")
        if max(results) > PROMISED_S or full > REFILLED_S:
            raise SystemExit("Slower than promised.")


if __name__ == "__main__":
    main()
