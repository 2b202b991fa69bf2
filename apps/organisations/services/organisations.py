"""Registering and changing organisations, and giving them their standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from apps.organisations import events
from apps.organisations.models import Identifier, Organisation
from apps.organisations.rules import identifier_clean, name_key, own_require
from apps.organisations.services.members import member_join
from apps.organisations.states import Basis, Scheme, Standing
from apps.permissions import Kind, Role
from apps.reference.codes import country_codes
from kernel.access import Actor
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish
from kernel.versions import ChangedMeanwhile, version_save


class OrganisationNotAcceptable(Invalid):
    """The organisation's data are not acceptable."""


class IdentifierTaken(Conflict):
    """This number cannot be registered. If it is yours, ask the operator."""


class NameIsVerified(Conflict):
    """Name, country and numbers were verified. Ask the operator for a new verification to change them."""


class NumbersComeByRegistration(Conflict):
    """A number comes with a registration. Register again with it; the operator unites what belongs together."""


class AlreadyMerged(Conflict):
    """This organisation was merged into another."""


class RegistrationNeedsPerson(Forbidden):
    """A person registers an organisation, not software with a key."""


class OperatorNotRegistered(Forbidden):
    """Operators are set up with the installation, not registered."""


class StandingNotYours(Forbidden):
    """Standing is given by verification."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a registrant states, in the form in which it is kept; `identifiers` are pairs of scheme and number."""

    kind: str
    legal_name: str
    legal_name_uk: str
    country: str
    identifiers: list[tuple[str, str]]


def registrant_require(*, actor: Actor, kind: str) -> UUID:
    """The person who registers an organisation. Raises RegistrationNeedsPerson and OperatorNotRegistered."""
    if actor.api_key_id is not None or actor.user_id is None:
        raise RegistrationNeedsPerson
    if kind == Kind.OPERATOR:
        raise OperatorNotRegistered
    return actor.user_id


def stated_checked(
    *, kind: str, legal_name: str, country: str, legal_name_uk: str = "", identifiers: Sequence[tuple[str, str]] = ()
) -> Stated:
    """What was stated, trimmed and with clean numbers. Raises OrganisationNotAcceptable."""
    name = legal_name.strip()
    problems = _naming_problems({"legal_name": name, "country": country})
    if kind not in set(Kind):
        problems.append(FieldProblem("/kind", "invalid", "No such kind of organisation."))
    numbers = _numbers(identifiers, problems)
    if problems:
        raise OrganisationNotAcceptable(errors=problems)
    return Stated(kind, name, legal_name_uk.strip(), country, numbers)


@transaction.atomic
def organisation_register(
    *,
    actor: Actor,
    kind: str,
    legal_name: str,
    country: str,
    legal_name_uk: str = "",
    identifiers: Sequence[tuple[str, str]] = (),
    owner_id: UUID | None = None,
) -> Organisation:
    """A new organisation in standing `registered`, owned by the registrant; for the system by `owner_id`, if given.

    `identifiers` are pairs of scheme and number. Firms and funds get their entry by the fact that is published. Raises
    RegistrationNeedsPerson, OperatorNotRegistered, OrganisationNotAcceptable and IdentifierTaken.
    """
    if not actor.is_system:
        owner_id = registrant_require(actor=actor, kind=kind)
    stated = stated_checked(
        kind=kind, legal_name=legal_name, country=country, legal_name_uk=legal_name_uk, identifiers=identifiers
    )
    organisation = Organisation.objects.create(
        kind=kind,
        legal_name=stated.legal_name,
        legal_name_uk=stated.legal_name_uk,
        name_key=name_key(legal_name=stated.legal_name, legal_name_uk=stated.legal_name_uk),
        country=country,
    )
    _keep_identifiers(organisation, stated.identifiers)
    publish(
        events.ORGANISATION_REGISTERED,
        actor=actor,
        subject=organisation,
        organisation_id=organisation.pk,
        data={"kind": kind, "country": country},
    )
    if owner_id is not None:
        member_join(actor=actor, organisation=organisation, user_id=owner_id, roles=[Role.OWNER])
    return organisation


