"""Reads of weekly digests: one's own, with the counterparts that may be seen now, and how evenly all are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.investors.models import Mandate
from apps.matching.models import DigestList, DigestRound
from apps.matching.states import Side
from apps.startups.models import Raise
from kernel.access import Actor


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """A counterpart of a digest; `score` is the owner's side's, 0–10 000."""

    mandate_id: UUID
    raise_id: UUID
    side: str
    rank: int
    score: int
    counterpart: Mandate | Raise


def digest_list(*, actor: Actor) -> QuerySet[DigestList]:
    """The digests of one's own organisation with their rounds."""
    return DigestList.objects.visible_to(actor).select_related("round").defer("counterpart_ids", "scores")


def digest_entries(*, digest: DigestList, actor: Actor) -> list[DigestEntry]:
    """Whom a digest points to, as far as the actor may see them now, best first; one query."""
    rows: QuerySet[Any]
    if digest.side == Side.INVESTOR:
        rows = Raise.objects.visible_to(actor).select_related("firm__organisation", "lead_capability__area")
    else:
        rows = Mandate.objects.visible_to(actor).select_related("fund__organisation", "lever")
    visible = {row.pk: row for row in rows.filter(pk__in=digest.counterpart_ids)}
    shown = [
        (visible[pk], score) for pk, score in zip(digest.counterpart_ids, digest.scores, strict=True) if pk in visible
    ]
    return [
        DigestEntry(
            *((digest.owner_id, row.pk) if digest.side == Side.INVESTOR else (row.pk, digest.owner_id)),
            side=digest.side,
            rank=rank,
            score=score,
            counterpart=row,
        )
        for rank, (row, score) in enumerate(shown, 1)
    ]


def round_list() -> QuerySet[DigestRound]:
    """The weekly rounds with their jobs."""
    return DigestRound.objects.select_related("job")
