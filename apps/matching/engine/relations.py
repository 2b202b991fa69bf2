"""Gates and features that read one small fact of each side, as tables over the distinct values of both.

Thousands of raises share a few hundred distinct stages, countries or instrument lists. So each such gate or feature is
evaluated once per pair of distinct values, by the pure functions of `gates` and `features`, and looked up afterwards.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine import features, gates
from apps.matching.engine.facts import Answer, MandateFacts, RaiseFacts
from apps.matching.engine.gates import TERMS, FundProfile, Verdict
from apps.matching.engine.model import CLASS_OF_INSTRUMENT, Model, Reference

PASS, UNKNOWN, FAIL = 0, 1, 2
CODE = {Answer.PASS: PASS, Answer.UNKNOWN: UNKNOWN, Answer.FAIL: FAIL}


@dataclass(frozen=True, slots=True)
class GateRelation:
    """A part of a gate: the fact it reads of each side, and its verdict on the two."""

    gate: str
    of_mandate: Callable[[MandateFacts], Hashable]
    of_raise: Callable[[RaiseFacts], Hashable]
    verdict: Callable[[Any, Any], Verdict]


@dataclass(frozen=True, slots=True)
class FeatureRelation:
    """A feature of the table: the fact it reads of each side, and its value on the two."""

    feature: str
    of_mandate: Callable[[MandateFacts], Hashable]
    of_raise: Callable[[RaiseFacts], Hashable]
    value: Callable[[Any, Any], float]


class Tables(NamedTuple):
    """Gate answers, a row per mandate with all relations side by side; feature values, by distinct mandate values."""

    gates: NDArray[np.int8]
    gate_column: NDArray[np.int64]
    """where each relation's columns begin, and after the last"""
    hits: NDArray[np.int64]
    """the columns that are not a pass, mandate by mandate"""
    hit_start: NDArray[np.int64]
    """[mandate, relation + 1] where each relation's hits begin"""
    features: NDArray[np.float64]
    feature_offset: NDArray[np.int64]
    feature_width: NDArray[np.int64]


def klass(raise_: RaiseFacts) -> str:
    """The class of capital a raise seeks; its instruments are of one class."""
    return CLASS_OF_INSTRUMENT[raise_.instruments[0]]


def profile(mandate: MandateFacts) -> FundProfile:
    """What a firm's exclusions read of the mandate's fund."""
    return FundProfile(
        fund_id=mandate.fund_id,
        country=mandate.fund_country,
        investor_countries=mandate.investor_countries,
        level=mandate.verification_level,
    )


_terms = functools.lru_cache(maxsize=65536)(gates.terms_by_name)


def _term(name: str) -> GateRelation:
    return GateRelation(
        "structure",
        lambda m: _terms(m.terms).get(name) if m.terms else None,
        lambda r: _terms(r.terms).get(name) if r.terms else None,
        functools.partial(gates.term, name),
    )


def gate_relations(*, model: Model) -> tuple[GateRelation, ...]:
    """Every gate part that a table can hold; the lever's parts come last, in the order class, country, flags."""
    slack = float(model.parameters["trl_slack_levels"])

    def trl(bounds: tuple[int | None, int | None], level: int | None) -> Verdict:
        return gates.trl(*bounds, level, fit=features.trl_fit(*bounds, level, slack=slack))

    return (
        GateRelation(
            "verified",
            lambda m: m.verified,
            lambda r: r.verified,
            functools.partial(gates.standing, item="verified"),
        ),
        GateRelation(
            "screening",
            lambda m: m.screening,
            lambda r: r.screening,
            functools.partial(gates.standing, item="screening"),
        ),
        GateRelation("country", lambda m: m.countries, lambda r: r.issuer_country, gates.country),
        GateRelation("instrument", lambda m: m.instruments, lambda r: r.instruments, gates.instrument),
        GateRelation("stage", lambda m: m.stages, lambda r: r.stage, gates.stage),
        GateRelation("trl", lambda m: (m.trl_min, m.trl_max), lambda r: r.trl, trl),
        GateRelation(
            "exclusions",
            lambda m: m.exclusions,
            lambda r: (r.flags, r.known_flags),
            lambda excluded, flags: gates.exclusions(excluded, *flags),
        ),
        GateRelation(
            "dependency",
            lambda m: (m.max_foreign_share, m.perimeter),
            lambda r: r.foreign_bands,
            lambda limit, bands: gates.dependency(limit[0], limit[1], bands),
        ),
        GateRelation(
            "firm_exclusions",
            profile,
            lambda r: (r.blocked, r.min_verification_level),
            lambda fund, own: gates.firm_exclusions(fund, *own),
        ),
        *(_term(name) for name in TERMS),
        GateRelation("lever", lambda m: m.lever, klass, gates.lever_class),
        GateRelation("lever", lambda m: m.lever, lambda r: r.country, gates.lever_country),
        GateRelation(
            "lever",
            lambda m: m.lever,
            lambda r: (r.flags, r.known_flags),
            lambda lever, flags: gates.lever_flags(lever, *flags),
        ),
    )


