"""The order of a list: terms from an allow-list, ending in the primary key, and the keyset conditions they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import BaseExpression, OrderBy
from django.utils.translation import gettext as _

from kernel.api.problems import query_problem

ALIAS = "order_"
MAX_TERMS = 5


@dataclass(frozen=True, slots=True)
class Term:
    """One column of an order. `column` is what conditions and rows name it by."""

    column: str
    is_descending: bool
    is_nullable: bool

    def order_by(self, *, is_reversed: bool) -> OrderBy | str:
        """The ORDER BY item: empty values last, or first when the list is read backwards."""
        is_descending = self.is_descending is not is_reversed
        if not self.is_nullable:
            return f"-{self.column}" if is_descending else self.column
        nulls: dict[str, Any] = {"nulls_first": True} if is_reversed else {"nulls_last": True}
        return F(self.column).desc(**nulls) if is_descending else F(self.column).asc(**nulls)

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.column}__isnull": True}) if value is None else Q(**{self.column: value})

    def beyond(self, value: Any, *, is_reversed: bool) -> Q | None:
        """Rows strictly after `value` in reading direction; None where there can be none."""
        if value is None:
            return Q(**{f"{self.column}__isnull": False}) if is_reversed else None
        lookup = "lt" if self.is_descending is not is_reversed else "gt"
        condition = Q(**{f"{self.column}__{lookup}": value})
        if self.is_nullable and not is_reversed:
            condition |= Q(**{f"{self.column}__isnull": True})
        return condition


def ordering_names(*, requested: Sequence[str], allowed: Mapping[str, Any], default: Sequence[str]) -> tuple[str, ...]:
    """The order asked for as signed public names, else `default`; raises QueryInvalid for a name not in `allowed`."""
    names = [name.strip() for part in requested for name in part.split(",")]
    if not requested:
        return tuple(default)
    plain = [name.removeprefix("-") for name in names]
    if len(names) > MAX_TERMS or len(set(plain)) < len(plain) or any(name not in allowed for name in plain):
        choices = ", ".join(sorted(allowed)) or "-"
        raise query_problem(
            "ordering",
            _("One or more of: %(names)s; a leading minus reverses.") % {"names": choices},
            "unknown_ordering",
        )
    return tuple(names)


def ordered(
    queryset: QuerySet[Any], *, names: Sequence[str], allowed: Mapping[str, str | BaseExpression | F]
) -> tuple[QuerySet[Any], tuple[Term, ...]]:
    """`queryset` with the columns it is ordered by at hand, and the terms of the order; the primary key comes last."""
    terms: list[Term] = []
    for index, name in enumerate(names):
        source = allowed[name.removeprefix("-")]
        if isinstance(source, str) and LOOKUP_SEP not in source:
            column = source
            is_nullable = source in queryset.query.annotations or _is_nullable(queryset.model, source)
        else:
            column, is_nullable = f"{ALIAS}{index}", True
            queryset = queryset.annotate(**{column: F(source) if isinstance(source, str) else source})
        terms.append(Term(column, name.startswith("-"), is_nullable))
    key = queryset.model._meta.pk.name
    if not any(term.column in {"pk", key} or _is_unique(queryset.model, term.column) for term in terms):
        terms.append(Term("pk", terms[-1].is_descending if terms else False, is_nullable=False))
    return queryset, tuple(terms)


def _is_nullable(model: type[Model], name: str) -> bool:
    if name == "pk":
        return False
    try:
        return bool(getattr(model._meta.get_field(name), "null", True))
    except FieldDoesNotExist:
        return True


def _is_unique(model: type[Model], name: str) -> bool:
    """Whether the column alone settles the order; then the key, which may be hidden, is not part of it."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return bool(getattr(field, "unique", False)) and not getattr(field, "null", True)


def keyset(*, terms: Sequence[Term], values: Sequence[Any], is_reversed: bool, is_inclusive: bool = False) -> Q:
    """The condition for the rows beyond `values` in reading direction, with the row at `values` when inclusive."""
    steps: list[Q] = []
    prefix: list[Q] = []
    for term, value in zip(terms, values, strict=True):
        condition = term.beyond(value, is_reversed=is_reversed)
        if condition is not None:
            steps.append(reduce(and_, [*prefix, condition]))
        prefix.append(term.same(value))
    if is_inclusive:
        steps.append(reduce(and_, prefix))
    beyond = reduce(or_, steps)
    first, value = terms[0], values[0]
    if len(terms) > 1 and not first.is_nullable and value is not None:
        bound = "lte" if first.is_descending is not is_reversed else "gte"
        return Q(**{f"{first.column}__{bound}": value}) & beyond
    return beyond


def place_of(row: Any, terms: Sequence[Term]) -> list[Any]:
    """The values of `row` that the order goes by."""
    return [getattr(row, _attribute(row, term.column)) for term in terms]


def _attribute(row: Any, column: str) -> str:
    if column == "pk" or not isinstance(row, Model):
        return column
    try:
        return str(getattr(row._meta.get_field(column), "attname", column))
    except FieldDoesNotExist:
        return column
