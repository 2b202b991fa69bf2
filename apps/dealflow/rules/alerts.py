"""Which saved searches may have found a listing: what can be said of its plain facts without asking the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from apps.dealflow.rules.queries import DealFlowQuery

MOST_KNOWN = 10_000
"""Results that a search may have when somebody begins to watch it: all of them are kept as known."""
MOST_SEARCHES = 200
"""Saved searches of one organisation."""


class Listed(Protocol):
    """What of a listing is compared."""

    @property
    def kind(self) -> str: ...
    @property
    def firm_id(self) -> UUID: ...
    @property
    def country(self) -> str: ...
    @property
    def areas(self) -> Sequence[str]: ...
    @property
    def trl(self) -> int | None: ...
    @property
    def maturity(self) -> str: ...
    @property
    def seeks(self) -> Sequence[str]: ...
    @property
    def capital_class(self) -> str: ...
    @property
    def instruments(self) -> Sequence[str]: ...
    @property
    def stage(self) -> str: ...
    @property
    def amount_eur(self) -> Decimal | None: ...


def may_find(*, query: DealFlowQuery, listing: Listed) -> bool:
    """False where the search does not find the listing for one of its plain facts; True asks for the search itself.

    As in the search, what is not stated fulfils nothing that is asked.
    """
    return (
        _is_among(query.kind, listing.kind)
        and _is_among(query.firm, listing.firm_id)
        and _is_among(query.country, listing.country)
        and _is_among(query.maturity, listing.maturity)
        and _is_among(query.capital_class, listing.capital_class)
        and _is_among(query.stage, listing.stage)
        and _meets(query.area, listing.areas)
        and _meets(query.seeks, listing.seeks)
        and _meets(query.instrument, listing.instruments)
        and _is_within(query.trl_min, listing.trl, query.trl_max)
        and _is_within(query.amount_min, listing.amount_eur, query.amount_max)
    )


def _is_among(wanted: Collection[Any], stated: Any) -> bool:
    return not wanted or stated in wanted


def _meets(wanted: Collection[str], stated: Collection[str]) -> bool:
    return not wanted or not set(wanted).isdisjoint(stated)


def _is_within(least: Any, stated: Any, most: Any) -> bool:
    if stated is None:
        return least is None and most is None
    return (least is None or stated >= least) and (most is None or stated <= most)
