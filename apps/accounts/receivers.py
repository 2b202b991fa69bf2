"""What follows from changes that allauth makes: facts, other sessions ended, session keys changed."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import authentication_step_completed, email_changed, email_confirmed
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts import events, sealing
from apps.accounts.models import User
from apps.accounts.second_factor import FACTORS
from apps.accounts.sessions import session_rotate, sessions_end
from kernel.access import Actor
from kernel.events import publish


@receiver(post_save, sender=Authenticator)
def authenticator_saved(instance: Authenticator, *, created: bool, raw: bool = False, **_rest: Any) -> None:
    """A new second factor counts as shown: whoever sets it up proves to have it."""
    if not created or raw:
        return
    _tell(events.SECOND_FACTOR_ADDED, instance.user, {"kind": instance.type})
    if instance.type in FACTORS:
        request = _request_of(instance.user)
        if request is not None:
            record_authentication(request, instance.user, "mfa", id=instance.pk, type=instance.type)
        _privilege_changed(instance.user, request)
    if instance.type == Authenticator.Type.TOTP:
        _present_codes_use(instance)


@receiver(post_delete, sender=Authenticator)
def authenticator_deleted(instance: Authenticator, **_rest: Any) -> None:
    """Whoever loses a second factor has no other session left."""
    _tell(events.SECOND_FACTOR_REMOVED, instance.user, {"kind": instance.type})
    if instance.type in FACTORS:
        _privilege_changed(instance.user, _request_of(instance.user))


@receiver(authentication_step_completed)
def stepped_up(request: HttpRequest, user: User, method: str, *, reauthenticated: bool = False, **rest: Any) -> None:
    """A session that has just shown more than it had gets a new key."""
    if reauthenticated:
        _tell(events.SESSION_STEPPED_UP, user, {"method": rest.get("type") or method})
        session_rotate(session=request.session)


@receiver(email_confirmed)
def address_confirmed(email_address: Any, **_rest: Any) -> None:
    """A person showed to hold an address."""
    _tell(events.EMAIL_CONFIRMED, email_address.user)


@receiver(email_changed)
def address_changed(user: User, from_email_address: Any = None, **_rest: Any) -> None:
    """A person's address is another one; the first is no change."""
    if from_email_address is not None:
        _tell(events.EMAIL_CHANGED, user)


def _tell(name: str, user: Model, data: dict[str, Any] | None = None) -> None:
    actor = Actor.system() if context.request is None else Actor(user_id=user.pk)
    with transaction.atomic():
        publish(name, actor=actor, subject=user, data=data)


def _request_of(user: Any) -> HttpRequest | None:
    """The request being served, if it is this person's and has a session."""
    request: HttpRequest | None = context.request
    is_own = request is not None and hasattr(request, "user") and request.user.pk == user.pk
    return request if is_own and request is not None and request.session.session_key else None


def _privilege_changed(user: Any, request: HttpRequest | None) -> None:
    sessions_end(user=user, keep=None if request is None else request.session.session_key)
    if request is not None:
        session_rotate(session=request.session)


def _present_codes_use(instance: Authenticator) -> None:
    """The code with which an authenticator app was set up is used up like any other."""
    secret = sealing.unseal(sealed=instance.data["secret"])
    for counter in yield_hotp_counters_from_time():
        instance.wrap().validate_code(format_hotp_value(hotp_value(secret, counter)))
