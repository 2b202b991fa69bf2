"""The gates: pass, fail or unknown for one pair, each a pure function of the few facts that it reads.

A gate is never traded against score. A limit that nobody sets passes; what is needed and not given is unknown.
The engine fills its tables with these functions and explanations call them again, so that both say the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.matching.engine.facts import Answer, Decline, LeverFacts, Term

GATES = (
    "verified",
    "screening",
    "area",
    "country",
    "instrument",
    "stage",
    "ticket",
    "trl",
    "exclusions",
    "dependency",
    "capacity",
    "lever",
    "structure",
    "firm_exclusions",
    "history",
)
TERMS = (
    "holding",
    "ip_transfer",
    "board_seat",
    "collateral",
    "personal_guarantee",
    "lead",
    "follow_on",
    "max_stake",
)
TRUE_WORDS = frozenset({"yes", "true"})
FALSE_WORDS = frozenset({"no", "false"})


class TermUnknown(ValueError):
    """A structure term that the specification does not know."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, a code for why it is not a pass, the missing items, and the side whose limit it is.

    `side`: "investor", "startup", or "both" where each of them may know (for standing and screening: only the own
    organisation and the operator).
    """

    answer: Answer
    reason: str = ""
    missing: tuple[str, ...] = ()
    side: str = "both"


@dataclass(frozen=True, slots=True)
class FundProfile:
    """What a firm's own exclusions read of a fund."""

    fund_id: str
    country: str
    investor_countries: tuple[str, ...] | None
    level: int | None


PASSED = Verdict(Answer.PASS)


def _failed(reason: str, side: str) -> Verdict:
    return Verdict(Answer.FAIL, reason, (), side)


def _unknown(reason: str, side: str, *missing: str) -> Verdict:
    return Verdict(Answer.UNKNOWN, reason, missing, side)


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Several parts of one gate as one verdict: fail beats unknown beats pass; all missing items are kept."""
    for answer in (Answer.FAIL, Answer.UNKNOWN):
        hits = [verdict for verdict in verdicts if verdict.answer is answer]
        if hits:
            missing = tuple(dict.fromkeys(item for hit in hits for item in hit.missing))
            sides = {hit.side for hit in hits}
            return Verdict(answer, hits[0].reason, missing, sides.pop() if len(sides) == 1 else "both")
    return PASSED


def standing(fund: Answer, firm: Answer, *, item: str) -> Verdict:
    """`verified` and `screening`: both organisations' answers, `item` names the gate."""
    parts = []
    for side, answer in (("investor", fund), ("startup", firm)):
        if answer is Answer.FAIL:
            parts.append(_failed(f"{item}_failed", side))
        elif answer is Answer.UNKNOWN:
            parts.append(_unknown(f"{item}_pending", side, f"{side}.{item}"))
    return worst(parts)


def area(overlap: float) -> Verdict:
    """`area_overlap` above 0."""
    return PASSED if overlap > 0 else _failed("no_common_area", "investor")


def country(countries: tuple[str, ...], issuer_country: str) -> Verdict:
    """The issuer's country is in the mandate's list."""
    if not countries or issuer_country in countries:
        return PASSED
    return _failed("country_not_listed", "investor")


def instrument(offered: tuple[str, ...], sought: tuple[str, ...]) -> Verdict:
    """A common instrument."""
    return PASSED if set(offered) & set(sought) else _failed("no_common_instrument", "both")


def stage(stages: tuple[tuple[str, float], ...], raise_stage: str | None) -> Verdict:
    """The raise's stage has a weight above 0."""
    if not stages:
        return PASSED
    if raise_stage is None:
        return _unknown("stage_not_given", "investor", "raise.stage")
    return PASSED if dict(stages).get(raise_stage, 0.0) > 0 else _failed("stage_not_wanted", "investor")


