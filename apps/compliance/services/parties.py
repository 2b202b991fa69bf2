"""The parties that stand for registered organisations."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection, transaction

from apps.compliance.models import Party
from apps.compliance.states import PartyKind

ENSURE = """
    INSERT INTO compliance_party
        (id, organisation_id, kind, entity_type, legal_name, native_name, country, nationalities, birth_date,
         identifiers, unknown_reason)
    SELECT id, id, %s, '', '', '', '', '{}', '', '[]', '' FROM organisations_organisation WHERE id = ANY(%s)
    ON CONFLICT DO NOTHING
"""


@transaction.atomic
def parties_ensure(*, organisation_ids: Collection[UUID]) -> None:
    """Make the parties of registered organisations, whose ids they bear; those that are there stay. One statement."""
    if not organisation_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(ENSURE, [PartyKind.ENTITY.value, list(organisation_ids)])


def party_of(*, organisation_id: UUID) -> Party:
    """The party of a registered organisation, made where it is missing. Raises Party.DoesNotExist for any other id."""
    parties_ensure(organisation_ids=[organisation_id])
    return Party.objects.get(pk=organisation_id)
