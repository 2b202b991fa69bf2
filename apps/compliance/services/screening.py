"""Screening an organisation: asking for it, the run, and what the newest result becomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.compliance import events
from apps.compliance.models import Hit, Screening, ScreeningRun, ScreeningSubject, WatchList
from apps.compliance.names import ALGORITHM, THRESHOLD, VERSION, Score
from apps.compliance.rules.screening import gaps_of, kept, outcome, subject_key
from apps.compliance.selectors.candidates import Compared, Entry, compare, explained, side_of
from apps.compliance.selectors.ownership import are_owners_cut
from apps.compliance.selectors.screening import lists_standing
from apps.compliance.services.subjects import subjects_bring
from apps.compliance.states import (
    HIT,
    Clearance,
    HitStatus,
    ScreeningBasis,
    ScreeningCause,
    ScreeningResult,
    SubjectRole,
)
from apps.organisations.models import Organisation
from apps.organisations.services.members import organisation_lock
from apps.permissions import Kind
from kernel.access import Actor
from kernel.bulk_events import publish_many
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.jobs import job_enqueue
from kernel.models import Job

SCREENING = "compliance.screening"
RESCREEN = "compliance.rescreen"
HITS_AT_ONCE = 500
RECALL = {HitStatus.TRUE_MATCH: "recall_true", HitStatus.FALSE_POSITIVE: "recall_false"}


class ScreeningUnderWay(Conflict):
    """This organisation is being screened."""


class ScreeningNotAcceptable(Invalid):
    """This organisation is not screened."""


@transaction.atomic
def screening_request(*, actor: Actor, organisation: Organisation) -> Job:
    """Queue the screening of one organisation, at an officer's wish.

    Raises ScreeningUnderWay (409), and ScreeningNotAcceptable (422) for an operator's own organisation and one that was
    merged into another.
    """
    locked = organisation_lock(organisation_id=organisation.pk)
    if locked.kind == Kind.OPERATOR:
        problem = FieldProblem("/organisation", "operator", "Operators are not screened here.")
        raise ScreeningNotAcceptable(errors=[problem])
    if locked.merged_into_id is not None:
        problem = FieldProblem("/organisation", "merged", "It was merged into another organisation: screen that one.")
        raise ScreeningNotAcceptable(errors=[problem])
    asked = {"organisation": str(locked.pk)}
    if Job.objects.filter(kind=SCREENING, ended_at=None, payload__contains=asked).exists():
        raise ScreeningUnderWay
    job = job_enqueue(kind=SCREENING, actor=actor, payload=asked)
    # The fact belongs to the operator's trail: whom it screens when is nothing to tell the organisation.
    publish(
        events.SCREENING_REQUESTED,
        actor=actor,
        subject=locked,
        organisation_id=actor.organisation_id,
        data={"job": str(job.pk)},
    )
    return job


@transaction.atomic
def rescreen_enqueue(*, list_version_id: UUID) -> Job:
    """Queue the comparison of what a list version changed with everybody who is screened; once for each version."""
    asked = {"list_version": str(list_version_id)}
    present = Job.objects.filter(kind=RESCREEN, payload=asked).order_by("pk").first()
    return present or job_enqueue(kind=RESCREEN, actor=Actor.system(), payload=asked)


@transaction.atomic
def screening_run(
    *,
    actor: Actor,
    organisation_id: UUID,
    cause: ScreeningCause,
    job_id: UUID | None = None,
    now: dt.datetime | None = None,
) -> ScreeningRun:
    """Compare everybody screened for the organisation with every list in force and keep what was found.

    Hits whose pair was decided before, both sides being as they were, take that decision over; the others wait for a
    person. Hits of earlier runs that nobody decided are superseded. Raises NotFound.
    """
    started = now or utc_now()
    organisation_lock(organisation_id=organisation_id)
    subjects, _is_changed = subjects_bring(organisation_id=organisation_id, now=started)
    lists = lists_standing(now=started)
    gaps = gaps_of(
        lists=lists,
        nameless={SubjectRole(item.role) for item in subjects if not item.names},
        are_owners_cut=are_owners_cut(organisation_id=organisation_id),
    )
    compared = {item.pk: _compare(item) for item in subjects}
    run = ScreeningRun(
        screened_id=organisation_id,
        cause=cause,
        asked_by=actor.label(),
        job_id=job_id,
        algorithm=ALGORITHM,
        algorithm_version=VERSION,
        threshold=THRESHOLD,
        lists=lists,
        gaps=gaps,
        query=[_shown(item) for item in subjects],
        candidates={
            _key(item): [[str(entry), value] for entry, value in compared[item.pk].candidates] for item in subjects
        },
        candidate_count=sum(item.count for item in compared.values()),
        started_at=started,
    )
    found = [(item, entry, score) for item in subjects for entry, score in compared[item.pk].matches]
    hits = _hits(run, found)
    run.result = outcome(hits=[_expected(hit) for hit in hits], gaps=gaps)
    run.ended_at = now or utc_now()
    run.save(force_insert=True)
    _supersede(organisation_id)
    _keep(hits)
    publish(events.SCREENING_RAN, actor=actor, subject=run, data={"screened": str(organisation_id)})
    result_take(run=run, found=Clearance(run.result), actor=actor, now=run.ended_at)
    return run


def result_take(*, run: ScreeningRun, found: Clearance, actor: Actor, now: dt.datetime) -> None:
    """Make what a run found, or what its hits amount to since, the newest result; tells when it changes.

    Expects the organisation to be locked.
    """
    present = Screening.objects.filter(organisation_id=run.screened_id).first()
    newest = Clearance.UNKNOWN if present is None else Clearance(present.result)
    is_import = present is not None and present.basis == ScreeningBasis.IMPORT
    result = kept(newest=newest, is_import=is_import, found=found)
    if result == Clearance.UNKNOWN and present is not None:
        Screening.objects.filter(organisation_id=run.screened_id).delete()
    elif found != Clearance.UNKNOWN:
        row = present or Screening(organisation_id=run.screened_id)
        row.result, row.basis, row.run, row.at = ScreeningResult(result), ScreeningBasis.RUN, run, now
        row.save()
    if result != newest:
        publish(events.SCREENING_CHANGED, actor=actor, subject=run, data={"organisation": str(run.screened_id)})


def _compare(subject: ScreeningSubject) -> Compared:
    query = side_of(
        kind=subject.kind,
        names=subject.names,
        countries=subject.countries,
        dates=[subject.date] if subject.date else [],
        identifiers=subject.identifiers,
    )
    return compare(query=query, keys=subject.keys)


def _key(subject: ScreeningSubject) -> str:
    return subject_key(role=subject.role, party_id=subject.party_id)


def _shown(subject: ScreeningSubject) -> dict[str, Any]:
    return {
        "key": _key(subject),
        "role": subject.role,
        "party": str(subject.party_id),
        "kind": subject.kind,
        "names": subject.names,
        "countries": subject.countries,
        "date": subject.date or None,
        "identifiers": subject.identifiers,
        "digest": subject.digest,
    }


def _supersede(organisation_id: UUID) -> None:
    """End what nobody decided in earlier runs, of the organisation and of those merged into it."""
    of_it = Q(screened=organisation_id) | Q(screened__merged_into=organisation_id)
    pending = Hit.objects.filter(of_it, status=HitStatus.PENDING).only("status")
    HIT.fire_many("supersede", rows=pending, actor=Actor.system())


def _hits(run: ScreeningRun, found: Sequence[tuple[ScreeningSubject, Entry, Score]]) -> list[Hit]:
    """The hits of a run, not yet written, each with the decision that it recalls, if any."""
    if not found:
        return []
    codes = dict(WatchList.objects.values_list("pk", "code"))
    hits = [_hit(run, subject, entry, score, codes[entry.list_id]) for subject, entry, score in found]
    newest = _newest(run, hits)
    for hit in hits:
        before = newest.get(_pair(hit))
        if before is not None and before.status in RECALL and _same(hit, before):
            hit.recalled = before
    return hits


def _hit(run: ScreeningRun, subject: ScreeningSubject, entry: Entry, found: Score, code: str) -> Hit:
    return Hit(
        run=run,
        screened_id=run.screened_id,
        subject=subject,
        subject_key=_key(subject),
        subject_digest=subject.digest,
        entry_id=entry.id,
        list_code=code,
        source_id=entry.source_id,
        entry_digest=entry.digest,
        entry_names=list(entry.side.names),
        score=found.value,
        features=explained(found=found),
    )


def _pair(hit: Hit) -> tuple[str, str, str]:
    """What names a subject and an entry beyond one run."""
    return hit.subject_key, hit.list_code, hit.source_id


def _newest(run: ScreeningRun, hits: Sequence[Hit]) -> dict[tuple[str, str, str], Hit]:
    """The newest earlier hit of each of the pairs, found in one query: a common name has hundreds."""
    earlier = Hit.objects.filter(
        screened=run.screened_id,
        subject_key__in={hit.subject_key for hit in hits},
        source_id__in={hit.source_id for hit in hits},
    )
    pair = ("subject_key", "list_code", "source_id")
    return {_pair(hit): hit for hit in earlier.order_by(*pair, "-pk").distinct(*pair).defer("features", "entry_names")}


def _expected(hit: Hit) -> str:
    return HitStatus.PENDING if hit.recalled is None else hit.recalled.status


def _keep(hits: Sequence[Hit]) -> None:
    """Write the hits; those that recall a decision take it over."""
    system = Actor.system()
    recalling = [(hit, hit.recalled) for hit in hits if hit.recalled is not None]
    for hit, before in recalling:
        hit.reason, hit.decided_by_id, hit.decided_at = before.reason, before.decided_by_id, before.decided_at
    Hit.objects.bulk_create(hits, batch_size=HITS_AT_ONCE)
    new = [hit for hit in hits if hit.recalled is None]
    publish_many(
        events.HIT_FOUND,
        actor=system,
        subjects=[(hit._meta.label_lower, hit.pk, None) for hit in new],
        data=[{"run": str(hit.run_id)} for hit in new],
    )
    for hit, before in recalling:
        HIT.fire(RECALL[HitStatus(before.status)], instance=hit, actor=system, data={"recalled": str(before.pk)})


def _same(hit: Hit, before: Hit) -> bool:
    return (hit.subject_digest, hit.entry_digest) == (before.subject_digest, before.entry_digest)
