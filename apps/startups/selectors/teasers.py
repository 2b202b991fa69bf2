"""Reading firms' T0 faces."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    F,
    Func,
    IntegerField,
    JSONField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from apps.organisations.disclosure import Tier
from apps.organisations.states import Standing
from apps.reference.selectors import area_roots
from apps.startups.disclosure import staff_band_sql
from apps.startups.models import Capability, Firm
from apps.startups.rules.teasers import TRL_BANDS, Cell, shown_cells
from apps.startups.states import CapabilityStatus

SEPARATOR = "|"


RANKED: Sequence[str | None] = (*tuple(TRL_BANDS)[::-1], None)


"""The bands of TRL, the highest first."""


TEASED = (Standing.REGISTERED, Standing.VERIFIED)


"""The standings in which a firm has a teaser."""


COUNTING = ("firm__organisation_id", "firm__organisation__standing")


"""What decides whether a firm counts among those that share a cell."""


def teaser_list(
    *, including: UUID | None = None, wanted: Mapping[str, Collection[str]] = MappingProxyType({})
) -> QuerySet[Firm]:
    """The firms that have a T0 face, each with its `face`: what it shows, as text (`face_parts`).

    A face tells of the published capabilities alone: the highest band of TRL among them, and of those in it the root
    area that comes first by code. Cells of few verified firms are made coarser over all faces (`rules.teasers`): others
    do not count, for anybody can register five. `wanted` (any of some values by part) asks for what is shown, not for
    what lies behind it. `including` is an organisation that is taken for a verified one, if it has published something.
    Three queries, the last one the rows.
    """
    cells = _cells(including)
    counts: Counter[Cell] = Counter()
    for cell, organisation, standing in cells.values_list("cell", *COUNTING):
        counts[face_parts(cell)] += standing == Standing.VERIFIED or organisation == including
    shown = shown_cells(counts=counts)
    chosen = [
        _key(cell)
        for cell, face in shown.items()
        if all(getattr(face, name) in values for name, values in wanted.items())
    ]
    face = Func(
        Cast(Value(json.dumps({_key(cell): _key(face) for cell, face in shown.items()})), JSONField()),
        Subquery(cells.filter(firm=OuterRef("pk")).values("cell")[:1]),
        function="jsonb_extract_path_text",
        output_field=TextField(),
    )
    # A firm whose cell came up after the counting is not among the chosen ones: it shows itself at the next request.
    rows = Firm.objects.filter(pk__in=cells.filter(cell__in=chosen).values("firm"))
    return rows.annotate(face=face, viewer_tier=Value(int(Tier.T0), output_field=IntegerField()))


def face_parts(face: str) -> Cell:
    """What a teaser tells, from its text."""
    rank, area, country, size_band = face.split(SEPARATOR)
    return Cell(area=area, country=country or None, trl_band=RANKED[int(rank)], size_band=size_band or None)


def _cells(including: UUID | None) -> QuerySet[Any]:
    """Of every firm that has a face its `cell` as text."""
    firm = Q(firm__organisation__standing__in=TEASED, firm__organisation__dark_since=None)
    firm &= Q(firm__organisation__merged_into=None)
    published = Capability.objects.filter(
        firm | Q(firm__organisation_id=including), status=CapabilityStatus.PUBLISHED
    ).order_by()
    ranks = [When(trl__range=TRL_BANDS[band], then=Value(str(rank))) for rank, band in enumerate(RANKED) if band]
    best = Concat(Case(*ranks, default=Value(str(len(ranks)))), Value(SEPARATOR), _root(), output_field=TextField())
    size = staff_band_sql(column="firm__staff")
    parts = ("best", Value(SEPARATOR), "firm__organisation__country", Value(SEPARATOR), size)
    by_firm = published.values("firm", "firm__organisation__country", "firm__staff", *COUNTING).annotate(best=Min(best))
    cells: QuerySet[Any] = by_firm.annotate(cell=Concat(*parts, output_field=TextField()))
    return cells


def _root() -> Case:
    below: defaultdict[str, list[str]] = defaultdict(list)
    for code, root in area_roots().items():
        below[root].append(code)
    roots = [When(area__code__in=codes, then=Value(root)) for root, codes in sorted(below.items())]
    return Case(*roots, default=F("area__code"), output_field=CharField())


def _key(cell: Cell) -> str:
    rank = str(RANKED.index(cell.trl_band))
    return SEPARATOR.join((rank, cell.area, cell.country or "", cell.size_band or ""))
