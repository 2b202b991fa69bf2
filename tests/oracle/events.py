"""Development events: which stand at what tier, and the durations and releases that they form."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tests.oracle.tables import Row, days, moment, text

TIERS = ("E0", "E1", "E2", "E3")
QUESTIONS = {
    "feedback": ("feedback_reported", ("fix_fielded", "release_fielded")),
    "countermeasure": ("countermeasure_observed", ("countermeasure_answered", "fix_fielded", "release_fielded")),
    "delivery": ("order_received", ("delivery_made",)),
}


def rank(tier: str | None) -> int:
    """Return 0 to 3; a tier that is not stated is E0."""
    return TIERS.index(tier or "E0")


@dataclass(frozen=True)
class Occurrence:
    key: str | None
    capability: str
    kind: str
    at: datetime
    answers: str | None
    supersedes: str | None
    rank: int
    refused: bool

    @property
    def enters_figures(self) -> bool:
        return self.rank >= 1 and not self.refused

    @property
    def is_sound_question(self) -> bool:
        return self.rank >= 2 and not self.refused


@dataclass(frozen=True)
class Evidence:
    """Closed durations as (days, rank), open ones as days: what a figure rests on."""

    closed: tuple[tuple[float, int], ...] = ()
    open: tuple[float, ...] = ()


def standing(rows: list[Row], attestations: list[Row], now: datetime, *, verified: bool) -> list[Occurrence]:
    """Return the events in effect at `now`, each `answers` pointing at the event that stands for what it answered."""
    confirmed, refused = (_attested(attestations, verdict, now) for verdict in ("confirmed", "refused"))
    every = [_read(row, confirmed, refused, verified=verified) for row in rows]
    corrections: dict[tuple[str, str], list[Occurrence]] = defaultdict(list)
    for event in every:
        if event.supersedes:
            corrections[event.capability, event.supersedes].append(event)
    heads, stands_for = [], {}
    for event in every:
        if not event.supersedes:
            chain = _chain(event, corrections, ())
            heads.append(chain[-1])
            stands_for.update({link.key: chain[-1].key for link in chain if link.key})
    return [replace(event, answers=stands_for.get(event.answers or "")) for event in heads if event.at <= now]


def _attested(attestations: list[Row], verdict: str, now: datetime) -> set[str]:
    found = set()
    for row in attestations:
        on = moment(row, "on")
        if row["verdict"] == verdict and (on is None or on <= now):
            found.add(row["event_key"])
    return found


def _read(row: Row, confirmed: set[str], refused: set[str], *, verified: bool) -> Occurrence:
    key, at = text(row, "key"), moment(row, "occurred_at")
    if at is None:
        raise ValueError(f"development event {key} has no occurred_at")
    own = rank(text(row, "tier"))
    if not verified:
        own = min(own, rank("E1"))
    return Occurrence(
        key=key,
        capability=row["capability_key"],
        kind=row["kind"],
        at=at,
        answers=text(row, "answers"),
        supersedes=text(row, "supersedes"),
        rank=max(own, rank("E2")) if key in confirmed else own,
        refused=key in refused and key not in confirmed,
    )


def _chain(
    event: Occurrence, corrections: dict[tuple[str, str], list[Occurrence]], seen: tuple[str, ...]
) -> tuple[Occurrence, ...]:
    """Return the event, then the corrections that took effect, in order; the last one stands."""
    if event.key is None or event.key in seen:
        return (event,)
    best: tuple[Occurrence, ...] = ()
    for correction in corrections[event.capability, event.key]:
        chain = _chain(correction, corrections, (*seen, event.key))
        head = chain[-1]
        if not head.refused and head.rank >= event.rank and (not best or head.rank >= best[-1].rank):
            best = chain
    return (event, *best)


def evidence(events: list[Occurrence], figure: str, now: datetime, window_days: int, floor_days: float) -> Evidence:
    """Return the durations of one figure: closed in the window, or open at `now`."""
    asked, answered_by = QUESTIONS[figure]
    closed, still_open = [], []
    answers_to = _answers(event for event in events if event.kind in answered_by and event.enters_figures)
    for question in events:
        if question.kind != asked or not question.is_sound_question:
            continue
        answers = answers_to[question.capability, question.key]
        if not answers:
            still_open.append(max(floor_days, days(question.at, now)))
            continue
        first = min(answers, key=lambda event: (-event.rank, event.at))
        if first.at >= now - timedelta(days=window_days):
            closed.append((max(floor_days, days(question.at, first.at)), min(question.rank, first.rank)))
    return Evidence(tuple(closed), tuple(still_open))


def _answers(events: Iterable[Occurrence]) -> dict[tuple[str, str | None], list[Occurrence]]:
    """Return the events by the capability and the key of the question that they answer."""
    found: dict[tuple[str, str | None], list[Occurrence]] = defaultdict(list)
    for event in events:
        if event.answers is not None:
            found[event.capability, event.answers].append(event)
    return found


def release_ranks(events: list[Occurrence], now: datetime, window_days: int) -> list[int]:
    """Return the ranks of the releases that count for cadence: the best per capability and UTC day."""
    asked = {kind for kind, _ in QUESTIONS.values()}
    questions = [event for event in events if event.kind in asked and event.is_sound_question]
    answers_to = _answers(event for event in events if event.kind == "release_fielded" and event.enters_figures)
    best: dict[tuple[str, date], int] = {}
    for question in questions:
        releases = answers_to[question.capability, question.key]
        first = min((release.at for release in releases), default=None)
        for release in releases:
            if release.at != first or release.at < now - timedelta(days=window_days):
                continue
            day = release.capability, release.at.date()
            best[day] = max(best.get(day, 0), release.rank)
    return list(best.values())


def last_order(events: list[Occurrence]) -> datetime | None:
    """Return when the latest order of E2 or better came in."""
    return max(
        (event.at for event in events if event.kind == "order_received" and event.is_sound_question), default=None
    )
