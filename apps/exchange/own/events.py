"""A firm's log, many events at once: judged against one another and the log that is there, then written by COPY."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from psycopg import sql

from apps.exchange.loading.targets import DEVELOPMENT_EVENTS
from apps.exchange.loading.touched import Trail
from apps.exchange.loading.writing import rows_copy
from apps.exchange.own.attempts import remember
from apps.exchange.own.capabilities import capability_hangs
from apps.exchange.own.scope import Scope
from apps.exchange.rows import Row, identity_key
from apps.reference.evidence import EvidenceTier
from apps.startups.models import Capability, DevelopmentEvent
from apps.startups.rules.links import answer_problems, correction_problems
from apps.startups.services.capability_evidence import tier_refresh
from apps.startups.states import CapabilityStatus, EventSource
from kernel.clock import utc_now
from kernel.errors import FieldProblem
from kernel.ids import uuid7

EVENTS = "development_events"
COLUMNS = ("id", "capability_id", "kind", "occurred_at", "answers_id", "supersedes_id", "tier", "source", "note")
NO_TIER = "a firm declares E0; a document attached to the event makes it E1"
NEVER_EDITED = "the event was recorded with other values and is never edited; send a new one that supersedes it"


@dataclass(frozen=True, slots=True)
class Fact:
    """An event as rows are compared with it."""

    capability: UUID
    kind: str
    occurred_at: dt.datetime
    answers: UUID | None
    supersedes: UUID | None
    tier: str
    note: str


def events_load(scope: Scope, *, import_id: UUID | None) -> None:
    """Record the events that are new; a known one is never edited."""
    rows = scope.usable(EVENTS)
    if not rows:
        return
    rows = [row for row in rows if not capability_hangs(scope, EVENTS, row, "capability_key")]
    _key(scope, rows)
    linked = {row.values[name] for row in rows for name in ("answers", "supersedes") if name in row.values}
    log = DevelopmentEvent.objects.filter(capability__firm=scope.firm)
    known = scope.look_up(EVENTS, log, {row.key for row in rows} | linked)
    ids = {**{row.key: uuid7() for row in rows}, **known}
    present = _facts(set(known.values()))
    said = {ids[row.key]: _fact(scope, row, ids) for row in rows}
    _judge(scope, rows, ids, said, present)
    new = [row for row in rows if not row.is_bad and ids[row.key] not in present]
    scope.count(EVENTS, unchanged=sum(not row.is_bad for row in rows) - len(new), inserted=len(new))
    facts = {ids[row.key]: said[ids[row.key]] for row in new}
    rows_copy(
        sql.Identifier(DEVELOPMENT_EVENTS.db_table),
        COLUMNS,
        (
            (
                *(pk, fact.capability, fact.kind, fact.occurred_at, fact.answers, fact.supersedes),
                *(EvidenceTier.E0.value, EventSource.IMPORT.value, fact.note),
            )
            for pk, fact in facts.items()
        ),
    )
    remember(scope, EVENTS, {row.key: ids[row.key] for row in rows if not row.is_bad})
    _tell(facts, present, import_id)


def _key(scope: Scope, rows: Collection[Row]) -> None:
    """Rows without a key of their own: known by what they say, however they spell their capability."""
    counted: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        if "key" not in row.values:
            said = (_capability(scope, row), row.values["kind"], row.values["occurred_at"])
            counted[said] += 1
            row.key = identity_key([*said, counted[said]])


def _capability(scope: Scope, row: Row) -> UUID:
    return scope.keys["capabilities"][row.values["capability_key"]]


def _facts(ids: Collection[UUID]) -> dict[UUID, Fact]:
    rows = DevelopmentEvent.objects.filter(pk__in=ids)
    names = ("pk", "capability_id", "kind", "occurred_at", "answers_id", "supersedes_id", "tier", "note")
    return {pk: Fact(*said) for pk, *said in rows.values_list(*names)}


def _fact(scope: Scope, row: Row, ids: Mapping[str, UUID]) -> Fact:
    values = row.values
    answers, supersedes = (ids.get(values.get(name, "")) for name in ("answers", "supersedes"))
    return Fact(
        capability=_capability(scope, row),
        kind=values["kind"],
        occurred_at=values["occurred_at"],
        answers=answers,
        supersedes=supersedes,
        tier=values.get("tier", EvidenceTier.E0.value),
        note=values.get("note", ""),
    )


def _judge(
    scope: Scope,
    rows: Collection[Row],
    ids: Mapping[str, UUID],
    said: Mapping[UUID, Fact],
    present: Mapping[UUID, Fact],
) -> None:
    """Hold what each row says against the log: `said` by the ids of the rows' events, `present` what stands there."""
    here = {ids[row.key]: row for row in rows}
    facts = {**said, **present}
    superseded = Counter(
        DevelopmentEvent.objects.filter(supersedes__in=present.keys()).values_list("supersedes_id", flat=True)
    )
    closed = set(
        Capability.objects.filter(firm=scope.firm, status=CapabilityStatus.ARCHIVED).values_list("pk", flat=True)
    )
    now = utc_now()
    for pk, row in here.items():
        fact = said[pk]
        before = present.get(pk)
        if before is not None:
            _judge_known(scope, row, fact, before)
            continue
        if scope.is_given(fact.tier):
            scope.refuse(EVENTS, row, "tier", "needs_document", NO_TIER)
        if fact.capability in closed:
            scope.refuse(EVENTS, row, "capability_key", "capability_archived", "the capability is archived")
        if fact.occurred_at > now:
            scope.refuse(EVENTS, row, "occurred_at", "in_the_future", "not in the future")
        for problem in _link_problems(row, fact, facts, superseded):
            column = problem.pointer.strip("/")
            scope.refuse(EVENTS, row, column, problem.code, problem.detail.format_map(problem.values))
        if fact.supersedes is not None and not row.is_bad:
            superseded[fact.supersedes] += 1
    _spread(rows, ids, here)


