"""How many results have which value: one query over at most the newest 10,000 of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from apps.dealflow.selectors.text import newest_first
from apps.startups.models import Listing

COUNTED = 10_000
"""Results beyond so many are not counted."""
FEWEST = 5
"""Values that fewer results have are not told."""
MOST_CELLS = 200
"""Values of one facet, those of the most results."""
SINGLE: Mapping[str, str] = {
    **{name: name for name in ("kind", "country", "trl", "maturity", "tier", "capital_class", "stage", "amount_band")},
    **{name: name for name in ("share_eu", "share_eu_eea", "share_eu_eea_ua", "iteration_band")},
}
"""Facets whose rows have one value each, with their columns."""
SEVERAL: Mapping[str, str] = {"area": "areas", "instrument": "instruments", "seeks": "seeks"}
"""Facets whose rows may have several; of areas, the own one and all above it."""
FACETS = (*SEVERAL, *SINGLE)
COLUMNS = (*SEVERAL.values(), *SINGLE.values())
STATEMENT = """
WITH found ({columns}) AS MATERIALIZED ({inner}), counted AS (SELECT * FROM found LIMIT {most})
SELECT (SELECT count(*) FROM found), GROUPING ({columns}), {columns}, count(*)
FROM counted GROUP BY GROUPING SETS ({sets})
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, None where none is stated, and how many results have it."""

    value: str | int | None
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts over `counted` results; not `is_exact` where there are more, which are older than the counted ones."""

    counted: int
    is_exact: bool
    cells: Mapping[str, Sequence[Cell]]


def hits_count(*, hits: QuerySet[Any], is_many: bool = True) -> tuple[int, bool]:
    """How many results there are, at most `COUNTED`, and whether these are all; `is_many` as for `newest_first`."""
    rows = hits.order_by() if is_many else newest_first(hits, is_many=False).values("pk")
    found = rows[: COUNTED + 1].count()
    return min(found, COUNTED), found <= COUNTED


def facets_count(*, hits: QuerySet[Listing], is_many: bool = True) -> Facets:
    """The facets of a search's hits, each value left out that fewer than `FEWEST` have; `is_many` as for
    `newest_first`.
    """
    newest = newest_first(hits, is_many=is_many).values_list(*COLUMNS)[: COUNTED + 1]
    try:
        inner, params = newest.query.sql_with_params()
    except EmptyResultSet:
        return Facets(0, is_exact=True, cells={name: [] for name in FACETS})
    with connection.cursor() as cursor:
        parts = {"columns": ", ".join(COLUMNS), "sets": ", ".join(f"({column})" for column in COLUMNS)}
        cursor.execute(STATEMENT.format(inner=inner, most=COUNTED, **parts), params)
        rows = cursor.fetchall()
    counts: dict[str, Counter[Any]] = {name: Counter() for name in FACETS}
    total = 0
    for found, bits, *values, count in rows:
        total = found
        place = next((place for place in range(len(COLUMNS)) if not bits >> len(COLUMNS) - 1 - place & 1), None)
        if place is not None:
            for value in _values(values[place]):
                counts[FACETS[place]][value] += count
    return Facets(
        counted=min(total, COUNTED),
        is_exact=total <= COUNTED,
        cells={name: _cells(counts[name]) for name in FACETS},
    )


def _values(value: Any) -> Sequence[Any]:
    """What a row counts for: each value of a list; what is not stated, and an empty list, as None."""
    if isinstance(value, list):
        return value or (None,)
    return (None if value == "" else value,)


def _cells(counts: Counter[Any]) -> list[Cell]:
    told = [Cell(value, count) for value, count in counts.items() if count >= FEWEST]
    return sorted(told, key=lambda cell: (-cell.count, cell.value is None, str(cell.value)))[:MOST_CELLS]
