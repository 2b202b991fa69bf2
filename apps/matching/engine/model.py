"""The dated, hashed data that a generation scores with: the model, the capability areas and the reference figures."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SIDES = ("investor", "startup")
PROFILES = ("iterating", "producing")
SPEED_FEATURES = ("adaptation", "cadence", "delivery", "feedback")
TIERS = ("E0", "E1", "E2", "E3")
CLASSES = ("equity", "debt", "grant")
CLASS_OF_INSTRUMENT = {
    "equity": "equity",
    "convertible": "equity",
    "loan": "debt",
    "bond": "debt",
    "venture_debt": "debt",
    "guarantee": "debt",
    "grant": "grant",
}
PRIOR_KINDS = (
    "iteration_days",
    "feedback_to_fix_days",
    "countermeasure_response_days",
    "order_to_delivery_days",
)


class AreaUnknown(KeyError):
    """A capability or a mandate names an area that the taxonomy does not hold."""


FULL = 1_000_000
"""An x of 1 in ppm."""

Table = tuple[tuple[int, int], ...]
"""Steps as (the least x in ppm, points), from 0 upwards."""


class WeightsDoNotSum(ValueError):
    """The weights of a side do not sum to the model's scale."""


class TableNotMonotone(ValueError):
    """A step table does not rise from x = 0 to the feature's weight."""


@dataclass(frozen=True, eq=False)
class Model:
    """Weights and parameters of one scoring model; `sha256` is of the file they were read from."""

    id: str
    sha256: str
    scale: int
    weights: Mapping[str, Mapping[str, Mapping[str, int]]]
    """side → profile → feature → weight (the common ones included)"""
    parameters: Mapping[str, Any]
    maturity: Mapping[str, float]
    tier_weight: Mapping[str, float]
    tier_uncertainty: Mapping[str, float]
    likelihood_weight: Mapping[str, float]
    prior_mean: Mapping[str, float]
    basis: str
    tables: Mapping[str, Mapping[str, Mapping[str, Table]]]
    """side → profile → feature → steps; a feature without a table contributes weight times x"""

    @staticmethod
    def from_json(value: Mapping[str, Any], *, sha256: str = "") -> Model:
        """The model of a parsed model file.

        Raises WeightsDoNotSum when a side does not add up to the scale, TableNotMonotone for a table that falls or does
        not end at the feature's weight.
        """
        weights: dict[str, dict[str, dict[str, int]]] = {}
        for side in SIDES:
            given = value["weights"][side]
            weights[side] = {}
            for profile in PROFILES:
                weights[side][profile] = {**given["common"], **given[profile]}
                if sum(weights[side][profile].values()) != value["scale"]:
                    raise WeightsDoNotSum(f"{side}, {profile}")
        return Model(
            id=value["id"],
            sha256=sha256,
            scale=value["scale"],
            weights=weights,
            parameters=value["parameters"],
            maturity={name: float(x) for name, x in value["maturity"].items()},
            tier_weight=value["tier_weight"],
            tier_uncertainty=value["tier_uncertainty"],
            likelihood_weight=value["likelihood_weight"],
            prior_mean=value["prior_mean"],
            basis=value["basis"],
            tables=_tables(value.get("tables", {}), weights),
        )

    @functools.cached_property
    def is_stepped(self) -> bool:
        """Whether some feature's contribution is read from a table."""
        return any(table for side in self.tables.values() for table in side.values())

    def features(self, side: str) -> tuple[str, ...]:
        """The names of a side's features, sorted, over both profiles."""
        return tuple(sorted(set().union(*(self.weights[side][profile] for profile in PROFILES))))

    def uncertainty(self, tier: str | None) -> float:
        """`u` of a single document of this tier (a tier not stated is E0)."""
        return float(self.tier_uncertainty[tier or "E0"])


def _tables(
    value: Mapping[str, Any], weights: Mapping[str, Mapping[str, Mapping[str, int]]]
) -> dict[str, dict[str, dict[str, Table]]]:
    tables: dict[str, dict[str, dict[str, Table]]] = {}
    for side in SIDES:
        given = value.get(side, {})
        tables[side] = {}
        for profile in PROFILES:
            rows = {**given.get("common", {}), **given.get(profile, {})}
            tables[side][profile] = {name: tuple((int(x), int(points)) for x, points in rows[name]) for name in rows}
            for name, table in tables[side][profile].items():
                _check_table(f"{side}, {profile}, {name}", table, weights[side][profile].get(name))
    return tables


