"""The OpenAPI document: every operation gets an id, a summary, its permission, its headers and its problems."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.permissions import SAFE_METHODS

from kernel.api.permissions import PUBLIC, SIGNED_IN, declared_permission
from kernel.api.problems import PROBLEM_TYPE, TITLES, TYPE_BASE
from kernel.api.serializers import ApiSerializer

VERBS = {
    "list": "List",
    "retrieve": "Show",
    "create": "Create",
    "update": "Replace",
    "partial_update": "Change",
    "destroy": "Remove",
    "get": "Show",
    "post": "Create",
    "put": "Replace",
    "patch": "Change",
    "delete": "Remove",
}
CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "permission_missing",
    404: "not_found",
    406: "not_acceptable",
    409: "conflict",
    412: "precondition_failed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid",
    428: "precondition_required",
    429: "throttled",
    503: "unavailable",
}
BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable: programs decide by it."},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body or the query."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def problem_example(status: int, code: str, detail: str) -> dict[str, Any]:
    """A problem document as it might be answered, for the OpenAPI document."""
    return {
        "type": f"{TYPE_BASE}{code}",
        "title": str(TITLES.get(status, "")),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": "01981f5e-7c00-7000-8000-000000000000",
        "errors": [],
    }


class AutoSchema(SpectacularSchema):
    """Reads what `ApiView` declares. Views of other makers are described as they are."""

    view: Any

    @property
    def _action(self) -> str:
        return str(getattr(self.view, "action", None) or self.method.lower())

    @property
    def _permission(self) -> str | None:
        return declared_permission(self.view, self._action)

    def get_filter_backends(self) -> list[Any]:
        return list(super().get_filter_backends()) if getattr(self.view, "filterset_class", None) else []

    def _is_list_view(self, serializer: Any = None) -> bool:
        lists = getattr(self.view, "list_actions", None)
        if lists is None:
            return bool(super()._is_list_view(serializer))
        return self.method == "GET" and self._action in lists

    def get_operation_id(self) -> str:
        """Path words and the action: `deal_rooms_documents_list`, `deal_rooms_open`."""
        tokens = [token.replace("-", "_") for token in self._tokenize_path()]
        action = self._action
        if action in self.method_mapping:
            action = self.method_mapping[action] if not self._is_list_view() else "list"
        names = {action, str(getattr(getattr(self.view, action, None), "url_path", action)).replace("-", "_")}
        if tokens and tokens[-1] in names:
            tokens.pop()
        return "_".join([*tokens, action])

    def get_summary(self) -> str:
        """The first line of the action's docstring; the view's own with a verb before it where the action has none."""
        own = self._own_doc()
        if own:
            return own.splitlines()[0].strip().rstrip(".")
        subject = (get_doc(type(self.view)) or type(self.view).__name__).splitlines()[0].strip().rstrip(".")
        verb = VERBS.get(self._action, self._action.replace("_", " ").capitalize())
        is_acronym = subject[1:2].isupper()
        return f"{verb} {subject if is_acronym else subject[:1].lower() + subject[1:]}"

    def get_description(self) -> str:  # type: ignore[override]
        """The rest of the docstring, and who may call the operation."""
        rest = "\n".join((self._own_doc() or get_doc(type(self.view)) or "").splitlines()[1:]).strip()
        permission = self._permission
        who = {PUBLIC: "Open to everybody.", SIGNED_IN: "For any signed-in caller."}.get(
            permission or "", f"Permission: `{permission}`." if permission else ""
        )
        fresh = "A second factor shown within the last five minutes is needed." if self._needs_step_up else ""
        return "\n\n".join(part for part in (rest, who, fresh) if part)

    @property
    def _needs_step_up(self) -> bool:
        return self._action in getattr(self.view, "step_up", ())

    def _own_doc(self) -> str:
        """The docstring of the handler, unless it came with a framework's mixin."""
        handler = getattr(self.view, self._action, None)
        module = str(getattr(handler, "__module__", ""))
        if handler is None or module.startswith(("rest_framework", "django.", "kernel.api")):
            return ""
        return str(get_doc(handler) or "")

    def get_extensions(self) -> dict[str, Any]:
        extensions = dict(super().get_extensions())
        permission = self._permission
        if permission is not None:
            extensions["x-permission"] = {PUBLIC: "public", SIGNED_IN: "signed-in"}.get(permission, permission)
        if self._needs_step_up:
            extensions["x-step-up"] = True
        return extensions

    def get_auth(self) -> list[dict[str, Any]]:
        auth = list(super().get_auth())
        return [*auth, {}] if self._permission == PUBLIC and {} not in auth else auth

    def get_request_serializer(self) -> Any:
        inputs = getattr(self.view, "inputs", None)
        return super().get_request_serializer() if inputs is None else inputs.get(self._action)

    def get_response_serializers(self) -> Any:
        if not hasattr(self.view, "output_class"):
            return super().get_response_serializers()
        output = self.view.output_class()
        default = 204 if output is None else 201 if self._action == "create" else 200
        status = self.view.success.get(self._action, default)
        return output if status == 200 and output is not None and self.method != "DELETE" else {status: output}

    def get_examples(self) -> list[OpenApiExample]:
        """The examples that the view declares for the action."""
        return [*super().get_examples(), *getattr(self.view, "examples", {}).get(self._action, ())]

    def get_override_parameters(self) -> list[Any]:
        if not hasattr(self.view, "output_class"):
            return list(super().get_override_parameters())
        return [*super().get_override_parameters(), *self._header_parameters(), *self._query_parameters()]

    def _header_parameters(self) -> Iterator[OpenApiParameter]:
        header: Literal["header"] = "header"
        action, view = self._action, self.view
        if self.method == "POST" and self._permission != PUBLIC:
            text = "Sent again with the same body, gives the stored answer again (24 hours)."
            schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"}
            yield OpenApiParameter(
                "Idempotency-Key", schema, header, required=action in view.idempotency_required, description=text
            )
        is_required = action in view.if_match_required
        if is_required or self.method in {"PUT", "PATCH"}:
            text = "The entity tag you read; 412 if the object was changed since."
            yield OpenApiParameter("If-Match", {"type": "string"}, header, required=is_required, description=text)
        if action == "retrieve":
            text = "The entity tag you have; 304 if it is still right."
            yield OpenApiParameter("If-None-Match", {"type": "string"}, header, description=text)
            yield OpenApiParameter("ETag", {"type": "string"}, header, response=[200], description="Entity tag.")

    def _query_parameters(self) -> Iterator[OpenApiParameter]:
        if self.method not in SAFE_METHODS:
            return
        output = self.view.output_class()
        if isinstance(output, type) and issubclass(output, ApiSerializer):
            yield _names_parameter("fields", sorted(output().fields), "Only these fields.")
            if output.expandable:
                yield _names_parameter("expand", sorted(output.expandable), "Show these objects within the answer.")
        if self._is_list_view() and self.view.ordering_fields:
            names = [sign + name for name in self.view.ordering_fields for sign in ("", "-")]
            yield _names_parameter("ordering", names, "Order; a leading minus reverses.")
        declared = self.view.parameters.get(self._action, ())
        for name in declared:
            schema = declared[name] if isinstance(declared, Mapping) else {"type": "string"}
            yield OpenApiParameter(name, dict(schema), OpenApiParameter.QUERY)

    def _get_format_parameters(self) -> list[dict[str, Any]]:
        return []

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> dict[str, Any]:
        """Answers promise no field: a caller may choose fewer, and what a viewer may not see is left out."""
        schema: dict[str, Any] = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if direction == "response" and isinstance(serializer, ApiSerializer):
            schema = {key: value for key, value in schema.items() if key != "required"}
        return schema

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        if not hasattr(self.view, "output_class"):
            return responses
        self.registry.register_on_missing(_problem_component())
        if self._action == "retrieve":
            responses.setdefault("304", {"description": "Not modified."})
        for status in self._problem_statuses():
            responses.setdefault(str(status), self._problem(status))
        return dict(sorted(responses.items()))

    def _problem_statuses(self) -> set[int]:
        statuses = {400, 406, 429, 503}
        if self._permission != PUBLIC:
            statuses.add(401)
        if self._permission not in {PUBLIC, SIGNED_IN} or self._needs_step_up:
            statuses.add(403)
        if re.search(r"\{[^}]+\}", self.path):
            statuses.add(404)
        if self.method not in SAFE_METHODS:
            statuses |= {409, 422}
        if self.method in BODY_METHODS:
            statuses |= {413, 415}
        if self.method in {"PUT", "PATCH"} or self._action in self.view.if_match_required:
            statuses.add(412)
        if self._action in self.view.if_match_required:
            statuses.add(428)
        return statuses | {error.status for error in self._declared_problems()}

    def _declared_problems(self) -> tuple[Any, ...]:
        return tuple(self.view.problems.get(self._action, ()))

    def _problem(self, status: int) -> dict[str, Any]:
        declared = [error for error in self._declared_problems() if error.status == status]
        examples = {
            error.code: {"value": problem_example(status, error.code, error().detail)} for error in declared
        } or {CODES[status]: {"value": problem_example(status, CODES[status], str(TITLES[status]))}}
        reference = {"$ref": "#/components/schemas/Problem"}
        body: dict[str, Any] = {
            "description": f"{TITLES[status]}.",
            "content": {PROBLEM_TYPE: {"schema": reference, "examples": examples}},
        }
        if status in {429, 503}:
            seconds = {"type": "integer", "minimum": 1}
            body["headers"] = {"Retry-After": {"schema": seconds, "description": "Seconds to wait."}}
        return body


def _problem_component() -> ResolvedComponent:
    kind = ResolvedComponent.SCHEMA
    return ResolvedComponent(name="Problem", type=kind, object="Problem", schema=PROBLEM)  # type: ignore[no-untyped-call]


def _names_parameter(name: str, choices: list[str], description: str) -> OpenApiParameter:
    schema = {"type": "array", "items": {"type": "string", "enum": choices}, "minItems": 1}
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, style="form", explode=False, description=description)
