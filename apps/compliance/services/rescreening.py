"""Screening again: whom a change concerns, gathered into one job however many changes there were."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from apps.compliance.models import Hit, ListEntry, ListName, ScreeningDue, ScreeningRun, ScreeningSubject
from apps.compliance.names import THRESHOLD, Side, may_reach, score
from apps.compliance.rules.screening import Gap
from apps.compliance.selectors.candidates import entries_load, side_of, taken_apart
from apps.compliance.selectors.ownership import organisations_below
from apps.compliance.selectors.screening import has_list_in_force, newest_runs
from apps.compliance.services.screening import SCREENING, screening_run
from apps.compliance.services.subjects import subjects_refresh
from apps.compliance.states import OwnerKind, ScreeningCause
from apps.organisations.models import Membership, Organisation
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.jobs import job_enqueue
from kernel.models import Job

DUE_LOCK = 0x7A4D_0031
ENTRIES_A_CHUNK = 250
ORGANISATIONS_A_CHUNK = 10
KEYS_A_QUERY = 2_000
ENTRIES_AN_ORGANISATION = 50
"""Looking up whom so many entries concern takes about as long as screening one organisation."""
GOES_STALE = dt.timedelta(days=365)
"""Everybody is screened again a year after the last time, changed or not."""

_SHARING = """
    SELECT DISTINCT subject.id
      FROM unnest(%s::bigint[]) AS wanted (key)
      JOIN compliance_screeningsubject subject ON subject.is_current AND subject.keys @> ARRAY[wanted.key]
"""
"""One look into the index for each key: an overlap with thousands of keys would be read from the whole table."""
_PORTIONS = """
    SELECT min(id::text)::uuid, max(id::text)::uuid, count(*)
      FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM compliance_listentry
             WHERE first_version_id = %s OR removed_version_id = %s) moved
     GROUP BY place / %s ORDER BY 1
