"""What those find who see teasers alone."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.db.models import QuerySet

from apps.dealflow.rules.queries import DealFlowQuery
from apps.startups.models import Firm
from apps.startups.selectors import teaser_list

SHOWN = ("area", "country")
"""What of a search a teaser shows: an area only where it is a root."""
NEUTRAL = ("ordering", "own", "mandate")
"""What asks nothing of the rows of others."""


def teasers_found(*, query: DealFlowQuery) -> QuerySet[Firm]:
    """The teasers that the search means: none where it asks for what teasers do not show. As `teaser_list`, two
    queries before the rows.
    """
    asked = {
        field.name: getattr(query, field.name)
        for field in fields(DealFlowQuery)
        if field.name not in NEUTRAL and getattr(query, field.name) not in ((), None, "")
    }
    rows: QuerySet[Any] = teaser_list(wanted={name: asked[name] for name in SHOWN if name in asked})
    return rows.none() if asked.keys() - set(SHOWN) else rows
