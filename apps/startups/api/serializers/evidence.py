"""The shapes of evidence and of its templates."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.startups.disclosure import DERIVED, TIERS
from apps.startups.models import EventEvidence
from apps.startups.states import EVIDENCE, EventKind, EvidenceStatus
from kernel.api.filters import ChoiceFilter, StrictFilterSet, TextFilter, UuidFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer

DECISIONS = ("confirm", "refuse")
ACTIONS = ("judge", "withdraw")


class EvidenceIn(serializers.Serializer[Any]):
    template = serializers.CharField(max_length=40, help_text="A code of `/evidence-templates`.")
    document = serializers.UUIDField(source="document_id", help_text="A document of one's own, its content clean.")
    number = serializers.CharField(max_length=100, allow_blank=True, required=False)
    issuer = serializers.CharField(max_length=200, allow_blank=True, required=False)
    issued_on = serializers.DateField(allow_null=True, required=False)


class EvidenceJudgement(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=DECISIONS)
    reason = serializers.CharField(max_length=2000, help_text="Against what it was compared.")


class EventEvidenceOut(TieredSerializer):
    tiers = {
        **{name: tier for name, tier in TIERS[EventEvidence].items() if name not in {"version", "judged_by"}},
        **DERIVED[EventEvidence],
    }

    id = serializers.UUIDField()
    event = serializers.UUIDField(source="event_id")
    organisation = serializers.UUIDField(source="disclosed_by", help_text="Whose event it is.")
    capability = serializers.UUIDField(source="event.capability_id")
    kind = serializers.ChoiceField(choices=EventKind.choices, source="event.kind")
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    template = serializers.CharField()
    document = serializers.UUIDField(source="document_id")
    sha256 = serializers.CharField(help_text="Of the content that was attached.")
    number = serializers.CharField()
    issuer = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)
    tier = serializers.ChoiceField(
        choices=EvidenceTier.choices, help_text="What it gives the event, as long as its content can be read."
    )
    status = serializers.ChoiceField(choices=EvidenceStatus.choices)
    actions = serializers.SerializerMethodField()
    attached_at = serializers.DateTimeField()
    judged_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Of the operator's decision.")
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(ACTIONS)}})
    def get_actions(self, evidence: Any) -> list[str]:
        actor = get_actor(self.context["request"])
        fired = set(EVIDENCE.available(evidence, actor))
        may = {"judge": bool(fired & set(DECISIONS)), "withdraw": "withdraw" in fired}
        return [name for name in ACTIONS if may[name]]


class EvidenceFilter(StrictFilterSet):
    status = ChoiceFilter(choices=EvidenceStatus.choices)
    template = TextFilter()
    event = UuidFilter(field_name="event_id")
    organisation = UuidFilter(field_name="event__capability__firm__organisation_id")


class EvidenceTemplateOut(ApiSerializer):
    code = serializers.CharField()
    title_en = serializers.CharField()
    title_uk = serializers.CharField()
    kinds = serializers.SerializerMethodField(help_text="Of the events that it can show.")
    required = serializers.SerializerMethodField(  # type: ignore[assignment]
        help_text="What is to be said of the document."
    )
    tier_documented = serializers.ChoiceField(choices=EvidenceTier.choices, help_text="With the document alone.")
    tier_confirmed = serializers.ChoiceField(
        choices=EvidenceTier.choices, help_text="Once an officer confirmed it against its issuer or a registry."
    )
    confirmed_against_en = serializers.CharField()
    confirmed_against_uk = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()
    edition = serializers.CharField()
    as_of = serializers.DateField()

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": EventKind.values}})
    def get_kinds(self, template: Any) -> list[str]:
        return sorted(template.kinds)

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_required(self, template: Any) -> list[str]:
        return sorted(template.required)
