"""Renewals: opened before the year is over and after a change, reminded of, and suspended when a date passes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.compliance import events
from apps.compliance.models import VerificationCase
from apps.compliance.rules.cases import REMINDERS, RENEWAL_WITHIN_DAYS, reminders_due
from apps.compliance.services.cases import CaseUnderWay, case_lock, case_open
from apps.compliance.services.suspensions import standing_adopt, standing_end
from apps.compliance.states import OPEN_CASES, WITH_ORGANISATION, CaseCause, CaseStatus, SuspensionCause
from apps.organisations.models import Organisation
from apps.organisations.services import organisation_lock
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import database_now, utc_today
from kernel.events import publish
from kernel.periodic import slot_take

EVERY = dt.timedelta(hours=1)
MOST_A_TURN = 500
"""How many organisations each part of a turn takes up; the rest waits for the next."""


@transaction.atomic
def renewal_open(
    *, organisation_id: UUID, cause: CaseCause, due_on: dt.date, now: dt.datetime | None = None
) -> VerificationCase | None:
    """Have a verified organisation renew its verification until `due_on`; its standing stays meanwhile.

    A draft that it has open gets the earlier of both days; what is with the officers stays as it is. Returns the case,
    None where the organisation is not verified.
    """
    organisation = organisation_lock(organisation_id=organisation_id)
    if organisation.standing != Standing.VERIFIED or organisation.kind == Kind.OPERATOR:
        return None
    standing_adopt(organisation=organisation, now=now)
    try:
        return case_open(actor=Actor.system(), organisation=organisation, cause=cause, due_on=due_on, now=now)
    except CaseUnderWay:
        case = VerificationCase.objects.open().get(organisation=organisation)
    if case.status == CaseStatus.DRAFT and (case.due_on is None or case.due_on > due_on):
        case.due_on, case.reminders = due_on, 0
        case.save(update_fields=["due_on", "reminders"])
    return case


def changed(*, organisation_id: UUID, cause: CaseCause, now: dt.datetime | None = None) -> VerificationCase | None:
    """Have a verified organisation renew its verification within thirty days of a change."""
    due_on = utc_today(now) + dt.timedelta(days=RENEWAL_WITHIN_DAYS)
    return renewal_open(organisation_id=organisation_id, cause=cause, due_on=due_on, now=now)


def renewals_tick(*, now: dt.datetime | None = None) -> dict[str, int]:
    """One turn of the clock, once an hour whoever comes first: adopt, open, remind, suspend. Returns how many of each.

    The clock suspends only while the organisation has to act; what waits for an officer is not its fault.
    """
    now = now or database_now()
    with transaction.atomic():
        if not slot_take(name="compliance.renewals", every=EVERY, now=now):
            return {}
    return {
        "adopted": _each(_unrecorded(), _adopt, now),
        "opened": _each(_due(now), _renew, now),
        "suspended": _each(_overdue(now), _suspend, now),
        "reminded": _each(_to_remind(now), _remind, now),
    }


def _each(rows: QuerySet[Any], act: Callable[[UUID, dt.datetime], bool], now: dt.datetime) -> int:
    done = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_A_TURN]):
        with transaction.atomic():
            done += act(pk, now)
    return done


def _unrecorded() -> QuerySet[Organisation]:
    """Verified organisations whose standing rests on no case."""
    rests = VerificationCase.objects.filter(organisation=OuterRef("pk"), is_standing=True)
    return Organisation.objects.filter(~Exists(rests), ~Q(kind=Kind.OPERATOR), standing=Standing.VERIFIED)


def _adopt(pk: UUID, now: dt.datetime) -> bool:
    organisation = organisation_lock(organisation_id=pk)
    if organisation.standing != Standing.VERIFIED:
        return False
    standing_adopt(organisation=organisation, now=now)
    return True


def _due(now: dt.datetime) -> QuerySet[VerificationCase]:
    """Cases in force whose year is nearly over, where no renewal is under way."""
    under_way = VerificationCase.objects.filter(organisation=OuterRef("organisation"), status__in=OPEN_CASES)
    return VerificationCase.objects.filter(
        ~Exists(under_way),
        is_standing=True,
        status=CaseStatus.VERIFIED,
        next_due_on__lte=utc_today(now) + dt.timedelta(days=RENEWAL_WITHIN_DAYS),
    )


def _renew(pk: UUID, now: dt.datetime) -> bool:
    standing = VerificationCase.objects.get(pk=pk)
    # Found late, for instance after a time without a clock: as long to renew as anybody else.
    earliest = utc_today(now) + dt.timedelta(days=RENEWAL_WITHIN_DAYS)
    due_on = max(standing.next_due_on or earliest, earliest)
    cause = CaseCause.YEARLY
    return renewal_open(organisation_id=standing.organisation_id, cause=cause, due_on=due_on, now=now) is not None


def _overdue(now: dt.datetime) -> QuerySet[VerificationCase]:
    """Renewals whose day has passed while the organisation had to act, and it is still verified."""
    return VerificationCase.objects.filter(
        status__in=WITH_ORGANISATION, due_on__lt=utc_today(now), organisation__standing=Standing.VERIFIED
    )


def _suspend(pk: UUID, now: dt.datetime) -> bool:
    case = case_lock(case=VerificationCase.objects.get(pk=pk))
    if case.status not in WITH_ORGANISATION or case.due_on is None or case.due_on >= utc_today(now):
        return False
    cause = SuspensionCause.OVERDUE
    ended = standing_end(organisation_id=case.organisation_id, cause=cause, reason="", actor=Actor.system(), now=now)
    return ended is not None


def _to_remind(now: dt.datetime) -> QuerySet[VerificationCase]:
    horizon = utc_today(now) + dt.timedelta(days=max(REMINDERS))
    return VerificationCase.objects.filter(
        status__in=WITH_ORGANISATION,
        due_on__lte=horizon,
        due_on__gte=utc_today(now),
        reminders__lt=len(REMINDERS),
    )


def _remind(pk: UUID, now: dt.datetime) -> bool:
    case = case_lock(case=VerificationCase.objects.get(pk=pk))
    if case.due_on is None or case.status not in WITH_ORGANISATION:
        return False
    wanted = reminders_due(due_on=case.due_on, today=utc_today(now))
    if wanted <= case.reminders:
        return False
    case.reminders = wanted
    case.save(update_fields=["reminders"])
    days = (case.due_on - utc_today(now)).days
    publish(events.CASE_REMINDED, actor=Actor.system(), subject=case, data={"days": days})
    return True