def _judge_known(scope: Scope, row: Row, fact: Fact, before: Fact) -> None:
    said = {name: getattr(fact, name) for name in Fact.__slots__ if name != "tier" or "tier" in row.values}
    if said.get("tier") == EvidenceTier.E0:
        del said["tier"]
    if any(getattr(before, name) != value for name, value in said.items()):
        scope.refuse(EVENTS, row, "", "immutable", NEVER_EDITED)


def _link_problems(
    row: Row, fact: Fact, facts: Mapping[UUID, Fact], superseded: Mapping[UUID, int]
) -> list[FieldProblem]:
    problems: list[FieldProblem] = []
    if "answers" in row.values:
        question = _of_log(fact.answers, fact, facts)
        problems += answer_problems(
            kind=fact.kind,
            occurred_at=fact.occurred_at,
            question_kind=None if question is None else question.kind,
            question_at=None if question is None else question.occurred_at,
        )
    if "supersedes" in row.values:
        wrong = _of_log(fact.supersedes, fact, facts)
        taken = fact.supersedes is not None and superseded.get(fact.supersedes, 0) > 0
        problems += correction_problems(is_known=wrong is not None, is_superseded=taken)
    return problems


def _of_log(pk: UUID | None, fact: Fact, facts: Mapping[UUID, Fact]) -> Fact | None:
    found = None if pk is None else facts.get(pk)
    return found if found is not None and found.capability == fact.capability else None


def _spread(rows: Collection[Row], ids: Mapping[str, UUID], here: Mapping[UUID, Row]) -> None:
    """What refers to a bad row is bad as well, without a problem of its own."""
    referring: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        for name in ("answers", "supersedes"):
            key = row.values.get(name)
            if key is not None and key in ids:
                referring[ids[key]].append(row)
    spreading = [pk for pk, row in here.items() if row.is_bad]
    while spreading:
        for row in referring[spreading.pop()]:
            if not row.is_bad:
                row.is_bad = True
                spreading.append(ids[row.key])


def _tell(facts: Mapping[UUID, Fact], present: Mapping[UUID, Fact], import_id: UUID | None) -> None:
    if not facts:
        return
    for capability_id in sorted({fact.capability for fact in facts.values() if fact.supersedes in present}):
        tier_refresh(capability_id=capability_id)
    if import_id is not None:
        trail = Trail()
        trail.created(target=DEVELOPMENT_EVENTS, ids=list(facts))
        trail.publish(import_id=import_id)
