"""Dated development events of the sample's firms, and who attested them."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from apps.exchange.sample import AS_OF
from apps.exchange.sample.firms import Capability, Firm
from apps.exchange.sample.parties import ATTESTORS
from apps.exchange.sample.tables import Row, dice, pick

LAST = AS_OF - timedelta(days=3)

CYCLED_ROOTS = frozenset({"UMS", "CUS", "EW", "CYB", "AIN"})
"""Roots whose makers meet countermeasures every few weeks."""


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How a firm works, in days: time between feedbacks, median time to answer, between orders, median to deliver."""

    feedback_every: int
    answers_in: float
    order_every: int
    delivers_in: float
    history: int


RHYTHMS: Mapping[str, Rhythm] = {
    "weekly": Rhythm(feedback_every=7, answers_in=4, order_every=30, delivers_in=10, history=400),
    "fortnightly": Rhythm(feedback_every=14, answers_in=9, order_every=40, delivers_in=18, history=550),
    "monthly": Rhythm(feedback_every=30, answers_in=20, order_every=60, delivers_in=35, history=800),
    "quarterly": Rhythm(feedback_every=90, answers_in=55, order_every=80, delivers_in=70, history=1000),
    "half_yearly": Rhythm(feedback_every=180, answers_in=110, order_every=120, delivers_in=120, history=1090),
    "arsenal": Rhythm(feedback_every=170, answers_in=120, order_every=24, delivers_in=28, history=1000),
}

OPENING_TIER: Mapping[str, Mapping[str, float]] = {
    "attested": {"E1": 0.9, "E2": 0.1},
    "documented": {"E1": 0.9, "E0": 0.1},
    "registry": {"E1": 0.6, "E3": 0.4},
    "loose": {"E0": 0.7, "E1": 0.3},
    "unattested": {"E0": 1.0},
}
CONFIRMED: Mapping[str, float] = {"attested": 0.88, "documented": 0.4, "registry": 0.9, "loose": 0.12, "unattested": 0}
"""How often an event of at most tier E1 is confirmed, by the firm's style."""

NOTES: Mapping[str, tuple[str, ...]] = {
    "feedback_reported": ("Link lost at range", "Battery falls short in frost", "Controls too slow", "Housing leaks"),
    "fix_fielded": ("Patch sent to users", "Part replaced in the field"),
    "release_fielded": ("New build with users", "New hardware revision with users"),
    "field_test": ("Trial against the acceptance list", "Endurance trial"),
    "countermeasure_observed": ("New jamming band", "New decoy pattern", "Control link found and blocked"),
    "countermeasure_answered": ("Band plan changed", "Filter retrained", "Link hops wider"),
    "order_received": ("Order for a batch", "Framework call-off"),
    "delivery_made": ("Batch accepted", "Last part of the batch accepted"),
}


class Diary:
    """Collects one firm's events with running keys, and the attestations on them."""

    def __init__(self, rng: random.Random, firm: Firm) -> None:
        self._rng = rng
        self._firm = firm
        self._drafts: list[tuple[date, int, Row]] = []
        self._verdicts: dict[str, list[Row]] = {}

    def add(
        self, *, capability: Capability, kind: str, on: date, answers: str = "", supersedes: str = "", tier: str = "",
        attest: float | None = None,
    ) -> str:  # fmt: skip
        """Note an event that happened by the sample's date and return its key; a later one is left out ("")."""
        if on > LAST:
            return ""
        firm, rng = self._firm, self._rng
        number = len(self._drafts) + 1
        key = f"e-{firm.key.removeprefix('ua-')}-{number:03d}"
        tier = tier or pick(rng, OPENING_TIER[firm.style if firm.style in OPENING_TIER else "attested"])
        hour = ""
        if firm.rhythm == "weekly":  # questions come in the morning, so that an answer of the same day is later
            hour = f"T{rng.randint(*((13, 20) if answers else (6, 11))):02d}:{rng.choice([0, 15, 30, 45]):02d}:00Z"
        note = rng.choice(NOTES[kind]) if rng.random() < 0.15 else ""
        self._drafts.append((on, number, {
            "key": key, "capability_key": capability.key, "kind": kind, "occurred_at": f"{on.isoformat()}{hour}",
            "answers": answers, "supersedes": supersedes, "tier": tier, "note": note,
        }))  # fmt: skip
        self._verdicts[key] = list(self._attest(key, on, tier, CONFIRMED[firm.style] if attest is None else attest))
        return key

    def _attest(self, key: str, on: date, tier: str, chance: float) -> Iterator[Row]:
        rng = self._rng
        if tier in {"E2", "E3"} or rng.random() >= chance:
            return
        first, second = rng.sample([attestor[0] for attestor in ATTESTORS], 2)
        seen = min(on + timedelta(days=rng.randint(0, 12)), AS_OF)
        doubt = rng.random()
        if doubt < 0.025:
            yield {"event_key": key, "attestor_key": first, "verdict": "refused", "on": seen.isoformat()}
        if doubt >= 0.015:
            later = min(seen + timedelta(days=5 if doubt < 0.025 else 0), AS_OF)
            yield {"event_key": key, "attestor_key": second, "verdict": "confirmed", "on": later.isoformat()}

    def correct(self) -> None:
        """Supersede one attested opening of the diary by a correction a day earlier, attested in its turn."""
        openings = [row for _, _, row in self._drafts if row["kind"] == "feedback_reported" and row["tier"] == "E1"]
        if not openings:
            return
        row = self._rng.choice(openings)
        on = date.fromisoformat(row["occurred_at"][:10]) - timedelta(days=1)
        index = len(self._drafts)
        self.add(
            capability=self._firm.lead, kind=row["kind"], on=on, supersedes=row["key"], tier="E1",
            attest=1.0 if self._verdicts[row["key"]] else 0.0,
        )  # fmt: skip
        _, number, correction = self._drafts[index]
        correction["capability_key"] = row["capability_key"]
        self._drafts[index] = (AS_OF, number, correction)  # sorted last: what it corrects stands above it

    def events(self) -> list[Row]:
        """Give the events in order of time, corrections last."""
        return [row for _, _, row in sorted(self._drafts, key=lambda draft: draft[:2])]

    def attestations(self) -> list[Row]:
        """Give the attestations in the order of the events."""
        return [verdict for event in self.events() for verdict in self._verdicts[event["key"]]]


