"""Results as they are answered, made of plain rows: what `DealFlowOut` would make of them, many times as fast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from apps.dealflow.api.serializers.deal_flow import HIGHLIGHTS, TEASER, DealFlowOut
from apps.dealflow.rules.passages import Snippet
from apps.dealflow.selectors.rows import ListedRow
from apps.dealflow.selectors.scores import Scores
from apps.organisations.disclosure import Tier
from apps.organisations.tiered import read_note
from apps.startups.disclosure import firm_name
from apps.startups.models import Listing
from apps.startups.services.listings import SHARES
from kernel.api.serializers import SELECTION, Selection

FIGURES = ("adaptation", "cadence", "feedback", "delivery")


def results_out(
    rows: Sequence[ListedRow],
    *,
    scores: Scores,
    highlights: Mapping[UUID, Sequence[Snippet]],
    context: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The rows as the viewer of each one's tier is answered them, with the fields that were chosen; what is shown from
    T2 on is noted.
    """
    chosen = context.get(SELECTION, Selection()).fields
    shown = []
    for row in rows:
        if row.viewer_tier >= Tier.T2:
            read = {"pk": row.id, "viewer_tier": row.viewer_tier, "disclosed_by": row.disclosed_by}
            read_note(context=context, row=SimpleNamespace(**read, _meta=Listing._meta))
        whole = _whole(row, scores, highlights.get(row.id, ()))
        shown.append({name: whole[name] for name in _names(row.viewer_tier, chosen)})
    return shown


@lru_cache(maxsize=1_000)
def _names(viewer_tier: int, chosen: frozenset[str] | None) -> tuple[str, ...]:
    """The fields that an answer at this tier has, in their order."""
    names = (str(name) for name in DealFlowOut().fields if chosen is None or str(name) in chosen)
    return tuple(name for name in names if DealFlowOut.tiers[name] <= viewer_tier)


def _whole(row: ListedRow, scores: Scores, highlights: Sequence[Snippet]) -> dict[str, Any]:
    name = firm_name(firm=row.firm, viewer_tier=row.viewer_tier, is_revealed=row.is_revealed)
    score = scores.by_raise.get(row.id)
    bands = ((perimeter, getattr(row, column)) for column, perimeter in SHARES.items())
    return {
        "kind": row.kind,
        TEASER: None,
        "id": str(row.id),
        "startup": {
            "id": str(row.firm_id),
            "name": name.name,
            "is_pseudonym": name.is_pseudonym,
            "country": row.country,
        },
        "capability": None
        if row.capability_id is None
        else {
            "id": str(row.capability_id),
            "title": row.capability__title,
            "title_uk": row.capability__title_uk,
            "area": row.area,
        },
        "raise": None if row.raising_id is None else _raise(row),
        "published_at": _moment(row.published_at),
        "trl": row.trl,
        "maturity": row.maturity,
        "tier": row.tier,
        "seeks": row.seeks,
        "amount_eur": None if row.amount_eur is None else f"{row.amount_eur:f}",
        "amount_band": row.amount_band,
        "foreign_share": [{"perimeter": perimeter, "band": band} for perimeter, band in bands if band],
        "speed_days": {
            "adaptation": row.adaptation_days,
            "cadence": row.cadence_days,
            "feedback": row.feedback_days,
            "delivery": row.delivery_days,
        },
        "iteration_band": row.iteration_band,
        "match": None if score is None else {"score": score.score, "section": score.section},
        HIGHLIGHTS: [
            {"field": item.field, "text": item.text, "ranges": [list(place) for place in item.ranges]}
            for item in highlights
        ],
    }


def _raise(row: ListedRow) -> dict[str, Any]:
    return {
        "id": str(row.raising_id),
        "status": row.raising__status,
        "amount": {"amount": f"{row.raising__amount:f}", "currency": row.raising__currency},
        "amount_left": None
        if row.raising__amount_left is None
        else {"amount": f"{row.raising__amount_left:f}", "currency": row.raising__currency},
        "instruments": row.raising__instruments,
        "capital_class": row.capital_class or None,
        "stage": row.raising__stage,
        "opened_on": None if row.raising__opened_on is None else row.raising__opened_on.isoformat(),
        "need_by": None if row.raising__need_by is None else row.raising__need_by.isoformat(),
    }


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
