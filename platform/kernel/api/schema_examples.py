"""Examples for the OpenAPI document, made from its schemas where an operation shows none itself; always the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MAX_DEPTH = 6
BY_FORMAT: Mapping[str, Any] = {
    "uuid": "01981f5e-7c00-7000-8000-000000000000",
    "date": "2026-03-02",
    "date-time": "2026-03-02T09:30:00Z",
    "time": "09:30:00",
    "duration": "P3D",
    "email": "someone@example.org",
    "uri": "https://example.org/",
    "decimal": "12.30",
    "ipv4": "192.0.2.1",
    "binary": "",
    "byte": "",
}


def examples_fill(
    result: dict[str, Any],
    generator: Any,  # noqa: ARG001 - the signature of a hook
    request: Any,  # noqa: ARG001 - the signature of a hook
    public: bool,  # noqa: ARG001 - the signature of a hook
) -> dict[str, Any]:
    """Post-processing hook: gives every body of the document that has no example one made from its schema."""
    components: Mapping[str, Any] = result.get("components", {}).get("schemas", {})
    for media in _bodies(result):
        if "example" not in media and "examples" not in media and "schema" in media:
            media["example"] = example_of(media["schema"], components)
    return result


def _bodies(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document.get("paths", {}).values():
        for operation in path.values():
            if not isinstance(operation, dict):
                continue
            holders = [operation.get("requestBody", {}), *operation.get("responses", {}).values()]
            for holder in holders:
                yield from holder.get("content", {}).values()


def example_of(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int = 0) -> Any:
    """A value that `schema` allows; references are looked up in `components`."""
    if depth > MAX_DEPTH:
        return None
    if "$ref" in schema:
        return example_of(components.get(schema["$ref"].rpartition("/")[2], {}), components, depth + 1)
    for given in ("example", "default", "const"):
        if given in schema:
            return schema[given]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    if "allOf" in schema:
        return _merged(schema, components, depth)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return example_of(schema[several][0], components, depth + 1)
    return _by_type(schema, components, depth)


def _merged(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int) -> Any:
    parts = [example_of(part, components, depth + 1) for part in schema["allOf"]]
    if all(isinstance(part, dict) for part in parts):
        return {name: value for part in parts for name, value in part.items()}
    return parts[0]


def _by_type(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int) -> Any:
    kinds = schema.get("type", "object" if "properties" in schema else None)
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "object":
        return {name: example_of(part, components, depth + 1) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        item = example_of(schema.get("items", {}), components, depth + 1)
        return [] if item is None else [item]
    if kind in {"integer", "number"}:
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    if kind == "string":
        return BY_FORMAT.get(schema.get("format", ""), _text(schema))
    return None


def _text(schema: Mapping[str, Any]) -> str:
    text = "text" * (1 + int(schema.get("minLength", 0)) // 4)
    return text[: schema["maxLength"]] if "maxLength" in schema else text
