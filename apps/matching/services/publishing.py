"""The end of a run: its lists hashed and made what readers see."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from apps.matching.engine.digests import pairs_digest
from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES
from apps.matching.engine.published import digest
from apps.matching.models import MatchList, MatchRun, RunPart
from apps.matching.selectors.matches import SHOWN
from apps.matching.services.inputs import inputs_of
from apps.matching.states import RUN, PartKind, Side
from kernel.access import Actor
from kernel.clock import utc_now

DIGESTED = (
    "counterpart_ids",
    "score_investor",
    "score_startup",
    "score_mutual",
    "contributions_investor",
    "contributions_startup",
)


def run_publish(*, run_id: UUID) -> Callable[[], dict[str, Any]]:
    """Hash the run's lists; the returned function makes them what readers see, all at once."""
    sha256 = pairs_of_run_digest(run_id=run_id)

    def store() -> dict[str, Any]:
        run = MatchRun.objects.select_for_update().get(pk=run_id)
        run.digest = sha256
        run.counts = run.job.result if run.job is not None else {}
        run.published_at = utc_now()
        run.save(update_fields=["digest", "counts", "published_at"])
        RUN.fire("publish", instance=run, actor=Actor.system(), data={"sha256": sha256})
        if not run.is_shadow:
            MatchRun.objects.filter(is_current=True).update(is_current=False)
            MatchRun.objects.filter(pk=run_id).update(is_current=True)
        return {}

    return store


def pairs_of_run_digest(*, run_id: UUID) -> str:
    """sha256 over the sorted lines `mandate,raise,scores…,contributions…` of every pair that a list of the run shows.

    The lines are computed once more from the recorded inputs, pair by pair.
    """
    parts = RunPart.objects.filter(run=run_id, kind__in=(PartKind.INVESTOR, PartKind.STARTUP))
    pairs = [np.frombuffer(bytes(content), np.uint64) for content in parts.values_list("content", flat=True)]
    if not pairs:
        return digest(lines=())
    return pairs_digest(
        world=inputs_of(run_id=run_id).whole, pairs=np.concatenate(pairs), threads=len(os.sched_getaffinity(0))
    )


def lists_digest(*, run_id: UUID) -> str:
    """The same from the lists as they stand now, line by line: for comparisons of small pools."""
    investor, startup = len(INVESTOR_FEATURES), len(STARTUP_FEATURES)
    lines = set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT side, owner_id::text, {', '.join(f'{name}::text' for name in DIGESTED)}"  # noqa: S608 - our own names
            f" FROM {MatchList._meta.db_table} WHERE run_id = %s",
            [run_id],
        )
        for side, owner, *arrays in cursor:
            others, *scores, of_investor, of_startup = (array[1:-1].split(",") for array in arrays)
            for place, numbers in enumerate(zip(*(column[:SHOWN] for column in scores), strict=True)):
                pair = (owner, others[place]) if side == Side.INVESTOR else (others[place], owner)
                parts = (
                    *pair,
                    *numbers,
                    *of_investor[place * investor : (place + 1) * investor],
                    *of_startup[place * startup : (place + 1) * startup],
                )
                lines.add(",".join(parts))
    return digest(lines=lines)
