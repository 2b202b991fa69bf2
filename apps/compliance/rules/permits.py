"""Whether a permit covers an item for a recipient on a day, and if not, why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from apps.compliance.states import PermitStatus
from apps.reference.export_classes import code_covers


class Uncovered(StrEnum):
    """Why a permit does not cover something."""

    NO_PERMIT = "no_permit"
    KIND = "kind"
    NOT_CONFIRMED = "not_confirmed"
    REVOKED = "revoked"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    ITEM = "item"
    RECIPIENT = "recipient"
    RECIPIENT_COUNTRY = "recipient_country"


class Permitted(Protocol):
    """What of a permit decides. Both days are inside it."""

    kind: str
    status: str
    export_codes: list[str]
    capability_ids: list[UUID]
    document_ids: list[UUID]
    recipient_ids: list[UUID]
    recipient_countries: list[str]
    valid_from: dt.date
    valid_to: dt.date


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be covered: `item` is an export class or the id of a capability or document."""

    kind: str
    item: str
    recipient_id: UUID
    recipient_country: str
    on: dt.date


def permit_gaps(*, permit: Permitted, wanted: Wanted) -> tuple[Uncovered, ...]:
    """Everything for which the permit does not cover what is wanted; nothing when it does."""
    gaps = []
    if permit.kind != wanted.kind:
        gaps.append(Uncovered.KIND)
    if permit.status == PermitStatus.REVOKED:
        gaps.append(Uncovered.REVOKED)
    elif permit.status != PermitStatus.CONFIRMED:
        gaps.append(Uncovered.NOT_CONFIRMED)
    if wanted.on < permit.valid_from:
        gaps.append(Uncovered.NOT_YET_VALID)
    if wanted.on > permit.valid_to:
        gaps.append(Uncovered.EXPIRED)
    if not _is_item_covered(permit, wanted.item):
        gaps.append(Uncovered.ITEM)
    if permit.recipient_ids and wanted.recipient_id not in permit.recipient_ids:
        gaps.append(Uncovered.RECIPIENT)
    if permit.recipient_countries and wanted.recipient_country not in permit.recipient_countries:
        gaps.append(Uncovered.RECIPIENT_COUNTRY)
    if not permit.recipient_ids and not permit.recipient_countries:
        gaps.append(Uncovered.RECIPIENT)
    return tuple(gaps)


def _is_item_covered(permit: Permitted, item: str) -> bool:
    named = {str(identifier) for identifier in (*permit.capability_ids, *permit.document_ids)}
    return item in named or any(code_covers(code=code, item=item) for code in permit.export_codes)