TABLE_FEATURES = ("stage_fit", "trl_fit", "geography_fit", "instrument_rank", "instrument_rank")
"""Column order of the feature tables; the instrument rank in the mandate's own order, then in the raise's."""


def feature_relations(*, model: Model, reference: Reference) -> tuple[FeatureRelation, ...]:
    """Every feature that a table can hold, in the order of TABLE_FEATURES."""
    slack, step = float(model.parameters["trl_slack_levels"]), float(model.parameters["instrument_rank_step"])
    return (
        FeatureRelation("stage_fit", lambda m: m.stages, lambda r: r.stage, features.stage_fit),
        FeatureRelation(
            "trl_fit",
            lambda m: (m.trl_min, m.trl_max),
            lambda r: r.trl,
            lambda bounds, level: features.trl_fit(bounds[0], bounds[1], level, slack=slack),
        ),
        FeatureRelation(
            "geography_fit",
            lambda m: m.places,
            lambda r: (r.country, r.region),
            lambda places, home: features.geography_fit(places, *home, at_war=reference.at_war),
        ),
        FeatureRelation(
            "instrument_rank",
            lambda m: m.instruments,
            lambda r: r.instruments,
            lambda own, others: features.instrument_rank(own, others, step=step),
        ),
        FeatureRelation(
            "instrument_rank",
            lambda m: m.instruments,
            lambda r: r.instruments,
            lambda others, own: features.instrument_rank(own, others, step=step),
        ),
    )


@dataclass(frozen=True)
class Coded:
    """Items as codes of distinct values: `codes[item, k]` indexes `values[k]`, `k` the relation."""

    codes: NDArray[np.int32]
    values: tuple[tuple[Hashable, ...], ...]

    def part(self, first: int, last: int) -> Coded:
        """The items `first` up to, not including, `last`, by the same codes."""
        return Coded(codes=self.codes[first:last], values=self.values)


def coded(items: Sequence[Any], keys: Sequence[Callable[[Any], Hashable]]) -> Coded:
    """The items' facts by each key function, as codes; order of first appearance."""
    codes = np.empty((len(items), len(keys)), np.int32)
    values = []
    for row, key in enumerate(keys):
        seen: dict[Hashable, int] = {}
        codes[:, row] = [seen.setdefault(value, len(seen)) for value in map(key, items)]
        values.append(tuple(seen))
    return Coded(codes=codes, values=tuple(values))


def tables(
    gate_parts: Sequence[GateRelation],
    feature_parts: Sequence[FeatureRelation],
    mandates: tuple[Coded, Coded],
    raises: tuple[Coded, Coded],
) -> Tables:
    """Every relation evaluated over the distinct values of both sides; `(gates, features)` of each side go in."""
    blocks = []
    for k, (gate_part, rows, columns) in enumerate(zip(gate_parts, mandates[0].values, raises[0].values, strict=True)):
        answers = [CODE[gate_part.verdict(row, column).answer] for row in rows for column in columns]
        table = np.array(answers, np.int8).reshape(len(rows), len(columns))
        blocks.append(table[mandates[0].codes[:, k]])
    values: list[float] = []
    feature_width: list[tuple[int, int]] = []
    for part, rows, columns in zip(feature_parts, mandates[1].values, raises[1].values, strict=True):
        values.extend(part.value(row, column) for row in rows for column in columns)
        feature_width.append((len(rows), len(columns)))
    answers_of = np.concatenate(blocks, axis=1)
    gate_column = np.cumsum([0, *(block.shape[1] for block in blocks)]).astype(np.int64)
    mandate, hits = np.nonzero(answers_of)
    place = np.arange(answers_of.shape[0])[:, None] * max(1, answers_of.shape[1]) + gate_column
    return Tables(
        gates=answers_of,
        gate_column=gate_column,
        hits=np.ascontiguousarray(hits),  # one hit alone would lie otherwise than many, and have all compiled again
        hit_start=np.searchsorted(mandate * max(1, answers_of.shape[1]) + hits, place),
        features=np.array(values, np.float64),
        feature_offset=_offsets(feature_width),
        feature_width=np.array([columns for _, columns in feature_width], np.int64),
    )


def _offsets(shapes: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    sizes = [rows * columns for rows, columns in shapes]
    return np.cumsum([0, *sizes[:-1]]).astype(np.int64)
