"""The shapes of development events."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.startups.disclosure import (
    TIERS,
)
from apps.startups.models import DevelopmentEvent
from apps.startups.states import (
    EventKind,
)


class DevelopmentEventIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()
    answers = serializers.UUIDField(allow_null=True, required=False)
    supersedes = serializers.UUIDField(allow_null=True, required=False)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, required=False)
    note = serializers.CharField(max_length=500, allow_blank=True, required=False)


class DevelopmentEventOut(TieredSerializer):
    tiers = TIERS[DevelopmentEvent]

    id = serializers.UUIDField()
    capability = serializers.UUIDField(source="capability_id")
    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()
    answers = serializers.UUIDField(source="answers_id", allow_null=True)
    supersedes = serializers.UUIDField(source="supersedes_id", allow_null=True)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices)
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()