"""


@transaction.atomic
def subjects_follow(*, organisation_id: UUID) -> bool:
    """Bring the organisation's subjects in step; screen it again where that matters. Whether it will be.

    Nothing is screened while no list is in force, nor anything that is as the last run compared it.
    """
    organisation = Organisation.objects.filter(pk=organisation_id).exclude(kind=Kind.OPERATOR).first()
    if organisation is None:
        return False
    is_changed = subjects_refresh(organisation_id=organisation_id)
    if organisation.merged_into_id is not None or not has_list_in_force():
        return False
    if not is_changed and ScreeningRun.objects.filter(screened_id=organisation_id).exists():
        return False
    due_mark(organisation_ids=[organisation_id], cause=ScreeningCause.SUBJECT_CHANGED)
    job_due(actor=Actor.system())
    return True


def organisation_follow(*, organisation_id: UUID) -> None:
    """Bring in step the organisation and every one that it has something in: it is a subject of theirs."""
    subjects_follow(organisation_id=organisation_id)
    for below in sorted(organisations_below(party_ids=[organisation_id], day=utc_today())):
        subjects_follow(organisation_id=below)


@transaction.atomic
def person_follow(*, user_id: UUID) -> None:
    """Bring in step every organisation that the person belongs to: the name may be another."""
    for organisation_id in sorted(Membership.objects.filter(user=user_id).values_list("organisation_id", flat=True)):
        subjects_follow(organisation_id=organisation_id)


def due_mark(*, organisation_ids: Iterable[UUID], cause: ScreeningCause) -> int:
    """Note that these organisations have to be screened again, also those that a job is at now; how many they are."""
    _due_lock()
    rows = [ScreeningDue(screened_id=organisation_id, cause=cause) for organisation_id in sorted(set(organisation_ids))]
    ScreeningDue.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["screened"], update_fields=["cause", "job"]
    )
    return len(rows)


def job_due(*, actor: Actor) -> Job | None:
    """The job that will take up what is due: one that has not begun to, else a new one; None when nothing is due."""
    _due_lock()
    if not ScreeningDue.objects.filter(job=None).exists():
        return None
    waiting = Job.objects.filter(kind=SCREENING, ended_at=None, stage=0, payload={}, cancel_requested_at=None)
    return waiting.order_by("pk").first() or job_enqueue(kind=SCREENING, actor=actor, payload={})


def due_take(*, job_id: UUID) -> list[list[UUID]]:
    """Give everything due that no job is at to this job, in portions for its chunks."""
    _due_lock()
    free = ScreeningDue.objects.filter(job=None).order_by("screened_id")
    taken = list(free.values_list("screened_id", flat=True))
    free.update(job=job_id)
    return [taken[first : first + ORGANISATIONS_A_CHUNK] for first in range(0, len(taken), ORGANISATIONS_A_CHUNK)]


def due_screen(
    *, organisation_ids: Sequence[UUID], cause: ScreeningCause | None, job_id: UUID, check: Callable[[], None]
) -> dict[str, int]:
    """Screen each of the organisations, one transaction each; by cause as it is due, unless `cause` says it.

    Whom this job has screened already is passed over. `check` is called between them. Returns counts by result.
    """
    counts: defaultdict[str, int] = defaultdict(int)
    causes = dict(ScreeningDue.objects.filter(job=job_id).values_list("screened_id", "cause"))
    done = set(ScreeningRun.objects.filter(job=job_id).values_list("screened_id", flat=True))
    for organisation_id in organisation_ids:
        check()
        if organisation_id in done:
            continue
        run = screening_run(
            actor=Actor.system(),
            organisation_id=organisation_id,
            cause=cause or ScreeningCause(causes.get(organisation_id, ScreeningCause.SUBJECT_CHANGED)),
            job_id=job_id,
        )
        counts["screened"] += 1
        counts[run.result] += 1
    return dict(counts)


def due_done(*, job_id: UUID, organisation_ids: Collection[UUID]) -> None:
    """These are no longer due, unless something about them changed while the job was at them."""
    ScreeningDue.objects.filter(job=job_id, screened__in=organisation_ids).delete()


def due_release(*, job_id: UUID) -> None:
    """What the job has not done is due as before, for the next one."""
    ScreeningDue.objects.filter(job=job_id).update(job=None)


def unscreened(*, since: dt.datetime | None = None) -> list[UUID]:
    """The organisations that no run (since then) has compared with a list, and that nothing marks as due."""
    ran = ScreeningRun.objects.filter(screened=OuterRef("pk")).exclude(gaps__contains=[Gap.NO_LIST.value])
    if since is not None:
        ran = ran.filter(ended_at__gt=since)
    rows = Organisation.objects.filter(merged_into=None).exclude(kind=Kind.OPERATOR)
    rows = rows.exclude(pk__in=ScreeningDue.objects.values("screened"))
    return list(rows.filter(~Q(Exists(ran))).values_list("pk", flat=True))


@transaction.atomic
def unscreened_enqueue(*, actor: Actor) -> Job | None:
    """Queue whoever was never compared with a list, in one job with what is due; None when that is nobody."""
    if not has_list_in_force():
        return None
    due_mark(organisation_ids=unscreened(), cause=ScreeningCause.SUBJECT_CHANGED)
    return job_due(actor=actor)


@transaction.atomic
def screening_sweep(*, now: dt.datetime | None = None) -> Job | None:
    """Queue whoever was last screened a year ago or never, and what ended jobs left; None when that is nobody."""
    if not has_list_in_force():
        return None
    due_mark(organisation_ids=unscreened(since=(now or utc_now()) - GOES_STALE), cause=ScreeningCause.YEARLY)
    return job_due(actor=Actor.system())


def changes_plan(*, list_version_id: UUID) -> list[tuple[UUID, UUID, int]]:
    """What a list version brought and took away, in portions: first and last entry and how many.

    Where it is cheaper to screen every organisation, they become due and there is nothing to look into.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PORTIONS, [list_version_id, list_version_id, ENTRIES_A_CHUNK])
        portions = [(first, last, int(count)) for first, last, count in cursor.fetchall()]
    everybody = Organisation.objects.filter(merged_into=None).exclude(kind=Kind.OPERATOR)
    if sum(count for _first, _last, count in portions) <= ENTRIES_AN_ORGANISATION * everybody.count():
        return portions
    due_mark(organisation_ids=everybody.values_list("pk", flat=True), cause=ScreeningCause.LIST_CHANGED)
    return []


