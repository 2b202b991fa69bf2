"""Changes reach the lists through real workers, whatever happens to them on the way."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from apps.exchange import sample
from tests.journeys.rig import Rig, wait_for

pytestmark = pytest.mark.process

AS_OF = sample.AS_OF.isoformat()
CHANGE = """
from django.db import transaction
from apps.startups.events import RAISE_UPDATED
from apps.startups.models import Raise
from kernel.access import Actor
from kernel.events import publish
for item in Raise.objects.filter(status="open").select_related("firm").order_by("pk")[{first}:{last}]:
    with transaction.atomic():
        Raise.objects.filter(pk=item.pk).update(amount=item.amount * {factor}, amount_left=None)
        publish(RAISE_UPDATED, actor=Actor.system(), subject=item, organisation_id=item.firm.organisation_id)
"""
DIGEST = """
from uuid import UUID
from apps.matching.services.publishing import lists_digest
print("digest", lists_digest(run_id=UUID("{run}")))
"""
LEFT = "SELECT count(*) FROM kernel_delivery WHERE delivered_at IS NULL AND parked_at IS NULL"
WAITS = """
SELECT count(*) FROM kernel_delivery WHERE delivered_at IS NULL AND subscriber LIKE 'apps.matching.%%'
 UNION ALL
SELECT count(*) FROM matching_touched t, matching_matchrun r
 WHERE r.is_current AND t.touched_at >= r.started_at
   AND (t.applied_run_id IS DISTINCT FROM r.id OR t.applied_token IS DISTINCT FROM t.token)
 UNION ALL
SELECT count(*) FROM matching_matchlist l JOIN matching_matchrun r ON r.id = l.run_id AND r.is_current WHERE l.is_short
"""


def kill_children(rig: Rig, workers: list) -> None:
    for worker in workers:
        for pid in rig.children(worker):
            os.kill(pid, signal.SIGKILL)


def kill_workers(rig: Rig, workers: list) -> None:
    for worker in workers:
        os.killpg(worker.pid, signal.SIGKILL)
    rig.worker()
    rig.worker()


def flush_broker(rig: Rig, _workers: list) -> None:
    rig.flush_broker()


def stop_database(rig: Rig, _workers: list) -> None:
    postgres = rig.installation.postgres
    postgres.stop()
    time.sleep(2)
    postgres.start()


def nothing(_rig: Rig, _workers: list) -> None:
    """The undisturbed way."""


FAULTS = {
    "nothing": nothing,
    "kill -9 of the pool children": kill_children,
    "kill -9 of every worker, new ones come": kill_workers,
    "FLUSHALL of the broker": flush_broker,
    "PostgreSQL away for 2 s": stop_database,
}


def digest(rig: Rig, run: str) -> str:
    return next(line for line in rig.manage("shell", "-c", DIGEST.format(run=run)).splitlines() if "digest" in line)


class TestChanges:
    @pytest.mark.parametrize("fault", FAULTS, ids=lambda name: name.replace(" ", "-"))
    def test_reach_the_lists_all_the_same(self, rig, fault, rounds):
        workers = [rig.worker(), rig.worker()]
        run = rig.run_start(AS_OF)
        rig.published(run)
        # What the sample's import left to be done is no part of what is tried here.
        wait_for(lambda: rig.query(LEFT) == [(0,)], seconds=400, what="the import's facts are delivered")
        wait_for(lambda: rig.query(WAITS) == [(0,), (0,), (0,)], seconds=120, what="the lists hold the import")
        for turn in range(rounds):
            first = 5 * (turn % 4)
            rig.manage("shell", "-c", CHANGE.format(first=first, last=first + 12, factor=random.choice((2, 3))))
            time.sleep(random.uniform(0, 1.5))

            FAULTS[fault](rig, workers)

            wait_for(lambda: rig.query(WAITS) == [(0,), (0,), (0,)], seconds=120, what="the lists hold every change")
            workers = [process for process in rig.processes if process.poll() is None]
        assert rig.query("SELECT revision > 0 FROM matching_matchrun WHERE id = %s", run) == [(True,)]
        kept = digest(rig, run)
        anew = rig.run_start(AS_OF)
        rig.published(anew)
        assert digest(rig, anew) == kept
