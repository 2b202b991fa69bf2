"""What is sent out, with fields to choose (`?fields=`) and to open (`?expand=`), and objects named in what comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers

from kernel.api.permissions import get_actor
from kernel.api.problems import query_problem

SELECTION = "selection"
MAX_NAMES = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """Which fields of an answer the caller chose; `fields` None means all of them."""

    fields: frozenset[str] | None = None
    expanded: frozenset[str] = frozenset()


class VisibleObject(serializers.UUIDField):
    """An object named by its id in a request body: only one the caller may see, the same refusal for all others."""

    default_error_messages: ClassVar = {"does_not_exist": _lazy("There is no such object.")}

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        self.queryset = queryset
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        key = super().to_internal_value(data)
        found = self.queryset.all().visible_to(get_actor(self.context["request"])).filter(pk=key).first()
        if found is None:
            self.fail("does_not_exist")
        return found

    def to_representation(self, value: Any) -> str:
        return str(getattr(value, "pk", value))


class ApiSerializer(serializers.Serializer[Any]):
    """An answer. Fields named in `expandable` appear only when the caller expands them; depth is one."""

    expandable: ClassVar[frozenset[str]] = frozenset()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        if SELECTION not in self.context:
            return fields
        selection = self.context[SELECTION] if self._is_outermost() else Selection()
        return {
            name: field
            for name, field in fields.items()
            if (name not in self.expandable or name in selection.expanded)
            and (selection.fields is None or name in selection.fields)
        }

    def _is_outermost(self) -> bool:
        parent = self.parent
        return parent is None or (isinstance(parent, serializers.ListSerializer) and parent.parent is None)


def selection_of(parameters: Any, serializer_class: type[Any] | None) -> Selection:
    """What `?fields=` and `?expand=` choose of the serializer; raises QueryInvalid for names it does not have."""
    fields, expanded = _names(parameters, "fields"), _names(parameters, "expand")
    if fields is None and expanded is None:
        return Selection()
    known: Mapping[str, Any] = serializer_class().fields if serializer_class is not None else {}
    expandable: frozenset[str] = getattr(serializer_class, "expandable", frozenset())
    if fields is not None:
        _check("fields", fields, frozenset(known))
    if expanded is not None:
        _check("expand", expanded, expandable)
    return Selection(fields, expanded or frozenset())


def _names(parameters: Any, parameter: str) -> frozenset[str] | None:
    if parameter not in parameters:
        return None
    return frozenset(name.strip() for part in parameters.getlist(parameter) for name in part.split(",") if name.strip())


def _check(parameter: str, names: frozenset[str], allowed: frozenset[str]) -> None:
    if not names or len(names) > MAX_NAMES or not names <= allowed:
        choices = ", ".join(sorted(allowed)) or "-"
        raise query_problem(parameter, _("One or more of: %(names)s.") % {"names": choices}, f"unknown_{parameter}")