def ticket(low: float | None, high: float | None) -> Verdict:
    """The common ticket `[low, high]` in EUR is not empty; None without an exchange rate."""
    if low is None or high is None:
        return _unknown("no_exchange_rate", "both", "reference.fx")
    return PASSED if low <= high else _failed("no_common_ticket", "both")


def trl(trl_min: int | None, trl_max: int | None, level: int | None, *, fit: float) -> Verdict:
    """`trl_fit` above 0."""
    if trl_min is None and trl_max is None:
        return PASSED
    if level is None:
        return _unknown("trl_not_given", "investor", "capability.trl")
    return PASSED if fit > 0 else _failed("trl_too_far", "investor")


def exclusions(excluded: tuple[str, ...], flags: tuple[str, ...] | None, known: tuple[str, ...] = ()) -> Verdict:
    """None of the exclusions is a flag of the firm's published capabilities; a `known` one fails for certain."""
    if not excluded:
        return PASSED
    if set(excluded) & {*(flags or ()), *known}:
        return _failed("flag_excluded", "investor")
    return _unknown("flags_not_declared", "investor", "capability.flags") if flags is None else PASSED


def dependency(limit: float | None, perimeter: str | None, bands: tuple[tuple[str, float, float], ...]) -> Verdict:
    """The foreign share by the mandate's perimeter, as a band `(a, b]`, against the mandate's limit."""
    if limit is None:
        return PASSED
    band = next(((low, high) for name, low, high in bands if name == perimeter), None)
    if band is None:
        return _unknown("no_bill_of_materials", "investor", "capability.components")
    if band[1] <= limit:
        return PASSED
    if band[0] >= limit:
        return _failed("foreign_share_above_limit", "investor")
    return _unknown("foreign_share_straddles_limit", "investor", "component.origin")


def capacity(left: float | None, low: float | None, *, stated: bool) -> Verdict:
    """Capacity left reaches the lower end of the common ticket, both in EUR; None without an exchange rate."""
    if not stated:
        return PASSED
    if left is None or low is None:
        return _unknown("no_exchange_rate", "investor", "reference.fx")
    return PASSED if left >= low else _failed("capacity_used_up", "investor")


def lever_class(lever: LeverFacts | None, klass: str) -> Verdict:
    """The lever's terms admit the raise's class."""
    if lever is None:
        return PASSED
    if lever.classes is None:
        return _unknown("lever_classes_not_declared", "investor", "lever.classes")
    return PASSED if klass in lever.classes else _failed("lever_excludes_class", "investor")


def lever_country(lever: LeverFacts | None, operation: str) -> Verdict:
    """The lever's terms admit the country of operation."""
    if lever is None:
        return PASSED
    if lever.countries is None:
        return _unknown("lever_countries_not_declared", "investor", "lever.countries")
    return PASSED if operation in lever.countries else _failed("lever_excludes_country", "investor")


def lever_flags(lever: LeverFacts | None, flags: tuple[str, ...] | None, known: tuple[str, ...] = ()) -> Verdict:
    """The lever's excluded flags are none of the firm's; a stated "none" excludes nothing, whatever the flags."""
    if lever is None:
        return PASSED
    if lever.excluded_flags is None:
        return _unknown("lever_flags_not_declared", "investor", "lever.excluded_flags")
    if set(lever.excluded_flags) & {*(flags or ()), *known}:
        return _failed("lever_excludes_flag", "investor")
    if lever.excluded_flags and flags is None:
        return _unknown("flags_not_declared", "investor", "capability.flags")
    return PASSED


def lever_dates(lever: LeverFacts | None, as_of: dt.date) -> Verdict:
    """There is a lever, and `as_of` lies within its dates (closed at both ends)."""
    if lever is None:
        return _failed("no_lever", "investor")
    starts = lever.valid_from is None or lever.valid_from <= as_of
    ends = lever.valid_to is None or as_of <= lever.valid_to
    return PASSED if starts and ends else _failed("lever_out_of_date", "investor")


