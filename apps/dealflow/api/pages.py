"""Pages of the deal flow: a list of parts, each with an order of its own, read on from a row in either direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from apps.dealflow.selectors.facets import COUNTED, FACETS, FEWEST
from apps.dealflow.selectors.listings import Part
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
class Placed:
    """A row by its id, with its place."""

    id: UUID
    at: list[Any]


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

    def placed(self, *, parts: Sequence[Part], pin: UUID | None) -> list[UUID]:
        """The ids of the page's rows in order; `pin` names the generation by which the parts are ordered.

        One query, and one more where the page goes on into the next part.
        """
        place = self.place
        is_back = bool(place and place["back"])
        _, start, *values = place["row"][0] if place else (None, len(parts) - 1 if is_back else 0)
        if not 0 <= start < len(parts) or (values and len(values) != len(parts[start].terms)):
            raise CursorInvalid
        found: list[Placed] = []
        for number in range(start, -1, -1) if is_back else range(start, len(parts)):
            if len(found) > self.size:
                break
            part, rows = parts[number], parts[number].rows
            if place is not None and number == start:
                beyond = keyset(terms=part.terms, values=values, is_reversed=is_back, is_inclusive=place["with"])
                rows = rows.filter(beyond)
            rows = rows.order_by(*(term.order_by(is_reversed=is_back) for term in part.terms))
            columns = rows.values_list(*(term.column for term in part.terms))
            found += [Placed(row[-1], [pin, number, *row]) for row in columns[: self.size + 1 - len(found)]]
        has_more = len(found) > self.size
        found = found[: self.size]
        if is_back:
            found.reverse()
        self._set_links(found, place, has_more=has_more, is_reversed=is_back)
        return [row.id for row in found]

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
