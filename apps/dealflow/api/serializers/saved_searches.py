"""The shapes of saved searches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.accounts.cadences import Cadence
from apps.dealflow.models import SavedSearch
from apps.dealflow.models.saved_searches import MAX_NAME
from apps.dealflow.parameters import DealFlowFilter, deal_flow_query
from apps.dealflow.rules.queries import DealFlowQuery
from kernel.api.filters import MAX_ITEMS, FlagFilter, StrictFilterSet, TextFilter
from kernel.api.permissions import get_actor
from kernel.api.problems import QueryInvalid
from kernel.api.serializers import ApiSerializer

MAX_VALUE = 200
ORDERING = "ordering"
TEXT = {"text": "q"}
"""What a parameter is called where its name is not that of the field."""


def parameters_of(query: DealFlowQuery) -> dict[str, list[str]]:
    """The parameters of GET /deal-flow that ask for the search."""
    return {TEXT.get(name, name): _texts(value) for name, value in query.to_json().items()}


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


class QueryField(serializers.DictField):
    """A search by the parameters of its request, each with all its values; read as the request reads them."""

    default_error_messages: ClassVar = {"unknown": _("There is no such parameter.")}
    child = serializers.ListField(child=serializers.CharField(max_length=MAX_VALUE), min_length=1, max_length=MAX_ITEMS)

    def to_internal_value(self, data: Any) -> Any:
        given: dict[str, list[str]] = super().to_internal_value(data)
        unknown = sorted(set(given) - {*DealFlowFilter.base_filters, ORDERING})
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown[:MAX_ITEMS], self.error_messages["unknown"]))
        actor = get_actor(self.context["request"])
        try:
            return deal_flow_query(actor=actor, parameters=given, ordering=given.get(ORDERING, ()))
        except QueryInvalid as wrong:
            found = {problem.pointer.removeprefix("/"): [problem.detail] for problem in wrong.errors}
            raise serializers.ValidationError(found) from None

    def to_representation(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        return parameters_of(DealFlowQuery.from_json(value))


class SavedSearchFilter(StrictFilterSet):
    is_shared = FlagFilter()
    name = TextFilter(lookup_expr="icontains")

    class Meta:
        model = SavedSearch
        fields: ClassVar[list[str]] = []


class SavedSearchIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=MAX_NAME)
    query = QueryField(help_text="Parameters of GET /deal-flow by name, each with a list of its values.")
    is_shared = serializers.BooleanField(required=False, help_text="Shown to all of your organisation.")
    cadence = serializers.ChoiceField(
        choices=Cadence.choices,
        required=False,
        help_text="How often you are mailed what it finds anew; off: never told.",
    )


class SavedSearchOut(ApiSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    query = QueryField(help_text="Parameters of GET /deal-flow by name.")
    is_shared = serializers.BooleanField()
    is_own = serializers.SerializerMethodField(help_text="You may change it: it is yours, or nobody's any more.")
    cadence = serializers.SerializerMethodField(help_text="Your own.")
    seen_at = serializers.DateTimeField(
        allow_null=True, help_text="When you last said that you had seen its results; null: never."
    )
    created_at = serializers.DateTimeField()

    def get_is_own(self, search: Any) -> bool:
        actor = get_actor(self.context["request"])
        person = None if actor.api_key_id is not None else actor.user_id
        return search.owner_id is None or search.owner_id == person

    def get_cadence(self, search: Any) -> Cadence:
        return Cadence(search.cadence or Cadence.OFF)


class SeenIn(serializers.Serializer[Any]):
    until = serializers.DateTimeField(
        required=False, help_text="When the results that you saw were asked for; now, if left out."
    )

    def validate_until(self, value: dt.datetime) -> dt.datetime:
        return value.astimezone(dt.UTC)
