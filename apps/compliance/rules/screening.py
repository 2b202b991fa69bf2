"""Decisions of screening: what a subject's digest covers, what a run's findings amount to, which lists are overdue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from apps.compliance.states import Clearance, HitStatus, OwnerKind, SubjectRole


class Gap(StrEnum):
    """What a run's result does not cover."""

    NO_LIST = "no_list"
    LIST_MISSING = "list_missing"
    LIST_OVERDUE = "list_overdue"
    ORGANISATION_NAMELESS = "organisation_nameless"
    MEMBER_NAMELESS = "member_nameless"
    OWNER_NAMELESS = "owner_nameless"
    OWNERS_CUT = "owners_cut"


NAMELESS: Mapping[SubjectRole, Gap] = {
    SubjectRole.ORGANISATION: Gap.ORGANISATION_NAMELESS,
    SubjectRole.MEMBER: Gap.MEMBER_NAMELESS,
    SubjectRole.OWNER: Gap.OWNER_NAMELESS,
}
UNCOVERED = frozenset({*NAMELESS.values(), Gap.OWNERS_CUT})
"""Gaps for which nobody may be called clear: somebody was not compared at all."""


class ListState(StrEnum):
    IN_FORCE = "in_force"
    OVERDUE = "overdue"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class SubjectState:
    """Somebody to be screened as stated now. `date` is the beginning of an ISO date, empty where none is stated."""

    role: SubjectRole
    party_id: UUID
    kind: OwnerKind
    names: tuple[str, ...]
    countries: tuple[str, ...] = ()
    date: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Names the subject across runs."""
        return subject_key(role=self.role, party_id=self.party_id)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that is compared."""
        content = {
            "kind": str(self.kind),
            "names": sorted(self.names),
            "countries": sorted(self.countries),
            "date": self.date,
            "identifiers": sorted([scheme, value] for scheme, value in self.identifiers),
        }
        return hashlib.sha256(canonical_json(content=content)).hexdigest()


def subject_key(*, role: str, party_id: UUID) -> str:
    """The name of a subject across runs: its role and party."""
    return f"{role}:{party_id}"


def canonical_json(*, content: Any) -> bytes:
    """JSON with sorted names, no spaces, in UTF-8: equal content gives equal bytes."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def names_stated(*, names: Iterable[str]) -> tuple[str, ...]:
    """The names without blanks and repetitions, in their order."""
    stripped = (" ".join(name.split()) for name in names)
    return tuple(dict.fromkeys(name for name in stripped if name))


def list_state(*, age: int | None, expected_days: int) -> ListState:
    """How a source stands whose newest version is `age` days old (None without a version)."""
    if age is None:
        return ListState.MISSING
    return ListState.OVERDUE if age > expected_days else ListState.IN_FORCE


def gaps_of(
    *, lists: Sequence[Mapping[str, Any]], nameless: Collection[SubjectRole], are_owners_cut: bool = False
) -> list[str]:
    """The codes of what a run over these lists (each with `code` and `state`) and subjects does not cover, sorted.

    A source's gap ends with its code: `list_overdue:eu`. `are_owners_cut`: there are more owners than were read.
    """
    found = {NAMELESS[role].value for role in nameless}
    if are_owners_cut:
        found.add(Gap.OWNERS_CUT.value)
    states = {item["state"] for item in lists}
    if not states & {ListState.IN_FORCE, ListState.OVERDUE}:
        found.add(Gap.NO_LIST.value)
    found |= {f"{Gap.LIST_MISSING}:{item['code']}" for item in lists if item["state"] == ListState.MISSING}
    found |= {f"{Gap.LIST_OVERDUE}:{item['code']}" for item in lists if item["state"] == ListState.OVERDUE}
    return sorted(found)


def outcome(*, hits: Iterable[str], gaps: Collection[str]) -> Clearance:
    """What the statuses of a run's hits and its gaps amount to.

    A confirmed hit is a hit whatever else; without any list nothing is known; a hit that nobody has decided and a
    subject without a name are for somebody to look at.
    """
    statuses = set(hits)
    if HitStatus.TRUE_MATCH in statuses:
        return Clearance.HIT
    if HitStatus.PENDING in statuses:
        return Clearance.REVIEW
    if Gap.NO_LIST in gaps:
        return Clearance.UNKNOWN
    return Clearance.REVIEW if UNCOVERED & set(gaps) else Clearance.CLEAR


def kept(*, newest: Clearance, is_import: bool, found: Clearance) -> Clearance:
    """The newest result after a run found `found`.

    A run without any list has compared nothing: it takes back that somebody was clear, unless an operator's import
    said so, and leaves what was found before.
    """
    if found != Clearance.UNKNOWN:
        return found
    return newest if is_import or newest in (Clearance.REVIEW, Clearance.HIT) else Clearance.UNKNOWN
