"""Mandates and raises as numpy columns: everything that depends on one side only, computed once in float64.

Money is converted to EUR and rates to integer basis points here. `MISSING` and NaN stand for "not stated".
"""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine import features, gates, relations
from apps.matching.engine.facts import CapabilityFacts, Decline, MandateFacts, RaiseFacts
from apps.matching.engine.model import CLASSES, PROFILES, SPEED_FEATURES, Areas, Model, Reference, whole_basis_points
from apps.matching.engine.relations import CODE, Coded, coded

MISSING = -(2**40)
EQUITY, DEBT, GRANT = (CLASSES.index(name) for name in CLASSES)

RAISE = np.dtype(
    [
        ("klass", np.int64),
        ("profile", np.int64),
        ("syndicate", np.bool_),
        ("left", np.float64),
        ("low", np.float64),
        ("ln_left", np.float64),
        ("ln_low", np.float64),
        ("tenor", np.float64),
        ("marginal", np.int64),
        ("cost_u", np.float64),
        ("rate_a", np.float64),
        ("rate_b", np.float64),
        ("rate_c", np.float64),
        ("risk", np.float64),
        ("risk_best", np.float64),
        ("build_up", np.int64),
        ("build_up_best", np.int64),
        ("evidence", np.float64),
        ("evidence_u", np.float64),
        *((name, np.float64) for name in SPEED_FEATURES),
        *((f"{name}_u", np.float64) for name in SPEED_FEATURES),
        ("speed", np.float64),
    ],
    align=True,
)
"""One raise: amounts in EUR (`low` is `lo_s`), rates in bp, `risk` as the coverable fraction, `_best` with EL(E3)."""

MANDATE = np.dtype(
    [
        ("ticket_min", np.float64),
        ("ticket_max", np.float64),
        ("centre", np.float64),
        ("ln_centre", np.float64),
        ("sigma", np.float64),
        ("offer", np.int64),
        ("offer_u", np.float64),
        ("tenor", np.float64),
        ("capacity", np.float64),
        ("has_capacity", np.bool_),
        ("lever_dates", np.int64),
        ("cover", np.float64),
        ("cover_cap", np.float64),
        ("premium", np.float64),
        ("decision", np.float64),
        ("decision_u", np.float64),
        ("area_total", np.float64),
    ],
    align=True,
)
"""One mandate: amounts in EUR, the offer in bp, cover and premium as fractions, an uncapped cover as infinity."""


class LeadMissing(ValueError):
    """A raise without exactly one lead capability."""


class IdsRepeat(ValueError):
    """Two mandates, or two raises, of one id."""


@dataclass(frozen=True, eq=False)
class Raises:
    """A pool of raises as columns."""

    facts: Sequence[RaiseFacts]
    """empty where the columns were read back from a run's parts"""
    ids: tuple[str, ...]
    order: NDArray[np.int32]
    """each raise's rank by the bytes of its id"""
    rows: NDArray[Any]
    gates: Coded
    features: Coded
    strengths: NDArray[np.float64]
    """[raise, area] `v(a)`: how well the firm's capabilities serve the area"""
    areas: Mapping[str, int]
    firms: tuple[str, ...]
    changed_on: tuple[dt.date | None, ...]

    @functools.cached_property
    def of_firm(self) -> Mapping[str, tuple[int, ...]]:
        """The raises of each firm."""
        found: dict[str, list[int]] = {}
        for index, firm in enumerate(self.firms):
            found.setdefault(firm, []).append(index)
        return {firm: tuple(indices) for firm, indices in found.items()}

    def part(self, first: int, last: int) -> Raises:
        """The raises `first` up to, not including, `last`."""
        return Raises(
            facts=self.facts[first:last],
            ids=self.ids[first:last],
            order=self.order[first:last],
            rows=self.rows[first:last],
            gates=self.gates.part(first, last),
            features=self.features.part(first, last),
            strengths=self.strengths[first:last],
            areas=self.areas,
            firms=self.firms[first:last],
            changed_on=self.changed_on[first:last],
        )


@dataclass(frozen=True, eq=False)
class Mandates:
    """A block of mandates as columns."""

    facts: Sequence[MandateFacts]
    """empty where the columns were read back from a run's parts"""
    ids: tuple[str, ...]
    order: NDArray[np.int32]
    rows: NDArray[Any]
    gates: Coded
    features: Coded
    area_start: NDArray[np.int64]
    """[mandate + 1] where each mandate's areas begin in `area_index` and `area_weight`"""
    area_index: NDArray[np.int64]
    area_weight: NDArray[np.float64]
    declines: tuple[tuple[Decline, ...], ...]

    def part(self, first: int, last: int) -> Mandates:
        """The mandates `first` up to, not including, `last`."""
        return Mandates(
            facts=self.facts[first:last],
            ids=self.ids[first:last],
            order=self.order[first:last],
            rows=self.rows[first:last],
            gates=self.gates.part(first, last),
            features=self.features.part(first, last),
            area_start=self.area_start[first : last + 1],
            area_index=self.area_index,
            area_weight=self.area_weight,
            declines=self.declines[first:last],
        )


