"""The shapes of documents, versions and uploads in the REST interface."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.documents.disclosure import DERIVED, TIERS
from apps.documents.models import Document, DocumentVersion
from apps.documents.reasons import reason_text
from apps.documents.states import (
    UPLOAD,
    ExportMark,
    Marking,
    Purpose,
    ScanState,
    UploadStatus,
    VersionStatus,
)
from apps.organisations.disclosure import Tier
from apps.organisations.tiered import OwnFilter, TieredSerializer
from apps.permissions import Permission
from kernel.api.filters import ChoiceFilter, StrictFilterSet, UuidFilter
from kernel.api.permissions import get_actor
from kernel.api.problems import translated
from kernel.api.serializers import ApiSerializer, VisibleObject
from kernel.digests import SHA256

REASON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "description": "Stable: programs decide by it."},
        "text": {"type": "string"},
        "member": {"type": ["string", "null"], "description": "The part of the file that is meant, where it is one."},
    },
}


def _reason(code: str, member: str | None = None) -> dict[str, str | None]:
    return {"code": code, "text": translated(reason_text(code)), "member": member}


class UploadIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, trim_whitespace=False, help_text="The file's name.")
    size = serializers.IntegerField(min_value=1, max_value=2**53, help_text="In bytes.")
    sha256 = serializers.RegexField(SHA256, help_text="Of the whole file, in hexadecimal digits.")
    media_type = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="As the sender sees it; what it is, is found out."
    )
    document = VisibleObject(
        Document.objects.all(), required=False, help_text="For a new version of it; it states the fields below then."
    )
    title = serializers.CharField(max_length=200, required=False)
    purpose = serializers.ChoiceField(choices=Purpose.choices, required=False)
    export_mark = serializers.ChoiceField(
        choices=ExportMark.choices, required=False, help_text="Whether export control covers the content."
    )
    export_code = serializers.CharField(
        max_length=20, required=False, allow_blank=True, help_text="The entry of the control list."
    )
    declared_marking = serializers.ChoiceField(
        choices=Marking.choices,
        required=False,
        help_text="The protective marking. Above commercial confidence nothing is taken.",
    )


class UploadOut(ApiSerializer):
    id = serializers.UUIDField()
    document = serializers.UUIDField(source="document_id", allow_null=True)
    version = serializers.IntegerField(source="document_version.number", default=None, allow_null=True)
    name = serializers.CharField()
    title = serializers.CharField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    export_mark = serializers.ChoiceField(choices=ExportMark.choices)
    export_code = serializers.CharField()
    declared_marking = serializers.ChoiceField(choices=Marking.choices)
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    received = serializers.IntegerField(help_text="In bytes; where the next chunk begins.")
    status = serializers.ChoiceField(choices=UploadStatus.choices)
    reason = serializers.SerializerMethodField(help_text="Why it failed.")
    expires_at = serializers.DateTimeField()
    job = serializers.UUIDField(source="job_id", allow_null=True)
    created_at = serializers.DateTimeField()
    actions = serializers.SerializerMethodField()

    @extend_schema_field({"oneOf": [REASON, {"type": "null"}]})
    def get_reason(self, upload: Any) -> dict[str, str | None] | None:
        return _reason(upload.reason) if upload.reason else None

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_actions(self, upload: Any) -> list[str]:
        names = UPLOAD.available(upload, get_actor(self.context["request"]))
        return [name for name in names if name != "complete" or upload.received == upload.size]


class UploadFilter(StrictFilterSet):
    status = ChoiceFilter(choices=UploadStatus.choices)
    document = UuidFilter("document_id")


class DocumentEdit(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    export_mark = serializers.ChoiceField(choices=ExportMark.choices)
    export_code = serializers.CharField(max_length=20, allow_blank=True)
    retain_until = serializers.DateField(allow_null=True, help_text="The last day; then the content is destroyed.")


class DocumentOut(TieredSerializer):
    tiers = {**TIERS[Document], **DERIVED[Document]}

    id = serializers.UUIDField()
    organisation = serializers.UUIDField(source="organisation_id")
    title = serializers.CharField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    export_mark = serializers.ChoiceField(choices=ExportMark.choices)
    export_code = serializers.CharField()
    declared_marking = serializers.ChoiceField(choices=Marking.choices)
    status = serializers.ChoiceField(
        choices=VersionStatus.choices, allow_null=True, help_text="Of its newest version; or that it was withdrawn."
    )
    newest = serializers.IntegerField(allow_null=True, help_text="The number of its newest version.")
    retain_until = serializers.DateField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    actions = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_actions(self, document: Any) -> list[str]:
        actor = get_actor(self.context["request"])
        is_open = document.withdrawn_at is None and document.viewer_tier >= Tier.T4
        return ["withdraw"] if is_open and actor.may(Permission.DOCUMENT_WITHDRAW) else []


class DocumentFilter(StrictFilterSet):
    status = ChoiceFilter(choices=VersionStatus.choices)
    purpose = ChoiceFilter(choices=Purpose.choices)
    export_mark = ChoiceFilter(choices=ExportMark.choices)
    own = OwnFilter("organisation_id")


class VersionOut(TieredSerializer):
    tiers = TIERS[DocumentVersion]

    id = serializers.UUIDField()
    document = serializers.UUIDField(source="document_id")
    number = serializers.IntegerField()
    name = serializers.CharField(help_text="The file's name.")
    media_type = serializers.CharField(help_text="What the content is; empty where that was not found out.")
    size = serializers.IntegerField(help_text="Of the content that is served, in bytes.")
    sha256 = serializers.CharField(help_text="Of the content that is served.")
    status = serializers.ChoiceField(choices=VersionStatus.choices)
    reasons = serializers.SerializerMethodField(help_text="Why it was blocked.")
    scan_state = serializers.ChoiceField(choices=ScanState.choices)
    scan_engine = serializers.CharField()
    pages = serializers.IntegerField(allow_null=True)
    stored_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    destroyed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field({"type": "array", "items": REASON})
    def get_reasons(self, version: Any) -> list[dict[str, str | None]]:
        return [_reason(item["code"], item["member"]) for item in version.reasons]
