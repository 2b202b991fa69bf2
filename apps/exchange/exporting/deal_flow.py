"""The results of a deal-flow search as a table, each cell as far as the viewer's tier of the listing reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.listings import deal_flow_find, deal_flow_hits, deal_flow_rows
from apps.exchange.exporting.tables import ExportTable, Read, Shown
from apps.organisations.disclosure import Tier
from apps.permissions import Permission
from apps.startups.disclosure import DERIVED, TIERS, firm_name
from apps.startups.models import Capability, Firm, Listing, Raise
from apps.startups.states import CapabilityStatus
from kernel.access import Actor

MOST_ROWS = 50_000
"""Results of one export; a search that finds more is to be narrowed, never cut off."""

BLOCK = 1_000
PARAMETER: Mapping[str, str] = {"text": "q"}
"""What a parameter is called where its name is not that of the field."""


class TooManyRows(RuntimeError):
    """The search finds more by now than an export holds."""


def listing_count(*, actor: Actor, query: DealFlowQuery) -> int:
    """How many results the actor's search has, counted to one more than MOST_ROWS."""
    return deal_flow_hits(actor=actor, query=query)[: MOST_ROWS + 1].count()


def query_parameters(*, query: Mapping[str, Any]) -> dict[str, list[str]]:
    """The parameters of GET /deal-flow that ask for a search, given in the form of `DealFlowQuery.to_json`."""
    return {PARAMETER.get(name, name): _texts(value) for name, value in query.items()}


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _rows(actor: Actor, filters: Mapping[str, Any]) -> Iterator[Any]:
    """The results in the order of the search, read in blocks: each row is looked up again as the actor sees it then."""
    query = DealFlowQuery.from_json(filters["query"])
    ids = _ids(actor, query)
    for start in range(0, len(ids), BLOCK):
        yield from deal_flow_rows(actor=actor, ids=ids[start : start + BLOCK])


def _ids(actor: Actor, query: DealFlowQuery) -> list[UUID]:
    ids: list[UUID] = []
    for part in deal_flow_find(actor=actor, query=query).parts:
        rows = part.rows.order_by(*(term.order_by(is_reversed=False) for term in part.terms))
        ids += rows.values_list("pk", flat=True)[: MOST_ROWS + 1 - len(ids)]
    if len(ids) > MOST_ROWS:
        raise TooManyRows
    return ids


def _name(row: Any) -> str:
    return firm_name(firm=row.firm, viewer_tier=row.viewer_tier, is_revealed=row.is_revealed).name


def _of_listing(*names: str) -> dict[str, Shown]:
    return {name: Shown(_plain(name), TIERS[Listing][name]) for name in names}


def _plain(name: str) -> Read:
    return lambda row: getattr(row, name)


def _of_lead(*names: str) -> dict[str, Shown]:
    """What the capability says, where it is published or one's own: a listing may show a raise without its lead."""
    return {name: Shown(_lead(name), TIERS[Capability][name]) for name in names}


def _lead(name: str) -> Read:
    def read(row: Any) -> Any:
        lead = row.capability
        is_shown = lead is not None and (lead.status == CapabilityStatus.PUBLISHED or row.viewer_tier >= Tier.T4)
        return getattr(lead, name) if is_shown else None

    return read


def _of_raise(*names: str) -> dict[str, Shown]:
    return {name: Shown(_raising(name), TIERS[Raise][name]) for name in names}


def _raising(name: str) -> Read:
    return lambda row: None if row.raising is None else getattr(row.raising, name)


DEAL_FLOW: Mapping[str, ExportTable] = {
    "deal_flow": ExportTable(
        Permission.DEAL_FLOW_READ,
        _rows,
        {
            "key": Shown(_plain("id"), TIERS[Listing]["id"]),
            **_of_listing("kind"),
            "startup_key": Shown(_plain("firm_id"), TIERS[Listing]["firm"]),
            "startup": Shown(_name, DERIVED[Firm]["name"]),
            **_of_listing("country", "area", "published_at"),
            **_of_lead("title", "title_uk"),
            **_of_listing("trl", "maturity", "tier", "seeks", "capital_class", "instruments", "stage"),
            **_of_raise("amount", "currency", "amount_left", "tenor_years", "opened_on", "need_by"),
            **_of_listing("amount_eur", "amount_band", "share_eu", "share_eu_eea", "share_eu_eea_ua"),
            **_of_listing("adaptation_days", "cadence_days", "feedback_days", "delivery_days", "iteration_band"),
            **_of_lead("description", "description_uk", "unit_cost"),
            "unit_cost_currency": Shown(_lead("currency"), TIERS[Capability]["currency"]),
            **_of_lead("output_per_month", "lead_time_days"),
        },
    )
}
"""The table of a search's results. Its name never is one of an import."""
