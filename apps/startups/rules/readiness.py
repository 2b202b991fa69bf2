"""What a firm has not said yet, and what saying it would open: publicity, gates, features, readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TEASER, LISTING, MATCHING = "teaser", "listing", "matching"
READERS, ROOM = "readers.t2", "room"
PLACES: Mapping[str, int] = {TEASER: 400_000, LISTING: 200_000, MATCHING: 100_000, READERS: 300, ROOM: 200}
"""How much each place counts for the order: to be seen comes before being ranked, and that before being read."""
GATES = ("verified", "screening", "stage", "trl", "exclusions", "dependency", "lever", "structure")
"""The gates of matching that wait for something the firm has to say."""
GATE_WEIGHT = 20_000
FEATURES: Mapping[str, int] = {
    "stage_fit": 700,
    "trl_fit": 300,
    "evidence": 700,
    "geography_fit": 500,
    "risk_paid": 1200,
    "patience": 900,
    "complementarity": 1100,
    "cost_saving": 2200,
    "adaptation": 700,
    "cadence": 400,
    "feedback": 400,
    "delivery": 1400,
}
"""The features of matching that read what the firm has to say, with the most that the scoring model gives each."""
SPEED_KINDS: Mapping[str, tuple[str, ...]] = {
    "adaptation": ("countermeasure_observed", "countermeasure_answered"),
    "cadence": ("release_fielded",),
    "feedback": ("feedback_reported", "fix_fielded"),
    "delivery": ("order_received", "delivery_made"),
}
"""The kinds of events without which a figure of speed stays a guess."""
SELF_DECLARED = "E0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityState:
    """What a capability says; `lines` and `lines_without_origin` are of its bill of materials."""

    id: str
    is_published: bool
    has_trl: bool
    has_flags: bool
    has_description: bool
    has_unit_cost: bool
    has_output: bool
    has_lead_time: bool
    has_export_class: bool
    is_class_confirmed: bool
    has_standards: bool
    has_documents: bool
    lines: int
    lines_without_origin: int
    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseState:
    """What a raise says that is not ended."""

    id: str
    is_open: bool
    has_stage: bool
    has_tenor: bool
    has_marginal_cost: bool
    has_terms: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmState:
    """What a firm says. `event_kinds` are those of the events that count; `figures_tier` None is no year stated."""

    id: str
    is_verified: bool
    is_screened: bool
    has_staff: bool
    has_region: bool
    has_summary: bool
    has_group: bool
    has_cash_months: bool
    figures_tier: str | None
    event_kinds: frozenset[str]
    capabilities: tuple[CapabilityState, ...]
    raises: tuple[RaiseState, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing: of which object, in which field, and what it would open (the best first)."""

    code: str
    subject: str
    subject_id: str
    field: str
    opens: tuple[str, ...]

    @property
    def weight(self) -> int:
        """What it would open, weighed."""
        return sum(opening_weight(opening) for opening in self.opens)


def gate(name: str) -> str:
    """The opening of a gate of matching."""
    return f"gate.{name}"


def feature(name: str) -> str:
    """The opening of a feature of matching."""
    return f"feature.{name}"


def opening_weight(opening: str) -> int:
    """How much an opening counts for the order. Raises KeyError for one that is not known."""
    if opening in PLACES:
        return PLACES[opening]
    kind, _, name = opening.partition(".")
    if kind == "gate" and name in GATES:
        return GATE_WEIGHT
    if kind == "feature":
        return FEATURES[name]
    raise KeyError(opening)


def gaps(*, state: FirmState) -> list[Gap]:
    """What is missing, that which opens most first."""
    found = _of_firm(state)
    for capability in state.capabilities:
        found += _of_capability(capability)
    for item in state.raises:
        found += _of_raise(item)
    ordered = [
        Gap(gap.code, gap.subject, gap.subject_id, gap.field, tuple(sorted(gap.opens, key=_rank))) for gap in found
    ]
    return sorted(ordered, key=lambda gap: (-gap.weight, gap.code, gap.subject_id))