def event_rows(firms: Iterable[Firm], *, seed: int) -> tuple[list[Row], list[Row]]:
    """Write all events and all attestations."""
    events: list[Row] = []
    attestations: list[Row] = []
    for firm in firms:
        rng = dice(seed=seed, noun=f"events:{firm.key}")
        diary = Diary(rng, firm)
        if firm.rhythm == "salami":
            _slice(diary, firm)
        elif firm.rhythm != "silent":
            _live(rng, diary, firm)
        events += diary.events()
        attestations += diary.attestations()
    return events, attestations


def _live(rng: random.Random, diary: Diary, firm: Firm) -> None:
    rhythm = RHYTHMS[firm.rhythm]
    start = max(firm.founded + timedelta(days=60), AS_OF - timedelta(days=rhythm.history + rng.randint(-30, 0)))
    pace = 1.0 if firm.rhythm == "arsenal" else rng.uniform(0.75, 1.5)
    lead = firm.lead
    _develop(rng, diary, lead, start, rhythm, pace)
    if firm.root in CYCLED_ROOTS:
        _contest(rng, diary, lead, start, rhythm, pace)
    for capability in firm.capabilities[:2]:
        if capability.maturity in {"fielded", "serial"} or capability.output is not None:
            _supply(rng, diary, capability, start, rhythm, pace)
    on = start + timedelta(days=rng.randint(5, 60))
    while on <= LAST:
        diary.add(capability=lead, kind="field_test", on=on)
        on += timedelta(days=rng.randint(120, 260))
    if rng.random() < 0.4:
        diary.correct()


def _answer_days(rng: random.Random, median: float) -> timedelta:
    return timedelta(days=max(0, round(median * rng.lognormvariate(0, 0.5))))


def _develop(
    rng: random.Random, diary: Diary, capability: Capability, start: date, rhythm: Rhythm, pace: float
) -> None:
    on = start
    while on <= LAST:
        feedback = diary.add(capability=capability, kind="feedback_reported", on=on)
        if rng.random() < 0.93:
            kind = "release_fielded" if rng.random() < 0.72 else "fix_fielded"
            days = _answer_days(rng, rhythm.answers_in * pace)
            diary.add(capability=capability, kind=kind, on=on + days, answers=feedback)
        spread = max(1, rhythm.feedback_every // 4)
        on += timedelta(days=rhythm.feedback_every + rng.randint(-spread, spread))


def _contest(
    rng: random.Random, diary: Diary, capability: Capability, start: date, rhythm: Rhythm, pace: float
) -> None:
    on = start + timedelta(days=rng.randint(10, 80))
    while on <= LAST:
        seen = diary.add(capability=capability, kind="countermeasure_observed", on=on)
        if rng.random() < 0.92:
            kind = "countermeasure_answered" if rng.random() < 0.7 else "release_fielded"
            days = _answer_days(rng, min(75, 8 + 2.2 * rhythm.answers_in) * pace)
            diary.add(capability=capability, kind=kind, on=on + days, answers=seen)
        on += timedelta(days=rng.randint(45, 100))


def _supply(rng: random.Random, diary: Diary, capability: Capability, start: date, rhythm: Rhythm, pace: float) -> None:
    on = start + timedelta(days=rng.randint(0, rhythm.order_every))
    while on <= LAST:
        order = diary.add(capability=capability, kind="order_received", on=on)
        delivered = on + _answer_days(rng, rhythm.delivers_in * pace)
        if rng.random() < 0.95:
            diary.add(capability=capability, kind="delivery_made", on=delivered, answers=order)
        if rng.random() < 0.15:
            rest = delivered + timedelta(days=rng.randint(3, 20))
            diary.add(capability=capability, kind="delivery_made", on=rest, answers=order)
        on += timedelta(days=round(rhythm.order_every * rng.uniform(0.6, 1.5)))


def _slice(diary: Diary, firm: Firm) -> None:
    """Cut the same work thin: three attested releases every Monday, most answering nothing or what is answered."""
    monday = date(2025, 11, 17)
    week = 0
    feedback = ""
    while monday + timedelta(weeks=week) <= LAST:
        on = monday + timedelta(weeks=week)
        if week % 26 == 0:
            feedback = diary.add(
                capability=firm.lead, kind="feedback_reported", on=on - timedelta(days=4), tier="E1", attest=1.0
            )
        for answers in (feedback, "", ""):
            diary.add(capability=firm.lead, kind="release_fielded", on=on, answers=answers, tier="E1", attest=1.0)
        week += 1
