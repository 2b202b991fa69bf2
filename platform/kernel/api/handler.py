"""Turns what was raised into a problem; what should not have come this far gets a constant text and is counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as ModelInvalid
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from prometheus_client import Counter
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS

from kernel.api import problems
from kernel.api.problems import ApiProblem, ProblemResponse, pointer, problem_response
from kernel.errors import DomainError, FieldProblem, StorageFull

log = structlog.get_logger(__name__)

LEFTOVERS = Counter(
    "api_leftover_errors", "Errors that reached the last handler instead of being refused earlier, by kind.", ["kind"]
)
UNIQUE_VIOLATION, EXCLUSION_VIOLATION = "23505", "23P01"
DISK_FULL = "53100"
RETRY_SOON, RETRY_LATER = 1, 5
TRANSIENT = frozenset({"40001", "40P01", "55P03"})
"""Serialisation failure, deadlock, lock not available: gone at the next try."""


def problem_handler(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The exception handler of every API view; None lets Django report the error and answer its constant 500."""
    request = context.get("request")
    for kind, answer in _ANSWERS:
        if isinstance(exc, kind):
            return answer(request, exc)
    return None


def _domain(request: Any, exc: DomainError) -> ProblemResponse:
    if exc.status == 404:
        return not_found(request)
    return problem_response(
        request, status=exc.status, code=exc.code, detail=exc.detail, values=exc.values, errors=exc.errors
    )


def _api(request: Any, exc: ApiProblem) -> ProblemResponse:
    status, code = exc.status_code, exc.default_code
    return problem_response(
        request, status=status, code=code, detail=exc.detail, headers=exc.headers, errors=exc.errors
    )


def _invalid(request: Any, exc: exceptions.ValidationError) -> ProblemResponse:
    errors = list(field_problems(exc.detail))
    return problem_response(request, status=422, code="invalid", detail=problems.INVALID, errors=errors)


def _model_invalid(request: Any, exc: ModelInvalid) -> ProblemResponse:
    if hasattr(exc, "error_dict"):
        places = [(pointer(*([] if name == "__all__" else [name])), found) for name, found in exc.error_dict.items()]
    else:
        places = [("", exc.error_list)]
    errors = [
        FieldProblem(place, str(item.code or "invalid"), str(message))
        for place, found in places
        for item in found
        for message in item.messages
    ]
    return problem_response(request, status=422, code="invalid", detail=problems.INVALID, errors=errors)


def _framework(request: Any, exc: exceptions.APIException) -> ProblemResponse:
    if exc.status_code == 404:
        return not_found(request)
    headers: dict[str, str] = {}
    if header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(header)
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    if isinstance(exc, exceptions.ParseError):
        malformed = problems.BodyMalformed
        return problem_response(request, status=400, code=malformed.default_code, detail=malformed.default_detail)
    detail = exc.detail if isinstance(exc.detail, str) else exc.default_detail
    if isinstance(exc, exceptions.Throttled):
        detail = problems.THROTTLED
    code = getattr(exc.detail, "code", None) or exc.default_code
    return problem_response(request, status=exc.status_code, code=str(code), detail=detail, headers=headers)


def _forbidden(request: Any, _exc: Exception) -> ProblemResponse:
    return problem_response(request, status=403, code="permission_denied", detail=problems.FORBIDDEN)


def _missing(request: Any, _exc: Exception) -> ProblemResponse:
    return not_found(request)


def _too_large(request: Any, _exc: Exception) -> ProblemResponse:
    large = problems.BodyTooLarge
    return problem_response(request, status=413, code=large.default_code, detail=large.default_detail)


def _suspicious(request: Any, _exc: Exception) -> ProblemResponse:
    return problem_response(request, status=400, code="bad_request", detail=problems.MALFORMED)


def _referenced(request: Any, exc: Exception) -> ProblemResponse:
    _count("referenced", exc)
    return problem_response(request, status=409, code="referenced", detail=problems.REFERENCED)


def _integrity(request: Any, exc: Exception) -> ProblemResponse:
    if _sqlstate(exc) in {UNIQUE_VIOLATION, EXCLUSION_VIOLATION}:
        _count("duplicate", exc)
        return problem_response(request, status=409, code="duplicate", detail=problems.TAKEN)
    _count("integrity", exc)
    return problem_response(request, status=422, code="not_storable", detail=problems.UNSTORABLE)


