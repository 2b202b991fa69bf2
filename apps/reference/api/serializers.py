"""The shape of capability areas in the REST interface."""

from __future__ import annotations

from rest_framework import serializers

from kernel.api.filters import FlagFilter, StrictFilterSet, TextFilter
from kernel.api.serializers import ApiSerializer


class AreaOut(ApiSerializer):
    id = serializers.UUIDField()
    code = serializers.CharField()
    parent = serializers.CharField(source="parent.code", allow_null=True, default=None)  # type: ignore[assignment]
    label_en = serializers.CharField()
    label_uk = serializers.CharField()
    edition = serializers.CharField()


class AreaFilter(StrictFilterSet):
    code = TextFilter()
    parent = TextFilter(field_name="parent__code")
    root = FlagFilter(field_name="parent", lookup_expr="isnull")