def lever_needed(*, klass: str, offer: int | None, build_up: int | None) -> Verdict:
    """Whether the offer stands without a lever: pass; fail when it is below the build-up and needs one. Rates in bp.

    An offer that is not stated, or in a currency without an inflation figure, is None: there is nothing to be below.
    """
    if klass == "grant" or offer is None:
        return PASSED
    if build_up is None:
        return _unknown("no_build_up", "investor", "reference.country_risk")
    return PASSED if offer >= build_up else _failed("below_build_up", "investor")


def lever(needed: Verdict, parts: Sequence[Verdict]) -> Verdict:
    """An offer below the build-up names a lever that admits this raise; `parts` are the lever's own answers."""
    return worst(parts) if needed.answer is Answer.FAIL else needed


def term(name: str, fund: tuple[str, bool] | None, firm: tuple[str, bool] | None) -> Verdict:
    """One structure term: each side's value and whether it is required there; None where a side says nothing."""
    binding = (fund is not None and fund[1], firm is not None and firm[1])
    if not any(binding):
        return PASSED
    side = "both" if all(binding) else "investor" if binding[0] else "startup"
    if fund is None:
        return _unknown(f"{name}_not_answered", side, f"mandate.terms.{name}")
    if firm is None:
        return _unknown(f"{name}_not_answered", side, f"raise.terms.{name}")
    return PASSED if _agree(name, fund[0], firm[0]) else _failed(f"{name}_contradicts", side)


def _agree(name: str, fund: str, firm: str) -> bool:
    if name == "max_stake":
        return float(fund) <= float(firm)
    return _plain(fund) == _plain(firm)


def _plain(value: str) -> str:
    word = value.strip().lower()
    return "yes" if word in TRUE_WORDS else "no" if word in FALSE_WORDS else word


def terms_by_name(terms: tuple[Term, ...]) -> Mapping[str, tuple[str, bool]]:
    """A side's terms as name → (value, required). Raises TermUnknown, and ValueError for a stake that is no number."""
    named = {}
    for item in terms:
        if item.name not in TERMS:
            raise TermUnknown(item.name)
        if item.name == "max_stake":
            float(item.value)
        named[item.name] = (item.value, item.required)
    return named


def firm_exclusions(fund: FundProfile, blocked: tuple[str, ...], min_level: int | None) -> Verdict:
    """The fund, its country and its investors' countries are not on the firm's list, and its level is enough."""
    own = {fund.fund_id, fund.country, *(fund.investor_countries or ())}
    parts = []
    if own & set(blocked):
        parts.append(_failed("fund_excluded", "startup"))
    if fund.investor_countries is None and any(is_country(code) for code in blocked):
        parts.append(_unknown("investor_countries_not_declared", "startup", "fund.investor_countries"))
    if min_level is not None and fund.level is None:
        parts.append(_unknown("level_not_known", "startup", "fund.verification_level"))
    if min_level is not None and fund.level is not None and fund.level < min_level:
        parts.append(_failed("level_too_low", "startup"))
    return worst(parts)


def is_country(code: str) -> bool:
    """Whether an entry of a firm's list is a country code rather than an organisation."""
    return len(code) == 2 and code.isalpha() and code.isupper()


def history(
    declines: Sequence[Decline], changed_on: dt.date | None, as_of: dt.date, *, cooldown: Mapping[str, int]
) -> Verdict:
    """No earlier "no" of this fund to this firm still stands; `declines` are those of this pair only."""
    for decline in declines:
        if _stands(decline, changed_on, as_of, cooldown):
            return _failed(f"declined_{decline.reason}", "investor")
    return PASSED


def _stands(decline: Decline, changed_on: dt.date | None, as_of: dt.date, cooldown: Mapping[str, int]) -> bool:
    if decline.reason == "never":
        return True
    if decline.reason != "too_early":
        return as_of <= decline.on + dt.timedelta(days=cooldown["other"])
    if changed_on is not None and changed_on > decline.on:
        return False
    return as_of <= decline.on + dt.timedelta(days=cooldown["too_early"])
