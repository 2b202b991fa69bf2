"""Screenings, their hits and what is decided of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.compliance.models import Hit, ScreeningRun
from apps.compliance.names import NEAR
from apps.compliance.states import HIT, Clearance, HitStatus, OwnerKind, ScreeningCause, SubjectRole
from apps.organisations.models import Organisation
from kernel.api.filters import ChoiceFilter, FlagFilter, StrictFilterSet, UuidFilter
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer, VisibleObject

DECIDE = ("decide",)
VERDICTS = [(status.value, status.value) for status in (HitStatus.TRUE_MATCH, HitStatus.FALSE_POSITIVE)]
CANDIDATES = {
    "type": "object",
    "description": f"By subject: the entries that score {NEAR} or more against it, best first.",
    "additionalProperties": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"entry": {"type": "string", "format": "uuid"}, "score": {"type": "number"}},
        },
    },
}
FEATURES = {
    "type": "object",
    "description": "Why the score is what it is: each feature's value, weight and words.",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "value": {"type": ["number", "null"]},
            "weight": {"type": "number"},
            "words": {"type": "string"},
        },
    },
}


class ScreeningIn(serializers.Serializer[Any]):
    organisation = VisibleObject(Organisation.objects, help_text="Who is to be screened.")


class ScreeningQueued(ApiSerializer):
    organisation = serializers.UUIDField()
    job = serializers.UUIDField(help_text="Where its progress is seen; it can be cancelled there.")


class ScreenedList(ApiSerializer):
    code = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=["in_force", "overdue", "missing"])
    expected_days = serializers.IntegerField(help_text="The age at which it counts as overdue.")
    age_days = serializers.IntegerField(allow_null=True)
    version = serializers.UUIDField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    published_on = serializers.DateField(allow_null=True)
    loaded_at = serializers.DateTimeField(allow_null=True)


class QuerySubject(ApiSerializer):
    key = serializers.CharField(help_text="Names the subject across screenings.")
    role = serializers.ChoiceField(choices=SubjectRole.choices)
    party = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=OwnerKind.choices)
    names = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(child=serializers.CharField())
    date = serializers.CharField(allow_null=True)
    identifiers = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    digest = serializers.CharField()


class HitOut(ApiSerializer):
    id = serializers.UUIDField()
    screening = serializers.UUIDField(source="run_id")
    organisation = serializers.UUIDField(source="screened_id")
    subject = serializers.CharField(source="subject_key")
    subject_role = serializers.ChoiceField(source="subject.role", choices=SubjectRole.choices)
    subject_digest = serializers.CharField()
    watch_list = serializers.CharField(source="list_code")
    source_id = serializers.CharField()
    entry = serializers.UUIDField(source="entry_id")
    entry_names = serializers.ListField(child=serializers.CharField())
    entry_digest = serializers.CharField()
    score = serializers.FloatField(min_value=0, max_value=1)
    features = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=HitStatus.choices)
    decided_by = serializers.UUIDField(source="decided_by_id", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    recalled = serializers.UUIDField(
        source="recalled_id", allow_null=True, help_text="The earlier hit whose decision holds, both sides unchanged."
    )
    actions = serializers.SerializerMethodField()

    @extend_schema_field(FEATURES)
    def get_features(self, hit: Hit) -> dict[str, Any]:
        return dict(hit.features)

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(DECIDE)}})
    def get_actions(self, hit: Hit) -> list[str]:
        return list(DECIDE) if HIT.available(hit, get_actor(self.context["request"])) else []


class ScreeningBrief(ApiSerializer):
    id = serializers.UUIDField()
    organisation = serializers.UUIDField(source="screened_id")
    cause = serializers.ChoiceField(choices=ScreeningCause.choices)
    result = serializers.ChoiceField(choices=Clearance.choices, help_text="As it was found; decisions came later.")
    is_pending = serializers.BooleanField(help_text="Whether a hit of it waits for a decision.")
    gaps = serializers.ListField(
        child=serializers.CharField(), help_text="What the result does not cover: codes, a list's with its own code."
    )
    candidate_count = serializers.IntegerField(help_text="Entries compared with the subjects, whatever they score.")
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()


class ScreeningOut(ScreeningBrief):
    asked_by = serializers.CharField()
    job = serializers.UUIDField(source="job_id", allow_null=True)
    algorithm = serializers.CharField()
    algorithm_version = serializers.CharField()
    threshold = serializers.FloatField()
    lists = ScreenedList(many=True)
    query = QuerySubject(many=True)
    candidates = serializers.SerializerMethodField()
    hits = serializers.SerializerMethodField()

    @extend_schema_field(CANDIDATES)
    def get_candidates(self, run: ScreeningRun) -> dict[str, list[dict[str, Any]]]:
        return {
            key: [{"entry": entry, "score": score} for entry, score in found]
            for key, found in sorted(run.candidates.items())
        }

    @extend_schema_field(HitOut(many=True))
    def get_hits(self, run: ScreeningRun) -> list[dict[str, Any]]:
        hits = run.hits.select_related("subject", "run").order_by("-score", "pk")
        return [dict(HitOut(hit, context={"request": self.context["request"]}).data) for hit in hits]


class DecisionIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=VERDICTS)
    reason = serializers.CharField(max_length=500, help_text="Kept with the hit and every screening that recalls it.")


class ScreeningFilter(StrictFilterSet):
    organisation = UuidFilter(field_name="screened_id")
    result = ChoiceFilter(choices=Clearance.choices)
    pending = FlagFilter(field_name="is_pending")


class HitFilter(StrictFilterSet):
    organisation = UuidFilter(field_name="screened_id")
    screening = UuidFilter(field_name="run_id")
    status = ChoiceFilter(choices=HitStatus.choices)
