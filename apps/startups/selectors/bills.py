"""Reading bills of materials: their lines, what they say of their origin, and what would keep a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Prefetch, QuerySet

from apps.organisations.disclosure import Tier, with_tier
from apps.reference.scoring_models import CURRENT, model_files
from apps.reference.tables import PERIMETERS, ReferenceTable, editions
from apps.startups.models import Capability, Component
from apps.startups.rules.dependence import OriginFigures, origin_figures
from apps.startups.rules.origin import ComponentLine, ShareBand, band_edges, line_values, share_band
from apps.startups.rules.substitution import Substitution, substitution
from apps.startups.selectors.capabilities import capability_list
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import Conflict

REGIONS = ("EU+EEA", "EU+EEA+UA")
"""The perimeters that are shown as regions, beside `HOME`."""
HOME = "UA"


class BillSaysNothing(Conflict):
    """The bill of materials has no lines, costs nothing, or mixes currencies without an exchange rate."""


@dataclass(frozen=True, slots=True)
class LineShare:
    """A line and its share of the bill's cost."""

    line: Component
    share: Fraction


@dataclass(frozen=True, slots=True)
class Origin:
    """What a bill says; `figures` None, and no bands, where it says nothing."""

    figures: OriginFigures | None
    bands: Mapping[str, ShareBand]
    single_source: tuple[LineShare, ...]
    unknown: tuple[LineShare, ...]


@dataclass(frozen=True, slots=True)
class SubstitutionFound:
    """The answer of `rules.substitution` with the lines that it names."""

    found: Substitution
    lines: tuple[LineShare, ...]
    resolve: tuple[LineShare, ...] | None


def component_list(*, actor: Actor, capability: Capability) -> QuerySet[Component]:
    """The bill of materials of one's own capability; of another's, nothing."""
    rows = with_tier(Component.objects.filter(capability=capability), actor, subject="capability__firm__organisation")
    return rows.filter(viewer_tier__gte=Tier.T4)


def bill_list(*, actor: Actor) -> QuerySet[Capability]:
    """The capabilities that the actor may see, each with its `bill`: all lines, for `origin_of` only."""
    lines = Prefetch("components", queryset=Component.objects.order_by("id"), to_attr="bill")
    return capability_list(actor=actor).prefetch_related(lines)


def origin_of(*, bill: Sequence[Component]) -> Origin:
    """What the bill says, at today's reference rates."""
    table = editions().table_at(utc_today())
    lines = _lines(bill)
    perimeters = {name: table.perimeter(name) for name in PERIMETERS}
    regions = {**{name: perimeters[name] for name in REGIONS}, HOME: frozenset({HOME})}
    edges = band_edges(model=model_files()[CURRENT].raw)
    figures = origin_figures(components=lines, regions=regions, perimeters=perimeters, rates=table.fx_to_eur)
    foreign = figures.foreign if figures else {}
    shares = _shares(bill, lines, table)
    return Origin(
        figures=figures,
        bands={name: share_band(share=share, edges=edges) for name, share in foreign.items()},
        single_source=tuple(item for item in shares if item.line.single_source),
        unknown=tuple(item for item in shares if item.line.origin is None),
    )


def substitution_find(*, bill: Sequence[Component], perimeter: str, max_share: Decimal) -> SubstitutionFound:
    """The lines that would have to come from inside the perimeter, at today's reference rates.

    Raises BillSaysNothing and UnknownPerimeter.
    """
    table = editions().table_at(utc_today())
    lines = _lines(bill)
    found = substitution(components=lines, perimeter=table.perimeter(perimeter), limit=max_share, rates=table.fx_to_eur)
    if found is None:
        raise BillSaysNothing
    shares = _shares(bill, lines, table)
    return SubstitutionFound(
        found=found,
        lines=tuple(shares[place] for place in found.move.lines),
        resolve=None if found.resolve is None else tuple(shares[place] for place in found.resolve),
    )


def _lines(bill: Sequence[Component]) -> list[ComponentLine]:
    return [
        ComponentLine(line.unit_cost, line.quantity, line.currency, line.origin, single_source=line.single_source)
        for line in bill
    ]


def _shares(bill: Sequence[Component], lines: Sequence[ComponentLine], table: ReferenceTable) -> list[LineShare]:
    values = line_values(components=lines, rates=table.fx_to_eur)
    if values is None or not (total := sum(values)):
        return []
    return [LineShare(line, value / total) for line, value in zip(bill, values, strict=True)]
