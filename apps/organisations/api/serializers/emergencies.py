"""Breaking glass."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.disclosure import Tier
from apps.organisations.services import break_glass_actions, break_glass_is_open
from kernel.api.filters import StrictFilterSet, UuidFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer
from kernel.clock import utc_now

ACTIONS = ("approve", "end")


class BreakGlassIn(serializers.Serializer[Any]):
    organisation = serializers.UUIDField(help_text="Whose data are needed.")
    tier = serializers.IntegerField(min_value=int(Tier.T2), max_value=int(Tier.T4))
    reason = serializers.CharField(max_length=500, help_text="Its owners read it.")


class BreakGlassOut(ApiSerializer):
    id = serializers.UUIDField()
    operator = serializers.UUIDField(source="operator_id")
    organisation = serializers.UUIDField(source="subject_id")
    tier = serializers.IntegerField()
    reason = serializers.CharField()
    requested_by = serializers.UUIDField(source="requested_by_id")
    requested_at = serializers.DateTimeField()
    approved_by = serializers.UUIDField(source="approved_by_id", allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    is_open = serializers.SerializerMethodField(help_text="Whether the one who asked sees the data now.")
    actions = serializers.SerializerMethodField()

    def get_is_open(self, asked: Any) -> bool:
        return break_glass_is_open(break_glass=asked, now=utc_now())

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(ACTIONS)}})
    def get_actions(self, asked: Any) -> list[str]:
        return break_glass_actions(actor=get_actor(self.context["request"]), break_glass=asked, now=utc_now())


class BreakGlassFilter(StrictFilterSet):
    organisation = UuidFilter(field_name="subject_id")
