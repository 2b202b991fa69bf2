"""`python -m tests.bench.speed`: seconds in which two processes measure the speed of a whole registry.

Runs servers of its own in a temporary folder, fills them with made-up firms and their logs, and runs the nightly job
three times: from nothing, with the history of two years for each profile; a day later, when every figure moves with
the date; and after one event more in every log.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from tests.bench.installation import ROOT, installation
from tests.bench.loading import along

BATCH = 2_000
YEARS = 3
ANSWERS = {
    "feedback_reported": ("fix_fielded", "release_fielded"),
    "countermeasure_observed": ("countermeasure_answered", "release_fielded"),
    "order_received": ("delivery_made",),
}
ANSWERED = 0.8
SECONDS_A_DAY = 86_400


def registry_make(*, firms: int, events: int, now: dt.datetime) -> None:
    """Verified firms, every other one with two capabilities, and so many events that answer one another."""
    from apps.organisations.models import Organisation
    from apps.reference.models import CapabilityArea
    from apps.reference.services import areas_load
    from apps.startups.models import Capability, Firm
    from kernel.access import Actor

    areas_load(actor=Actor.system())
    areas = list(CapabilityArea.objects.order_by("code").values_list("pk", flat=True))
    organisations = [
        Organisation(kind="firm", legal_name=f"Firm {place}", country="UA", standing="verified")
        for place in range(firms)
    ]
    Organisation.objects.bulk_create(organisations, batch_size=BATCH)
    rows = Firm.objects.bulk_create([Firm(organisation=item) for item in organisations], batch_size=BATCH)
    draw = random.Random(1)
    capabilities = Capability.objects.bulk_create(
        [
            Capability(firm=firm, area_id=draw.choice(areas), title="Made up", maturity="fielded", status="published")
            for place, firm in enumerate(rows)
            for _ in range(1 + place % 2)
        ],
        batch_size=BATCH,
    )
    log_make(capabilities=capabilities, events=events, now=now, seed=2)


def log_make(*, capabilities: Sequence[Any], events: int, now: dt.datetime, seed: int) -> None:
    """So many events in all, spread evenly over the capabilities."""
    from apps.startups.models import DevelopmentEvent

    draw = random.Random(seed)
    made: list[DevelopmentEvent] = []
    for place in range(events):
        if len(made) >= events:
            break
        capability = capabilities[place % len(capabilities)]
        kind = draw.choice(list(ANSWERS))
        asked_at = now - dt.timedelta(days=draw.uniform(1, 365 * YEARS))
        tier = draw.choices(("E0", "E1", "E2", "E3"), (1, 2, 5, 2))[0]
        question = DevelopmentEvent(capability=capability, kind=kind, occurred_at=asked_at, tier=tier)
        made.append(question)
        answered_at = asked_at + dt.timedelta(days=draw.lognormvariate(3.5, 1))
        if draw.random() < ANSWERED and answered_at < now - dt.timedelta(days=1):
            answer = draw.choice(ANSWERS[kind])
            made.append(
                DevelopmentEvent(
                    capability=capability, kind=answer, occurred_at=answered_at, tier=tier, answers=question
                )
            )
    DevelopmentEvent.objects.bulk_create(made[:events], batch_size=BATCH)


def measured() -> tuple[float, dict[str, Any]]:
    """Seconds in which two processes bring all profiles to today, and the job's counts."""
    from apps.startups.services.speed import KIND, speed_queue
    from kernel.chunks import job_drive

    other = along(kind=KIND)
    time.sleep(5)
    began = time.perf_counter()
    job = job_drive(job_id=speed_queue().pk)
    seconds = time.perf_counter() - began
    other.terminate()
    other.wait()
    return seconds, {"status": job.status, **job.result}


def _measure(options: argparse.Namespace) -> None:
    _tell(f"{os.cpu_count()} processors, load of the machine before: {os.getloadavg()[0]:.1f}")
    for words in (("migrate", "-v0"), ("grant_application_role",)):
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    import django

    django.setup()
    from django.db import connection

    from apps.startups.models import Capability, SpeedPoint, SpeedProfile
    from kernel.clock import utc_now

    registry_make(firms=options.firms, events=options.events, now=utc_now())
    connection.cursor().execute("ANALYZE")
    seconds, counts = measured()
    _tell(f"from nothing: {seconds:.1f} s, {counts}, {SpeedPoint.objects.count()} points of history")
    yesterday = utc_now() - dt.timedelta(days=1)
    SpeedProfile.objects.update(as_of=yesterday.date())
    seconds, counts = measured()
    _tell(f"a day later: {seconds:.1f} s, {counts}")
    capabilities = list(Capability.objects.order_by("pk"))
    log_make(capabilities=capabilities, events=len(capabilities), now=utc_now(), seed=3)
    seconds, counts = measured()
    _tell(f"after an event more in every log: {seconds:.1f} s, {counts}")


def main(arguments: Sequence[str]) -> int:
    """Print the seconds of each turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=4_000, help="and as many profiles and a half again as many")
    parser.add_argument("--events", type=int, default=100_000)
    options = parser.parse_args(arguments)
    with installation(var=None):
        _measure(options)
    return 0


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
