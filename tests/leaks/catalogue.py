"""Every operation of the REST interface, read from its own description; what is new in it is here by itself."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")
PREFIX = "/api/v1/"
JSON, FORM, BYTES = "application/json", "multipart/form-data", "application/octet-stream"
NAMING = frozenset({"owner", "owned"})
"""Texts that may be an id."""


@dataclass(frozen=True)
class Operation:
    """One method of one path. `query` and `body` are schemas without references; `example` is a body by the schema."""

    name: str
    method: str
    path: str
    permission: str
    path_names: tuple[str, ...]
    query: Mapping[str, Mapping[str, Any]] = field(hash=False, compare=False)
    body: Mapping[str, Any] | None = field(hash=False, compare=False)
    content_type: str | None
    example: Any = field(hash=False, compare=False)

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_read(self) -> bool:
        return self.method == "GET"

    @property
    def collection(self) -> str:
        """The first noun of the path."""
        return self.path.removeprefix(PREFIX).partition("/")[0]

    @property
    def is_list(self) -> bool:
        return self.is_read and "page_size" in self.query

    def url(self, **values: str) -> str:
        """The path with its names filled in."""
        address = self.path
        for name, value in values.items():
            address = address.replace(f"{{{name}}}", value)
        return address


@functools.cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))


@functools.cache
def operations() -> tuple[Operation, ...]:
    """All operations of the document, in its order."""
    paths = document()["paths"].items()
    return tuple(_operation(path, method, item[method]) for path, item in paths for method in METHODS if method in item)


def _operation(path: str, method: str, described: Mapping[str, Any]) -> Operation:
    parameters = described.get("parameters", [])
    content = described.get("requestBody", {}).get("content", {})
    media = next(iter(content.items()), (None, {}))
    return Operation(
        name=described["operationId"],
        method=method.upper(),
        path=path,
        permission=described.get("x-permission", ""),
        path_names=tuple(item["name"] for item in parameters if item["in"] == "path"),
        query={item["name"]: plain(item["schema"]) for item in parameters if item["in"] == "query"},
        body=plain(media[1]["schema"]) if content else None,
        content_type=media[0],
        example=copy.deepcopy(media[1].get("example")),
    )


def plain(schema: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The schema with its references replaced by what they name."""
    if depth > 12:
        return {}
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return plain(document()["components"]["schemas"][name], depth + 1)
    resolved: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            resolved[key] = {name: plain(part, depth + 1) for name, part in value.items()}
        elif key in {"oneOf", "anyOf", "allOf"}:
            resolved[key] = [plain(part, depth + 1) for part in value]
        elif key == "items":
            resolved[key] = plain(value, depth + 1)
        else:
            resolved[key] = value
    return resolved


def uuid_places(schema: Mapping[str, Any], path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places in a body whose value is an id; an item of a list counts as its first."""
    if schema.get("format") == "uuid":
        yield path
    for several in ("oneOf", "anyOf", "allOf"):
        for part in schema.get(several, ()):
            yield from uuid_places(part, path)
    for name, part in schema.get("properties", {}).items():
        if name in NAMING:
            yield (*path, name)
        yield from uuid_places(part, (*path, name))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from uuid_places(schema["additionalProperties"], (*path, "key"))
    if "items" in schema:
        yield from uuid_places(schema["items"], (*path, 0))


def placed(body: Any, place: tuple[str | int, ...], value: Any) -> Any:
    """A copy of `body` with `value` at `place`; what is missing on the way there is made."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        items = list(body) if isinstance(body, list) else []
        first = items[0] if items else None
        return [placed(first, rest, value), *items[1:]]
    whole = dict(body) if isinstance(body, dict) else {}
    whole[step] = placed(whole.get(step), rest, value)
    return whole


def routes(prefix: str) -> Iterator[tuple[str, Any]]:
    """Each address below `prefix` that the URL resolver knows, with its view."""
    yield from _routes(get_resolver().url_patterns, "", prefix)


def _routes(patterns: Any, before: str, prefix: str) -> Iterator[tuple[str, Any]]:
    for item in patterns:
        address = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _routes(item.url_patterns, address, prefix)
        elif isinstance(item, URLPattern) and f"/{address}".startswith(prefix):
            yield f"/{address}", item.callback


def get_routes() -> set[str]:
    """The addresses below /api/v1/ that answer GET by the URL resolver, with names as `{name}`."""
    found = set()
    for address, view in routes(PREFIX):
        actions = getattr(view, "actions", None)
        answers = "get" in actions if actions else hasattr(getattr(view, "cls", None), "get")
        if answers:
            found.add(_named(address))
    return found


def _named(address: str) -> str:
    plain_address = ""
    depth = 0
    name = ""
    for letter in address.replace("\\Z", "").replace("^", "").removesuffix("$"):
        if letter in "<(" and (depth or letter == "<" or not plain_address.endswith("\\")):
            depth += 1
        if depth:
            name += letter
        else:
            plain_address += letter
        if letter in ">)" and depth:
            depth -= 1
            if not depth:
                inner = name[name.index("<") + 1 : name.index(">")] if "<" in name else name
                plain_address += "{" + inner.rpartition(":")[2] + "}"
                name = ""
    return plain_address
