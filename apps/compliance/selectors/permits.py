"""Whether a permit covers handing something to somebody on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from apps.compliance.models import Permit
from apps.compliance.rules.permits import Uncovered, Wanted, permit_gaps
from apps.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Coverage:
    """The permit that covers what was asked for, or why none does: what each of the holder's permits lacks.

    True exactly where a permit covers it. `reasons` are the fewest gaps of any permit of the kind.
    """

    permit: Permit | None
    reasons: tuple[Uncovered, ...]
    gaps: Mapping[UUID, tuple[Uncovered, ...]]

    def __bool__(self) -> bool:
        return self.permit is not None


def permit_covers(*, kind: str, item_code: str, holder_id: UUID, recipient_id: UUID, on: dt.date) -> Coverage:
    """Whether a confirmed permit of the holder lets it hand the item to the recipient on that day.

    `item_code` is an export class or the id of a capability or document. An unknown recipient is covered by none.
    """
    country = Organisation.objects.filter(pk=recipient_id).values_list("country", flat=True).first()
    wanted = Wanted(kind=kind, item=item_code, recipient_id=recipient_id, recipient_country=country or "", on=on)
    permits = list(Permit.objects.filter(organisation_id=holder_id, kind=kind).order_by("-valid_to", "pk"))
    gaps = {permit.pk: permit_gaps(permit=permit, wanted=wanted) for permit in permits}
    if country is None:
        gaps = {pk: tuple(dict.fromkeys((*found, Uncovered.RECIPIENT))) for pk, found in gaps.items()}
    covering = next((permit for permit in permits if not gaps[permit.pk]), None)
    if covering is not None:
        return Coverage(permit=covering, reasons=(), gaps={})
    fewest = min(gaps.values(), key=len, default=(Uncovered.NO_PERMIT,))
    return Coverage(permit=None, reasons=fewest, gaps=gaps)
