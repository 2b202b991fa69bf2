"""How values are written as cells, so that an import reads the same values again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.exchange.tables.cells import NOTHING
from apps.exchange.tables.lists import escaped


def cell_text(value: Any) -> str:
    """A plain value or a list of such; None is an empty cell, an empty list a stated nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ";".join(cell_text(item) for item in value) or NOTHING
    return str(value)


def shares_text(shares: Mapping[str, float] | None) -> str:
    """`state:0.6;export:0.4`."""
    if shares is None:
        return ""
    return ";".join(f"{escaped(name)}:{_number(share)}" for name, share in shares.items()) or NOTHING


def weights_text(weights: Iterable[Sequence[Any]]) -> str:
    """`CODE:weight;…`."""
    return ";".join(f"{code}:{_number(weight)}" for code, weight in weights) or NOTHING


def terms_text(terms: Iterable[Mapping[str, Any]]) -> str:
    """`term:value;…` with a `!` after a required one."""
    return ";".join(f"{term['term']}:{term['value']}{'!' * bool(term.get('required'))}" for term in terms) or NOTHING


def standards_text(lines: Iterable[tuple[str, str]]) -> str:
    """`STANAG 4671/USAR;…`."""
    return ";".join("/".join(escaped(piece) for piece in line if piece) for line in lines) or NOTHING


def numbers_text(lines: Iterable[tuple[str, str]]) -> str:
    """`nsn:1550-12-345-6789;…`."""
    return ";".join(f"{scheme}:{escaped(number)}" for scheme, number in lines) or NOTHING


def _number(number: float) -> str:
    return f"{Decimal(repr(float(number))).normalize():f}"
