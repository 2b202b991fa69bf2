"""What the database knows already of a sender's keys, of areas, and of what may stand only once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from apps.compliance.models import OwnershipStatement
from apps.compliance.rules.statements import Stated
from apps.compliance.selectors.ownership import stated_of
from apps.exchange.loading.targets import AREA_EDITION, Target
from apps.organisations.models import Identifier, Organisation
from apps.reference.models import CapabilityArea
from apps.reference.selectors import area_successors
from apps.startups.models import Attestation, Capability, Financials


@dataclass(frozen=True, slots=True)
class Known:
    """An object that a key stands for, and the digest of the row last loaded (None: loaded by nobody's row)."""

    object_id: UUID
    sha256: bytes | None


@dataclass(frozen=True, slots=True)
class KnownArea:
    object_id: UUID
    parent: str | None
    label_en: str
    label_uk: str
    is_imported: bool


def known_objects(*, sender: str, target: Target, keys: Collection[str]) -> dict[str, Known]:
    """The sender's keys among `keys` whose objects still exist."""
    if not keys:
        return {}
    statement = sql.SQL(
        "SELECT known.key, known.object_id, known.sha256 FROM exchange_importkey known"
        " JOIN {table} object ON object.id = known.object_id"
        ' WHERE known.sender = %s AND known."table" = %s AND known.key = ANY(%s)'
    ).format(table=sql.Identifier(target.db_table))
    rows = _fetch(statement, [sender, target.name, list(keys)])
    return {key: Known(object_id, bytes(sha256)) for key, object_id, sha256 in rows}


def known_by_organisation(*, target: Target, organisations: Mapping[UUID, str]) -> dict[str, Known]:
    """Firms or funds of organisations that came by another way than their own row, by the organisation's key."""
    found = target.model._default_manager.filter(organisation_id__in=list(organisations)).values_list(
        "organisation_id", "pk"
    )
    return {organisations[organisation]: Known(pk, None) for organisation, pk in found}


def known_areas() -> dict[str, KnownArea]:
    """Every area by its code; a retired one stands for the first of its successors."""
    rows = CapabilityArea.objects.values_list("code", "pk", "parent__code", "label_en", "label_uk", "edition")
    found = {
        code: KnownArea(pk, parent, label_en, label_uk, edition == AREA_EDITION)
        for code, pk, parent, label_en, label_uk, edition in rows
    }
    heirs = {code: found[successors[0]] for code, successors in area_successors().items()}
    return {**found, **heirs}


def kinds_of(*, organisations: Collection[UUID]) -> dict[UUID, str]:
    """The kinds of organisations."""
    return dict(Organisation.objects.filter(pk__in=list(organisations)).values_list("pk", "kind"))


def holders_of(*, identifiers: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[UUID, UUID]]:
    """The organisations that hold these (scheme, number) already, each with the identifier's own id."""
    schemes, numbers = zip(*identifiers, strict=True) if identifiers else ((), ())
    statement = sql.SQL(
        "SELECT held.scheme, held.value, held.organisation_id, held.id FROM {table} held"
        " JOIN unnest(%s::text[], %s::text[]) asked(scheme, value) USING (scheme, value)"
    ).format(table=sql.Identifier(Identifier._meta.db_table))
    rows = _fetch(statement, [list(schemes), list(numbers)])
    return {(scheme, value): (holder, pk) for scheme, value, holder, pk in rows}


def firms_of(*, capabilities: Collection[UUID]) -> dict[UUID, UUID]:
    """The firms that capabilities belong to."""
    return dict(Capability.objects.filter(pk__in=list(capabilities)).values_list("pk", "firm_id"))


def financial_years(*, firms: Collection[UUID]) -> dict[tuple[UUID, int], UUID]:
    """The years that firms have stated already."""
    rows = Financials.objects.filter(firm_id__in=list(firms)).values_list("firm_id", "year", "pk")
    return {(firm, year): pk for firm, year, pk in rows}


def attested(*, events: Collection[UUID]) -> dict[tuple[UUID, UUID], UUID]:
    """Which organisations have attested these events already, themselves and to this day."""
    words = Attestation.objects.filter(event_id__in=list(events), withdrawn_at=None, token="", attestor__isnull=False)
    rows = words.values_list("event_id", "attestor_id", "pk")
    return {(event, attestor): pk for event, attestor, pk in rows}


def ownership_of(*, parties: Collection[UUID], but: Collection[UUID]) -> list[Stated]:
    """What stands of the ownership of parties, apart from the statements `but` and what came of them."""
    heads = ownership_heads(statements=but)
    rows = OwnershipStatement.objects.standing().filter(owned__in=list(parties)).exclude(pk__in=list(heads.values()))
    return [stated_of(row=row) for row in rows]


def ownership_heads(*, statements: Collection[UUID]) -> dict[UUID, UUID]:
    """The last statement that took the place of each, itself where none did."""
    statement = sql.SQL(
        "WITH RECURSIVE chain (first, id) AS ("
        " SELECT asked, asked FROM unnest(%s::uuid[]) asked"
        " UNION SELECT chain.first, later.id FROM chain JOIN {table} later ON later.supersedes_id = chain.id)"
        " SELECT first, id FROM chain WHERE NOT EXISTS (SELECT FROM {table} later WHERE later.supersedes_id = chain.id)"
    ).format(table=sql.Identifier(OwnershipStatement._meta.db_table))
    return dict(_fetch(statement, [list(statements)]))


def _fetch(statement: sql.Composed, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
