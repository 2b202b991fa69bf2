"""Addresses of sign-in: allauth's headless ones, each in one transaction, without those that have no use here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.account import views as account
from allauth.headless.constants import Client
from allauth.headless.mfa import views as mfa
from allauth.headless.spec import views as description
from allauth.headless.tokens.views import RefreshTokenView
from allauth.headless.urls import build_urlpatterns
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DataError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from apps.accounts import views
from apps.accounts.adapters import MailUnavailable
from kernel.api import problems
from kernel.api.shapes import is_json

View = Callable[..., HttpResponseBase]

LEFT_OUT = {
    account.ConfirmLoginCodeView,
    account.ManagePhoneView,
    account.VerifyPhoneView,
    account.ResendPhoneVerificationCodeView,
    RefreshTokenView,
}
"""Sign-in by mailed code, telephone numbers and tokens with an end of their own are not offered."""
REPLACED: Mapping[Any, Any] = {
    account.SignupView: views.Signup,
    account.ResetPasswordView: views.ResetPassword,
    mfa.ManageWebAuthnView: views.ManagePasskeys,
    mfa.AuthenticateWebAuthnView: views.AuthenticatePasskey,
    mfa.ReauthenticateWebAuthnView: views.ReauthenticatePasskey,
    mfa.LoginWebAuthnView: views.LoginPasskey,
}
SESSION_ENDED = _("This session has ended. Sign in again.")
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


def guarded(view: View) -> View:
    """`view` in one transaction that a refusal by exception undoes; what it cannot read or store is a 4xx problem."""

    @wraps(view)
    def handle(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = _unreadable(request)
        if refusal is not None:
            return refusal
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except ImmediateHttpResponse as answer:
            if answer.response.status_code != 429:
                raise
            return _too_many()
        except MailUnavailable:
            return _problem(request, 503, "unavailable", problems.UNAVAILABLE, {"Retry-After": "60"})
        except IntegrityError:
            return _problem(request, 409, "duplicate", problems.TAKEN)
        except DataError:
            return _problem(request, 400, "bad_request", problems.UNSTORABLE)
        except (UpdateError, SessionInterrupted):
            return _problem(request, 409, "session_ended", SESSION_ENDED)

    return handle


def _too_many() -> HttpResponse:
    """As allauth tells of its limits, without the token of a session that was not kept."""
    response = JsonResponse({"status": 429}, status=429)
    add_never_cache_headers(response)
    return response


def _unreadable(request: HttpRequest) -> HttpResponse | None:
    """The refusal of a body that is not JSON; None when it is, or when there is none."""
    if request.method in BODILESS or not int(request.META.get("CONTENT_LENGTH") or 0):
        return None
    if not is_json(request.META.get("CONTENT_TYPE", "")):
        return _problem(request, 415, "unsupported_media_type", problems.TYPE_TAKEN)
    try:
        json.loads(request.body)
    except ValueError:
        return _problem(request, 400, "body_malformed", problems.BodyMalformed.default_detail)
    return None


def _problem(
    request: HttpRequest, status: int, code: str, detail: Any, headers: dict[str, str] | None = None
) -> HttpResponse:
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return problems.problem_response(request, status=status, code=code, detail=detail, headers=headers)


def _offered(patterns: Iterable[URLPattern | URLResolver], client: Client) -> Iterator[URLPattern | URLResolver]:
    for item in patterns:
        route = str(item.pattern)
        if isinstance(item, URLResolver):
            inner = list(_offered(item.url_patterns, client))
            whole: Any = (inner, item.app_name) if item.namespace else inner
            yield path(route, include(whole, namespace=item.namespace))
            continue
        view: Any = item.callback
        kind = view.view_class
        if kind not in LEFT_OUT:
            offered = REPLACED[kind].as_api_view(client=client) if kind in REPLACED else view
            yield path(route, guarded(offered), name=item.name)


app_name = "headless"
urlpatterns = [
    path("app/", include((list(_offered(build_urlpatterns(Client.APP), Client.APP)), "headless"), "app")),
    path(
        "browser/", include((list(_offered(build_urlpatterns(Client.BROWSER), Client.BROWSER)), "headless"), "browser")
    ),
    path("openapi.yaml", description.OpenAPIYAMLView.as_view(), name="openapi_yaml"),
    path("openapi.json", description.OpenAPIJSONView.as_view(), name="openapi_json"),
]
