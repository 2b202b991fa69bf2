"""The shapes of permits."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.compliance.services.actions import PERMIT_ACTIONS, permit_actions
from apps.compliance.services.permits import MOST_ITEMS
from apps.compliance.states import PermitKind, PermitStatus
from apps.reference.export_classes import MAX_CODE
from kernel.api.filters import ChoiceFilter, StrictFilterSet, UuidFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer

COUNTRY = r"^[A-Z]{2}$"


def _ids(text: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST_ITEMS, help_text=text)


class PermitIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=PermitKind.choices)
    issuer = serializers.CharField(max_length=200, help_text="The authority that gave it.")
    issuer_country = serializers.RegexField(COUNTRY, help_text="ISO 3166-1 alpha-2")
    number = serializers.CharField(max_length=100)
    export_codes = serializers.ListField(
        child=serializers.CharField(max_length=MAX_CODE),
        required=False,
        max_length=MOST_ITEMS,
        help_text="Of `/export-classes`: `ML10`, `ML10.c`, `9A012`. A code covers what stands below it.",
    )
    capabilities = _ids("Capabilities that it names.")
    documents = _ids("Documents that it names.")
    recipients = _ids("Organisations that it names; where any are, nobody else is covered.")
    recipient_countries = serializers.ListField(
        child=serializers.RegexField(COUNTRY),
        required=False,
        max_length=MOST_ITEMS,
        help_text="Where any are named, recipients elsewhere are not covered.",
    )
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The last day.")
    evidence = serializers.UUIDField(
        required=False, allow_null=True, help_text="A document of one's own: without it nobody confirms the permit."
    )


class PermitReason(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class PermitConfirmation(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class PermitOut(ApiSerializer):
    id = serializers.UUIDField()
    organisation = serializers.UUIDField(source="organisation_id", help_text="Its holder.")
    kind = serializers.ChoiceField(choices=PermitKind.choices)
    issuer = serializers.CharField()
    issuer_country = serializers.CharField()
    number = serializers.CharField()
    export_codes = serializers.ListField(child=serializers.CharField())
    capabilities = serializers.ListField(child=serializers.UUIDField(), source="capability_ids")
    documents = serializers.ListField(child=serializers.UUIDField(), source="document_ids")
    recipients = serializers.ListField(child=serializers.UUIDField(), source="recipient_ids")
    recipient_countries = serializers.ListField(child=serializers.CharField())
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    evidence = serializers.UUIDField(source="evidence_id", allow_null=True)
    status = serializers.ChoiceField(choices=PermitStatus.choices)
    actions = serializers.SerializerMethodField()
    recorded_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Of the operator's decision.")
    revoked_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(PERMIT_ACTIONS)}})
    def get_actions(self, permit: Any) -> list[str]:
        return permit_actions(actor=get_actor(self.context["request"]), permit=permit)


class PermitFilter(StrictFilterSet):
    kind = ChoiceFilter(choices=PermitKind.choices)
    status = ChoiceFilter(choices=PermitStatus.choices)
    organisation = UuidFilter(field_name="organisation_id")
