"""The shapes of imports with their reports and of exports in the REST interface."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.exchange.exporting.deal_flow import query_parameters
from apps.exchange.models import Export, Import
from apps.exchange.states import IMPORT, ExportFormat, ExportScope, ExportStatus, ImportStatus
from apps.exchange.tables import TABLES
from kernel.api.filters import MAX_ITEMS, ChoiceFilter, StrictFilterSet
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer

QUERY = (
    "Of the deal flow only: parameters of GET /deal-flow by name, each with a list of its values, as in saved searches."
)
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
        choices=ExportScope.choices,
        help_text="All of one's own in the import format, what one sees of others, or the results of a search.",
    )
    format = serializers.ChoiceField(choices=ExportFormat.choices)
    tables = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(TABLES)),
        max_length=len(TABLES),
        required=False,
        help_text="All that there are, if left out.",
    )
    filters = ExportFilters(required=False, help_text="Of others only.")
    query = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=200), min_length=1, max_length=MAX_ITEMS),
        required=False,
        help_text=QUERY,
    )


class ExportOut(ApiSerializer):
    id = serializers.UUIDField()
    what = serializers.ChoiceField(choices=ExportScope.choices)
    format = serializers.ChoiceField(choices=ExportFormat.choices)
    tables = serializers.ListField(child=serializers.CharField())
    filters = serializers.SerializerMethodField()
    query = serializers.SerializerMethodField(help_text="Of the results of a search: what was searched for.")
    status = serializers.ChoiceField(choices=ExportStatus.choices)
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by table.")
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    sha256 = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the content is dropped.")
    job = serializers.UUIDField(source="job_id", allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(ExportFilters)
    def get_filters(self, item: Export) -> dict[str, Any]:
        return {name: value for name, value in item.filters.items() if name != "query"}

    @extend_schema_field(
        {"type": ["object", "null"], "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    )
    def get_query(self, item: Export) -> dict[str, list[str]] | None:
        query = item.filters.get("query")
        return None if query is None else query_parameters(query=query)


class ExportFilter(StrictFilterSet):
    status = ChoiceFilter(choices=ExportStatus.choices)
    what = ChoiceFilter(choices=ExportScope.choices)