def changed_between(*, list_version_id: UUID, first: UUID, last: UUID) -> list[UUID]:
    """The entries of one portion of `changes_plan`."""
    moved = Q(first_version=list_version_id) | Q(removed_version=list_version_id)
    return list(ListEntry.objects.filter(moved, pk__gte=first, pk__lte=last).values_list("pk", flat=True))


def concerned(*, entry_ids: Sequence[UUID], check: Callable[[], None]) -> set[UUID]:
    """The organisations that changed entries concern: with a subject that matches one now, or with a hit on one.

    The subjects are found by the entries' blocking keys, never by going through all of them.
    """
    entries_by_key: defaultdict[int, set[UUID]] = defaultdict(set)
    names = ListName.objects.filter(entry__in=entry_ids, entry__removed_version=None).values_list("entry_id", "keys")
    for entry_id, keys in names:
        for key in keys:
            entries_by_key[key].add(entry_id)
    found = _hit_before(entry_ids)
    pairs: defaultdict[UUID, set[UUID]] = defaultdict(set)
    subjects: dict[UUID, ScreeningSubject] = {}
    wanted = sorted(entries_by_key)
    for first in range(0, len(wanted), KEYS_A_QUERY):
        check()
        part = wanted[first : first + KEYS_A_QUERY]
        with connection.cursor() as cursor:
            cursor.execute(_SHARING, [part])
            sharing = [row[0] for row in cursor.fetchall()]
        for subject in ScreeningSubject.objects.filter(pk__in=sharing):
            subjects[subject.pk] = subject
            for key in subject.keys:
                pairs[subject.pk] |= entries_by_key.get(key, set())
    return found | _matching(pairs, subjects, found, check)


def uncovered(*, organisation_ids: Collection[UUID], list_version_id: UUID) -> set[UUID]:
    """Those of the organisations whose newest run has not compared them with this version."""
    newest = newest_runs(organisation_ids=organisation_ids)
    covered = ScreeningRun.objects.filter(pk__in=newest.values(), lists__contains=[{"version": str(list_version_id)}])
    return set(organisation_ids) - set(covered.values_list("screened_id", flat=True))


def _hit_before(entry_ids: Sequence[UUID]) -> set[UUID]:
    """Organisations whose newest run has a hit on one of the entries."""
    hits = list(Hit.objects.filter(entry__in=entry_ids).values_list("screened_id", "run_id"))
    newest = newest_runs(organisation_ids={organisation_id for organisation_id, _run in hits})
    return {organisation_id for organisation_id, run_id in hits if newest[organisation_id] == run_id}


def _matching(
    pairs: dict[UUID, set[UUID]],
    subjects: dict[UUID, ScreeningSubject],
    known: Collection[UUID],
    check: Callable[[], None],
) -> set[UUID]:
    """The organisations of the subjects that match one of their entries in force by the algorithm."""
    entries: dict[UUID, Side] = {}
    with connection.cursor() as cursor:
        ids = sorted(set().union(*pairs.values()) if pairs else ())
        for kind in OwnerKind.values:
            loaded = entries_load(cursor, kind=kind, ids=ids)
            entries.update({entry.id: taken_apart(side=entry.side) for entry in loaded})
    found: set[UUID] = set()
    for subject_id, near in pairs.items():
        check()
        subject = subjects[subject_id]
        if subject.screened_id in known or subject.screened_id in found:
            continue
        theirs = [entries[item] for item in near if item in entries and entries[item].kind == subject.kind]
        if not theirs:
            continue
        query = taken_apart(
            side=side_of(
                kind=subject.kind,
                names=subject.names,
                countries=subject.countries,
                dates=[subject.date] if subject.date else [],
                identifiers=subject.identifiers,
            )
        )
        if any(may_reach(query, side, THRESHOLD) and score(query, side).match for side in theirs):
            found.add(subject.screened_id)
    return found


def _due_lock() -> None:
    """Until the transaction ends nobody else marks or takes what is due."""
    connection.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [DUE_LOCK])
