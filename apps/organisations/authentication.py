"""Who is calling, by an API key, a session token or a browser's session, and for which organisation."""

from __future__ import annotations

import datetime as dt
import hmac
import re
from typing import Any
from uuid import UUID

import structlog
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts import second_factor
from apps.organisations.models import ApiKey
from apps.organisations.networks import is_within
from apps.organisations.selectors import actor_for_key, actor_for_user, api_key_find
from apps.organisations.services import secret_hash
from kernel.access import Actor
from kernel.api.problems import ApiProblem
from kernel.api.throttles import address_of
from kernel.clock import utc_now

log = structlog.get_logger(__name__)

CHALLENGE = 'Bearer realm="api"'
KEY = re.compile(r"tdm_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
NO_SUCH_HASH = "0" * 64
USE_NOTED_EVERY = dt.timedelta(minutes=1)


class NotAMember(ApiProblem):
    """X-Organisation names an organisation that the caller does not belong to, or none at all."""

    status_code = 403
    default_code = "not_a_member"
    default_detail = _("You are not a member of the organisation that X-Organisation names.")


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer tdm_<prefix>_<secret>`: acts for the key's organisation with its scopes."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        scheme, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        match = KEY.fullmatch(text.strip())
        if match is None:
            raise AuthenticationFailed(_("This is no valid API key."))
        prefix, secret = match.groups()
        key = api_key_find(prefix=prefix)
        is_secret_right = hmac.compare_digest(secret_hash(secret), NO_SUCH_HASH if key is None else key.secret_hash)
        now = utc_now()
        if key is None or not is_secret_right or not _is_usable(key, address_of(request), now):
            raise AuthenticationFailed(_("This is no valid API key."))
        named = organisation_named(request)
        if named is not None and named != key.organisation_id:
            raise NotAMember
        _note_use(key, now)
        return key.created_by, actor_for_key(key=key)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework's signature
        return CHALLENGE


class SessionTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]
    """`X-Session-Token` from the headless sign-in at `/_allauth/app/`."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        if not self.get_session_token(request):
            return None
        found = super().authenticate(request)
        if found is None:
            raise AuthenticationFailed(_("This session has ended. Sign in again."))
        user, session = found
        return user, _member(request, user, session)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework's signature
        return CHALLENGE


class BrowserSessionAuthentication(SessionAuthentication):
    """The session cookie of a signed-in browser; unsafe requests need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user = found[0]
        return user, _member(request, user, request.session)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework's signature
        return CHALLENGE


def organisation_named(request: Request) -> UUID | None:
    """The organisation that X-Organisation names, None without the header. Raises NotAMember when it names none."""
    text = request.headers.get("X-Organisation")
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotAMember from None


def _member(request: Request, user: Any, session: Any) -> Actor:
    actor = actor_for_user(
        user_id=user.pk,
        organisation_id=organisation_named(request),
        second_factor_at=second_factor.shown_at(session=session, user=user),
    )
    if actor is None:
        raise NotAMember
    return actor


def _is_usable(key: ApiKey, address: str, now: dt.datetime) -> bool:
    is_member = key.maker_roles is not None  # type: ignore[attr-defined]
    is_let_in = not key.allowed_networks or is_within(address=address, networks=key.allowed_networks)
    return key.revoked_at is None and key.expires_at > now and key.created_by.is_active and is_member and is_let_in


def _note_use(key: ApiKey, now: dt.datetime) -> None:
    """Notes the use at most once a minute; waits for nobody and never fails the request, as on a standby database."""
    if key.last_used_at is not None and now - key.last_used_at < USE_NOTED_EVERY:
        return
    try:
        with transaction.atomic():
            free = ApiKey.objects.select_for_update(skip_locked=True).filter(
                Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY), pk=key.pk
            )
            ApiKey.objects.filter(pk__in=free.values("pk")).update(last_used_at=now)
    except DatabaseError as reason:
        log.warning("api_key_use_not_noted", reason=type(reason).__name__)


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The key in the OpenAPI document."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the framework's signature
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "tdm_<prefix>_<secret>",
            "description": "A key of one organisation.",
        }


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session token in the OpenAPI document."""

    target_class = SessionTokenAuthentication
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the framework's signature
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "From the sign-in at /_allauth/app/v1/.",
        }


class BrowserSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session cookie in the OpenAPI document."""

    target_class = BrowserSessionAuthentication
    name = "browserSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the framework's signature
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A signed-in browser; send X-CSRFToken to change anything.",
        }
