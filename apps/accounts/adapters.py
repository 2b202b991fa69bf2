"""What allauth asks us: who calls from where, how accounts are made and signed in to, what is mailed and sealed."""

from __future__ import annotations

import datetime as dt
import ipaddress
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from prometheus_client import Counter

from apps.accounts import events, sealing
from apps.accounts.mails import mail_render
from apps.accounts.models import User
from apps.accounts.second_factor import FACTORS
from apps.accounts.sessions import sessions_end
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.events import publish

log = structlog.get_logger(__name__)

NOWHERE = "0.0.0.0"  # noqa: S104 - an address to count under, nothing is bound to it
LONGEST_EMAIL = 254
MAIL_VALUES = frozenset({"code", "ip", "at", "to_email", "deleted_email"})
LOCKED = Counter("sign_in_locked", "Sign-ins not even tried because too many had failed.")


class MailUnavailable(Exception):
    """The mail server does not take a mail that the caller waits for."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up, sign-in, passwords and mails. Wrong, unknown, locked and closed accounts all get the same answer."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The e-mail address or the password is wrong, or there were too many attempts: try again later."
        ),
        "second_factor_needed": _("Confirm with your second factor."),
        "email_invalid": _("Not an e-mail address."),
    }

    # -- who calls

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the outermost of our proxies names, however few entries the header has."""
        proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
        named = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        texts = [named[-min(proxies, len(named))]] if proxies > 0 and named else []
        for text in (*texts, str(request.META.get("REMOTE_ADDR", ""))):
            address = _address(text)
            if address is not None:
                return address
        return NOWHERE

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """One count for one account: by the name of the host, a caller could open a new one with every port."""
        return str(credentials.get("email", "")).lower()

    # -- making an account

    def clean_email(self, email: str) -> str:
        if len(email) > LONGEST_EMAIL or not email.isascii():
            raise self.validation_error("email_invalid")
        return email

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.language = "uk" if (get_language() or "").startswith("uk") else "en"
        with transaction.atomic():
            super().save_user(request, user, form, commit=commit)
            publish(events.USER_CREATED, actor=Actor(user_id=user.pk), subject=user)
        return user

    def send_account_already_exists_mail(self, email: str) -> None:
        make_password("as much work as for a new account")
        self.send_mail("account/email/account_already_exists", email, {})

    # -- signing in and out

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        try:
            user: User | None = super().authenticate(request, **credentials)
        except ValidationError:
            LOCKED.inc()
            make_password(str(credentials.get("password")))
            return None
        return user if user is not None and user.is_active else None

    def reauthenticate(self, user: User, password: str) -> bool:
        """A password is enough only for those who have no second factor."""
        if user.authenticator_set.filter(type__in=FACTORS).exists():  # type: ignore[attr-defined]
            raise self.validation_error("second_factor_needed")
        return bool(super().reauthenticate(user, password))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        methods = [record.get("type") or record["method"] for record in get_authentication_records(request, user)]
        _tell(events.SESSION_STARTED, user, {"methods": methods})
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            UserSession.objects.filter(session_key=request.session.session_key).delete()
            _tell(events.SESSION_ENDED, request.user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """A new password ends all sessions but the one in which it is changed."""
        request = context.request
        is_own = request is not None and request.user.pk == user.pk
        with transaction.atomic():
            super().set_password(user, password)
            sessions_end(user=user, keep=request.session.session_key if is_own else None)
            _tell(events.PASSWORD_CHANGED if is_own else events.PASSWORD_RESET, user)

    # -- mails

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        person = context.get("user") or User.objects.filter(email=email.lower()).first()
        language = person.language if person is not None else get_language() or "en"
        values = {name: value for name, value in context.items() if name in MAIL_VALUES}
        mail = mail_render(name=template_prefix, to=email, language=language, values=values)
        try:
            mail.send()
        except (OSError, SMTPException) as reason:
            log.warning("mail_not_sent", mail=template_prefix, reason=type(reason).__name__)
            raise MailUnavailable from None

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tells of a change; a mail server that is away does not undo it."""
        at = utc_now().astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")
        known = {"user": user, "at": at, "ip": self.get_client_ip(self.request), **(context or {})}
        try:
            self.send_mail(template_prefix, email or user.email, known)
        except MailUnavailable:
            return


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are sealed, passkeys belong to the configured domain."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text=text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(sealed=encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": settings.PASSKEY_DOMAIN, "name": settings.PASSKEY_NAME}


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """The list of one's sessions."""

    def end_sessions(self, sessions: Any) -> None:
        chosen = list(sessions)
        with transaction.atomic():
            super().end_sessions(chosen)
            if chosen:
                _tell(events.SESSION_REVOKED, chosen[0].user, {"count": len(chosen)})


def _tell(name: str, user: Any, data: dict[str, Any] | None = None) -> None:
    with transaction.atomic():
        publish(name, actor=Actor(user_id=user.pk), subject=user, data=data)


def _address(text: str) -> str | None:
    """An IP address, also one with a port (`1.2.3.4:5`, `[::1]:5`); None when it is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None
