"""Making accounts without the sign-up form: for commands and for those who set up an installation."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from apps.accounts import events
from apps.accounts.models import User
from kernel.access import Actor
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish


class AccountNotYours(Forbidden):
    """Only the installation itself makes accounts; people sign up."""


class AddressTaken(Conflict):
    """An account with this e-mail address exists."""


class AccountNotAcceptable(Invalid):
    """The e-mail address or the password is not acceptable."""


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