@transaction.atomic
def organisation_update(
    *,
    actor: Actor,
    organisation: Organisation,
    identifiers: Sequence[tuple[str, str]] | None = None,
    **changes: Any,
) -> Organisation:
    """Change name or country (`legal_name`, `legal_name_uk`, `country`) or replace the identifiers.

    What was verified cannot be changed by the organisation itself; a missing `legal_name_uk` may be filled in. It may
    leave out numbers but add none, so that nobody learns here which are taken. Raises NotYours,
    OrganisationNotAcceptable, NumbersComeByRegistration, IdentifierTaken (to the system), NameIsVerified and
    ChangedMeanwhile.
    """
    own_require(actor=actor, organisation_id=organisation.pk)
    changes = {name: value.strip() for name, value in changes.items()}
    problems = _naming_problems(changes)
    numbers = None if identifiers is None else _numbers(identifiers, problems)
    if problems:
        raise OrganisationNotAcceptable(errors=problems)
    present = Organisation.objects.select_for_update().get(pk=organisation.pk)
    held = set(present.identifiers.values_list("scheme", "value"))
    is_renumbered = numbers is not None and set(numbers) != held
    is_renamed = any(
        getattr(present, name) != value
        for name, value in changes.items()
        if name != "legal_name_uk" or present.legal_name_uk
    )
    if present.standing != Standing.REGISTERED and not actor.is_system and (is_renamed or is_renumbered):
        raise NameIsVerified
    if not actor.is_system and not set(numbers or ()) <= held:
        raise NumbersComeByRegistration
    changed = version_save(instance=organisation, changes={**changes, **_key_of(present, changes)})
    changed = [name for name in changed if name != "name_key"]
    if numbers is not None and is_renumbered:
        if not changed:
            _version_raise(organisation)
        organisation.identifiers.all().delete()
        _keep_identifiers(organisation, numbers)
        changed = [*changed, "identifiers"]
    if changed:
        publish(
            events.ORGANISATION_UPDATED,
            actor=actor,
            subject=organisation,
            organisation_id=organisation.pk,
            data={"fields": changed},
        )
    return organisation


@transaction.atomic
def organisation_standing_set(
    *, actor: Actor, organisation: Organisation, standing: str, basis: str = Basis.CASE
) -> Organisation:
    """Give an organisation its standing, with the basis for it.

    Raises StandingNotYours unless the system acts, and AlreadyMerged.
    """
    if not actor.is_system:
        raise StandingNotYours
    if organisation.merged_into_id is not None:
        raise AlreadyMerged
    before = organisation.standing
    if version_save(instance=organisation, changes={"standing": standing, "basis": basis}):
        publish(
            events.ORGANISATION_STANDING_CHANGED,
            actor=actor,
            subject=organisation,
            organisation_id=organisation.pk,
            data={"from": before, "to": standing, "basis": basis},
        )
    return organisation


def _version_raise(organisation: Organisation) -> None:
    """Count a change beside the row as one of the row. Raises ChangedMeanwhile."""
    rows = Organisation.objects.filter(pk=organisation.pk, version=organisation.version)
    if rows.update(version=F("version") + 1) != 1:
        raise ChangedMeanwhile
    organisation.version += 1


def _key_of(present: Organisation, changes: Mapping[str, str]) -> dict[str, str]:
    """The name's key where a name changes."""
    if not {"legal_name", "legal_name_uk"} & set(changes):
        return {}
    names = {name: changes.get(name, getattr(present, name)) for name in ("legal_name", "legal_name_uk")}
    return {"name_key": name_key(**names)}


def _naming_problems(values: Mapping[str, str]) -> list[FieldProblem]:
    problems = []
    if not values.get("legal_name", "-"):
        problems.append(FieldProblem("/legal_name", "blank", "An organisation needs a name."))
    if "country" in values and values["country"] not in country_codes():
        problems.append(FieldProblem("/country", "invalid", "Not a country code (ISO 3166-1 alpha-2)."))
    return problems


def _numbers(identifiers: Sequence[tuple[str, str]], problems: list[FieldProblem]) -> list[tuple[str, str]]:
    numbers = []
    for index, (scheme, value) in enumerate(identifiers):
        number = identifier_clean(scheme=scheme, value=value) if scheme in Scheme.values else None
        if number is None:
            told = {"scheme": scheme}
            problems.append(FieldProblem(f"/identifiers/{index}/value", "checksum", "Not a number of {scheme}.", told))
        elif (scheme, number) in numbers:
            problems.append(FieldProblem(f"/identifiers/{index}/value", "repeated", "Each number once."))
        else:
            numbers.append((scheme, number))
    return numbers


def _keep_identifiers(organisation: Organisation, numbers: Sequence[tuple[str, str]]) -> None:
    try:
        with transaction.atomic():
            Identifier.objects.bulk_create(
                Identifier(organisation=organisation, scheme=scheme, value=value)
                # In one order for all, so that no two writers wait for each other.
                for scheme, value in sorted(numbers)
            )
    except IntegrityError:
        raise IdentifierTaken from None
