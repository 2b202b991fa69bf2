"""The shapes of development events."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.startups.disclosure import DERIVED, TIERS
from apps.startups.models import DevelopmentEvent
from apps.startups.rules.counting import Counting, EventState
from apps.startups.selectors.event_states import EventStates
from apps.startups.states import AttestorRole, EventKind, EventSource, EvidenceStatus, Verdict

STATES = "event_states"
"""In the context of an answer: what the events are worth."""
COUNTING = tuple(word.value for word in Counting)


class DevelopmentEventIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()
    answers = serializers.UUIDField(
        allow_null=True, required=False, help_text="The question that it answers, of the same capability."
    )
    supersedes = serializers.UUIDField(
        allow_null=True, required=False, help_text="The event that it corrects, of the same capability."
    )
    tier = serializers.ChoiceField(
        choices=EvidenceTier.choices, required=False, help_text="E0: a document attached makes it E1."
    )
    note = serializers.CharField(max_length=500, allow_blank=True, required=False)


class EvidenceBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    template = serializers.CharField()
    status = serializers.ChoiceField(choices=EvidenceStatus.choices)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices)


class AttestationBrief(serializers.Serializer[Any]):
    """Role and month, never who: the unit's own business."""

    role = serializers.ChoiceField(choices=[*AttestorRole.choices, ""])
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    month = serializers.SerializerMethodField(help_text="`2026-11`")
    counts = serializers.BooleanField()

    def get_month(self, attestation: Any) -> str:
        return f"{attestation.attested_on:%Y-%m}"


class DevelopmentEventOut(TieredSerializer):
    tiers = {**TIERS[DevelopmentEvent], **DERIVED[DevelopmentEvent]}

    id = serializers.UUIDField()
    capability = serializers.UUIDField(source="capability_id")
    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()
    answers = serializers.UUIDField(source="answers_id", allow_null=True)
    supersedes = serializers.UUIDField(source="supersedes_id", allow_null=True)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, help_text="What it was recorded at.")
    source = serializers.ChoiceField(choices=EventSource.choices)  # type: ignore[assignment]
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    is_late = serializers.BooleanField(help_text="It occurred more than 90 days before it was recorded.")
    own_tier = serializers.ChoiceField(choices=EvidenceTier.choices, help_text="With what its evidence gives it.")
    effective_tier = serializers.SerializerMethodField(help_text="With attestations; null when refused.")
    superseded_by = serializers.SerializerMethodField(
        help_text="The correction that took effect; one that awaits its tier is `correction_pending` itself."
    )
    counts = serializers.SerializerMethodField(help_text="Whether it enters a figure today.")
    counting = serializers.SerializerMethodField(help_text="`counts`, or why it does not.")
    evidence = serializers.SerializerMethodField()
    attestations = serializers.SerializerMethodField()

    @extend_schema_field({"type": ["string", "null"], "enum": [*EvidenceTier.values, None]})
    def get_effective_tier(self, event: Any) -> str | None:
        return self._state(event).tier

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def get_superseded_by(self, event: Any) -> str | None:
        return self._state(event).superseded_by

    def get_counts(self, event: Any) -> bool:
        return self._state(event).counting == Counting.COUNTS

    @extend_schema_field({"type": "string", "enum": list(COUNTING)})
    def get_counting(self, event: Any) -> str:
        return self._state(event).counting.value

    @extend_schema_field(EvidenceBrief(many=True))
    def get_evidence(self, event: Any) -> Any:
        return EvidenceBrief(event.evidence.all(), many=True).data

    @extend_schema_field(AttestationBrief(many=True))
    def get_attestations(self, event: Any) -> Any:
        return AttestationBrief(event.attestations.all(), many=True).data

    def _state(self, event: Any) -> EventState:
        states: EventStates = self.context[STATES]
        return states.of(capability_id=event.capability_id, event_id=event.pk)
