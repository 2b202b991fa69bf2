"""Who is to be screened for an organisation, as stated now: itself, the members who bind it, its owners."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from apps.compliance.rules.screening import SubjectState, names_stated
from apps.compliance.selectors.ownership import owner_subjects
from apps.compliance.states import OwnerKind, SubjectRole
from apps.organisations.models import Membership, Organisation
from apps.permissions import Role

BINDING = (Role.OWNER.value, Role.SIGNATORY.value)
"""Members with one of these roles bind their organisation."""


def subject_states(*, organisation_id: UUID) -> list[SubjectState]:
    """Everybody who is screened for the organisation, itself first; nobody for one that was merged into another.

    It keeps answering to the names and numbers of the organisations that were merged into it.
    """
    rows = Organisation.objects.filter(Q(pk=organisation_id) | Q(merged_into=organisation_id))
    entries = sorted(rows.prefetch_related("identifiers"), key=lambda row: (row.pk != organisation_id, row.pk))
    if entries[0].merged_into_id is not None:
        return []
    return [_itself(entries), *_members(entries[0]), *_owners(entries[0])]


def _itself(rows: Sequence[Organisation]) -> SubjectState:
    """The first of the rows with what the others, merged into it, were called."""
    organisation = rows[0]
    numbers = {(number.scheme, number.value) for row in rows for number in row.identifiers.all()}
    return SubjectState(
        role=SubjectRole.ORGANISATION,
        party_id=organisation.pk,
        kind=OwnerKind.ENTITY,
        names=names_stated(names=[name for row in rows for name in (row.legal_name, row.legal_name_uk)]),
        countries=tuple(sorted({row.country for row in rows})),
        identifiers=tuple(sorted(numbers)),
    )


def _members(organisation: Organisation) -> list[SubjectState]:
    members = Membership.objects.filter(organisation=organisation, roles__overlap=list(BINDING)).select_related("user")
    return [
        SubjectState(
            role=SubjectRole.MEMBER,
            party_id=member.user_id,
            kind=OwnerKind.PERSON,
            names=names_stated(names=[member.user.name]),
        )
        for member in members.order_by("user_id")
    ]


def _owners(organisation: Organisation) -> list[SubjectState]:
    return [
        SubjectState(
            role=SubjectRole.OWNER,
            party_id=party_id,
            kind=OwnerKind(kind),
            names=names_stated(names=names),
            countries=(country,) if country else (),
            date=str(date or ""),
            identifiers=tuple(sorted((str(scheme), str(value)) for scheme, value in identifiers)),
        )
        for party_id, kind, names, country, date, identifiers in owner_subjects(organisation_id=organisation.pk)
    ]
