"""Taking in and giving out the ownership of one's own organisation as BODS 0.4."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pycountry
from django.db import transaction

from apps.compliance.models import OwnershipStatement, Party
from apps.compliance.rules.bods import BodsProblem, BodsRead, bods_read
from apps.compliance.rules.bods_writing import bods_write
from apps.compliance.rules.declared import InterestStated, PartyStated
from apps.compliance.selectors.ownership import country_of, name_of, statements_of
from apps.compliance.services.ownership import COLUMNS, OwnershipNotAcceptable, ownership_state
from apps.organisations.models import Organisation
from apps.organisations.rules import name_key, own_require
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import FieldProblem, NotFound


@dataclass(frozen=True, slots=True)
class BodsImport:
    """What an import did, or would do: new parties and statements, and relationships that stood already."""

    parties: int
    statements: int
    unchanged: int
    is_trial: bool


@transaction.atomic
def ownership_import_bods(
    *, actor: Actor, organisation_id: UUID, bods: Any, is_trial: bool = False, now: dt.datetime | None = None
) -> BodsImport:
    """State what a BODS 0.4 array says of one's own organisation; nothing when a single statement is wrong.

    The declaration's subject is the organisation: by its id, a number or its name. Records that bear the id of a party
    that the organisation knows are that party. `is_trial` writes nothing. Raises NotYours and OwnershipNotAcceptable,
    whose pointers begin with `/bods/<row>`.
    """
    own_require(actor=actor, organisation_id=organisation_id)
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    known = frozenset(str(pk) for pk in statements_of(organisation_id=organisation_id).values_list("pk", flat=True))
    found = bods_read(statements=bods, known=known)
    _check_subject(found, organisation)
    if found.problems:
        raise OwnershipNotAcceptable(errors=[_pointed(problem) for problem in found.problems])
    relationships = sum(1 for item in bods if item["recordType"] == "relationship")
    told = len({row for row, _ in found.interest_rows})
    if not found.interests:
        return BodsImport(0, 0, relationships, is_trial)
    parties, party_rows = _new_parties(found, organisation)
    named = {found.subject: str(organisation_id)}
    interests = [
        replace(item, owner=named.get(item.owner, item.owner), owned=named.get(item.owned, item.owned))
        for item in found.interests
    ]
    try:
        made = ownership_state(
            actor=actor,
            organisation_id=organisation_id,
            parties=parties,
            statements=interests,
            is_trial=is_trial,
            now=now,
        )
    except OwnershipNotAcceptable as refusal:
        errors = [_placed(problem, party_rows, found.interest_rows) for problem in refusal.errors]
        raise OwnershipNotAcceptable(errors=errors) from None
    return BodsImport(len(parties), len(made), relationships - told, is_trial)


def ownership_export_bods(*, organisation_id: UUID, now: dt.datetime | None = None) -> list[dict[str, Any]]:
    """What stands of the ownership of an organisation as a BODS 0.4 array. Raises NotFound."""
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    rows = list(statements_of(organisation_id=organisation_id).order_by("pk"))
    before = {row.pk: row.supersedes_id for row in rows}
    standing = [row for row in rows if row.is_standing]  # type: ignore[attr-defined]  # annotated
    party_ids = {organisation_id, *(pk for row in standing for pk in (row.owned_id, row.owner_id))}
    parties = Party.objects.filter(pk__in=party_ids).select_related("organisation")
    stated = [_party(party) for party in parties.prefetch_related("organisation__identifiers").order_by("pk")]
    if str(organisation_id) not in {item.key for item in stated}:
        stated.insert(0, PartyStated(str(organisation_id), "entity", organisation.legal_name))
    return bods_write(
        subject=str(organisation_id),
        publisher=organisation.legal_name,
        parties=stated,
        interests=[_interest(row, before) for row in standing],
        countries={country.alpha_2: country.name for country in pycountry.countries} | {"XK": "Kosovo"},
        today=utc_today(now),
    )


def _check_subject(found: BodsRead, organisation: Organisation) -> None:
    if not found.subject or found.subject == str(organisation.pk):
        return
    stated = {item.key: (row, item) for item, row in zip(found.parties, found.party_rows, strict=True)}
    row, party = stated.get(found.subject, (0, None))
    if party is not None:
        numbers = {each["value"] for each in party.identifiers}
        if numbers & set(organisation.identifiers.values_list("value", flat=True)):
            return
        if party.legal_name and organisation.name_key == name_key(legal_name=party.legal_name, legal_name_uk=""):
            return
        if party.legal_name in {organisation.legal_name, organisation.legal_name_uk} - {""}:
            return
    text = "The declaration is about your own organisation: by its id, a register number or its name."
    found.refuse(row, "/declarationSubject", "not_your_organisation", text)


def _new_parties(found: BodsRead, organisation: Organisation) -> tuple[list[PartyStated], list[int]]:
    """The parties that are not known yet, with their rows; the subject itself is none."""
    known = {str(pk) for pk in Party.objects.filter(stated_by=organisation).values_list("pk", flat=True)}
    said = statements_of(organisation_id=organisation.pk)
    known |= {str(pk) for pk in said.values_list("owner_id", flat=True)} | {found.subject}
    used = {name for item in found.interests for name in (item.owner, item.owned)}
    new = [
        (item, row)
        for item, row in zip(found.parties, found.party_rows, strict=True)
        if item.key not in known and item.key in used
    ]
    return [item for item, _ in new], [row for _, row in new]


def _pointed(problem: BodsProblem) -> FieldProblem:
    return FieldProblem(f"/bods/{problem.row}{problem.pointer}", problem.code, problem.text, problem.values)


def _placed(problem: FieldProblem, party_rows: Sequence[int], interest_rows: Sequence[tuple[int, str]]) -> FieldProblem:
    """A problem of the call, at the row of the file that it comes from."""
    _, kind, *rest = problem.pointer.split("/")
    if rest and kind == "parties":
        return replace(problem, pointer=f"/bods/{party_rows[int(rest[0])]}/recordDetails")
    if rest:
        row, at = interest_rows[int(rest[0])]
        return replace(problem, pointer=f"/bods/{row}{at}")
    return replace(problem, pointer="/bods")


def _party(party: Party) -> PartyStated:
    numbers = list(party.identifiers)
    registered = party.organisation
    if registered is not None:
        numbers = [{"scheme": item.scheme, "value": item.value} for item in registered.identifiers.all()]
    return PartyStated(
        key=str(party.pk),
        kind=party.kind,
        legal_name=name_of(party=party),
        native_name=party.native_name if registered is None else registered.legal_name_uk,
        entity_type=party.entity_type,
        country=country_of(party=party),
        nationalities=tuple(party.nationalities),
        birth_date=party.birth_date,
        registered_on=party.registered_on,
        identifiers=numbers,
        unknown_reason=party.unknown_reason,
    )


def _interest(
    row: OwnershipStatement, before: Mapping[UUID, UUID | None]
) -> tuple[str, str, str, dt.date, InterestStated]:
    first = row.pk
    while before.get(first) is not None:
        first = before[first] or first
    stated = InterestStated(
        owner=str(row.owner_id), owned=str(row.owned_id), **{name: getattr(row, name) for name in COLUMNS}
    )
    status = "closed" if row.to_date is not None else "updated" if row.supersedes_id is not None else "new"
    # Record and statement are told apart where a statement is the first of its record.
    return str(row.pk), f"relationship-{first}", status, row.stated_at.date(), stated
