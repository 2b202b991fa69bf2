"""The shapes of watch-lists in the REST interface."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.compliance.models import ListVersion, WatchList
from apps.compliance.selectors.watch_lists import standing_of, version_in_force, version_open
from apps.compliance.states import LIST_VERSION, EntryKind, ListFormat, ListVersionStatus
from kernel.api.filters import ChoiceFilter, FlagFilter, StrictFilterSet, TextFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer
from kernel.clock import utc_today


class ListReasonOut(ApiSerializer):
    code = serializers.CharField()
    text = serializers.CharField(help_text="With the place in the file, where it is about one.")


class ListVersionOut(ApiSerializer):
    id = serializers.UUIDField()
    watch_list = serializers.UUIDField(source="watch_list_id")
    status = serializers.ChoiceField(choices=ListVersionStatus.choices)
    sha256 = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes of the file as it was sent.")
    published_on = serializers.DateField(allow_null=True)
    received_at = serializers.DateTimeField()
    loaded_at = serializers.DateTimeField(allow_null=True, help_text="When it came into force.")
    entries = serializers.IntegerField(allow_null=True)
    added = serializers.IntegerField(allow_null=True)
    changed = serializers.IntegerField(allow_null=True)
    removed = serializers.IntegerField(allow_null=True)
    reasons = ListReasonOut(many=True, help_text="Why it was refused, or waits for a confirmation.")
    job = serializers.UUIDField(source="job_id", allow_null=True)
    actions = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_actions(self, version: ListVersion) -> list[str]:
        return LIST_VERSION.available(version, get_actor(self.context["request"]))


class WatchListOut(ApiSerializer):
    id = serializers.UUIDField()
    code = serializers.CharField()
    title = serializers.CharField()
    publisher = serializers.CharField()
    source_url = serializers.URLField()
    format = serializers.ChoiceField(choices=ListFormat.choices)
    is_expected = serializers.BooleanField()
    expected_days = serializers.IntegerField(help_text="The age in days beyond which the list is overdue.")
    age_days = serializers.SerializerMethodField(help_text="Of the version in force; null while there is none.")
    is_overdue = serializers.SerializerMethodField()
    in_force = serializers.SerializerMethodField()
    open = serializers.SerializerMethodField(help_text="The version being read or waiting for a confirmation.")

    @extend_schema_field({"type": ["integer", "null"]})
    def get_age_days(self, item: WatchList) -> int | None:
        return standing_of(item, today=utc_today()).age_days

    @extend_schema_field({"type": "boolean"})
    def get_is_overdue(self, item: WatchList) -> bool:
        return standing_of(item, today=utc_today()).is_overdue

    @extend_schema_field(ListVersionOut(allow_null=True))
    def get_in_force(self, item: WatchList) -> Any:
        return self._version(version_in_force(item))

    @extend_schema_field(ListVersionOut(allow_null=True))
    def get_open(self, item: WatchList) -> Any:
        return self._version(version_open(item))

    def _version(self, version: ListVersion | None) -> Any:
        return None if version is None else ListVersionOut(version, context={"request": self.context["request"]}).data


class ListVersionIn(serializers.Serializer[Any]):
    file = serializers.FileField(
        max_length=200, help_text="The list as published: XML, CSV, JSON or JSON Lines, plain or as gzip."
    )
    published_on = serializers.DateField(required=False, help_text="Where the file itself does not say it.")


class ListEntryOut(ApiSerializer):
    id = serializers.UUIDField()
    source_id = serializers.CharField(help_text="The list's own id.")
    kind = serializers.ChoiceField(choices=EntryKind.choices)
    names = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(child=serializers.CharField())
    birth_dates = serializers.ListField(child=serializers.CharField(), help_text="A year, a month or a day each.")
    birth_places = serializers.ListField(child=serializers.CharField())
    registration_dates = serializers.ListField(child=serializers.CharField())
    identifiers = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Pairs of scheme and value."
    )
    programmes = serializers.ListField(child=serializers.CharField())
    listed_on = serializers.DateField(allow_null=True)
    remarks = serializers.CharField()
    url = serializers.CharField()
    first_version = serializers.UUIDField(source="first_version_id")
    removed_version = serializers.UUIDField(
        source="removed_version_id", allow_null=True, help_text="The version that took it out; null while in force."
    )


class ListVersionFilter(StrictFilterSet):
    status = ChoiceFilter(choices=ListVersionStatus.choices)


class ListEntryFilter(StrictFilterSet):
    source_id = TextFilter(help_text="The list's own id.")
    in_force = FlagFilter(field_name="removed_version", lookup_expr="isnull")
