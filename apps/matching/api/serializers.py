"""The shapes of runs, matches, explanations and scoring models in the REST interface."""

from __future__ import annotations

import dataclasses
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.engine.explain import Explanation
from apps.matching.models import MatchRun
from apps.matching.scoring_models import ScoringModel, scoring_model
from apps.matching.selectors import matches, runs
from apps.matching.states import RUN, RunStatus, Section, Side
from apps.organisations.tiered import read_note
from apps.permissions import Kind
from apps.reference.tables import editions
from apps.startups.disclosure import firm_name
from kernel.api.filters import ChoiceFilter, DateFilter, StrictFilterSet
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer

LIST_PARAMETERS = {
    "mandate": {"type": "string", "format": "uuid", "description": "One's own mandate, whose list is shown."},
    "raise": {"type": "string", "format": "uuid", "description": "One's own raise, whose list is shown."},
    "section": {
        "type": "string",
        "enum": list(Section.values),
        "default": Section.RANKED.value,
        "description": "All gates passed, or none failed and some lacking data.",
    },
}


EXPLANATION_PARAMETERS = {
    "run": {
        "type": "string",
        "format": "uuid",
        "description": "The run of a match shown earlier; else the current one.",
    },
}


class EditionField(serializers.Serializer[Any]):
    id = serializers.CharField()
    sha256 = serializers.CharField()


class BasisField(EditionField):
    basis = serializers.CharField(help_text="where the numbers come from; assumptions say so")


class MatchRunIn(serializers.Serializer[Any]):
    as_of = serializers.DateField(required=False, help_text="UTC date that counts as now; today if left out")
    model_id = serializers.CharField(required=False, max_length=40)


class MatchRunFilter(StrictFilterSet):
    status = ChoiceFilter(choices=RunStatus.choices)
    as_of = DateFilter()


class MatchRunBrief(ApiSerializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RunStatus.choices)
    is_current = serializers.BooleanField()
    as_of = serializers.DateField()
    model = serializers.CharField(source="model_id")
    sha256 = serializers.CharField(source="digest")
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)


FOR_OPERATORS = frozenset({"counts", "reasons", "seconds", "sha256", "job"})


class MatchRunOut(ApiSerializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RunStatus.choices)
    actions = serializers.SerializerMethodField()
    is_current = serializers.BooleanField()
    as_of = serializers.DateField()
    model = serializers.SerializerMethodField()
    areas = serializers.SerializerMethodField()
    reference = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    seconds = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    sha256 = serializers.CharField(source="digest")
    job = serializers.UUIDField(source="job_id", allow_null=True)
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        actor = get_actor(self.context["request"])
        if actor.is_system or actor.kind == Kind.OPERATOR:
            return shown
        # They move with every mandate and raise, also with those that the caller may not know of.
        return {name: value for name, value in shown.items() if name not in FOR_OPERATORS}

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_actions(self, run: MatchRun) -> list[str]:
        return RUN.available(run, get_actor(self.context["request"]))

    @extend_schema_field(EditionField)
    def get_model(self, run: MatchRun) -> dict[str, str]:
        return {"id": run.model_id, "sha256": run.model_sha256}

    @extend_schema_field(EditionField)
    def get_areas(self, run: MatchRun) -> dict[str, str]:
        return {"id": run.areas_id, "sha256": run.areas_sha256}

    @extend_schema_field(EditionField)
    def get_reference(self, run: MatchRun) -> dict[str, str]:
        return {"id": run.reference_id, "sha256": run.reference_sha256}

    @extend_schema_field({"type": "number", "minimum": 0, "maximum": 1})
    def get_progress(self, run: MatchRun) -> float:
        return runs.run_progress(run=run)

    @extend_schema_field({"type": ["number", "null"], "description": "From the first work to the publication."})
    def get_seconds(self, run: MatchRun) -> float | None:
        return runs.run_seconds(run=run)

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_counts(self, run: MatchRun) -> dict[str, Any]:
        return runs.run_counts(run=run)

    @extend_schema_field({"type": "array", "items": {"type": "object", "additionalProperties": True}})
    def get_reasons(self, run: MatchRun) -> list[Any]:
        return run.job.reasons if run.job is not None else []


class MoneyField(serializers.Serializer[Any]):
    amount = serializers.CharField()
    currency = serializers.CharField()


