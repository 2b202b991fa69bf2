"""The first to see a request: gives it an id, and refuses shapes that nothing further in should have to face."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from kernel.api import problems, shapes
from kernel.api.handler import outage_answer
from kernel.api.problems import PROBLEM_TYPE, ApiProblem, BodyTooLarge, problem_response
from kernel.ids import uuid7

Next = Callable[[HttpRequest], HttpResponse]

REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}", re.ASCII)
HEADER, META_NAME = "X-Request-ID", "HTTP_X_REQUEST_ID"
BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
PLAIN_STATUSES: Mapping[int, tuple[str, Any]] = {
    400: ("bad_request", problems.MALFORMED),
    403: ("permission_denied", problems.FORBIDDEN),
    404: ("not_found", problems.NOT_FOUND),
    405: ("method_not_allowed", problems.METHOD),
    406: ("not_acceptable", problems.TYPE_ANSWERED),
    413: ("body_too_large", BodyTooLarge.default_detail),
    415: ("unsupported_media_type", problems.TYPE_TAKEN),
    429: ("throttled", problems.THROTTLED),
}
"""The code and text of a refusal that Django gives without one."""


class RequestIdMiddleware:
    """Takes the caller's request id when well-formed (8 to 64 letters, digits, - and _), makes a UUIDv7 otherwise.

    The id is on the request, in every log line, in every problem, and goes back as X-Request-ID.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = str(request.META.get(META_NAME, ""))
        request_id = given if REQUEST_ID.fullmatch(given) else str(uuid7())
        request.META[META_NAME] = request_id
        request.request_id = request_id  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response[HEADER] = request_id
        return response


class ShapeMiddleware:
    """Refuses NUL, lone surrogates, foreign charsets, oversized and overgrown bodies with a 4xx problem.

    The body limit is the view's `body_limit` (bytes), else the longest matching prefix of `API_BODY_LIMITS`, else 1 MB.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        problem = (
            shapes.path_problem(request.path_info)
            or shapes.query_string_problem(str(meta.get("QUERY_STRING", "")))
            or shapes.headers_problem(meta)
        )
        if problem is not None:
            return _refusal(request, problem)
        return _as_problem(request, self.get_response(request))

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: Any,  # noqa: ARG002 - Django's signature
        kwargs: Any,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse | None:
        problem = None if request.method in BODILESS else _body_problem(request, view)
        return None if problem is None else _refusal(request, problem)


def body_limit_of(view: Any, path: str) -> int:
    """The bytes that the body of a request to `path`, handled by `view`, may have."""
    declared = getattr(getattr(view, "cls", view), "body_limit", None)
    if declared is not None:
        return int(declared)
    limits: Mapping[str, int] = getattr(settings, "API_BODY_LIMITS", {})
    longest = max((prefix for prefix in limits if path.startswith(prefix)), key=len, default=None)
    return shapes.MAX_BODY if longest is None else limits[longest]


def _body_problem(request: HttpRequest, view: Any) -> ApiProblem | None:
    meta = request.META
    length = int(meta.get("CONTENT_LENGTH") or 0)
    if length > body_limit_of(view, request.path_info):
        return BodyTooLarge()
    if length == 0:
        return None
    content_type = str(meta.get("CONTENT_TYPE", ""))
    encoding = str(meta.get("HTTP_CONTENT_ENCODING", ""))
    problem = shapes.content_problem(content_type=content_type, content_encoding=encoding)
    if problem is not None:
        return problem
    if shapes.is_json(content_type):
        return shapes.json_problem(request.body)
    if content_type.lower().startswith("application/x-www-form-urlencoded"):
        return shapes.form_problem(request.body)
    return None


def _refusal(request: HttpRequest, problem: ApiProblem) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        return problem_response(
            request, status=problem.status_code, code=problem.default_code, detail=problem.default_detail
        )


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A bare refusal of Django inside the API (405 of a plain view, say) as a problem; JSON answers are left alone."""
    prefixes = tuple(getattr(settings, "API_PATH_PREFIXES", ("/api/", "/_allauth/")))
    told = PLAIN_STATUSES.get(response.status_code)
    is_plain = "json" not in response.headers.get("Content-Type", "")
    if told is None or not is_plain or not request.path.startswith(prefixes):
        return response
    with translation.override(translation.get_language_from_request(request)):
        code, detail = told
        headers = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        return problem_response(request, status=response.status_code, code=code, detail=detail, headers=headers)


class OutageMiddleware:
    """Answers 503 with Retry-After, never 500, when a view outside the REST base meets an outage (sign-in, say)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return outage_answer(request, exception)


__all__ = ["PROBLEM_TYPE", "OutageMiddleware", "RequestIdMiddleware", "ShapeMiddleware", "body_limit_of"]