def _rank(opening: str) -> tuple[int, str]:
    return -opening_weight(opening), opening


Row = tuple[bool, str, str, tuple[str, ...]]
"""Whether it is missing, its code, its field, what it would open."""


def _missing(subject: str, subject_id: str, rows: Iterable[Row]) -> list[Gap]:
    return [Gap(code, subject, subject_id, field, opens) for is_missing, code, field, opens in rows if is_missing]


def _of_firm(state: FirmState) -> list[Gap]:
    is_stated = state.figures_tier is not None
    figures = (LISTING, feature("risk_paid"), READERS, ROOM)
    rows: list[Row] = [
        (not state.capabilities, "capability", "capabilities", (TEASER, LISTING, MATCHING)),
        (not state.raises, "raise", "raises", (MATCHING,)),
        (not state.is_verified, "verification", "standing", (LISTING, MATCHING, gate("verified"), ROOM)),
        (not state.is_screened, "screening", "standing", (gate("screening"),)),
        (not state.has_staff, "staff", "staff", (TEASER,)),
        (not state.has_region, "region", "region", (feature("geography_fit"),)),
        (not state.has_summary, "summary", "summary", (READERS,)),
        (not state.has_group, "group", "group", (ROOM,)),
        (not is_stated, "financials", "financials", figures),
        (state.figures_tier == SELF_DECLARED, "financials_evidence", "financials", (feature("risk_paid"), ROOM)),
        (is_stated and not state.has_cash_months, "cash_months", "financials", (READERS, ROOM)),
    ]
    rows += [
        (
            not state.event_kinds.issuperset(kinds),
            f"events_{name}",
            "events",
            (feature(name), feature("complementarity")),
        )
        for name, kinds in SPEED_KINDS.items()
    ]
    return _missing("startup", state.id, rows)


def _of_capability(state: CapabilityState) -> list[Gap]:
    rows: list[Row] = [
        (not state.has_trl, "trl", "trl", (LISTING, gate("trl"), feature("trl_fit"))),
        (not state.is_published, "publication", "status", (TEASER, LISTING, MATCHING)),
        (not state.has_flags, "flags", "flags", (gate("exclusions"), gate("lever"))),
        (state.lines == 0, "components", "components", (gate("dependency"), READERS)),
        (state.lines_without_origin > 0, "origins", "components", (gate("dependency"),)),
        (state.tier <= SELF_DECLARED, "evidence", "documents", (feature("evidence"),)),
        (not state.has_description, "description", "description", (READERS,)),
        (not state.has_unit_cost, "unit_cost", "unit_cost", (READERS,)),
        (not state.has_output, "output", "output_per_month", (READERS,)),
        (not state.has_lead_time, "lead_time", "lead_time_days", (READERS,)),
        (not state.has_standards, "standards", "standards", (READERS,)),
        (not state.has_export_class, "export_class", "export_class", (READERS, ROOM)),
        (
            state.has_export_class and not state.is_class_confirmed,
            "export_class_word",
            "confirmed_export_class",
            (ROOM,),
        ),
        (not state.has_documents, "documents", "documents", (ROOM,)),
    ]
    return _missing("capability", state.id, rows)


def _of_raise(state: RaiseState) -> list[Gap]:
    cost = (feature("cost_saving"), feature("complementarity"))
    rows: list[Row] = [
        (not state.is_open, "opening", "status", (LISTING, MATCHING)),
        (not state.has_stage, "stage", "stage", (gate("stage"), feature("stage_fit"))),
        (not state.has_tenor, "tenor", "tenor_years", (feature("patience"),)),
        (not state.has_marginal_cost, "marginal_cost", "marginal_cost_of_capital", cost),
        (not state.has_terms, "terms", "terms", (gate("structure"),)),
    ]
    return _missing("raise", state.id, rows)
