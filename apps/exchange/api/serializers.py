"""The shapes of imports with their reports and of exports in the REST interface."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.exchange.models import Import
from apps.exchange.states import IMPORT, ExportFormat, ExportScope, ExportStatus, ImportStatus
from apps.exchange.tables import TABLES
from kernel.api.filters import ChoiceFilter, StrictFilterSet
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer

COUNTS = {
    "type": "object",
    "description": "Rows by table and by what becomes of them.",
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer"}},
}


class ImportIn(serializers.Serializer[Any]):
    file = serializers.FileField(
        max_length=200,
        help_text="A ZIP of CSV or JSON Lines files, one such file named after its table, or an XLSX workbook.",
    )
    verified = serializers.BooleanField(
        default=False, help_text="The organisations are verified on your word; operators only."
    )
    partial = serializers.BooleanField(  # type: ignore[assignment]  # the base class has a flag of this name
        default=False, help_text="Rows with problems are left out, the rest is loaded."
    )


class ImportBrief(ApiSerializer):
    id = serializers.UUIDField()
    file_name = serializers.CharField()
    status = serializers.ChoiceField(choices=ImportStatus.choices)
    verified = serializers.BooleanField()
    partial = serializers.BooleanField()  # type: ignore[assignment]  # the base class has a flag of this name
    problem_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ImportOut(ImportBrief):
    actions = serializers.SerializerMethodField()
    sha256 = serializers.CharField()
    counts = serializers.SerializerMethodField()
    job = serializers.UUIDField(source="job_id", allow_null=True)

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_actions(self, item: Import) -> list[str]:
        return IMPORT.available(item, get_actor(self.context["request"]))

    @extend_schema_field(COUNTS)
    def get_counts(self, item: Import) -> dict[str, dict[str, int]]:
        return dict(item.counts)


class ImportProblemOut(ApiSerializer):
    table = serializers.CharField(help_text="Empty for the file as a whole.")
    row = serializers.IntegerField(help_text="As a spreadsheet counts, the header being 1; 0 is the whole table.")
    column = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ImportFilter(StrictFilterSet):
    status = ChoiceFilter(choices=ImportStatus.choices)


class ExportFilters(serializers.Serializer[Any]):
    area = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=50, required=False, help_text="Areas below count, too."
    )
    country = serializers.ListField(child=serializers.CharField(max_length=2), max_length=250, required=False)


class ExportIn(serializers.Serializer[Any]):
    what = serializers.ChoiceField(
        choices=ExportScope.choices, help_text="All of one's own in the import format, or what one sees of others."
    )
    format = serializers.ChoiceField(choices=ExportFormat.choices)
    tables = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(TABLES)),
        max_length=len(TABLES),
        required=False,
        help_text="All that there are, if left out.",
    )
    filters = ExportFilters(required=False, help_text="Of others only.")


class ExportOut(ApiSerializer):
    id = serializers.UUIDField()
    what = serializers.ChoiceField(choices=ExportScope.choices)
    format = serializers.ChoiceField(choices=ExportFormat.choices)
    tables = serializers.ListField(child=serializers.CharField())
    filters = ExportFilters()
    status = serializers.ChoiceField(choices=ExportStatus.choices)
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by table.")
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    sha256 = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the content is dropped.")
    job = serializers.UUIDField(source="job_id", allow_null=True)
    created_at = serializers.DateTimeField()


class ExportFilter(StrictFilterSet):
    status = ChoiceFilter(choices=ExportStatus.choices)
    what = ChoiceFilter(choices=ExportScope.choices)
