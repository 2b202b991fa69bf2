"""How many results have which value, of at most the newest 10,000 of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from apps.dealflow.selectors.conditions import Condition
from apps.dealflow.selectors.text import COUNTED, order_of
from apps.startups.models.listings import COUNTED_BY

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
NUMBERS = frozenset({"trl"})
"""Columns whose values are whole numbers."""
HOW_MANY = "SELECT count(*) FROM ({}) AS found"
CODES = "SELECT count(*), string_agg(codes, '') FROM {} AS found"
"""What is found comes as one value: ten thousand rows would take longer on their way than to be counted here."""
VALUES = "SELECT id, value FROM startups_listingvalue WHERE id = ANY (%s::int[])"


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


def hits_count(*, hits: QuerySet[Any] | Condition, is_many: bool = True) -> tuple[int, bool]:
    """How many results there are, at most `COUNTED`, and whether these are all; `is_many` as for `order_of`."""
    if isinstance(hits, Condition):
        rows = hits.select("", order="" if is_many else order_of(is_many=False), most=COUNTED + 1)
        with connection.cursor() as cursor:
            cursor.execute(HOW_MANY.format(rows.sql), rows.params)
            (found,) = cursor.fetchone()
    else:
        found = hits.order_by()[: COUNTED + 1].count()
    return min(found, COUNTED), found <= COUNTED


def facets_count(*, hits: QuerySet[Any] | Condition, is_many: bool = True) -> Facets:
    """The facets of a search's hits, each value left out that fewer than `FEWEST` have; `is_many` as for `order_of`."""
    chosen = Condition.of(hits)
    newest = chosen.select("codes", order=order_of(is_many=is_many), most=COUNTED + 1)
    with connection.cursor() as cursor:
        cursor.execute(CODES.format(f"({newest.sql})"), newest.params)
        total, codes = cursor.fetchone()
    return facets_of(total=total, codes=codes)


def facets_of(*, total: int, codes: bytes | None) -> Facets:
    """The facets of so many hits, at most one more than `COUNTED`, whose codes follow one another, newest first; one
    query.
    """
    numbers = _numbers(codes or b"")
    asked = {number for found in numbers.values() for number in found}
    with connection.cursor() as cursor:
        cursor.execute(VALUES, [sorted(asked)])
        values: dict[int, list[str]] = {0: [], **dict(cursor.fetchall())}
    return Facets(
        counted=min(total, COUNTED),
        is_exact=total <= COUNTED,
        cells={
            name: _cells(_counted(column, numbers[column], values)) for name, column in {**SEVERAL, **SINGLE}.items()
        },
    )


def _numbers(codes: bytes) -> dict[str, dict[int, int]]:
    """By column how many listings have which number, of the first `COUNTED` whose codes follow one another."""
    table = np.frombuffer(codes, dtype=">i4").astype(np.int32).reshape(-1, len(COUNTED_BY))[:COUNTED]
    counts = {column: np.bincount(table[:, place]) for place, column in enumerate(COUNTED_BY)}
    return {
        column: {int(number): int(found[number]) for number in np.flatnonzero(found)}
        for column, found in counts.items()
    }


def _counted(column: str, numbers: Mapping[int, int], values: Mapping[int, Sequence[str]]) -> Counter[Any]:
    """How many listings have which value; for each value of a list; what is not stated, and an empty list, as None."""
    counts: Counter[Any] = Counter()
    for number, count in numbers.items():
        for value in values[number] or (None,):
            counts[int(value) if value is not None and column in NUMBERS else value] += count
    return counts


def _cells(counts: Counter[Any]) -> list[Cell]:
    told = [Cell(value, count) for value, count in counts.items() if count >= FEWEST]
    return sorted(told, key=lambda cell: (-cell.count, cell.value is None, str(cell.value)))[:MOST_CELLS]
