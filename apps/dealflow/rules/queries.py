"""What a search of the deal flow asks: one frozen value, the same for a request, a saved search and an export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

NEWEST = "-published_at"
RELEVANCE = "-relevance"
SCORE = "-score"


class QueryMalformed(ValueError):
    """A stored search does not have the form of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFlowQuery:
    """Values of one field are alternatives, the fields hold together; what is left out asks nothing.

    Amounts in EUR, figures in days. `share_*` are bands of the foreign share under a perimeter: a listing is meant
    whose own band lies within those named. `ordering` is one name with a minus for descending, empty for the best
    order: relevance with a text, else publication. `mandate` is one's own, whose scores are shown and ordered by.
    """

    text: str = ""
    kind: tuple[str, ...] = ()
    firm: tuple[UUID, ...] = ()
    own: bool | None = None
    country: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    trl_min: int | None = None
    trl_max: int | None = None
    maturity: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    seeks: tuple[str, ...] = ()
    capital_class: tuple[str, ...] = ()
    instrument: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    amount_band: tuple[str, ...] = ()
    share_eu: tuple[str, ...] = ()
    share_eu_eea: tuple[str, ...] = ()
    share_eu_eea_ua: tuple[str, ...] = ()
    iteration_band: tuple[str, ...] = ()
    adaptation_days_max: Decimal | None = None
    cadence_days_max: Decimal | None = None
    feedback_days_max: Decimal | None = None
    delivery_days_max: Decimal | None = None
    published_since: dt.datetime | None = None
    ordering: str = ""
    mandate: UUID | None = None

    @property
    def order(self) -> str:
        """The order in force: a name, with a minus for descending."""
        return self.ordering or (RELEVANCE if self.text else NEWEST)

    def to_json(self) -> dict[str, Any]:
        """What is asked, as JSON values: only the fields that ask something, texts for what JSON has no type for."""
        found = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The search that `to_json` wrote. Raises QueryMalformed for unknown names and values of another type."""
        kinds = {field.name: str(field.type) for field in fields(cls)}
        unknown = sorted(set(data) - kinds.keys())
        if unknown:
            raise QueryMalformed(f"there is no field {unknown[0]}")
        return cls(**{name: _read(name, kinds[name], value) for name, value in data.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def _read(name: str, kind: str, value: Any) -> Any:
    try:
        if kind.startswith("tuple"):
            if not isinstance(value, list):
                raise QueryMalformed(f"{name} is a list")
            return tuple(UUID(item) if "UUID" in kind else _text(item) for item in value)
        return _ONE[kind.removesuffix(" | None")](value)
    except (ArithmeticError, AttributeError, TypeError, ValueError) as wrong:
        raise QueryMalformed(f"{name} cannot be read") from wrong


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _decimal(value: Any) -> Decimal:
    number = Decimal(_text(value))
    if not number.is_finite():
        raise ValueError
    return number


_ONE: Mapping[str, Any] = {
    "str": _text,
    "bool": _flag,
    "int": _whole,
    "Decimal": _decimal,
    "UUID": UUID,
    "dt.datetime": dt.datetime.fromisoformat,
}
