"""The pages behind the links of mails: those to attestors, and the way out of mails about messages.

A link's token stands behind its `#`, which browsers send to nobody: the page's script reads it and calls the API.
"""

from __future__ import annotations

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from apps.startups.labels import KINDS, language_of

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "connect-src": [SELF],
    "img-src": ["data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
    "require-trusted-types-for": ["'script'"],
}


@require_safe
@csp(POLICY)
def attest(request: HttpRequest) -> HttpResponse:
    """Look at an event and give one's word on it."""
    return _page(request, "portal/attest.html")


@require_safe
@csp(POLICY)
def attest_withdraw(request: HttpRequest) -> HttpResponse:
    """Take one's word back."""
    return _page(request, "portal/attest_withdraw.html")


@require_safe
@csp(POLICY)
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """End mails."""
    return _page(request, "portal/unsubscribe.html")


def _page(request: HttpRequest, template: str) -> HttpResponse:
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in dict(settings.LANGUAGES) else language_of(translation.get_language())
    context = {
        "language": language,
        "languages": settings.LANGUAGES,
        "kinds": KINDS[language],
        # Who is signed in gives that away to the API, which refuses the firm's own people; all others get no cookie.
        "is_known": settings.SESSION_COOKIE_NAME in request.COOKIES,
    }
    with translation.override(language):
        response = render(request, template, context)
    for name, value in {**HEADERS, "Content-Language": language}.items():
        response[name] = value
    return response