def _data(request: Any, exc: Exception) -> ProblemResponse:
    _count("data", exc)
    if getattr(request, "method", "GET") in SAFE_METHODS:
        return _suspicious(request, exc)
    return problem_response(request, status=422, code="not_storable", detail=problems.UNSTORABLE)


def _unreadable(request: Any, exc: Exception) -> ProblemResponse:
    _count("overflow" if isinstance(exc, OverflowError) else "text", exc)
    return _suspicious(request, exc)


def _unavailable(request: Any, exc: Exception) -> ProblemResponse:
    if _sqlstate(exc) == DISK_FULL:
        _count("disk_full", exc)
        return _domain(request, StorageFull())
    is_transient = _sqlstate(exc) in TRANSIENT
    _count("race" if is_transient else "database", exc)
    wait = RETRY_SOON if is_transient else RETRY_LATER
    return problem_response(
        request, status=503, code="unavailable", detail=problems.UNAVAILABLE, headers={"Retry-After": str(wait)}
    )


OUTAGES = (OperationalError, InterfaceError, RedisError)
"""A server that the product needs is away for now."""


def outage_answer(request: HttpRequest, exc: Exception) -> HttpResponse | None:
    """The declared 503 for an outage met outside the REST views; None for any other exception."""
    return _unavailable(request, exc) if isinstance(exc, OUTAGES) else None


_ANSWERS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any, Any], ProblemResponse]], ...] = (
    (DomainError, _domain),
    (ApiProblem, _api),
    (exceptions.ValidationError, _invalid),
    (exceptions.APIException, _framework),
    ((Http404, ObjectDoesNotExist), _missing),
    (PermissionDenied, _forbidden),
    (ModelInvalid, _model_invalid),
    (RequestDataTooBig, _too_large),
    ((SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError), _suspicious),
    ((ProtectedError, RestrictedError), _referenced),
    (IntegrityError, _integrity),
    (DataError, _data),
    ((OverflowError, UnicodeError), _unreadable),
    (OUTAGES, _unavailable),
)


def _sqlstate(exc: BaseException) -> str:
    return str(getattr(exc.__cause__, "sqlstate", None) or "")


def _count(kind: str, exc: BaseException) -> None:
    """Counts and logs a leftover by name only: database messages quote the values."""
    LEFTOVERS.labels(kind=kind).inc()
    diagnostics = getattr(exc.__cause__, "diag", None)
    constraint = getattr(diagnostics, "constraint_name", None)
    log.warning("leftover_error", kind=kind, error=type(exc).__name__, sqlstate=_sqlstate(exc), constraint=constraint)


def field_problems(detail: Any, path: tuple[object, ...] = ()) -> Iterator[FieldProblem]:
    """The errors of a serializer, flattened, each with the JSON pointer of its place in the body."""
    if isinstance(detail, Mapping):
        for name, value in detail.items():
            yield from field_problems(value, path if name == "non_field_errors" else (*path, name))
    elif isinstance(detail, list | tuple):
        for index, value in enumerate(detail):
            yield from field_problems(value, path if isinstance(value, str) else (*path, index))
    else:
        yield FieldProblem(pointer(*path), str(getattr(detail, "code", None) or "invalid"), str(detail))


def not_found(request: Any) -> ProblemResponse:
    """The one 404: the same for what is not there and for what the caller may not know of."""
    return problem_response(request, status=404, code="not_found", detail=problems.NOT_FOUND)


def _page(request: HttpRequest, status: int) -> HttpResponse | None:
    """An error page for a browser outside the API, if the product ships one for the status."""
    prefixes = tuple(getattr(settings, "API_PATH_PREFIXES", ("/api/", "/_allauth/")))
    if request.path.startswith(prefixes) or "text/html" not in request.headers.get("Accept", ""):
        return None
    try:
        page = render_to_string(f"{status}.html", {"status": status, "request_id": problems.request_id(request)})
    except TemplateDoesNotExist:
        return None
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request, exception)
    return _page(request, 400) or _suspicious(request, exception or SuspiciousOperation())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    return _page(request, 403) or _forbidden(request, exception or PermissionDenied())


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Django's handler404."""
    return _page(request, 404) or not_found(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a constant text, nothing of the error."""
    LEFTOVERS.labels(kind="internal").inc()
    return _page(request, 500) or problem_response(request, status=500, code="internal_error", detail=problems.INTERNAL)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Django's CSRF_FAILURE_VIEW."""
    return _page(request, 403) or problem_response(request, status=403, code="csrf_failed", detail=problems.CSRF)
