"""Accounts: made without the sign-up form, changed by their person, exported and erased."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from apps.accounts import events, personal_data
from apps.accounts.models import User
from apps.accounts.sealing import seal
from apps.accounts.second_factor import FACTORS
from apps.accounts.sessions import sessions_end
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish


class AccountNotYours(Forbidden):
    """Only the installation itself makes accounts; people sign up."""


class AddressTaken(Conflict):
    """An account with this e-mail address exists."""


class AccountNotAcceptable(Invalid):
    """The e-mail address or the password is not acceptable."""


class PersonNeeded(Forbidden):
    """A person does this, not software with a key."""


class ErasureNotConfirmed(Invalid):
    """Type the e-mail address of your account to confirm."""


@dataclass(frozen=True, slots=True)
class PersonalDataExport:
    """All that is kept about a person, by section, at a moment."""

    made_at: dt.datetime
    sections: dict[str, Any]


@transaction.atomic
def user_create(
    *,
    actor: Actor,
    email: str,
    password: str | None = None,
    name: str = "",
    language: str = "en",
    is_staff: bool = False,
    is_superuser: bool = False,
) -> User:
    """A person with a verified e-mail address who can sign in at once, with `password` if one is given.

    Raises AccountNotYours unless the system acts, AddressTaken, and AccountNotAcceptable.
    """
    if not actor.is_system:
        raise AccountNotYours
    address = email.strip().lower()
    _check(address, password, name)
    if User.objects.filter(email=address).exists():
        raise AddressTaken
    user = User.objects.create_user(
        address, password, name=name, language=language, is_staff=is_staff, is_superuser=is_superuser
    )
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    publish(events.USER_CREATED, actor=actor, subject=user)
    return user


@transaction.atomic
def user_update(*, actor: Actor, **changes: str) -> User:
    """Change one's own `name` or `language`; what is as it was is no change. Raises PersonNeeded."""
    user = _person(actor)
    fields = sorted(name for name, value in changes.items() if getattr(user, name) != value)
    for name in fields:
        setattr(user, name, changes[name])
    if fields:
        user.save(update_fields=fields)
        publish(events.USER_UPDATED, actor=actor, subject=user, data={"fields": fields})
    return user


@transaction.atomic
def user_export(*, actor: Actor) -> PersonalDataExport:
    """All that is kept about the actor. Raises PersonNeeded."""
    user = _person(actor)
    sections = {part.section: part.export(user) for part in personal_data.parts()}
    publish(events.USER_EXPORTED, actor=actor, subject=user)
    return PersonalDataExport(made_at=utc_now(), sections=sections)


@transaction.atomic
def user_erase(*, actor: Actor, confirm: str) -> None:
    """Scrub all personal values of the actor for good; the account's row and the trail stay, with ids only.

    `confirm` is the account's e-mail address. Raises PersonNeeded, ErasureNotConfirmed, and whatever keeps a part from
    being erased, as SoleOwner.
    """
    user = _person(actor)
    if confirm.strip().lower() != user.email:
        problem = FieldProblem("/confirm", "mismatch", "This is not the e-mail address of your account.")
        raise ErasureNotConfirmed(errors=[problem])
    for part in personal_data.parts():
        part.erase(user, actor)
    publish(events.USER_ERASED, actor=actor, subject=user)


@transaction.atomic
def totp_give(*, actor: Actor, user: User) -> str:
    """Give a person an authenticator app's secret (base 32, RFC 6238) in place of any other; returns it.

    For those who set up an installation. Raises AccountNotYours unless the system acts.
    """
    if not actor.is_system:
        raise AccountNotYours
    secret: str = generate_totp_secret()
    kind = Authenticator.Type.TOTP
    Authenticator.objects.filter(user=user, type=kind).delete()
    # Saved without the signal that follows a person's own set-up: that has used up the present code, this has not.
    Authenticator.objects.bulk_create([Authenticator(user=user, type=kind, data={"secret": seal(text=secret)})])
    sessions_end(user=user)
    publish(events.SECOND_FACTOR_ADDED, actor=actor, subject=user, data={"kind": kind.value})
    return secret


def has_second_factor(*, user: User) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def _person(actor: Actor) -> User:
    """The actor's account, locked. Raises PersonNeeded."""
    if actor.api_key_id is not None or actor.user_id is None:
        raise PersonNeeded
    return User.objects.select_for_update(no_key=True).get(pk=actor.user_id)


def _check(address: str, password: str | None, name: str) -> None:
    problems = []
    try:
        validate_email(address)
    except ValidationError:
        problems.append(FieldProblem("/email", "invalid", "Not an e-mail address."))
    if password is not None:
        try:
            validate_password(password, User(email=address, name=name))
        except ValidationError as reason:
            problems += [
                FieldProblem("/password", item.code or "invalid", item.messages[0]) for item in reason.error_list
            ]
    if problems:
        raise AccountNotAcceptable(errors=problems)
