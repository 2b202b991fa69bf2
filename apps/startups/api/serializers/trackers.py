"""The shapes of endpoints for trackers, and of what trackers send."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.startups.services.tracked import MOST_EVENTS
from apps.startups.services.trackers import LONGEST_PROJECT
from apps.startups.states import EventKind
from kernel.api.serializers import ApiSerializer

LONGEST_REFERENCE = 200


def _reference(text: str) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_REFERENCE, allow_blank=True, required=False, help_text=text)


class TrackerEndpointIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    projects = serializers.DictField(
        child=serializers.UUIDField(),
        required=False,
        help_text="The capabilities that the tracker means, by keys of its own. What is sent replaces all of them.",
    )


class TrackerEndpointOut(ApiSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.SerializerMethodField(help_text="Where the tracker posts.")
    projects = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    rotated_at = serializers.DateTimeField(allow_null=True, help_text="When its secret was last replaced.")
    received_at = serializers.DateTimeField(allow_null=True, help_text="When its last message was taken.")
    disabled_at = serializers.DateTimeField(allow_null=True)

    def get_address(self, endpoint: Any) -> str:
        return f"/api/v1/trackers/{endpoint.pk}"

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string", "format": "uuid"}})
    def get_projects(self, endpoint: Any) -> dict[str, str]:
        return {row.key: str(row.capability_id) for row in endpoint.projects.all()}


class TrackerMadeOut(ApiSerializer):
    endpoint = TrackerEndpointOut()
    secret = serializers.CharField(help_text="Shown this once: messages are signed with it.")


class TrackedEventIn(serializers.Serializer[Any]):
    reference = serializers.CharField(max_length=LONGEST_REFERENCE, help_text="What the tracker calls it.")
    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()
    capability = serializers.UUIDField(allow_null=True, required=False, help_text="Its id; or give `project`.")
    project = serializers.CharField(max_length=LONGEST_PROJECT, allow_blank=True, required=False)
    answers = _reference("The reference of the event that it answers.")
    supersedes = _reference("The reference of the event that it corrects.")
    note = serializers.CharField(max_length=500, allow_blank=True, required=False)


class TrackerMessageIn(serializers.Serializer[Any]):
    events = serializers.ListField(child=TrackedEventIn(), min_length=1, max_length=MOST_EVENTS)


class TrackedEventOut(serializers.Serializer[Any]):
    reference = serializers.CharField()
    id = serializers.UUIDField()
    is_new = serializers.BooleanField(help_text="False where the same event was sent before.")


class TrackerAnswerOut(ApiSerializer):
    events = TrackedEventOut(many=True)
