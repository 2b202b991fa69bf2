"""The shapes of capabilities."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.startups.api.serializers.firms import StartupBrief, startup_brief
from apps.startups.disclosure import (
    DERIVED,
    TIERS,
)
from apps.startups.models import Capability
from apps.startups.selectors import capability_documents
from apps.startups.states import (
    CAPABILITY,
    CapabilityStatus,
    CodificationScheme,
    EvidencePurpose,
    Flag,
    Maturity,
    Partnering,
    StandardBasis,
)
from kernel.api.money import MoneyIn, MoneyOut, money_flat
from kernel.api.permissions import get_actor
from kernel.api.whole import WholeSerializer

MOST_LINES = 50


class StandardField(WholeSerializer):
    designation = serializers.CharField(max_length=80, help_text="`STANAG 4671`")
    part = serializers.CharField(max_length=40, allow_blank=True, required=False, help_text="Part or level of it.")
    basis = serializers.ChoiceField(choices=StandardBasis.choices, required=False)
    document = serializers.UUIDField(allow_null=True, required=False, help_text="What is certified needs one.")


class CodificationField(WholeSerializer):
    scheme = serializers.ChoiceField(choices=CodificationScheme.choices)
    number = serializers.CharField(max_length=60, help_text="An NSN has 13 digits: `1550-12-345-6789`.")
    issued_on = serializers.DateField(allow_null=True, required=False)
    document = serializers.UUIDField(allow_null=True, required=False)


class DocumentField(WholeSerializer):
    document = serializers.UUIDField(help_text="A document of one's own with a clean version.")
    purpose = serializers.ChoiceField(
        choices=EvidencePurpose.choices,
        help_text="What is for export control or codification is open to the operators' officers.",
    )


class CapabilityEdit(serializers.Serializer[Any]):
    area = serializers.CharField(max_length=60, help_text="Code of a capability area.")
    title = serializers.CharField(max_length=200)
    maturity = serializers.ChoiceField(choices=Maturity.choices)
    title_uk = serializers.CharField(max_length=200, allow_blank=True, required=False)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    description_uk = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    trl = serializers.IntegerField(min_value=1, max_value=9, allow_null=True, required=False)
    unit_cost = MoneyIn(allow_null=True, required=False)
    output_per_month = serializers.IntegerField(min_value=0, max_value=2_000_000_000, allow_null=True, required=False)
    lead_time_days = serializers.IntegerField(min_value=0, max_value=100_000, allow_null=True, required=False)
    export_class = serializers.CharField(max_length=20, allow_blank=True, required=False)
    flags = serializers.ListField(
        child=serializers.ChoiceField(choices=Flag.choices),
        max_length=len(Flag),
        allow_null=True,
        required=False,
        help_text="null: not declared; an empty list: declared as none",
    )
    seeks = serializers.ListField(
        child=serializers.ChoiceField(choices=Partnering.choices),
        max_length=len(Partnering),
        required=False,
        help_text="What the firm seeks a partner for; other firms find it by that.",
    )
    standards = StandardField(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    codifications = CodificationField(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    documents = DocumentField(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return money_flat(attrs, ("unit_cost",))


class CapabilityOut(TieredSerializer):
    tiers = {**TIERS[Capability], **DERIVED[Capability]}

    id = serializers.UUIDField()
    startup = serializers.SerializerMethodField()
    area = serializers.CharField(source="area.code")
    former_area = serializers.CharField(help_text="The area that was split since; stating an area clears it.")
    title = serializers.CharField()
    title_uk = serializers.CharField()
    maturity = serializers.ChoiceField(choices=Maturity.choices)
    trl = serializers.IntegerField(allow_null=True)
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, allow_blank=True)
    seeks = serializers.ListField(child=serializers.ChoiceField(choices=Partnering.choices))
    status = serializers.ChoiceField(choices=CapabilityStatus.choices)
    actions = serializers.SerializerMethodField()
    description = serializers.CharField()
    description_uk = serializers.CharField()
    unit_cost = MoneyOut(column="unit_cost")
    output_per_month = serializers.IntegerField(allow_null=True)
    lead_time_days = serializers.IntegerField(allow_null=True)
    export_class = serializers.CharField(help_text="As the firm declares it.")
    confirmed_export_class = serializers.CharField(help_text="As an officer confirmed or corrected it; empty: not yet.")
    export_class_reason = serializers.CharField()
    export_class_confirmed_at = serializers.DateTimeField(allow_null=True)
    flags = serializers.ListField(child=serializers.ChoiceField(choices=Flag.choices), allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(StartupBrief)
    def get_startup(self, capability: Any) -> dict[str, Any]:
        return startup_brief(capability.firm, capability)

    def get_actions(self, capability: Any) -> list[str]:
        if capability.viewer_tier < Tier.T4:
            return []
        return CAPABILITY.available(capability, get_actor(self.context["request"]))


class StandardOut(StandardField):
    basis = serializers.ChoiceField(choices=StandardBasis.choices)


class CodificationOut(CodificationField):
    id = serializers.UUIDField()
    is_confirmed = serializers.BooleanField(help_text="An officer found it in the registry that gave it.")


class AttachedOut(DocumentField):
    title = serializers.CharField()
    is_clean = serializers.BooleanField(help_text="Only what has a clean version counts as evidence.")
    is_withdrawn = serializers.BooleanField()


class CapabilityDetailOut(CapabilityOut):
    """A capability with its evidence; which document shows what is the firm's own to see."""

    standards = serializers.SerializerMethodField()
    codifications = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()

    @extend_schema_field(StandardOut(many=True))
    def get_standards(self, capability: Any) -> list[dict[str, Any]]:
        if capability.viewer_tier < Tier.T2:
            return []
        rows = capability.standards.order_by("designation", "part")
        return [
            {"designation": row.designation, "part": row.part, "basis": row.basis}
            | _own(capability, document=row.document_id)
            for row in rows
        ]

    @extend_schema_field(CodificationOut(many=True))
    def get_codifications(self, capability: Any) -> list[dict[str, Any]]:
        if capability.viewer_tier < Tier.T2:
            return []
        return codifications_shown(capability)

    @extend_schema_field(AttachedOut(many=True))
    def get_documents(self, capability: Any) -> list[dict[str, Any]]:
        return documents_shown(capability) if capability.viewer_tier >= Tier.T4 else []


def codifications_shown(capability: Any) -> list[dict[str, Any]]:
    """The codification numbers of a capability, as far as its viewer's tier reaches."""
    return [
        {"scheme": row.scheme, "number": row.number, "is_confirmed": row.confirmed_at is not None}
        | _own(capability, id=row.pk, issued_on=row.issued_on, document=row.document_id)
        for row in capability.codifications.order_by("scheme", "number")
    ]


def documents_shown(capability: Any) -> list[dict[str, Any]]:
    """The documents attached to a capability, for its firm and the officers."""
    return [
        {
            "document": str(row.document_id),
            "purpose": row.purpose,
            "title": row.document.title,
            "is_clean": row.is_clean,  # type: ignore[attr-defined]  # annotated
            "is_withdrawn": row.document.withdrawn_at is not None,
        }
        for row in capability_documents(capability=capability)
    ]


def _own(capability: Any, **values: Any) -> dict[str, Any]:
    """What only the firm itself and the officers see of a line."""
    if capability.viewer_tier < Tier.T4:
        return {}
    return {name: str(value) if value is not None else None for name, value in values.items()}
