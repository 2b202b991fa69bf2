"""Problem documents (RFC 9457): their shape, their texts, and the few problems that belong to HTTP and to no domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.encoding import force_str
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer

from kernel.errors import FieldProblem

PROBLEM_TYPE = "application/problem+json"
TYPE_BASE = "urn:problem-type:"
ERRORS_SHOWN = 100

TITLES: Mapping[int, Any] = {
    400: _("Bad request"),
    401: _("Sign-in needed"),
    403: _("Forbidden"),
    404: _("Not found"),
    405: _("Method not allowed"),
    406: _("Not acceptable"),
    409: _("Conflict"),
    412: _("Changed in the meantime"),
    413: _("Too large"),
    415: _("Unsupported media type"),
    422: _("Invalid"),
    428: _("Precondition needed"),
    429: _("Too many requests"),
    500: _("Internal error"),
    503: _("Temporarily unavailable"),
    507: _("Insufficient storage"),
}

NOT_FOUND = _("There is nothing here, or nothing that you may see.")
INTERNAL = _("Something went wrong on our side. The request id lets us find it.")
MALFORMED = _("The request cannot be understood.")
UNSTORABLE = _("The request holds a value that cannot be stored.")
TAKEN = _("The same value exists already.")
REFERENCED = _("Something else still refers to this.")
UNAVAILABLE = _("The service is temporarily unavailable. Try again shortly.")
FORBIDDEN = _("You may not do this.")
CSRF = _("The request lacks a valid CSRF token.")
INVALID = _("Some values are not acceptable.")
METHOD = _("This address does not take this method.")
TYPE_ANSWERED = _("The answer cannot be given in any form that the request accepts.")
TYPE_TAKEN = _("The body is in a form that is not taken here.")
THROTTLED = _("Too many requests. The Retry-After header says when to try again.")


class ApiProblem(APIException):
    """A problem of the protocol; subclasses give status, code and text."""

    status_code = 400
    default_code = "bad_request"
    default_detail = MALFORMED

    def __init__(
        self, detail: Any = None, *, errors: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail, self.default_code)
        self.errors = list(errors)
        self.headers = dict(headers or {})


class BadRequest(ApiProblem):
    pass


class QueryInvalid(ApiProblem):
    """A query parameter that does not exist or cannot be read; pointers name the parameter."""

    default_code = "query_invalid"
    default_detail = _("A query parameter is unknown or cannot be read.")


class CursorInvalid(ApiProblem):
    default_code = "cursor_invalid"
    default_detail = _("The cursor is not one of this list. Start from the first page.")


class BodyMalformed(ApiProblem):
    default_code = "body_malformed"
    default_detail = _("The body is not well-formed.")


class BodyTooLarge(ApiProblem):
    status_code = 413
    default_code = "body_too_large"
    default_detail = _("The body is larger than this operation takes.")


class CharsetUnsupported(ApiProblem):
    status_code = 415
    default_code = "charset_unsupported"
    default_detail = _("Only UTF-8 without content encoding is taken.")


class PermissionMissing(ApiProblem):
    status_code = 403
    default_code = "permission_missing"
    default_detail = FORBIDDEN


class SecondFactorRequired(ApiProblem):
    """A role of the caller's demands a second factor, which this session never showed."""

    status_code = 403
    default_code = "second_factor_required"
    default_detail = _("Your role needs a second factor. Set one up and sign in with it.")


class StepUpRequired(ApiProblem):
    """The operation needs a second factor shown a moment ago."""

    status_code = 403
    default_code = "step_up_required"
    default_detail = _("Confirm with your second factor and repeat the request within five minutes.")


class PermissionUndeclared(ApiProblem):
    """The operation declares no permission: refused to everybody until it does."""

    status_code = 403
    default_code = "permission_undeclared"
    default_detail = FORBIDDEN


class IdempotencyKeyMalformed(ApiProblem):
    default_code = "idempotency_key_malformed"
    default_detail = _("Idempotency-Key must be 1 to 255 printable ASCII characters.")


class IdempotencyKeyRequired(ApiProblem):
    default_code = "idempotency_key_required"
    default_detail = _("This operation needs an Idempotency-Key header.")


class IdempotencyKeyReused(ApiProblem):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used with another body.")


class IdempotencyKeyInFlight(ApiProblem):
    status_code = 409
    default_code = "idempotency_key_in_flight"
    default_detail = _("A request with this Idempotency-Key is still being handled.")


class PreconditionFailed(ApiProblem):
    status_code = 412
    default_code = "precondition_failed"
    default_detail = _("This was changed since you read it. Read it again.")


class PreconditionRequired(ApiProblem):
    status_code = 428
    default_code = "precondition_required"
    default_detail = _("This operation needs an If-Match header with the entity tag you read.")


def pointer(*parts: object) -> str:
    """The JSON pointer (RFC 6901) to a place: `pointer("items", 0, "a/b")` is `/items/0/a~1b`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def query_problem(name: str, detail: Any, code: str = "invalid") -> QueryInvalid:
    """The refusal of one query parameter."""
    return QueryInvalid(errors=[FieldProblem(pointer(name), code, force_str(detail))])


def translated(text: Any, values: Mapping[str, object] = MappingProxyType({})) -> str:
    """A text in the language of the request, when a catalogue knows it, with its places filled."""
    plain = force_str(text)
    told = gettext(plain) if plain else ""
    return told.format_map(values) if values else told


def request_id(request: Any) -> str:
    """The id of the request, empty outside one."""
    return str(getattr(request, "request_id", "") or "")


def problem_body(
    request: Any,
    *,
    status: int,
    code: str,
    detail: Any,
    values: Mapping[str, object] = MappingProxyType({}),
    errors: Iterable[FieldProblem] = (),
) -> dict[str, Any]:
    """The members of a problem document, in the language of the request."""
    base = getattr(settings, "API_PROBLEM_TYPE_BASE", TYPE_BASE)
    return {
        "type": f"{base}{code}",
        "title": force_str(TITLES.get(status) or HTTPStatus(status).phrase),
        "status": status,
        "detail": translated(detail, values),
        "code": code,
        "request_id": request_id(request),
        "errors": [
            {"pointer": item.pointer, "code": item.code, "detail": translated(item.detail, item.values)}
            for item in list(errors)[:ERRORS_SHOWN]
        ],
    }


class ProblemResponse(HttpResponse):
    """A problem document, rendered as JSON whatever the operation itself would render."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(JSONRenderer().render(body), status=body["status"], content_type=PROBLEM_TYPE)
        self.data = body


def problem_response(
    request: Any,
    *,
    status: int,
    code: str,
    detail: Any,
    values: Mapping[str, object] = MappingProxyType({}),
    headers: Mapping[str, str] | None = None,
    errors: Iterable[FieldProblem] = (),
) -> ProblemResponse:
    """The answer that carries a problem document."""
    body = problem_body(request, status=status, code=code, detail=detail, values=values, errors=errors)
    response = ProblemResponse(body)
    for name, value in (headers or {}).items():
        response[name] = value
    return response
