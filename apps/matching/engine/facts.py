"""What the engine knows of a mandate and of a raise: plain frozen values, no Django, JSON in and out.

One value of each kind is recorded per generation as an append-only version, so that an explanation can be
recomputed later from exactly what was scored. Everything that depends on `as_of` (speed and decision figures,
the newest financials) is already a figure here. Money is a float in its own currency; the engine converts it at the
generation's reference rate. `None` always means "not stated", an empty tuple a stated nothing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import types
import typing
from dataclasses import dataclass, field
from enum import StrEnum

T = typing.TypeVar("T")


class Answer(StrEnum):
    """The answer of a gate, or of a fact that a gate only passes on."""

    PASS = "pass"  # noqa: S105 - an answer, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate over durations (or a count of releases), shrunk towards the area's prior.

    `days`: the point estimate (τ, T or T_cash), `low`/`high`: its 90 % interval, all in days; `sigma`: spread of
    ln(days) used in the estimate; `weight`: e = Σ v (1 − u_tier) over closed durations, which confidence and shrinkage
    read; `tier`: best evidence among the counted durations, for display. A feature has no figure (None) when it rests
    on no duration.
    """

    days: float
    low: float
    high: float
    sigma: float
    n_closed: int
    n_open: int
    weight: float
    tier: str | None


@dataclass(frozen=True, slots=True)
class Term:
    """One structure term: its value (as text: a country, yes/no, or a fraction) and whether its owner requires it."""

    name: str
    value: str
    required: bool


@dataclass(frozen=True, slots=True)
class CapabilityFacts:
    area: str
    maturity: str
    tier: str | None
    is_lead: bool


@dataclass(frozen=True, slots=True)
class LeverFacts:
    kind: str
    classes: tuple[str, ...] | None
    countries: tuple[str, ...] | None
    excluded_flags: tuple[str, ...] | None
    risk_cover: float | None
    cover_cap: float | None
    currency: str | None
    premium: float | None
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Decline:
    """An earlier "no" of this fund to this firm: reason code and date."""

    firm_id: str
    reason: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class MandateFacts:
    id: str
    fund_id: str
    verified: Answer
    screening: Answer
    fund_country: str
    investor_countries: tuple[str, ...] | None
    areas: tuple[tuple[str, float], ...]
    ticket_min: float
    ticket_max: float
    ticket_typical: float | None
    currency: str
    instruments: tuple[str, ...]
    stages: tuple[tuple[str, float], ...] = ()
    countries: tuple[str, ...] = ()
    places: tuple[tuple[str, float], ...] = ()
    trl_min: int | None = None
    trl_max: int | None = None
    offered_cost: float | None = None
    offer_tier: str | None = None
    lever: LeverFacts | None = None
    tenor_years: float | None = None
    capacity: float | None = None
    max_foreign_share: float | None = None
    perimeter: str | None = None
    exclusions: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    deals_closed: int = 0
    deals_passed: int = 0
    deals_lapsed: int = 0
    cash: Figure | None = None
    declines: tuple[Decline, ...] = ()
    verification_level: int | None = None
    """How thoroughly the fund was verified, on the scale that a firm's own limit uses."""


@dataclass(frozen=True, slots=True)
class RaiseFacts:
    id: str
    firm_id: str
    verified: Answer
    screening: Answer
    issuer_country: str
    country: str
    region: str | None
    capabilities: tuple[CapabilityFacts, ...]
    amount: float
    amount_left: float | None
    min_ticket: float | None
    currency: str
    syndicate: bool
    instruments: tuple[str, ...]
    stage: str | None = None
    tenor_years: float | None = None
    marginal_cost: float | None = None
    cost_tier: str | None = None
    opened_on: dt.date | None = None
    need_by: dt.date | None = None
    blocked: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    flags: tuple[str, ...] | None = None
    """Over all published capabilities; None while one of them declares none."""
    known_flags: tuple[str, ...] = ()
    """The flags that some capability declares, also while another declares nothing: what they exclude is certain."""
    trl: int | None = None
    foreign_bands: tuple[tuple[str, float, float], ...] = ()
    financials_tier: str | None = None
    adaptation: Figure | None = None
    cadence: Figure | None = None
    feedback: Figure | None = None
    delivery: Figure | None = None
    changed_on: dt.date | None = field(default=None)
    """Date of the last material change (maturity, or an order of E2 or better): it ends a "too early"."""
    min_verification_level: int | None = None
    """The least verification of a fund that the firm will deal with."""


def to_json(value: object) -> object:
    """A facts value as JSON types: dates as ISO text, tuples as lists."""
    if type(value) in _AS_IT_IS:
        return value
    names = _names(type(value))
    if names is not None:
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


_AS_IT_IS = frozenset({str, float, int, bool, type(None)})


_NAMES: dict[type, tuple[str, ...] | None] = {}


def _names(kind: type) -> tuple[str, ...] | None:
    """The names of the fields of a class of facts; None for another class."""
    if kind not in _NAMES:
        is_facts = dataclasses.is_dataclass(kind)
        _NAMES[kind] = tuple(item.name for item in dataclasses.fields(kind)) if is_facts else None
    return _NAMES[kind]


def from_json(kind: type[T], value: dict[str, object]) -> T:
    """The facts value of class `kind` that `to_json` wrote. Raises KeyError on an unknown name."""
    return typing.cast("T", _read(kind, value))


def _read(kind: object, value: object) -> object:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if value is None:
        return None
    if origin in (typing.Union, types.UnionType):
        return _read(next(arg for arg in args if arg is not type(None)), value)
    if origin is tuple:
        items = typing.cast("list[object]", value)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_read(args[0], item) for item in items)
        return tuple(_read(arg, item) for arg, item in zip(args, items, strict=True))
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(
            **{name: _read(hints[name], item) for name, item in typing.cast("dict[str, object]", value).items()}
        )
    if kind is dt.date:
        return dt.date.fromisoformat(typing.cast("str", value))
    if kind is float:
        return float(typing.cast("float", value))
    return Answer(typing.cast("str", value)) if kind is Answer else value


@functools.cache
def _hints(kind: type) -> dict[str, object]:
    return typing.get_type_hints(kind)
