"""The shapes of weekly digests and of how evenly they show."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.api.serializers.matches import MatchOut
from apps.matching.models import DigestList, DigestRound
from apps.matching.selectors.digests import digest_entries
from apps.matching.states import Side
from kernel.api.filters import ChoiceFilter, DateFilter, StrictFilterSet, UuidFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer


class DigestFilter(StrictFilterSet):
    owner = UuidFilter(field_name="owner_id", help_text="One's own mandate or raise.")
    side = ChoiceFilter(choices=Side.choices)
    week = DateFilter(field_name="round__week", help_text="The Monday of the week.")


class DigestEntryOut(MatchOut):
    """A counterpart that a digest points to."""

    id = None  # type: ignore[assignment]
    run = None  # type: ignore[assignment]
    as_of = None  # type: ignore[assignment]
    section = None  # type: ignore[assignment]
    score_mutual = None  # type: ignore[assignment]
    confidence = None  # type: ignore[assignment]
    contributions = None  # type: ignore[assignment]
    missing = None  # type: ignore[assignment]


class DigestBrief(ApiSerializer):
    id = serializers.UUIDField()
    week = serializers.DateField(source="round.week", help_text="the Monday it begins with")
    side = serializers.ChoiceField(choices=Side.choices)
    owner = serializers.UUIDField(source="owner_id")
    run = serializers.UUIDField(source="round.run_id")


class DigestOut(DigestBrief):
    """Whom one's mandate or raise is pointed to in a week. Lists and searches are not limited by it."""

    entries = serializers.SerializerMethodField()

    @extend_schema_field(DigestEntryOut(many=True))
    def get_entries(self, digest: DigestList) -> list[dict[str, Any]]:
        entries = digest_entries(digest=digest, actor=get_actor(self.context["request"]))
        return [DigestEntryOut(entry, context=self.context).data for entry in entries]


class ExposureOut(serializers.Serializer[Any]):
    shown = serializers.IntegerField(help_text="entries in all digests")
    most = serializers.IntegerField(help_text="of the counterpart that is shown most")
    gini = serializers.FloatField(allow_null=True, help_text="0: all are shown alike; 1: one alone")
    never = serializers.FloatField(allow_null=True, help_text="share of counterparts that no digest shows")


class SideExposure(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=Side.choices, help_text="whose digests")
    lists = serializers.IntegerField()
    pool = serializers.IntegerField(help_text="counterparts there are")
    cap = serializers.IntegerField(help_text="in how many digests a counterpart stands at most")
    before = ExposureOut(help_text="the first of each list, without a cap")
    after = ExposureOut()


class DigestRoundOut(ApiSerializer):
    """The digests of a week: how evenly they show, with the cap and without it."""

    id = serializers.UUIDField()
    week = serializers.DateField()
    run = serializers.UUIDField(source="run_id")
    job = serializers.UUIDField(source="job_id", allow_null=True)
    entries = serializers.IntegerField(help_text="most entries of a digest")
    exposure = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(SideExposure(many=True))
    def get_exposure(self, row: DigestRound) -> list[dict[str, Any]]:
        return [{"side": side, **row.exposure[side]} for side in Side.values if side in row.exposure]
