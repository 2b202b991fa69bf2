"""Registering and changing organisations, adding members, making and revoking API keys."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from apps.organisations import events
from apps.organisations.models import ApiKey, Identifier, Membership, Organisation
from apps.organisations.rules import identifier_clean, own_require, roles_unfit
from apps.organisations.states import Basis, Scheme, Standing
from apps.permissions import Kind, Permission, Role
from apps.reference.codes import country_codes
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish
from kernel.versions import ChangedMeanwhile, version_save

LONGEST_KEY_LIFE = dt.timedelta(days=366)
"""A year, leap years included."""
KEY_FORM = "tdm_{prefix}_{secret}"


class OrganisationNotAcceptable(Invalid):
    """The organisation's data are not acceptable."""


class IdentifierTaken(Conflict):
    """This number cannot be registered. If it is yours, ask the operator."""


class NameIsVerified(Conflict):
    """Name, country and numbers were verified. Ask the operator for a new verification to change them."""


class RegistrationNeedsPerson(Forbidden):
    """A person registers an organisation, not software with a key."""


class OperatorNotRegistered(Forbidden):
    """Operators are set up with the installation, not registered."""


class StandingNotYours(Forbidden):
    """Standing is given by verification."""


class MembershipNotAcceptable(Invalid):
    """These roles do not exist in this kind of organisation."""


class AlreadyMember(Conflict):
    """This person is a member already."""


class MembersNotYours(Forbidden):
    """Only an owner of the organisation adds members."""


class ApiKeyNeedsPerson(Forbidden):
    """A person makes an API key, not software with a key."""


class ApiKeyNotAcceptable(Invalid):
    """The key's name, scopes or expiry are not acceptable."""


