"""The shapes of the officers' word on export classes and codification numbers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.tiered import TieredSerializer
from apps.reference.export_classes import MAX_CODE
from apps.startups.api.serializers.capabilities import (
    AttachedOut,
    CodificationOut,
    codifications_shown,
    documents_shown,
)
from apps.startups.disclosure import EXPORT_CLASS
from apps.startups.states import CapabilityStatus, CodificationScheme, Flag, Maturity


class ExportClassIn(serializers.Serializer[Any]):
    export_class = serializers.CharField(max_length=MAX_CODE, help_text="The declared one confirms, another corrects.")
    reason = serializers.CharField(max_length=2000, allow_blank=True, required=False, help_text="Of a correction.")


class CodificationConfirmIn(serializers.Serializer[Any]):
    scheme = serializers.ChoiceField(choices=CodificationScheme.choices)
    number = serializers.CharField(max_length=60, help_text="As the capability states it.")


class ExportClassDeclarationOut(TieredSerializer):
    """What an officer judges of a capability: for its firm and the operators' compliance alone."""

    tiers = EXPORT_CLASS

    id = serializers.UUIDField(help_text="Of the capability.")
    organisation = serializers.UUIDField(source="firm.organisation_id")
    area = serializers.CharField(source="area.code")
    title = serializers.CharField()
    description = serializers.CharField()
    maturity = serializers.ChoiceField(choices=Maturity.choices)
    trl = serializers.IntegerField(allow_null=True)
    flags = serializers.ListField(child=serializers.ChoiceField(choices=Flag.choices), allow_null=True)
    status = serializers.ChoiceField(choices=CapabilityStatus.choices)
    export_class = serializers.CharField(help_text="As the firm declares it.")
    confirmed_export_class = serializers.CharField(help_text="Empty: not confirmed, or declared anew since.")
    export_class_reason = serializers.CharField()
    export_class_confirmed_at = serializers.DateTimeField(allow_null=True)
    codifications = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()

    @extend_schema_field(CodificationOut(many=True))
    def get_codifications(self, capability: Any) -> list[dict[str, Any]]:
        return codifications_shown(capability)

    @extend_schema_field(AttachedOut(many=True))
    def get_documents(self, capability: Any) -> list[dict[str, Any]]:
        return documents_shown(capability)
