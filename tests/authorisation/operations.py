"""The operations of the interface as its routes give them, and whether routes, description and permissions agree."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from apps.permissions import Permission
from kernel.api.permissions import PUBLIC, SIGNED_IN, declared_permission
from kernel.api.views import ApiView
from kernel.states import Machine

BASE = "/api/v1"
METHODS = ("get", "post", "put", "patch", "delete")
PRODUCT = ("apps.", "kernel.")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, the view and the action behind it, and what that action declares."""

    method: str
    path: str
    view: Any
    action: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def permission(self) -> str | None:
        return declared_permission(self.view, self.action)

    @property
    def needs_step_up(self) -> bool:
        return self.action in getattr(self.view, "step_up", ())


def operations(urlconf: Any = None) -> list[Operation]:
    """Every operation under the base path that the address resolver leads to, in the order of their names."""
    found = [item for route in _routes(get_resolver(urlconf).url_patterns, "/") for item in _of_route(*route)]
    return sorted(found, key=lambda item: (item.path, item.method))


def _routes(patterns: Iterable[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for item in patterns:
        place = prefix + _template(str(item.pattern))
        if hasattr(item, "url_patterns"):
            yield from _routes(item.url_patterns, place)
        elif place.startswith(f"{BASE}/"):
            yield place.removeprefix(BASE), item.callback


def _template(pattern: str) -> str:
    """`^raises/(?P<id>[^/]+)$` and `raises/<str:id>` as `raises/{id}`."""
    text = pattern.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    text = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", text) if "(?P" not in text else text
    while "(?P<" in text:
        start = text.index("(?P<")
        name = text[start + 4 : text.index(">", start)]
        depth, end, within = 0, start, False
        for end in range(start, len(text)):
            sign = text[end]
            within = (within or sign == "[") and sign != "]"
            depth += 0 if within else (sign == "(") - (sign == ")")
            if depth == 0 and not within and sign == ")":
                break
        text = f"{text[:start]}{{{name}}}{text[end + 1 :]}"
    return text


def _of_route(path: str, callback: Any) -> Iterator[Operation]:
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None) or callback
    actions = getattr(callback, "actions", None) or {name: name for name in METHODS if hasattr(view, name)}
    if not actions:  # a plain function answers every method, so its one name stands for them
        actions = {"get": "get"}
    for method, action in actions.items():
        if method not in METHODS:  # a view that was called also answers HEAD
            continue
        yield Operation(method.upper(), path, view, action)


def described(urlconf: Any = None) -> set[str]:
    """The operations of the OpenAPI document under the base path."""
    paths = SchemaGenerator(urlconf=urlconf).get_schema(request=None, public=True)["paths"]
    return {
        f"{method.upper()} {path.removeprefix(BASE)}"
        for path, item in paths.items()
        if path.startswith(f"{BASE}/")
        for method in item
        if method in METHODS
    }


def product_views() -> list[type[ApiView]]:
    """Every view class of the product, routed or not."""
    for config in apps.get_app_configs():
        if config.name.startswith(PRODUCT):
            for module in pkgutil.walk_packages(config.module.__path__ if config.module else [], f"{config.name}."):
                if ".api" in module.name:
                    importlib.import_module(module.name)
    found, todo = [], [ApiView]
    while todo:
        view = todo.pop()
        todo += view.__subclasses__()
        if view.__module__.startswith(PRODUCT):
            found.append(view)
    return sorted(set(found), key=lambda view: (view.__module__, view.__qualname__))


def machines() -> list[Machine]:
    """Every state machine of the product."""
    found = {}
    for config in apps.get_app_configs():
        if config.name.startswith(PRODUCT):
            for module in pkgutil.iter_modules(config.module.__path__ if config.module else []):
                if module.name.endswith("states"):
                    values = vars(importlib.import_module(f"{config.name}.{module.name}")).values()
                    found |= {item.name: item for item in values if isinstance(item, Machine)}
    return [found[name] for name in sorted(found)]


def problems(
    *,
    urlconf: Any = None,
    views: Iterable[type[ApiView]] | None = None,
    lives: Iterable[Machine] | None = None,
    table: Iterable[str] = tuple(Permission),
) -> list[str]:
    """Where routes, description, declared permissions and the table disagree; nothing when they agree.

    `views` are the classes whose declarations are read, `lives` the state machines; both default to the product's.
    """
    routed = operations(urlconf)
    names = {item.name for item in routed}
    told = described(urlconf)
    declared = {item.name for item in routed if item.permission is not None}
    known = {str(item) for item in table}
    found = [f"{name}: routed, not described" for name in names - told]
    found += [f"{name}: described, not routed" for name in told - names]
    found += [f"{name}: no permission is declared" for name in names - declared]
    found += [f"{name}: routed twice" for name in names if sum(item.name == name for item in routed) > 1]

    used = {item.permission for item in routed if item.permission is not None} - {PUBLIC, SIGNED_IN}
    arrows = [(life, arrow) for life in (machines() if lives is None else lives) for arrow in life.transitions]
    used |= {str(arrow.permission) for _, arrow in arrows if arrow.permission is not None}
    found += [f"{name}: no such permission in the table" for name in used - known]
    found += [f"{name}: nothing needs this permission" for name in known - used]
    found += [
        f"{life.name}.{arrow.name}: its permission is not in the table"
        for life, arrow in arrows
        if arrow.permission is not None and str(arrow.permission) not in known
    ]
    found += _unreached(routed, product_views() if views is None else views)
    return sorted(found)


def _unreached(routed: Iterable[Operation], views: Iterable[type[ApiView]]) -> Iterator[str]:
    """Declarations of actions that no route leads to. A base class is reached through the classes made from it."""
    reached = {(item.view, item.action) for item in routed if isinstance(item.view, type)}
    for view in views:
        own = {action for routed_view, action in reached if issubclass(routed_view, view)}
        for table in ("permissions", "step_up", "if_match_required", "idempotency_required"):
            for action in sorted(set(vars(view).get(table, ())) - own):
                yield f"{view.__name__}.{action}: declared in `{table}`, not routed"