@dataclass(frozen=True, slots=True)
class ApiKeyMade:
    """A new key and, this once, the text that its holder presents."""

    key: ApiKey
    token: str


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
        if actor.api_key_id is not None or actor.user_id is None:
            raise RegistrationNeedsPerson
        if kind == Kind.OPERATOR:
            raise OperatorNotRegistered
        owner_id = actor.user_id
    name = legal_name.strip()
    problems = _naming_problems({"legal_name": name, "country": country})
    if kind not in set(Kind):
        problems.append(FieldProblem("/kind", "invalid", "No such kind of organisation."))
    numbers = _numbers(identifiers, problems)
    if problems:
        raise OrganisationNotAcceptable(errors=problems)
    organisation = Organisation.objects.create(
        kind=kind, legal_name=name, legal_name_uk=legal_name_uk.strip(), country=country
    )
    _keep_identifiers(organisation, numbers)
    publish(
        events.ORGANISATION_REGISTERED,
        actor=actor,
        subject=organisation,
        organisation_id=organisation.pk,
        data={"kind": kind, "country": country},
    )
    if owner_id is not None:
        _join(actor, organisation, owner_id, [Role.OWNER])
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

    What was verified cannot be changed by the organisation itself; a missing `legal_name_uk` may be filled in. Raises
    NotYours, OrganisationNotAcceptable, IdentifierTaken, NameIsVerified and ChangedMeanwhile.
    """
    own_require(actor=actor, organisation_id=organisation.pk)
    changes = {name: value.strip() for name, value in changes.items()}
    problems = _naming_problems(changes)
    numbers = None if identifiers is None else _numbers(identifiers, problems)
    if problems:
        raise OrganisationNotAcceptable(errors=problems)
    present = Organisation.objects.select_for_update().get(pk=organisation.pk)
    is_renumbered = numbers is not None and set(numbers) != set(present.identifiers.values_list("scheme", "value"))
    is_renamed = any(
        getattr(present, name) != value
        for name, value in changes.items()
        if name != "legal_name_uk" or present.legal_name_uk
    )
    if present.standing != Standing.REGISTERED and not actor.is_system and (is_renamed or is_renumbered):
        raise NameIsVerified
    changed = version_save(instance=organisation, changes=changes)
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
    """Give an organisation its standing, with the basis for it. Raises StandingNotYours unless the system acts."""
    if not actor.is_system:
        raise StandingNotYours
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


@transaction.atomic
def membership_add(*, actor: Actor, organisation: Organisation, user_id: UUID, roles: Collection[str]) -> Membership:
    """Make a person a member. Raises NotYours, MembersNotYours, MembershipNotAcceptable and AlreadyMember."""
    own_require(actor=actor, organisation_id=organisation.pk)
    if not actor.may(Permission.ORGANISATION_UPDATE):
        raise MembersNotYours
    return _join(actor, organisation, user_id, roles)


@transaction.atomic
def api_key_create(
    *, actor: Actor, name: str, scopes: Collection[str], expires_at: dt.datetime, now: dt.datetime | None = None
) -> ApiKeyMade:
    """A key of the actor's organisation; its secret is returned this once and kept only as a hash.

    Raises ApiKeyNeedsPerson, and ApiKeyNotAcceptable when its maker does not hold a scope or it outlives a year.
    """
    if actor.api_key_id is not None or actor.user_id is None or actor.organisation_id is None:
        raise ApiKeyNeedsPerson
    now = now or utc_now()
    problems = []
    if not name.strip():
        problems.append(FieldProblem("/name", "blank", "A key needs a name."))
    if not scopes or not set(scopes) <= actor.permissions:
        problems.append(FieldProblem("/scopes", "not_held", "At least one scope, and only permissions that you hold."))
    if not now < expires_at <= now + LONGEST_KEY_LIFE:
        problems.append(FieldProblem("/expires_at", "out_of_range", "Later than now and at most a year ahead."))
    if problems:
        raise ApiKeyNotAcceptable(errors=problems)
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        organisation_id=actor.organisation_id,
        created_by_id=actor.user_id,
        name=name.strip(),
        prefix=prefix,
        secret_hash=secret_hash(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    publish(events.API_KEY_CREATED, actor=actor, subject=key, data={"scopes": key.scopes})
    return ApiKeyMade(key=key, token=KEY_FORM.format(prefix=prefix, secret=secret))


@transaction.atomic
def api_key_revoke(*, actor: Actor, key: ApiKey, now: dt.datetime | None = None) -> ApiKey:
    """End a key; in force from the next request. Revoking it again changes nothing. Raises NotYours."""
    own_require(actor=actor, organisation_id=key.organisation_id)
    moment = now or utc_now()
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=moment):
        key.revoked_at = moment
        publish(events.API_KEY_REVOKED, actor=actor, subject=key)
    return key


def secret_hash(secret: str) -> str:
    """How a key's secret is kept: SHA-256, which is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _version_raise(organisation: Organisation) -> None:
    """Count a change beside the row as one of the row. Raises ChangedMeanwhile."""
    rows = Organisation.objects.filter(pk=organisation.pk, version=organisation.version)
    if rows.update(version=F("version") + 1) != 1:
        raise ChangedMeanwhile
    organisation.version += 1


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
            problems.append(FieldProblem(f"/identifiers/{index}/value", "checksum", f"Not a number of {scheme}."))
        elif (scheme, number) in numbers:
            problems.append(FieldProblem(f"/identifiers/{index}/value", "repeated", "Each number once."))
        else:
            numbers.append((scheme, number))
    return numbers


def _keep_identifiers(organisation: Organisation, numbers: Sequence[tuple[str, str]]) -> None:
    try:
        with transaction.atomic():
            Identifier.objects.bulk_create(
                Identifier(organisation=organisation, scheme=scheme, value=value) for scheme, value in numbers
            )
    except IntegrityError:
        raise IdentifierTaken from None


def _join(actor: Actor, organisation: Organisation, user_id: UUID, roles: Collection[str]) -> Membership:
    unfit = sorted(roles_unfit(kind=organisation.kind, roles=roles))
    if unfit or not roles:
        detail = f"No such role here: {', '.join(unfit)}." if unfit else "A member has at least one role."
        raise MembershipNotAcceptable(errors=[FieldProblem("/roles", "invalid", detail)])
    membership, is_new = Membership.objects.get_or_create(
        organisation=organisation, user_id=user_id, defaults={"roles": sorted(str(role) for role in roles)}
    )
    if not is_new:
        raise AlreadyMember
    publish(
        events.MEMBERSHIP_ADDED,
        actor=actor,
        subject=membership,
        data={"user_id": str(user_id), "roles": membership.roles},
    )
    return membership
