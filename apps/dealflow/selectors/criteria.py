"""What a search asks of listings, as a condition."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.rules.shares import labels_within
from apps.reference.scoring_models import CURRENT, model_files
from apps.startups.rules.origin import band_edges
from apps.startups.states import ListingKind
from kernel.access import Actor

LOOKUPS: Mapping[str, str] = {
    **{name: f"{name}__in" for name in ("kind", "country", "maturity", "tier", "capital_class", "stage")},
    **{name: f"{name}__in" for name in ("amount_band", "iteration_band")},
    "firm": "firm_id__in",
    "area": "areas__overlap",
    "seeks": "seeks__overlap",
    "instrument": "instruments__overlap",
    "trl_min": "trl__gte",
    "trl_max": "trl__lte",
    "amount_min": "amount_eur__gte",
    "amount_max": "amount_eur__lte",
    "published_since": "published_at__gte",
    **{f"{figure}_days_max": f"{figure}_days__lte" for figure in ("adaptation", "cadence", "feedback", "delivery")},
}
"""The fields of a search with the condition that each makes."""
OF_RAISES = ("capital_class", "instrument", "stage", "amount_min", "amount_max", "amount_band")
"""What only raises state."""
SHARES = ("share_eu", "share_eu_eea", "share_eu_eea_ua")


def criteria(*, actor: Actor, query: DealFlowQuery) -> Q:
    """The condition of all that the search asks but its text; what is not stated fulfils none."""
    wanted = Q()
    for name, lookup in LOOKUPS.items():
        value = getattr(query, name)
        if value not in ((), None):
            wanted &= Q(**{lookup: list(value) if isinstance(value, tuple) else value})
    if any(getattr(query, name) not in ((), None) for name in OF_RAISES):
        # It follows; said, it lets the newest raises be read without the capabilities between them.
        wanted &= Q(kind=ListingKind.RAISE)
    edges = band_edges(model=model_files()[CURRENT].raw)
    for column in SHARES:
        chosen = getattr(query, column)
        if chosen:
            wanted &= Q(**{f"{column}__in": labels_within(chosen=chosen, edges=edges)})
    if query.own is not None:
        own = Q(organisation_id=actor.organisation_id)
        wanted &= own if query.own else ~own
    return wanted
