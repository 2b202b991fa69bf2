"""Keeping in step who is screened for an organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from apps.compliance.models import ScreeningSubject
from apps.compliance.rules.screening import SubjectState
from apps.compliance.selectors.candidates import keys_of
from apps.compliance.selectors.subjects import subject_states
from apps.organisations.services.members import organisation_lock
from kernel.clock import utc_now


@transaction.atomic
def subjects_refresh(*, organisation_id: UUID) -> bool:
    """Bring the organisation's subjects in step with what is stated now; whether anything compared has changed.

    Somebody who is a subject no longer stays as one that is not current: hits refer to it. Raises NotFound.
    """
    organisation_lock(organisation_id=organisation_id)
    return subjects_bring(organisation_id=organisation_id, now=utc_now())[1]


def subjects_bring(*, organisation_id: UUID, now: dt.datetime) -> tuple[list[ScreeningSubject], bool]:
    """The subjects of a locked organisation, brought in step, by role and party; and whether any has changed."""
    wanted = {(state.role.value, state.party_id): state for state in subject_states(organisation_id=organisation_id)}
    present = {
        (subject.role, subject.party_id): subject
        for subject in ScreeningSubject.objects.filter(screened_id=organisation_id)
    }
    gone = [subject.pk for key, subject in present.items() if subject.is_current and key not in wanted]
    if gone:
        ScreeningSubject.objects.filter(pk__in=gone).update(is_current=False, changed_at=now)
    current, new, changed = [], [], []
    for key, state in sorted(wanted.items()):
        subject = present.get(key)
        if subject is None:
            subject = ScreeningSubject(screened_id=organisation_id, role=state.role.value, party_id=state.party_id)
            new.append(subject)
        elif not subject.is_current or subject.digest != state.digest:
            changed.append(subject)
        current.append(subject)
        if subject.digest != state.digest or not subject.is_current:
            _take(subject, state, now)
    if new:
        ScreeningSubject.objects.bulk_create(new)
    for subject in changed:
        subject.save()
    return current, bool(gone or new or changed)


def subjects_end(*, organisation_ids: Collection[UUID]) -> int:
    """End being subjects for all who are screened for these organisations; how many that were."""
    current = ScreeningSubject.objects.filter(screened__in=organisation_ids, is_current=True)
    return current.update(is_current=False, changed_at=utc_now())


def _take(subject: ScreeningSubject, state: SubjectState, now: dt.datetime) -> None:
    subject.kind = state.kind.value
    subject.names = list(state.names)
    subject.countries = list(state.countries)
    subject.date = state.date
    subject.identifiers = [list(pair) for pair in state.identifiers]
    subject.digest = state.digest
    subject.keys = keys_of(kind=state.kind, names=state.names, identifiers=state.identifiers)
    subject.is_current = True
    subject.changed_at = now
