"""Filters of lists: explicit, strict about what they read, a repeated parameter means or, never a pattern."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet  # type: ignore[import-untyped]
from django_filters.filters import Filter  # type: ignore[import-untyped]
from django_filters.rest_framework import DjangoFilterBackend  # type: ignore[import-untyped]
from drf_spectacular.drainage import set_override

from kernel.api.problems import QueryInvalid, pointer, query_problem
from kernel.errors import FieldProblem

MAX_ITEMS = 100
MAX_TEXT = 200
LOOKUPS = frozenset(
    {"exact", "iexact", "contains", "icontains", "startswith", "istartswith", "gt", "gte", "lt", "lte"}
    | {"isnull", "overlap", "year", "date__gte", "date__lte", "date"}
)
"""What a filter may compile to; regular expressions are not among them."""
MAX_INTEGER = 2**63 - 1
NUMBER = re.compile(r"[+-]?\d{1,24}(\.\d{1,12})?", re.ASCII)
INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MAX_OFFSET = dt.timedelta(hours=14)


class _Repeated(forms.Widget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:  # noqa: ARG002 - Django's signature
        return list(data.getlist(name)) if hasattr(data, "getlist") else [data[name]] if name in data else []


class _Values(forms.Field):
    """All values of a repeated parameter, each read by the filter it belongs to."""

    widget = _Repeated

    def __init__(self, *, source: AnyOf, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source

    def clean(self, value: list[str]) -> list[Any]:
        if len(value) > MAX_ITEMS:
            raise forms.ValidationError(_("At most 100 values."), code="too_many")
        return [self.source.read(item) for item in value]


class AnyOf(Filter):  # type: ignore[misc]
    """Rows for which one of the values holds. Subclasses say how a value is read and what it is in OpenAPI."""

    schema: ClassVar[dict[str, Any]] = {"type": "string"}
    message: ClassVar[Any] = _("Not acceptable here.")

    def __init__(self, field_name: str | None = None, lookup_expr: str = "exact", **kwargs: Any) -> None:
        if lookup_expr not in LOOKUPS:
            raise ValueError(f"{lookup_expr} is no lookup for a public filter")
        super().__init__(field_name, lookup_expr, **kwargs)
        items = self.item_schema()
        set_override(self, "field", {"type": "array", "items": items, "maxItems": MAX_ITEMS})

    @property
    def field(self) -> forms.Field:
        if not hasattr(self, "_field"):
            self._field = _Values(source=self, required=False)
        return self._field

    def item_schema(self) -> dict[str, Any]:
        return dict(self.schema)

    def read(self, text: str) -> Any:
        """The value of `text`; raises forms.ValidationError."""
        value = self.parse(text)
        if value is None:
            raise forms.ValidationError(self.message, code="invalid")
        return value

    def parse(self, text: str) -> Any:
        """The value of `text`, None when it is none."""
        raise NotImplementedError

    def filter(self, qs: QuerySet[Any], value: list[Any] | None) -> QuerySet[Any]:
        if not value:
            return qs
        if self.lookup_expr == "exact":
            condition = Q(**{f"{self.field_name}__in": value})
        else:
            condition = reduce(or_, [Q(**{f"{self.field_name}__{self.lookup_expr}": item}) for item in value])
        chosen: QuerySet[Any] = qs.exclude(condition) if self.exclude else qs.filter(condition)
        return chosen.distinct() if self.distinct else chosen


class TextFilter(AnyOf):
    schema: ClassVar[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
    message: ClassVar[Any] = _("A text of 1 to 200 characters.")

    def parse(self, text: str) -> str | None:
        return text if 0 < len(text) <= MAX_TEXT else None


class ChoiceFilter(AnyOf):
    """One of fixed values: `choices` as Django's, or plain values."""

    message: ClassVar[Any] = _("Not one of the choices.")

    def __init__(self, *args: Any, choices: Iterable[Any], **kwargs: Any) -> None:
        self.values = [str(choice[0] if isinstance(choice, tuple | list) else choice) for choice in choices]
        super().__init__(*args, **kwargs)

    def item_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": self.values}

    def parse(self, text: str) -> str | None:
        return text if text in self.values else None


