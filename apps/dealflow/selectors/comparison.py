"""Raises side by side: which the viewer sees, and of each the figures that its tier of the raise reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from apps.dealflow.rules.comparison import Figure
from apps.dealflow.selectors import compared_cells as cells
from apps.organisations.disclosure import Tier
from apps.reference.tables import PERIMETERS
from apps.startups.disclosure import DERIVED, ORIGIN, SPEED, TIERS
from apps.startups.models import Capability, Component, Financials, Firm, Raise
from apps.startups.rules.speed_subjects import FIGURES
from apps.startups.selectors import origin_of, raise_list
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Line:
    """A figure: from which tier it is read, how, and whether it is the lead capability's."""

    name: str
    tier: Tier
    read: cells.Read
    is_of_lead: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RaiseComparison:
    """The raises in the order asked for, each with the viewer's tier, and their figures."""

    raises: list[Raise]
    figures: list[Figure]


def raise_comparison(*, actor: Actor, raise_ids: Sequence[UUID]) -> RaiseComparison:
    """These raises side by side, in three queries however many there are. Raises NotFound unless the actor sees all."""
    found = {row.pk: row for row in _rows(actor, raise_ids)}
    if not set(raise_ids) <= set(found):
        raise NotFound
    rows = [found[raise_id] for raise_id in dict.fromkeys(raise_ids)]
    for row in rows:
        row.origin = origin_of(bill=row.lead_capability.bill)
    figures = [Figure(line.name, int(line.tier), _cells(line, rows)) for line in LINES]
    return RaiseComparison(rows, [figure for figure in figures if figure.cells])


def _rows(actor: Actor, raise_ids: Sequence[UUID]) -> list[Any]:
    bill = Prefetch("lead_capability__components", queryset=Component.objects.order_by("id"), to_attr="bill")
    latest = Financials.objects.filter(withdrawn_at=None).order_by("firm_id", "-year").distinct("firm_id")
    year = Prefetch("firm__financials", queryset=latest, to_attr="latest_financials")
    rows = raise_list(actor=actor).filter(pk__in=raise_ids).select_related("lead_capability__speed")
    return list(rows.prefetch_related(bill, year))


def _cells(line: Line, rows: Sequence[Any]) -> dict[UUID, Any]:
    return {row.pk: line.read(row) for row in rows if row.viewer_tier >= line.tier and _is_shown(line, row)}


def _is_shown(line: Line, row: Any) -> bool:
    """Whether the figure's subject is open to the viewer: a lead that is not published is its firm's own."""
    is_published = row.lead_capability.status == CapabilityStatus.PUBLISHED
    return is_published or not line.is_of_lead or row.viewer_tier >= Tier.T4


_RAISE: Mapping[str, Tier] = {**TIERS[Raise], **DERIVED[Raise]}
_LEAD: Mapping[str, Tier] = TIERS[Capability]
_FIRM: Mapping[str, Tier] = {**TIERS[Firm], **DERIVED[Firm]}
_YEAR: Mapping[str, Tier] = TIERS[Financials]
_BANDS: Mapping[str, str] = {
    "revenue": "EUR",
    "order_book": "EUR",
    "debt": "EUR",
    "largest_customer_share": "share of revenue",
    "cash_months": "months",
}
"""Figures of a year that are told in bands, and of what."""


def _raise_line(name: str, unit: str = "") -> Line:
    return Line(name, _RAISE[name], cells.stated(name, unit))


def _raise_money(name: str) -> Line:
    return Line(name, _RAISE[name], cells.stated_money(name, "currency"))


def _lead_line(name: str, unit: str = "", *, path: str = "", is_graded: bool = False) -> Line:
    graded_by = "lead_capability.tier" if is_graded else ""
    read = cells.stated(f"lead_capability.{path or name}", unit, graded_by=graded_by)
    return Line(name, _LEAD[name], read, is_of_lead=True)


def _speed_lines(figure: str) -> list[Line]:
    parts = {f"{figure}_days": "days", f"{figure}_days_low": "low", f"{figure}_days_high": "high"}
    return [Line(name, SPEED["figures"], cells.speed(figure, part), is_of_lead=True) for name, part in parts.items()]


def _share_lines(perimeter: str) -> list[Line]:
    name = f"foreign_share_{perimeter.lower().replace('+', '_')}"
    band = Line(f"{name}_band", ORIGIN["bands"], cells.foreign_band(perimeter), is_of_lead=True)
    ends = [
        Line(f"{name}_{end}", ORIGIN["foreign"], cells.foreign_share(perimeter, end), is_of_lead=True)
        for end in ("low", "high")
    ]
    return [band, *ends]


def _year_line(name: str, unit: str = "") -> Line:
    return Line(name, _YEAR[name], cells.year_figure(name, unit))


LINES: tuple[Line, ...] = (
    Line("startup", _RAISE["startup"], cells.name),
    Line("country", _FIRM["country"], cells.stated("firm.organisation.country")),
    _raise_money("amount"),
    Line("amount_eur", _RAISE["amount"], cells.amount_eur),
    _raise_money("amount_left"),
    Line("committed", _RAISE["committed"], cells.amount_committed),
    Line("capital_class", _RAISE["capital_class"], cells.capital_class),
    _raise_line("instruments"),
    _raise_line("stage"),
    _raise_line("syndicate"),
    _raise_line("tenor_years", "years"),
    _raise_line("opened_on"),
    _raise_line("need_by"),
    Line("terms", _RAISE["terms"], cells.terms),
    _lead_line("area", path="area.code"),
    _lead_line("trl", is_graded=True),
    _lead_line("maturity", is_graded=True),
    _lead_line("seeks"),
    *(line for figure in FIGURES for line in _speed_lines(figure)),
    *(line for perimeter in PERIMETERS for line in _share_lines(perimeter)),
    Line(
        "unit_cost",
        _LEAD["unit_cost"],
        cells.stated_money("lead_capability.unit_cost", "lead_capability.currency"),
        is_of_lead=True,
    ),
    _lead_line("output_per_month", "pieces"),
    _lead_line("lead_time_days", "days"),
    _lead_line("export_class"),
    _lead_line("flags"),
    Line("staff_band", _FIRM["staff_band"], cells.size),
    *(Line(f"{name}_band", _FIRM["financials"], cells.year_band(name, unit)) for name, unit in _BANDS.items()),
    Line("staff", _FIRM["staff"], cells.stated("firm.staff", "people")),
    Line("founded_on", _FIRM["founded_on"], cells.stated("firm.founded_on")),
    _year_line("revenue"),
    _year_line("order_book"),
    _year_line("debt"),
    _year_line("gross_margin", "share of revenue"),
    _year_line("largest_customer_share", "share of revenue"),
    _year_line("cash_months", "months"),
    _year_line("headcount", "people"),
    _year_line("audited", "yes or no"),
)
"""What is compared, in the order in which it is shown."""
