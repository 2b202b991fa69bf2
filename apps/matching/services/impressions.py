"""What was shown to whom, recorded as it is shown; forgotten after two years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.matching.models import Impression, MatchRun
from apps.matching.states import ImpressionKind
from kernel.access import Actor
from kernel.clock import database_now, utc_today
from kernel.periodic import slot_take

KEPT_DAYS = 730
"""Long enough for cash to follow an impression, and no longer."""
_TURN = dt.timedelta(days=1)
_BATCH = 50_000


def page_record(
    *,
    actor: Actor,
    run: MatchRun,
    side: str,
    section: str,
    owner_id: UUID,
    first_rank: int,
    counterpart_ids: Sequence[UUID],
) -> None:
    """Note a page of a list that the actor's organisation is shown; once per page and day. One statement."""
    if counterpart_ids:
        _record(actor, run, ImpressionKind.LIST, side, section, owner_id, first_rank, counterpart_ids)


def explanation_record(*, actor: Actor, run: MatchRun, side: str, owner_id: UUID, counterpart_id: UUID) -> None:
    """Note that the actor's organisation opened why a pair scores as it does; once a day. One statement."""
    _record(actor, run, ImpressionKind.EXPLANATION, side, "", owner_id, 0, [counterpart_id])


def _record(
    actor: Actor,
    run: MatchRun,
    kind: str,
    side: str,
    section: str,
    owner_id: UUID,
    first_rank: int,
    counterpart_ids: Sequence[UUID],
) -> None:
    if actor.organisation_id is None or actor.preview is not None:
        return
    Impression.objects.bulk_create(
        [
            Impression(
                kind=kind,
                organisation_id=actor.organisation_id,
                run=run,
                side=side,
                section=section,
                owner_id=owner_id,
                first_rank=first_rank,
                counterpart_ids=list(counterpart_ids),
                shown_on=utc_today(),
            )
        ],
        ignore_conflicts=True,
    )


def impressions_tidy(*, now: dt.datetime | None = None) -> int:
    """Remove impressions that are older than two years, once a day; returns how many went."""
    now = now or database_now()
    with transaction.atomic():
        if not slot_take(name="matching-impressions", every=_TURN, now=now):
            return 0
        before = now.date() - dt.timedelta(days=KEPT_DAYS)
        old = Impression.objects.filter(shown_on__lt=before).order_by("shown_on").values("pk")[:_BATCH]
        count, _ = Impression.objects.filter(pk__in=old).delete()
    return count