def _check_table(where: str, table: Table, weight: int | None) -> None:
    starts, points = [x for x, _ in table], [value for _, value in table]
    rises = all(a < b for a, b in itertools.pairwise(starts)) and points == sorted(points)
    if not table or starts[0] != 0 or starts[-1] > FULL or not rises or points[0] < 0 or points[-1] != weight:
        raise TableNotMonotone(where)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A duration as median days and the spread of its logarithm."""

    median: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Area:
    """One capability area with the figures it has or takes from its nearest ancestor; None where there is none."""

    code: str
    parent: str | None
    profile: str
    cycle: Cycle | None
    half_life_days: float | None
    delivery_half_life_days: float | None
    european_iteration_days: float | None
    priors: Mapping[str, Cycle]
    inherited_from: str | None = None


@dataclass(frozen=True, eq=False)
class Areas:
    """The taxonomy of one generation, parents before or after their children."""

    id: str
    sha256: str
    basis: str
    by_code: Mapping[str, Area]

    @staticmethod
    def from_json(value: Mapping[str, Any], *, extra: Iterable[tuple[str, str | None]] = (), sha256: str = "") -> Areas:
        """The areas of a parsed file, and `extra` ones (code, parent) without figures of their own.

        A figure the file does not name is the nearest ancestor's; one it names as null is a stated "none".
        Raises AreaUnknown when a parent is missing.
        """
        given: dict[str, Mapping[str, Any]] = {row["code"]: row for row in value["areas"]}
        for code, parent in extra:
            given.setdefault(code, {"code": code, "parent": parent})
        return Areas(
            id=value["id"],
            sha256=sha256,
            basis=value["basis"],
            by_code={code: _area(code, given) for code in given},
        )

    def __getitem__(self, code: str) -> Area:
        if code not in self.by_code:
            raise AreaUnknown(code)
        return self.by_code[code]

    def path(self, code: str) -> tuple[str, ...]:
        """The area and its ancestors, the area first."""
        return _path(code, self.by_code)

    @functools.cached_property
    def codes(self) -> tuple[str, ...]:
        """Every area code, sorted."""
        return tuple(sorted(self.by_code))


def _path(code: str, parents: Mapping[str, Area]) -> tuple[str, ...]:
    steps: list[str] = []
    at: str | None = code
    while at is not None:
        if at not in parents or at in steps:
            raise AreaUnknown(at)
        steps.append(at)
        at = parents[at].parent
    return tuple(steps)


def _area(code: str, given: Mapping[str, Mapping[str, Any]]) -> Area:
    path: list[str] = []
    at: str | None = code
    while at is not None:
        if at not in given or at in path:
            raise AreaUnknown(at)
        path.append(at)
        at = given[at].get("parent") or None

    def nearest(name: str) -> Any:
        return next((given[step][name] for step in path if name in given[step]), None)

    cycle, priors = nearest("countermeasure_cycle_days"), nearest("prior") or {}
    source = next((step for step in path if "profile" in given[step]), None)
    return Area(
        code=code,
        parent=given[code].get("parent") or None,
        profile=nearest("profile") or "iterating",
        cycle=_cycle(cycle) if cycle else None,
        half_life_days=_days(nearest("half_life_days")),
        delivery_half_life_days=_days(nearest("delivery_half_life_days")),
        european_iteration_days=_days(nearest("european_iteration_days")),
        priors={kind: _cycle(priors[kind]) for kind in PRIOR_KINDS if priors.get(kind)},
        inherited_from=None if source == code else source,
    )


def _bases(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, item in value.items():
        if name == "basis":
            yield path, str(item)
        elif isinstance(item, Mapping):
            yield from _bases(item, f"{path}.{name}" if path else name)


def _cycle(value: Mapping[str, float]) -> Cycle:
    return Cycle(median=float(value["median"]), sigma=float(value["sigma"]))


def _days(value: float | None) -> float | None:
    return None if value is None else float(value)


@dataclass(frozen=True, eq=False)
class Reference:
    """Rates (fractions per year), exchange and inflation figures, and country groups of one edition."""

    id: str
    sha256: str
    risk_free: float
    mature_erp: float
    beta: float
    size_premium: float
    country_risk: Mapping[str, float]
    margin: float
    expected_loss: Mapping[str, float]
    fx_to_eur: Mapping[str, float]
    inflation: Mapping[str, float]
    groups: Mapping[str, frozenset[str]]
    decision_priors: Mapping[str, Cycle]
    bases: Mapping[str, str]
    """what the edition says of figures without a source, by their place in it: "assumption", "approximate …" """

    @staticmethod
    def from_json(value: Mapping[str, Any], *, sha256: str = "") -> Reference:
        """The reference figures of a parsed edition."""
        equity, debt = value["cost_of_equity"], value["cost_of_debt"]
        loss = debt["expected_loss_per_year_by_tier"]
        return Reference(
            id=value["id"],
            sha256=sha256,
            risk_free=float(equity["risk_free"]["value"]),
            mature_erp=float(equity["mature_erp"]["value"]),
            beta=float(equity["beta"]["value"]),
            size_premium=float(equity["size_premium"]["value"]),
            country_risk={code: float(x) for code, x in value["country_risk_premium"]["values"].items()},
            margin=float(debt["margin"]["value"]),
            expected_loss={tier: float(loss[tier]) for tier in TIERS},
            fx_to_eur={code: float(x) for code, x in value["fx_to_eur"]["values"].items()},
            inflation={code: float(x) for code, x in value["inflation"].items() if len(code) == 3 and code.isupper()},
            groups={name: frozenset(codes) for name, codes in value["country_groups"].items()},
            decision_priors={
                name: _cycle(x) for name, x in value["fund_decision_prior_days"].items() if name != "basis"
            },
            bases=dict(_bases(value)),
        )

    @functools.cached_property
    def at_war(self) -> frozenset[str]:
        """Countries of which nothing finer than the country is used."""
        return self.groups.get("at_war", frozenset())

    def to_eur(self, currency: str | None) -> float | None:
        """Euro per unit of the currency, or None without a figure."""
        return self.fx_to_eur.get(currency or "")

    def basis_points(self, rate: float | None, currency: str) -> int | None:
        """A nominal yearly rate of a currency as integer basis points of nominal euro; None without a figure."""
        if rate is None:
            return None
        if currency == "EUR":
            return whole_basis_points(rate)
        if currency not in self.inflation or "EUR" not in self.inflation:
            return None
        return whole_basis_points((1.0 + rate) * (1.0 + self.inflation["EUR"]) / (1.0 + self.inflation[currency]) - 1.0)


def whole_basis_points(rate: float) -> int:
    """`⌊10⁴ k + ½⌋` of a yearly rate."""
    return math.floor(1e4 * rate + 0.5)