class MatchedFirm(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    country = serializers.CharField()


class MatchedRaise(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    firm = MatchedFirm()
    area = serializers.CharField()
    title = serializers.CharField()
    trl = serializers.IntegerField(allow_null=True)
    maturity = serializers.CharField()
    amount = MoneyField()
    instruments = serializers.ListField(child=serializers.CharField())
    stage = serializers.CharField()


class MatchedFund(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    country = serializers.CharField()


class MatchedMandate(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    fund = MatchedFund()
    name = serializers.CharField()
    ticket_min = MoneyField()
    ticket_max = MoneyField()
    instruments = serializers.ListField(child=serializers.CharField())


class MatchOut(ApiSerializer):
    """A pair as the caller's side sees it; the other side's own score stays with the other side."""

    id = serializers.CharField()
    run = serializers.SerializerMethodField()
    as_of = serializers.SerializerMethodField()
    side = serializers.ChoiceField(choices=Side.choices)
    section = serializers.ChoiceField(choices=Section.choices)
    rank = serializers.IntegerField(help_text="1 is the best")
    score = serializers.IntegerField(min_value=0, max_value=10_000)
    score_mutual = serializers.IntegerField(min_value=0, max_value=10_000)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    contributions = serializers.DictField(
        child=serializers.IntegerField(), help_text="feature → points; they add up to the score"
    )
    missing = serializers.ListField(child=serializers.CharField(), help_text="gates that lack data")
    mandate = serializers.SerializerMethodField()
    vars()["raise"] = serializers.SerializerMethodField()  # a keyword: it cannot be assigned like the others

    @extend_schema_field({"type": "string", "format": "uuid"})
    def get_run(self, match: matches.Match) -> str:
        return str(self.context["run"].pk)

    @extend_schema_field({"type": "string", "format": "date"})
    def get_as_of(self, match: matches.Match) -> str:
        return str(self.context["run"].as_of.isoformat())

    @extend_schema_field(MatchedMandate)
    def get_mandate(self, match: matches.Match) -> dict[str, Any]:
        if match.side == Side.INVESTOR:
            return {"id": str(match.mandate_id)}
        mandate: Any = match.counterpart
        read_note(context=self.context, row=mandate)
        fund = mandate.fund
        return {
            "id": str(mandate.pk),
            "fund": {"id": str(fund.pk), "name": fund.organisation.legal_name, "country": fund.organisation.country},
            "name": mandate.name,
            "ticket_min": {"amount": f"{mandate.ticket_min:f}", "currency": mandate.currency},
            "ticket_max": {"amount": f"{mandate.ticket_max:f}", "currency": mandate.currency},
            "instruments": list(mandate.instruments),
        }

    @extend_schema_field(MatchedRaise)
    def get_raise(self, match: matches.Match) -> dict[str, Any]:
        if match.side == Side.STARTUP:
            return {"id": str(match.raise_id)}
        item: Any = match.counterpart
        read_note(context=self.context, row=item)
        firm, lead = item.firm, item.lead_capability
        return {
            "id": str(item.pk),
            "firm": {
                "id": str(firm.pk),
                "name": firm_name(firm=firm, viewer_tier=item.viewer_tier, is_revealed=item.is_revealed).name,
                "country": firm.organisation.country,
            },
            "area": lead.area.code,
            "title": lead.title,
            "trl": lead.trl,
            "maturity": lead.maturity,
            "amount": {"amount": f"{item.amount:f}", "currency": item.currency},
            "instruments": list(item.instruments),
            "stage": item.stage,
        }


class ScoringModelOut(ApiSerializer):
    id = serializers.CharField()
    sha256 = serializers.CharField()
    basis = serializers.SerializerMethodField()
    content = serializers.JSONField(source="raw", help_text="weights and parameters as in the model's file")

    @extend_schema_field({"type": "string"})
    def get_basis(self, model: ScoringModel) -> str:
        return str(model.raw["basis"])


class RawOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.JSONField(help_text="number, text, or null for not stated")
    unit = serializers.CharField()


class FeatureOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    x = serializers.FloatField(help_text="0–1; to one decimal where more would tell what a fund keeps to itself")
    weight = serializers.IntegerField()
    contribution = serializers.IntegerField()
    tier = serializers.CharField(allow_null=True, help_text="evidence behind it; null where there is none")
    basis = serializers.CharField(help_text="stated, figure, reference or prior")
    raw = RawOut(many=True)


class GateOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    answer = serializers.CharField(help_text="pass, fail, unknown, or withheld where it is the other side's business")
    reason = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())


class SavingOut(serializers.Serializer[Any]):
    basis_points = serializers.IntegerField(help_text="per year")
    per_year = serializers.FloatField(help_text="EUR")
    worth_today = serializers.FloatField(allow_null=True, help_text="EUR, at the firm's own rate")
    tenor_years = serializers.FloatField(allow_null=True)


@dataclasses.dataclass(frozen=True)
class Explained:
    """An explanation with the run it belongs to."""

    run: MatchRun
    explanation: Explanation


class ExplanationOut(ApiSerializer):
    """Why a pair scores as it does for the caller's side; the contributions add up to the score."""

    run = serializers.UUIDField(source="run.pk")
    as_of = serializers.DateField(source="run.as_of")
    model = serializers.SerializerMethodField()
    reference = serializers.SerializerMethodField()
    areas = serializers.SerializerMethodField()
    side = serializers.ChoiceField(choices=Side.choices, source="explanation.side")
    score = serializers.IntegerField(source="explanation.score")
    score_mutual = serializers.IntegerField(source="explanation.score_mutual")
    confidence = serializers.FloatField(source="explanation.confidence")
    profile = serializers.CharField(
        source="explanation.profile", help_text="which weights the area's speed features take"
    )
    features = FeatureOut(many=True, source="explanation.features")
    gates = GateOut(many=True, source="explanation.gates")
    saving = SavingOut(allow_null=True, source="explanation.saving")

    @extend_schema_field(BasisField)
    def get_model(self, explained: Explained) -> dict[str, str]:
        run = explained.run
        return {"id": run.model_id, "sha256": run.model_sha256, "basis": str(scoring_model(run.model_id).raw["basis"])}

    @extend_schema_field(BasisField)
    def get_reference(self, explained: Explained) -> dict[str, str]:
        run, table = explained.run, editions().table(explained.run.reference_id)
        basis = f"as of {table.as_of.isoformat()}; each figure's own source or assumption stands in the file"
        return {"id": run.reference_id, "sha256": run.reference_sha256, "basis": basis}

    @extend_schema_field(BasisField)
    def get_areas(self, explained: Explained) -> dict[str, str]:
        run = explained.run
        return {"id": run.areas_id, "sha256": run.areas_sha256, "basis": editions().taxonomy(run.areas_id).basis}
