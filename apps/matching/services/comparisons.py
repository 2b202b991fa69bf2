"""Summing up what changed between two generations: asked for once, worked out by a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.matching import events
from apps.matching.models import MatchList, MatchRun, RunComparison
from apps.matching.rules.comparison import Tally
from apps.matching.selectors.comparisons import SHOWN, tally_json, tally_read
from apps.matching.selectors.matches import FEATURES
from apps.matching.states import Section, Side
from kernel.access import Actor
from kernel.errors import Conflict, NotFound
from kernel.events import publish
from kernel.job_kinds import Planned
from kernel.jobs import job_enqueue
from kernel.models import Job

KIND = "matching.comparison"
LISTS_PER_CHUNK = 10_000


class ListsNotKept(Conflict):
    """The lists of one of these runs are not kept any more."""


@transaction.atomic
def comparison_request(*, actor: Actor, later: MatchRun, earlier: MatchRun) -> RunComparison:
    """The comparison of two runs' lists; asked for the first time, a job is queued that works it out.

    Raises ListsNotKept (409) and, for a run with itself, NotFound.
    """
    if later.pk == earlier.pk:
        raise NotFound
    # Whoever asks at the same time waits here and finds the row.
    list(MatchRun.objects.select_for_update(no_key=True).filter(pk=later.pk).values_list("pk"))
    present = RunComparison.objects.filter(earlier=earlier, later=later).select_related("job").first()
    if present is not None:
        return present
    if not all(MatchList.objects.filter(run=run).exists() for run in (earlier, later)):
        raise ListsNotKept
    made = RunComparison.objects.create(earlier=earlier, later=later)
    publish(
        events.COMPARISON_REQUESTED,
        actor=actor,
        subject=made,
        data={"earlier": str(earlier.pk), "later": str(later.pk)},
    )
    made.job = job_enqueue(kind=KIND, actor=actor, payload={"comparison": str(made.pk)})
    made.save(update_fields=["job"])
    return made


def comparison_chunks(*, job_id: UUID) -> list[Planned]:
    """The parts of the work: the owners of each side, some at a time."""
    comparison = RunComparison.objects.get(
        pk=Job.objects.values_list("payload", flat=True).get(pk=job_id)["comparison"]
    )
    planned = []
    for side in Side.values:
        lists = MatchList.objects.filter(run=comparison.later_id, side=side, section=Section.RANKED).count()
        parts = -(-lists // LISTS_PER_CHUNK) or 1
        planned += [
            Planned({"comparison": str(comparison.pk), "side": side, "part": part, "parts": parts})
            for part in range(parts)
        ]
    return planned


def comparison_work(*, payload: Mapping[str, Any], check: Callable[[], None]) -> Callable[[], dict[str, int]]:
    """Compare a part of the lists; the returned function adds what was found to the comparison."""
    from apps.matching.rules.list_arrays import tally
    from apps.matching.selectors.list_arrays import list_arrays

    comparison_id, side = UUID(payload["comparison"]), payload["side"]
    comparison = RunComparison.objects.get(pk=comparison_id)
    features = FEATURES[side]
    before, after = (
        list_arrays(
            run_id=run_id,
            side=side,
            features=len(features),
            part=(int(payload["part"]), int(payload["parts"])),
        )
        for run_id in (comparison.earlier_id, comparison.later_id)
    )
    check()
    found = tally(before=before, after=after, features=features, shown=SHOWN)

    def store() -> dict[str, int]:
        row = RunComparison.objects.select_for_update().get(pk=comparison_id)
        whole = tally_read(row.tallies[side]) if side in row.tallies else Tally()
        whole.join(found)
        row.tallies[side] = tally_json(whole)
        row.save(update_fields=["tallies"])
        return {"lists": found.lists, "changed_lists": found.changed_lists}

    return store
