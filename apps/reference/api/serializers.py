"""The shape of capability areas in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.reference.export_classes import ControlList, ExportClass, export_classes
from kernel.api.filters import FlagFilter, StrictFilterSet, TextFilter
from kernel.api.serializers import ApiSerializer


class AreaOut(ApiSerializer):
    id = serializers.UUIDField()
    code = serializers.CharField()
    parent = serializers.CharField(source="parent.code", allow_null=True, default=None)  # type: ignore[assignment]
    label_en = serializers.CharField()
    label_uk = serializers.CharField()
    edition = serializers.CharField()
    successors = serializers.ListField(
        child=serializers.CharField(), help_text="Of a retired area the codes that took its place; else empty."
    )


class RetiredFilter(FlagFilter):
    """Areas that were retired, or those in force."""

    def filter(self, qs: Any, value: list[Any] | None) -> Any:
        if not value or len(set(value)) > 1:
            return qs
        return qs.exclude(successors=[]) if value[0] else qs.filter(successors=[])


class AreaFilter(StrictFilterSet):
    code = TextFilter()
    retired = RetiredFilter(field_name="successors")
    parent = TextFilter(field_name="parent__code")
    root = FlagFilter(field_name="parent", lookup_expr="isnull")


class ExportClassOut(ApiSerializer):
    code = serializers.CharField(help_text="Of the dual-use list a category and a group: `9A` of `9A012`.")
    control_list = serializers.ChoiceField(choices=[item.value for item in ControlList])
    title_en = serializers.CharField()
    title_uk = serializers.CharField()
    pattern = serializers.SerializerMethodField(help_text="What a code of this list looks like.")
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()
    edition = serializers.CharField()
    as_of = serializers.DateField()

    def get_pattern(self, row: ExportClass) -> str:
        return export_classes().patterns[row.control_list].pattern
