"""Pages of the deal flow: a list of parts, each with an order of its own, read on from a row in either direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.dealflow.selectors.facets import FACETS, FEWEST
from apps.dealflow.selectors.parts import Part, Place, rows_taken
from apps.dealflow.selectors.text import COUNTED
from kernel.api.ordering import Term, keyset
from kernel.api.pagination import CursorPages, list_binding, page_size_of, with_count_of
from kernel.api.permissions import get_actor
from kernel.api.problems import CursorInvalid

AT = (Term("at", is_descending=False, is_nullable=False),)
"""A row's place as its cursor holds it: the generation that orders the list, its part, and its values there."""

CELLS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["value", "count"],
        "properties": {
            "value": {"type": ["string", "integer", "null"], "description": "null: not stated."},
            "count": {"type": "integer", "minimum": FEWEST},
        },
    },
}
TOLD: Mapping[str, Any] = {
    "count_is_exact": {
        "type": "boolean",
        "description": f"Only where there is a count: false where there are more than {COUNTED} results.",
    },
    "facets": {
        "type": "object",
        "description": f"Only with `with_facets=true`: how many of the newest {COUNTED} results have which value;"
        f" values of fewer than {FEWEST} are left out.",
        "properties": {
            "counted": {"type": "integer", "minimum": 0, "maximum": COUNTED},
            "is_exact": {"type": "boolean", "description": "false: there are more results than were counted."},
            **dict.fromkeys(FACETS, CELLS),
        },
    },
    "is_partial": {
        "type": "boolean",
        "description": "Only with `q`: nothing has all of its words; shown is what has some of them.",
    },
    "corrections": {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
        "description": "Only with `q`: words that nobody uses, with those that were searched in their place.",
    },
}
"""What an answer has beside its results."""


@dataclass(frozen=True, slots=True)
class At:
    """A row's place."""

    at: list[Any]


@dataclass(frozen=True, slots=True)
class Page:
    """The ids of a page, and what was counted by the way: how many hits, and their codes one behind the other."""

    ids: list[UUID]
    total: int = 0
    codes: bytes | None = None


class DealFlowPages(CursorPages):
    """Keyset pages over parts that follow one another. Counts reach as far as they are made."""

    is_count_exact: bool | None = None
    facets: Any = None
    is_partial: bool | None = None
    corrections: Mapping[str, list[str]] | None = None

    def open(self, *, request: Any, order: str) -> None:
        """Read the request's page parameters. Raises CursorInvalid or QueryInvalid when they are not acceptable."""
        self.request, self.terms = request, AT
        self.size, self.is_counted = page_size_of(request.query_params), with_count_of(request.query_params)
        chosen = request.query_params.copy()
        chosen.pop("with_facets", None)
        asked = SimpleNamespace(path=request.path, query_params=chosen)
        self.binding = list_binding(request=asked, actor=get_actor(request), order=(order,))
        self.place = self._place(request)
        self.pin: UUID | None = None
        if self.place is not None:
            at = self.place["row"]
            if len(at) != 1 or not isinstance(at[0], list) or len(at[0]) < 2:
                raise CursorInvalid
            self.pin = at[0][0]

    def placed(self, *, parts: Sequence[Part], pin: UUID | None, is_counted: bool = False) -> Page:
        """The page's rows in order; `pin` names the generation by which the parts are ordered, `is_counted` as for
        `rows_taken`. One query.
        """
        start = self._start(len(parts))
        if start is not None and start.values:
            part = parts[start.part]
            start = replace(start, values=part.values_of(start.values))
            if len(start.values) != len(part.terms):
                raise CursorInvalid
        taken = rows_taken(parts=parts, limit=self.size + 1, place=start, is_counted=is_counted)
        placed = [(row.id, At([pin, row.part, *parts[row.part].held(row.values)])) for row in taken.rows]
        return Page(self._linked(placed), taken.total, taken.codes)

    def placed_by_id(self, *, rows: QuerySet[Any], column: str) -> list[Any]:
        """The same of rows that are ordered by one column that tells them apart, which is what is returned of them."""
        start = self._start(1)
        is_back = start is not None and start.is_back
        if start is not None and start.values:
            if len(start.values) != 1:
                raise CursorInvalid
            terms = (Term(column, is_descending=False, is_nullable=False),)
            rows = rows.filter(
                keyset(terms=terms, values=start.values, is_reversed=is_back, is_inclusive=start.is_inclusive)
            )
        found = rows.order_by(f"-{column}" if is_back else column).values_list(column, flat=True)[: self.size + 1]
        return self._linked([(value, At([None, 0, value])) for value in found])

    def _start(self, parts: int) -> Place | None:
        place = self.place
        if place is None:
            return None
        _, number, *values = place["row"][0]
        if not isinstance(number, int) or not 0 <= number < parts:
            raise CursorInvalid
        return Place(number, values, is_inclusive=place["with"], is_back=bool(place["back"]))

    def _linked(self, found: list[tuple[Any, At]]) -> list[Any]:
        is_back = bool(self.place and self.place["back"])
        has_more = len(found) > self.size
        found = found[: self.size]
        if is_back:
            found.reverse()
        self._set_links([at for _, at in found], self.place, has_more=has_more, is_reversed=is_back)
        return [shown for shown, _ in found]

    def envelope(self, results: Any) -> dict[str, Any]:
        """The page with what was counted, and how its text was understood."""
        told = {
            "count_is_exact": self.is_count_exact,
            "facets": self.facets,
            "is_partial": self.is_partial,
            "corrections": self.corrections,
        }
        return {**super().envelope(results), **{name: value for name, value in told.items() if value is not None}}

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        whole = super().get_paginated_response_schema(schema)
        whole["properties"]["count"]["maximum"] = COUNTED
        return {**whole, "properties": {**whole["properties"], **TOLD}}
