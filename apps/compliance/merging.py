"""What of ownership and screening moves when an organisation's two entries are merged."""

from __future__ import annotations

import datetime as dt

from apps.compliance.models import OwnershipStatement, Screening
from apps.compliance.states import ScreeningResult
from apps.organisations.merging import Moved, merge_part
from apps.organisations.models import Organisation

SEVERITY = (ScreeningResult.CLEAR, ScreeningResult.REVIEW, ScreeningResult.HIT)


@merge_part
def compliance_merge(*, merged: Organisation, into: Organisation, now: dt.datetime) -> Moved:
    """Ownership statements, and the screening where the other has none; of two results the severer one holds.

    Statements between the two stay: nobody owns itself.
    """
    between = OwnershipStatement.objects.filter(owned__in=[merged, into], owner__in=[merged, into]).count()
    owned = OwnershipStatement.objects.filter(owned=merged).exclude(owner=into).update(owned=into)
    holdings = OwnershipStatement.objects.filter(owner=merged).exclude(owned=into).update(owner=into)
    moved, twice = _screening(merged, into, now)
    return Moved(
        {"ownership_statements": owned, "holdings": holdings, "screenings": moved},
        {"ownership_statements": between, "screenings": twice},
    )


def _screening(merged: Organisation, into: Organisation, now: dt.datetime) -> tuple[int, int]:
    found = Screening.objects.select_for_update().filter(organisation=merged).first()
    if found is None:
        return 0, 0
    present = Screening.objects.select_for_update().filter(organisation=into).first()
    if present is None:
        return Screening.objects.filter(pk=found.pk).update(organisation=into), 0
    if SEVERITY.index(ScreeningResult(found.result)) > SEVERITY.index(ScreeningResult(present.result)):
        present.result, present.basis, present.at = found.result, found.basis, now
        present.save(update_fields=["result", "basis", "at"])
    return 0, 1
