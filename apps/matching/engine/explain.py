"""Why a pair scores as it does for one side: computed by the code that scored, with everything that went in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from apps.matching.engine import features, relations
from apps.matching.engine.columns import MISSING, mandates_columns, raises_columns
from apps.matching.engine.facts import Answer, Figure, MandateFacts, RaiseFacts
from apps.matching.engine.gates import GATES, Verdict, worst
from apps.matching.engine.model import PROFILES, SPEED_FEATURES, Areas, Model, Reference
from apps.matching.engine.pairs import INVESTOR_FEATURES, RAW, STARTUP_FEATURES, Scored, World, score, world

PPM = 1_000_000
BP = 10_000.0
CASH_BANDS = (90, 180, 365, 730)
"""Upper edges, in days, of the bands in which a firm sees how fast a fund pays out."""

COARSE_FOR_FIRM = frozenset({"capacity", "decision_speed"})
"""Features whose exact x would tell a firm the fund's capacity or its decision figures: shown to one decimal."""

PRIVATE = {"verified": "verified", "screening": "screening"}
"""Gates of which each side is told its own part only, and the fact that holds it."""
OWNER = {
    "firm_exclusions": "startup",
    "history": "investor",
    "dependency": "investor",
    "exclusions": "investor",
    "capacity": "investor",
}
"""Gates whose limit one side keeps to itself: the other is told what it could supply, and nothing else."""
WITHHELD = "withheld"
SUPPLIERS = {"investor": ("mandate.", "lever.", "fund."), "startup": ("raise.", "capability.", "component.")}
"""Side → how the names of the items begin that it could state."""

Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class Raw:
    """A value that went into a feature; None is "not stated"."""

    name: str
    value: Value
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """One summand of the score. `x` in 0–1, `weight` and `contribution` in points of 10 000.

    `basis`: `stated` by the parties, `figure` estimated from dated events, `reference` tables, or the model's `prior`.
    `tier` is the evidence behind it, None where none applies or there is none.
    """

    name: str
    x: float
    weight: int
    contribution: int
    tier: str | None
    basis: str
    raw: tuple[Raw, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate's answer; `reason` and `missing` are empty where they are the other side's business."""

    code: str
    answer: str
    reason: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saving:
    """What the firm would save with this offer, in EUR: a year, and worth today at its rate (None without a tenor)."""

    basis_points: int
    per_year: float
    worth_today: float | None
    tenor_years: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A pair as one side may see it; the contributions add up to the score."""

    side: str
    score: int
    score_mutual: int
    confidence: float
    profile: str
    is_failed: bool
    features: tuple[Feature, ...]
    gates: tuple[Gate, ...]
    saving: Saving | None


@dataclass(frozen=True, eq=False)
class _Pair:
    mandate: MandateFacts
    raise_: RaiseFacts
    model: Model
    areas: Areas
    reference: Reference
    as_of: dt.date
    world: World
    scored: Scored

    def raw(self, name: str) -> float | None:
        """A raw value that the scoring code kept; None where there was none."""
        value = float(self.scored.raw[0][RAW.index(name)])
        return None if value == MISSING or np.isnan(value) else value

    def rate(self, name: str) -> Raw:
        """A rate in basis points a year."""
        value = self.raw(name)
        return Raw(name, None if value is None else int(value), "bp")

    @property
    def profile(self) -> str:
        return PROFILES[int(self.world.r.rows[0]["profile"])]


def explain(
    *,
    mandate: MandateFacts,
    raise_: RaiseFacts,
    model: Model,
    areas: Areas,
    reference: Reference,
    as_of: dt.date,
    side: str,
) -> Explanation:
    """Explain the pair to "investor" or "startup". Raises KeyError for another side."""
    made = world(
        mandates=mandates_columns(mandates=[mandate], model=model, areas=areas, reference=reference, as_of=as_of),
        raises=raises_columns(raises=[raise_], model=model, areas=areas, reference=reference),
        model=model,
        reference=reference,
        as_of=as_of,
    )
    first = np.zeros(1, np.int64)
    scored = score(world=made, mandate=first, raise_=first, keep_raw=True)
    pair = _Pair(mandate, raise_, model, areas, reference, as_of, made, scored)
    names, x, points, total, confidence = {
        "investor": (
            INVESTOR_FEATURES,
            scored.x_investor,
            scored.contributions_investor,
            scored.score_investor,
            scored.confidence_investor,
        ),
        "startup": (
            STARTUP_FEATURES,
            scored.x_startup,
            scored.contributions_startup,
            scored.score_startup,
            scored.confidence_startup,
        ),
    }[side]
    weights = model.weights[side][pair.profile]
    return Explanation(
        side=side,
        score=int(total[0]),
        score_mutual=int(scored.score_mutual[0]),
        confidence=int(confidence[0]) / PPM,
        profile=pair.profile,
        is_failed=bool(scored.failed[0]),
        features=tuple(
            _feature(pair, side, name, float(x[0][place]), weights[name], int(points[0][place]))
            for place, name in enumerate(names)
        ),
        gates=_gates(pair, side),
        saving=_saving(pair) if side == "startup" else None,
    )


def _feature(pair: _Pair, side: str, name: str, x: float, weight: int, contribution: int) -> Feature:
    part = _FOR_FIRM.get(name) if side == "startup" else None
    if part is not None:
        tier, basis, raw = part(pair)
    elif name in SPEED_FEATURES:
        tier, basis, raw = _speed(pair, name)
    elif name == "instrument_rank":
        tier, basis, raw = _instrument(pair, side)
    else:
        tier, basis, raw = _PARTS[name](pair)
    # What a fund keeps to itself would follow from the exact value.
    shown = round(x, 1) if side == "startup" and name in COARSE_FOR_FIRM else x
    return Feature(name, shown, weight, contribution, tier, basis, raw)


_Part = tuple[str | None, str, tuple[Raw, ...]]


def _area_overlap(pair: _Pair) -> _Part:
    strengths, columns = pair.world.r.strengths[0], pair.world.m
    raw = []
    for place, (code, weight) in enumerate(pair.mandate.areas):
        raw.append(Raw(f"weight of {code}", weight))
        raw.append(Raw(f"match of {code}", round(float(strengths[columns.area_index[place]]), 6)))
    held = ", ".join(f"{item.area}{' (lead)' if item.is_lead else ''}" for item in pair.raise_.capabilities)
    return None, "stated", (*raw, Raw("firm's areas", held))


def _stage_fit(pair: _Pair) -> _Part:
    wanted = ", ".join(f"{stage} {weight:g}" for stage, weight in pair.mandate.stages) or "any"
    return None, "stated", (Raw("stage", pair.raise_.stage), Raw("mandate's stages", wanted))


def _trl_fit(pair: _Pair) -> _Part:
    mandate = pair.mandate
    return (
        None,
        "stated",
        (Raw("trl", pair.raise_.trl), Raw("trl_min", mandate.trl_min), Raw("trl_max", mandate.trl_max)),
    )


def _evidence(pair: _Pair) -> _Part:
    lead = next(item for item in pair.raise_.capabilities if item.is_lead)
    return lead.tier or "E0", "stated", (Raw("maturity", lead.maturity), Raw("tier", lead.tier))


def _ticket_fit(pair: _Pair) -> _Part:
    row = pair.world.m.rows[0]
    centre = float(row["centre"])
    return (
        None,
        "stated",
        (
            Raw("centre of the mandate's tickets", None if np.isnan(centre) else round(centre), "EUR"),
            Raw("amount left", _euro(pair, pair.raise_.amount_left, pair.raise_.amount), "EUR"),
            Raw("taken by several", "yes" if pair.raise_.syndicate else "no"),
        ),
    )


def _geography_fit(pair: _Pair) -> _Part:
    places = ", ".join(f"{code} {weight:g}" for code, weight in pair.mandate.places) or "any"
    return None, "stated", (Raw("country", pair.raise_.country), Raw("mandate's places", places))


def _risk_paid(pair: _Pair) -> _Part:
    basis = "prior" if pair.raw("risk_paid_prior") else "stated"
    raw = (pair.rate("offer"), pair.rate("required"), Raw("cover", pair.raw("cover"), "fraction of the risk"))
    return None if basis == "prior" else pair.mandate.offer_tier or "E0", basis, raw


def _cost_saving(pair: _Pair) -> _Part:
    basis = "prior" if pair.raw("cost_saving_prior") else "stated"
    tiers = (pair.mandate.offer_tier or "E0", pair.raise_.cost_tier or "E0")
    return None if basis == "prior" else min(tiers), basis, (pair.rate("marginal"), pair.rate("offer"))


def _patience(pair: _Pair) -> _Part:
    raw = (
        Raw("tenor offered", pair.mandate.tenor_years, "years"),
        Raw("tenor needed", pair.raise_.tenor_years, "years"),
    )
    return None, "stated", raw


def _complementarity(pair: _Pair) -> _Part:
    speed = round(float(pair.world.r.rows[0]["speed"]), 6)
    return (
        None,
        "reference",
        (
            pair.rate("build_up_best"),
            pair.rate("required_best"),
            Raw("speed, a prior counting 0", speed),
        ),
    )


def _home(pair: _Pair) -> _Part:
    return None, "stated", (Raw("country", pair.raise_.country),)


def _firms_complementarity(pair: _Pair) -> _Part:
    speed = round(float(pair.world.r.rows[0]["speed"]), 6)
    return None, "reference", (pair.rate("marginal"), pair.rate("offer"), Raw("speed, a prior counting 0", speed))


def _decision_speed(pair: _Pair) -> _Part:
    cash = pair.mandate.cash
    if cash is None:
        return None, "prior", (Raw("days to cash", None, "days"),)
    upper = next((edge for edge in CASH_BANDS if cash.days <= edge), None)
    band = f"up to {upper}" if upper is not None else f"over {CASH_BANDS[-1]}"
    return cash.tier, "figure", (Raw("days to cash", band, "days"),)


def _capacity(pair: _Pair) -> _Part:
    return (
        None,
        "stated",
        (
            Raw("capacity is stated", "yes" if pair.mandate.capacity is not None else "no"),
            Raw("amount left", _euro(pair, pair.raise_.amount_left, pair.raise_.amount), "EUR"),
        ),
    )


_PARTS: Mapping[str, Callable[[_Pair], _Part]] = {
    "area_overlap": _area_overlap,
    "stage_fit": _stage_fit,
    "trl_fit": _trl_fit,
    "evidence": _evidence,
    "ticket_fit": _ticket_fit,
    "geography_fit": _geography_fit,
    "risk_paid": _risk_paid,
    "cost_saving": _cost_saving,
    "patience": _patience,
    "complementarity": _complementarity,
    "decision_speed": _decision_speed,
    "capacity": _capacity,
}


_FOR_FIRM: Mapping[str, Callable[[_Pair], _Part]] = {
    "geography_fit": _home,
    "complementarity": _firms_complementarity,
}
"""Features whose raw values are partly the fund's own business."""


def _speed(pair: _Pair, name: str) -> _Part:
    figure: Figure | None = getattr(pair.raise_, name)
    lead = next(item for item in pair.raise_.capabilities if item.is_lead)
    estimate = features.speed(name, figure, area=pair.areas[lead.area], model=pair.model)
    if figure is None or estimate.is_prior:
        return None, "prior", (Raw("days", None, "days"),)
    return (
        figure.tier,
        "figure",
        (
            Raw("days", round(figure.days, 2), "days"),
            Raw("low (5 %)", round(figure.low, 2), "days"),
            Raw("high (95 %)", round(figure.high, 2), "days"),
            Raw("closed", figure.n_closed, "events"),
            Raw("open", figure.n_open, "events"),
        ),
    )


def _instrument(pair: _Pair, side: str) -> _Part:
    own, others = pair.mandate.instruments, pair.raise_.instruments
    if side == "startup":
        own, others = others, own
    best = next((instrument for instrument in own if instrument in others), None)
    return None, "stated", (Raw("best common instrument", best), Raw("own order", ", ".join(own)))


def _gates(pair: _Pair, side: str) -> tuple[Gate, ...]:
    failed, unknown = int(pair.scored.failed[0]), int(pair.scored.unknown[0])
    verdicts = _verdicts(pair)
    shown = []
    for bit, code in enumerate(GATES):
        answer = Answer.FAIL if failed >> bit & 1 else Answer.UNKNOWN if unknown >> bit & 1 else Answer.PASS
        verdict = verdicts.get(code, Verdict(answer))
        if code in PRIVATE:
            own: Answer = getattr(pair.mandate if side == "investor" else pair.raise_, PRIVATE[code])
            shown.append(Gate(code, own.value, "" if own is Answer.PASS else f"own_{code}", ()))
        elif OWNER.get(code, side) != side:
            missing = _suppliable(verdict, side) if answer is Answer.UNKNOWN else ()
            shown.append(Gate(code, answer.value if missing else WITHHELD, "", missing))
        else:
            is_told = answer is not Answer.PASS
            shown.append(
                Gate(code, answer.value, verdict.reason if is_told else "", verdict.missing if is_told else ())
            )
    return tuple(shown)


def _suppliable(verdict: Verdict, side: str) -> tuple[str, ...]:
    """The missing items that this side could state."""
    return tuple(item for item in verdict.missing if item.startswith(SUPPLIERS[side]))


def _verdicts(pair: _Pair) -> dict[str, Verdict]:
    """The verdicts of the gates that two facts decide; the others' answers need no more than their name."""
    parts: dict[str, list[Verdict]] = {}
    for relation in relations.gate_relations(model=pair.model):
        verdict = relation.verdict(relation.of_mandate(pair.mandate), relation.of_raise(pair.raise_))
        parts.setdefault(relation.gate, []).append(verdict)
    return {code: worst(verdicts) for code, verdicts in parts.items()}


def _saving(pair: _Pair) -> Saving | None:
    """The money for the firm: never on a prior, never for a grant."""
    marginal, offer = pair.raw("marginal"), pair.raw("offer")
    amount = _euro(pair, pair.raise_.amount, None)
    if relations.klass(pair.raise_) == "grant" or marginal is None or offer is None or amount is None:
        return None
    basis_points = int(marginal) - int(offer)
    per_year = amount * basis_points / BP
    tenor = pair.mandate.tenor_years or pair.raise_.tenor_years
    rate = marginal / BP
    worth = None
    if tenor is not None:
        worth = per_year * (1.0 - (1.0 + rate) ** -tenor) / rate if rate else per_year * tenor
    return Saving(basis_points, round(per_year, 2), None if worth is None else round(worth, 2), tenor)


def _euro(pair: _Pair, amount: float | None, otherwise: float | None) -> float | None:
    """An amount of the raise in EUR at the reference rate; None without a rate."""
    rate = pair.reference.to_eur(pair.raise_.currency)
    value = otherwise if amount is None else amount
    return None if rate is None or value is None else round(value * rate, 2)


__all__ = ["Explanation", "Feature", "Gate", "Raw", "Saving", "explain"]