class FlagFilter(AnyOf):
    schema: ClassVar[dict[str, Any]] = {"type": "boolean"}
    message: ClassVar[Any] = _("true or false.")

    def parse(self, text: str) -> bool | None:
        return {"true": True, "false": False}.get(text)


class WholeNumberFilter(AnyOf):
    """A whole number between `minimum` and `maximum`, by default what a 64-bit column holds."""

    message: ClassVar[Any] = _("A whole number in range.")

    def __init__(self, *args: Any, minimum: int = -MAX_INTEGER - 1, maximum: int = MAX_INTEGER, **kwargs: Any) -> None:
        self.minimum, self.maximum = minimum, maximum
        if kwargs.get("lookup_expr") == "year":
            self.minimum, self.maximum = max(minimum, 1), min(maximum, 9998)
        super().__init__(*args, **kwargs)

    def item_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}

    def parse(self, text: str) -> int | None:
        number = int(text) if INTEGER.fullmatch(text) else None
        return number if number is not None and self.minimum <= number <= self.maximum else None


class NumberFilter(AnyOf):
    schema: ClassVar[dict[str, Any]] = {"type": "number"}
    message: ClassVar[Any] = _("A decimal number without exponent.")

    def parse(self, text: str) -> Decimal | None:
        try:
            return Decimal(text) if NUMBER.fullmatch(text) else None
        except InvalidOperation:
            return None


class DateFilter(AnyOf):
    schema: ClassVar[dict[str, Any]] = {"type": "string", "format": "date"}
    message: ClassVar[Any] = _("A date as YYYY-MM-DD.")

    def parse(self, text: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(text) if DATE.fullmatch(text) else None
        except ValueError:
            return None


class MomentFilter(AnyOf):
    schema: ClassVar[dict[str, Any]] = {"type": "string", "format": "date-time"}
    message: ClassVar[Any] = _("A date and time with offset (RFC 3339).")

    def parse(self, text: str) -> dt.datetime | None:
        try:
            moment = parse_datetime(text)
            offset = moment.utcoffset() if moment is not None else None
            if moment is None or offset is None or abs(offset) > MAX_OFFSET:
                return None
            return moment.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            return None


class UuidFilter(AnyOf):
    schema: ClassVar[dict[str, Any]] = {"type": "string", "format": "uuid"}
    message: ClassVar[Any] = _("An id (UUID).")

    def parse(self, text: str) -> UUID | None:
        try:
            return UUID(text) if len(text) == 36 else None
        except ValueError:
            return None


class StrictFilterSet(FilterSet):  # type: ignore[misc]
    """The base of every list's filters, each of this module; unknown parameters are refused by the view."""

    @classmethod
    def get_filters(cls) -> Mapping[str, Filter]:
        filters = super().get_filters()
        for name, item in filters.items():
            if not isinstance(item, AnyOf) and item.method is None:
                raise TypeError(f"{cls.__name__}.{name}: declare a filter of kernel.api.filters")
        return filters  # type: ignore[no-any-return]


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    """Applies the view's `filterset_class`; what cannot be read is a 400 that names the parameter."""

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise QueryInvalid(
                errors=[
                    FieldProblem(pointer(name), str(item.code or "invalid"), str(message))
                    for name, found in filterset.errors.as_data().items()
                    for item in found
                    for message in item.messages
                ]
            )
        return filterset.qs  # type: ignore[no-any-return]


def check_parameters(parameters: Any, allowed: frozenset[str]) -> None:
    """Raises QueryInvalid when the query holds a parameter that is not `allowed`."""
    unknown = sorted(set(parameters) - allowed)
    if unknown:
        detail = _("There is no such parameter.")
        raise QueryInvalid(
            errors=[FieldProblem(pointer(name[:MAX_TEXT]), "unknown_parameter", str(detail)) for name in unknown]
        )


__all__ = [
    "AnyOf",
    "ChoiceFilter",
    "DateFilter",
    "FlagFilter",
    "MomentFilter",
    "NumberFilter",
    "StrictFilterBackend",
    "StrictFilterSet",
    "TextFilter",
    "UuidFilter",
    "WholeNumberFilter",
    "check_parameters",
    "query_problem",
]
