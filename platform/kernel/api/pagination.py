"""Pages: keyset pages over querysets and windows over arrays, both with sealed cursors and one envelope."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from kernel.access import Actor
from kernel.api.cursors import cursor_open, cursor_seal
from kernel.api.ordering import Term, keyset, ordered, ordering_names, place_of
from kernel.api.permissions import get_actor
from kernel.api.problems import CursorInvalid, query_problem

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
PAGE_PARAMETERS = frozenset({"cursor", "page_size", "with_count"})
PRESENTATION = PAGE_PARAMETERS | {"fields", "expand"}
"""Parameters that change how a list is shown, not which list it is."""


def page_size_of(parameters: Any) -> int:
    """`?page_size=`, 50 when left out; raises QueryInvalid unless it is 1 to 200."""
    raw = _single(parameters, "page_size")
    if raw is None:
        return PAGE_SIZE
    if raw.isascii() and raw.isdigit() and len(raw) <= 4 and 1 <= int(raw) <= MAX_PAGE_SIZE:
        return int(raw)
    raise query_problem("page_size", _("A whole number from 1 to %(most)d.") % {"most": MAX_PAGE_SIZE})


def with_count_of(parameters: Any) -> bool:
    """`?with_count=`, false when left out; raises QueryInvalid unless it is true or false."""
    raw = _single(parameters, "with_count") or "false"
    if raw not in {"true", "false"}:
        raise query_problem("with_count", _("true or false."))
    return raw == "true"


def _single(parameters: Any, name: str) -> str | None:
    values = parameters.getlist(name)
    if len(values) > 1:
        raise query_problem(name, _("At most once."))
    return str(values[0]) if values else None


def list_binding(*, request: Any, actor: Actor, order: Sequence[str] = ()) -> str:
    """What a cursor belongs to: the path, the filters, the order and the caller."""
    parameters = request.query_params
    chosen = sorted((name, sorted(parameters.getlist(name))) for name in parameters if name not in PRESENTATION)
    whole = repr((request.path, chosen, tuple(order), actor.label(), str(actor.organisation_id)))
    return hashlib.sha256(whole.encode()).hexdigest()


class _Pages(BasePagination):
    """What both kinds of pages share: links and envelope."""

    next_cursor: str | None = None
    previous_cursor: str | None = None
    is_previous_first = False
    count: int | None = None
    request: Any

    def _link(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        here = self.request.build_absolute_uri()
        return replace_query_param(here, "cursor", cursor) if cursor else remove_query_param(here, "cursor")

    def envelope(self, results: Any) -> dict[str, Any]:
        """`results` with the links to its neighbours, and the count where it was asked for."""
        body = {"results": results, "next": self._link(self.next_cursor), "previous": self._link(self.previous_cursor)}
        return body if self.count is None else {**body, "count": self.count}

    def get_paginated_response(self, data: Any) -> Response:
        return Response(self.envelope(data))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The envelope in the OpenAPI document."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": {**link, "description": "The page after this one."},
                "previous": {**link, "description": "The page before this one."},
                "count": {"type": "integer", "minimum": 0, "description": "Only with `with_count=true`."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:  # noqa: ARG002 - the framework's signature
        """The page parameters in the OpenAPI document."""
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        return [
            _query_parameter("cursor", {"type": "string"}, "From `next` or `previous` of a page of the same list."),
            _query_parameter("page_size", size, "Results in a page."),
            _query_parameter("with_count", {"type": "boolean", "default": False}, "Count the whole list, too."),
        ]


def _query_parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


class CursorPages(_Pages):
    """Keyset pages over a queryset: a page starts after the values of a row, so rows coming and going shift nothing."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """The rows of the page that `request` asks for; `view` gives `ordering_fields` and `ordering`."""
        self.request = request
        allowed: Mapping[str, Any] = getattr(view, "ordering_fields", {})
        default = getattr(view, "ordering", ()) or ()
        names = ordering_names(
            requested=request.query_params.getlist("ordering"),
            allowed=allowed,
            default=(default,) if isinstance(default, str) else tuple(default),
        )
        size, is_counted = page_size_of(request.query_params), with_count_of(request.query_params)
        self.binding = list_binding(request=request, actor=get_actor(request), order=names)
        place = self._place(request)
        if is_counted:
            self.count = queryset.order_by().count()
        queryset, self.terms = ordered(queryset, names=names, allowed=allowed)
        return self._page(queryset, size, place)

    def _place(self, request: Any) -> dict[str, Any] | None:
        cursor = _single(request.query_params, "cursor")
        if cursor is None:
            return None
        place = cursor_open(cursor=cursor, binding=self.binding)
        if not isinstance(place, dict) or "row" not in place:
            raise CursorInvalid
        return place

    def _page(self, queryset: QuerySet[Any], size: int, place: dict[str, Any] | None) -> list[Any]:
        is_reversed = bool(place and place["back"])
        if place is not None:
            if len(place["row"]) != len(self.terms):
                raise CursorInvalid
            queryset = queryset.filter(
                keyset(terms=self.terms, values=place["row"], is_reversed=is_reversed, is_inclusive=place["with"])
            )
        order = [term.order_by(is_reversed=is_reversed) for term in self.terms]
        rows = list(queryset.order_by(*order)[: size + 1])
        has_more = len(rows) > size
        rows = rows[:size]
        if is_reversed:
            rows.reverse()
        self._set_links(rows, place, has_more=has_more, is_reversed=is_reversed)
        return rows

    def _set_links(self, rows: list[Any], place: dict[str, Any] | None, *, has_more: bool, is_reversed: bool) -> None:
        if not rows:
            if place is None:
                return
            if is_reversed:
                self.next_cursor = ""
            else:
                self.previous_cursor = self._cursor(place["row"], is_back=True, is_inclusive=True)
            return
        first, last = place_of(rows[0], self.terms), place_of(rows[-1], self.terms)
        if has_more or is_reversed:
            self.next_cursor = self._cursor(last)
        if (has_more and is_reversed) or (place is not None and not is_reversed):
            self.previous_cursor = self._cursor(first, is_back=True)
        if not has_more and is_reversed:
            self.previous_cursor = None

    def _cursor(self, row: list[Any], *, is_back: bool = False, is_inclusive: bool = False) -> str:
        return cursor_seal(place={"row": row, "back": is_back, "with": is_inclusive}, binding=self.binding)


class SequencePages(_Pages):
    """Pages over an array. The cursor carries the position and a pin that names the version of the array.

    Read `pin` first (None on the first page), load that version, then ask for the `window` of its length.
    """

    def __init__(self, *, request: Any, order: Sequence[str] = ()) -> None:
        """Raises CursorInvalid or QueryInvalid when the request's page parameters are not acceptable."""
        self.request = request
        self.size = page_size_of(request.query_params)
        self.is_counted = with_count_of(request.query_params)
        self.binding = list_binding(request=request, actor=get_actor(request), order=order)
        self.pin: str | None = None
        self.start = 0
        cursor = _single(request.query_params, "cursor")
        if cursor is not None:
            place = cursor_open(cursor=cursor, binding=self.binding)
            if not isinstance(place, dict) or "start" not in place:
                raise CursorInvalid
            self.pin, self.start = str(place["pin"]), max(0, int(place["start"]))

    def window(self, *, total: int, pin: str) -> slice:
        """Which of `total` elements to show; `pin` names the version. Raises CursorInvalid for a cursor of another."""
        if self.pin is not None and self.pin != pin:
            raise CursorInvalid
        stop = min(self.start + self.size, total)
        if stop < total:
            self.next_cursor = self._cursor(stop, pin)
        if self.start > 0:
            self.previous_cursor = self._cursor(max(0, min(self.start, total) - self.size), pin)
        self.count = total if self.is_counted else None
        return slice(min(self.start, total), stop)

    def answer(self, results: Any) -> Response:
        """The response for the serialised elements of the window."""
        return Response(self.envelope(results))

    def _cursor(self, start: int, pin: str) -> str:
        return cursor_seal(place={"start": start, "pin": pin}, binding=self.binding)


__all__ = ["MAX_PAGE_SIZE", "PAGE_PARAMETERS", "PAGE_SIZE", "CursorPages", "SequencePages", "Term"]