def in_pool(*, raise_: RaiseFacts, as_of: dt.date) -> bool:
    """Whether a raise has opened and its need-by date has not passed at `as_of`."""
    opened = raise_.opened_on is None or raise_.opened_on <= as_of
    return opened and (raise_.need_by is None or as_of <= raise_.need_by)


def raises_columns(*, raises: Sequence[RaiseFacts], model: Model, areas: Areas, reference: Reference) -> Raises:
    """The columns of raises, in the order given; `in_pool` is the caller's.

    Raises LeadMissing, AreaUnknown, IdsRepeat.
    """
    ids = tuple(item.id for item in raises)
    row = _RaiseRow(model=model, areas=areas, reference=reference)
    gate_parts = relations.gate_relations(model=model)
    feature_parts = relations.feature_relations(model=model, reference=reference)
    return Raises(
        facts=raises,
        ids=ids,
        order=ranks(ids),
        rows=np.array([row(item) for item in raises], RAISE),
        gates=coded(raises, [part.of_raise for part in gate_parts]),
        features=coded(raises, [part.of_raise for part in feature_parts]),
        strengths=_strengths(raises, model=model, areas=areas),
        areas={code: index for index, code in enumerate(areas.codes)},
        firms=tuple(item.firm_id for item in raises),
        changed_on=tuple(item.changed_on for item in raises),
    )


def mandates_columns(
    *, mandates: Sequence[MandateFacts], model: Model, areas: Areas, reference: Reference, as_of: dt.date
) -> Mandates:
    """The columns of mandates, in the order given. Raises AreaUnknown, IdsRepeat."""
    ids = tuple(item.id for item in mandates)
    position = {code: index for index, code in enumerate(areas.codes)}
    wanted = [[(areas[code].code, weight) for code, weight in item.areas] for item in mandates]
    gate_parts = relations.gate_relations(model=model)
    feature_parts = relations.feature_relations(model=model, reference=reference)
    return Mandates(
        facts=mandates,
        ids=ids,
        order=ranks(ids),
        rows=np.array([_mandate_row(item, model, reference, as_of) for item in mandates], MANDATE),
        gates=coded(mandates, [part.of_mandate for part in gate_parts]),
        features=coded(mandates, [part.of_mandate for part in feature_parts]),
        area_start=np.cumsum([0, *(len(pairs) for pairs in wanted)]).astype(np.int64),
        area_index=np.array([position[code] for pairs in wanted for code, _ in pairs], np.int64),
        area_weight=np.array([weight for pairs in wanted for _, weight in pairs], np.float64),
        declines=tuple(item.declines for item in mandates),
    )


