"""Disclosure grants."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.disclosure import Tier
from kernel.api.filters import ChoiceFilter, FlagFilter, StrictFilterSet, UuidFilter, WholeNumberFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer

OBSTACLES = ("not_in_force", "undertaking_missing")


class GrantIn(serializers.Serializer[Any]):
    viewer = serializers.UUIDField(help_text="A verified fund or authority.")
    tier = serializers.IntegerField(min_value=int(Tier.T2), max_value=int(Tier.T2))
    until = serializers.DateTimeField(
        allow_null=True, required=False, help_text="At most two years ahead; without it until revoked."
    )


class GrantOut(ApiSerializer):
    id = serializers.UUIDField()
    subject = serializers.UUIDField(source="subject_id", help_text="The organisation whose data it opens.")
    viewer = serializers.UUIDField(source="viewer_id", help_text="The organisation that it opens them to.")
    person = serializers.UUIDField(source="person_id", allow_null=True, help_text="The only one there who sees them.")
    tier = serializers.IntegerField()
    cause = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    is_in_force = serializers.BooleanField(help_text="By its time.")
    is_effective = serializers.SerializerMethodField(help_text="In force, and the viewer is bound where it must be.")
    obstacle = serializers.SerializerMethodField(help_text="Why it is not effective.")

    def get_is_effective(self, grant: Any) -> bool:
        return self.get_obstacle(grant) is None

    @extend_schema_field({"type": ["string", "null"], "enum": [*OBSTACLES, None]})
    def get_obstacle(self, grant: Any) -> str | None:
        if not grant.is_in_force:
            return "not_in_force"
        return None if grant.is_bound else "undertaking_missing"


class DirectionFilter(ChoiceFilter):
    """`given` by the caller's organisation, or `received` by it."""

    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        if not value or len(set(value)) == 2:
            return qs
        own = Q(subject_id=get_actor(self.parent.request).organisation_id)
        return qs.filter(own if value[0] == "given" else ~own)


class OtherSideFilter(UuidFilter):
    """The organisation at the other end, whichever that is."""

    def filter(self, qs: QuerySet[Any], value: list[Any] | None) -> QuerySet[Any]:
        if not value:
            return qs
        own = get_actor(self.parent.request).organisation_id
        given = Q(subject_id=own, viewer__in=value)
        return qs.filter(given | Q(viewer_id=own, subject__in=value))


class GrantFilter(StrictFilterSet):
    direction = DirectionFilter(choices=("given", "received"))
    tier = WholeNumberFilter(minimum=1, maximum=5)
    in_force = FlagFilter(field_name="is_in_force")
    organisation = OtherSideFilter()
