"""What of ownership, screening, cases and permits moves when an organisation's two entries are merged."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef

from apps.compliance.models import (
    DeclaredInterest,
    GroupMembership,
    OwnershipStatement,
    Party,
    Permit,
    Screening,
    ScreeningDue,
    ScreeningSubject,
    VerificationCase,
)
from apps.compliance.services.parties import parties_ensure
from apps.compliance.states import PermitStatus, ScreeningResult
from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation

SEVERITY = (ScreeningResult.CLEAR, ScreeningResult.REVIEW, ScreeningResult.HIT)


@merge_part
def compliance_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:
    """Ownership statements, roles in groups, and the screening where the other has none; of two results the severer one
    holds.

    Statements between the two are withdrawn: nobody owns itself. There stay those of the owners of the merged one where
    the other has stated its own, and holdings in whom the other has one of the same kind: together they would be too
    much.
    """
    parties_ensure(organisation_ids=[merged.pk, into.pk])
    ownership, ownership_kept = _ownership(merged, into, now)
    moved, twice = _screening(merged, into, now)
    # From now on the other answers to its names; runs and hits stay as they were recorded.
    ScreeningSubject.objects.filter(screened=merged, is_current=True).update(is_current=False, changed_at=now)
    ScreeningDue.objects.filter(screened=merged).delete()
    papers, papers_kept = _papers(merged, into)
    return Moved(
        {**ownership, "screenings": moved, **papers},
        {**ownership_kept, "screenings": twice, **papers_kept},
    )


def _papers(merged: Organisation, into: Organisation) -> tuple[dict[str, int], dict[str, int]]:
    """Verification cases and permits. The other's standing rests on its own case; of two open cases its own goes on.

    Of a permit that both recorded the other's counts.
    """
    cases = VerificationCase.objects.filter(organisation=merged)
    cases.update(is_standing=False)
    under_way = VerificationCase.objects.open().filter(organisation=into)
    left = cases.open() if under_way.exists() else cases.none()
    kept = left.count()
    moved = cases.exclude(pk__in=list(left.values_list("pk", flat=True))).update(organisation=into)
    counts = {"status__in": [PermitStatus.RECORDED, PermitStatus.CONFIRMED]}
    alike = Permit.objects.filter(
        organisation=into,
        kind=OuterRef("kind"),
        issuer_country=OuterRef("issuer_country"),
        number=OuterRef("number"),
        **counts,
    )
    permits = Permit.objects.filter(organisation=merged)
    twice = list(permits.filter(Exists(alike), **counts).values_list("pk", flat=True))
    permits_moved = permits.exclude(pk__in=twice).update(organisation=into)
    for permit in Permit.objects.filter(recipient_ids__contains=[merged.pk]):
        permit.recipient_ids = sorted({into.pk, *permit.recipient_ids} - {merged.pk})
        permit.save(update_fields=["recipient_ids"])
    DeclaredInterest.objects.filter(organisation=merged).update(organisation=into)
    return (
        {"verification_cases": moved, "permits": permits_moved},
        {"verification_cases": kept, "permits": len(twice)},
    )


def _ownership(merged: Organisation, into: Organisation, now: dt.datetime) -> tuple[dict[str, int], dict[str, int]]:
    rows, both = OwnershipStatement.objects, [merged.pk, into.pk]
    between = rows.filter(owned__in=both, owner__in=both)
    owners = rows.filter(owned=merged.pk).exclude(owner=into.pk)
    if rows.filter(owned=into.pk).standing().exclude(owner=merged.pk).exists():
        owned, kept = 0, owners.count()
    else:
        owned, kept = owners.update(owned=into.pk), 0
    held = rows.filter(owner=merged.pk).exclude(owned=into.pk)
    # A statement goes along with those that replaced it: a chain is never parted.
    twice = rows.filter(owner=into.pk, owned=OuterRef("owned"), interest=OuterRef("interest"))
    double = held.filter(Exists(twice)).values_list("owned", flat=True).distinct()
    left = held.filter(owned__in=list(double)).count()
    holdings = held.exclude(owned__in=list(double)).update(owner=into.pk)
    rows.filter(stated_by=merged).update(stated_by=into)
    Party.objects.filter(stated_by=merged).update(stated_by=into)
    taken = GroupMembership.objects.filter(organisation=into, ended_at=None).values_list("role", flat=True)
    roles = GroupMembership.objects.filter(organisation=merged)
    roles.filter(ended_at=None, role__in=list(taken)).update(ended_at=now)
    roles.update(organisation=into)
    GroupMembership.objects.filter(party=merged.pk).update(party=into.pk)
    return (
        {"ownership_statements": owned, "holdings": holdings},
        {"ownership_statements": between.update(is_withdrawn=True) + kept, "holdings": left},
    )


def _screening(merged: Organisation, into: Organisation, now: dt.datetime) -> tuple[int, int]:
    found = Screening.objects.select_for_update().filter(organisation=merged).first()
    if found is None:
        return 0, 0
    present = Screening.objects.select_for_update().filter(organisation=into).first()
    if present is None:
        return Screening.objects.filter(pk=found.pk).update(organisation=into), 0
    if SEVERITY.index(ScreeningResult(found.result)) > SEVERITY.index(ScreeningResult(present.result)):
        present.result, present.basis, present.run, present.at = found.result, found.basis, found.run, now
        present.save(update_fields=["result", "basis", "run", "at"])
    return 0, 1