def declined(
    *, mandates: Mandates, raises: Raises, model: Model, as_of: dt.date
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`history` failures as (start per mandate, sorted raise indices)."""
    cooldown = model.parameters["cooldown_days"]
    start, indices = [0], []
    for declines in mandates.declines:
        hits = set()
        for decline in declines:
            for index in raises.of_firm.get(decline.firm_id, ()):
                changed_on = raises.changed_on[index]
                if gates.history((decline,), changed_on, as_of, cooldown=cooldown) is not gates.PASSED:
                    hits.add(index)
        indices.extend(sorted(hits))
        start.append(len(indices))
    return np.array(start, np.int64), np.array(indices, np.int64)


def lead_of(raise_: RaiseFacts) -> CapabilityFacts:
    """The capability that the money is for. Raises LeadMissing unless there is exactly one."""
    leads = [item for item in raise_.capabilities if item.is_lead]
    if len(leads) != 1:
        raise LeadMissing(raise_.id)
    return leads[0]


def ranks(ids: tuple[str, ...]) -> NDArray[np.int32]:
    """Each id's rank by its bytes. Raises IdsRepeat."""
    if len(set(ids)) != len(ids):
        raise IdsRepeat
    rank = np.empty(len(ids), np.int32)
    rank[sorted(range(len(ids)), key=lambda index: ids[index].encode())] = np.arange(len(ids), dtype=np.int32)
    return rank


def _ln(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf


def _or_nan(x: float | None) -> float:
    return math.nan if x is None else x


class _RaiseRow:
    """Turns one raise into its row of RAISE."""

    def __init__(self, *, model: Model, areas: Areas, reference: Reference) -> None:
        self.model, self.areas, self.reference = model, areas, reference
        self.rates = functools.cache(self._rates)

    def __call__(self, raise_: RaiseFacts) -> tuple[Any, ...]:
        lead, klass = lead_of(raise_), relations.klass(raise_)
        area = self.areas[lead.area]
        fx = _or_nan(self.reference.to_eur(raise_.currency))
        left = (raise_.amount if raise_.amount_left is None else raise_.amount_left) * fx
        low = (raise_.min_ticket or 0.0) * fx if raise_.syndicate else left
        marginal = self.reference.basis_points(raise_.marginal_cost, raise_.currency)
        speeds = [
            (name, features.speed(name, getattr(raise_, name), area=area, model=self.model)) for name in SPEED_FEATURES
        ]
        return (
            CLASSES.index(klass),
            PROFILES.index(area.profile),
            raise_.syndicate,
            left,
            low,
            _ln(left),
            _ln(low),
            _or_nan(raise_.tenor_years),
            MISSING if marginal is None else marginal,
            self.model.uncertainty(raise_.cost_tier),
            *self.rates(klass, raise_.country if klass == "equity" else "", raise_.financials_tier),
            features.evidence(lead, model=self.model),
            self.model.uncertainty(lead.tier),
            *(estimate.x for _, estimate in speeds),
            *(estimate.u for _, estimate in speeds),
            features.speed_mean(speeds, profile=area.profile, model=self.model),
        )

    def _rates(self, klass: str, country: str, tier: str | None) -> tuple[float, float, float, float, float, int, int]:
        own = features.build_up(klass, country=country, tier=tier, reference=self.reference)
        best = features.build_up(klass, country=country, tier="E3", reference=self.reference)
        return (*own.terms, _or_nan(own.risk), _or_nan(best.risk), _build_up(own), _build_up(best))


def _build_up(parts: features.BuildUp) -> int:
    return MISSING if parts.risk is None else whole_basis_points(math.fsum((*parts.terms, parts.risk)))


def _mandate_row(mandate: MandateFacts, model: Model, reference: Reference, as_of: dt.date) -> tuple[Any, ...]:
    fx = _or_nan(reference.to_eur(mandate.currency))
    low, high = mandate.ticket_min * fx, mandate.ticket_max * fx
    typical = mandate.ticket_typical
    centre = math.sqrt(low * high) if typical is None else typical * fx
    offer = reference.basis_points(mandate.offered_cost, mandate.currency)
    lever = mandate.lever
    cap = math.inf
    if lever is not None and lever.cover_cap is not None:
        cap = lever.cover_cap * (reference.to_eur(lever.currency or mandate.currency) or 0.0)
    decision = features.decision_speed(
        mandate.cash,
        closed=mandate.deals_closed,
        passed=mandate.deals_passed,
        lapsed=mandate.deals_lapsed,
        model=model,
    )
    return (
        low,
        high,
        centre,
        _ln(centre),
        features.ticket_sigma(mandate.ticket_min, mandate.ticket_max, model=model),
        MISSING if offer is None else offer,
        model.uncertainty(mandate.offer_tier),
        _or_nan(mandate.tenor_years),
        _or_nan(mandate.capacity) * fx,
        mandate.capacity is not None,
        CODE[gates.lever_dates(lever, as_of).answer],
        (lever.risk_cover or 0.0) if lever else 0.0,
        cap,
        (lever.premium or 0.0) if lever else 0.0,
        decision.x,
        decision.u,
        math.fsum(weight for _, weight in mandate.areas),
    )


@functools.lru_cache(maxsize=8)
def _affinities(areas: Areas, decay: float) -> NDArray[np.float64]:
    codes = areas.codes
    paths = {code: areas.path(code) for code in codes}
    same_root: dict[str, list[str]] = {}
    for code in codes:
        same_root.setdefault(paths[code][-1], []).append(code)
    position = {code: index for index, code in enumerate(codes)}
    matrix = np.zeros((len(codes), len(codes)))
    for members in same_root.values():
        for held in members:
            for wanted in members:
                x = features.affinity(paths[wanted], paths[held], decay=decay)
                matrix[position[held], position[wanted]] = x
    return matrix


def _strengths(raises: Sequence[RaiseFacts], *, model: Model, areas: Areas) -> NDArray[np.float64]:
    """[raise, area] `max_c q_c · aff(a, area_c)`."""
    matrix = _affinities(areas, float(model.parameters["affinity_decay"]))
    position = {code: index for index, code in enumerate(areas.codes)}

    @functools.cache
    def of_one(capability: CapabilityFacts) -> NDArray[np.float64]:
        row: NDArray[np.float64] = (
            features.strength(capability, model=model) * matrix[position[areas[capability.area].code]]
        )
        return row

    held = np.zeros((len(raises), len(position)))
    for index, item in enumerate(raises):
        for capability in item.capabilities:
            np.maximum(held[index], of_one(capability), out=held[index])
    return held
