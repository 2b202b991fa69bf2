"""Who stands behind an organisation, what watch-lists say of it, its verification and its permits."""

from apps.compliance.models.cases import (
    CaseDocument,
    CaseItem,
    CaseNote,
    DeclaredInterest,
    InformationRequest,
    VerificationCase,
)
from apps.compliance.models.ownership import GroupMembership, OwnershipStatement, Party
from apps.compliance.models.permits import Permit
from apps.compliance.models.screening import Hit, Screening, ScreeningDue, ScreeningRun, ScreeningSubject
from apps.compliance.models.watch_lists import (
    ListDeparture,
    ListEntry,
    ListFilePart,
    ListName,
    ListVersion,
    WatchList,
)

__all__ = [
    "CaseDocument",
    "CaseItem",
    "CaseNote",
    "DeclaredInterest",
    "GroupMembership",
    "Hit",
    "InformationRequest",
    "ListDeparture",
    "ListEntry",
    "ListFilePart",
    "ListName",
    "ListVersion",
    "OwnershipStatement",
    "Party",
    "Permit",
    "Screening",
    "ScreeningDue",
    "ScreeningRun",
    "ScreeningSubject",
    "VerificationCase",
    "WatchList",
]
