"""The shapes of speed: figures, how they compare, their history, and flags for officers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer
from apps.reference.evidence import EvidenceTier
from apps.startups.disclosure import SPEED
from apps.startups.rules.speed_subjects import FIGURES, shown_days
from apps.startups.states import FlagVerdict, SpeedFlagKind
from kernel.api.serializers import ApiSerializer


class ComparisonOut(serializers.Serializer[Any]):
    slower_share = serializers.FloatField(
        allow_null=True,
        help_text="Share of the area's other verified firms that are slower, in tenths; null under five firms.",
    )
    area = serializers.CharField(allow_null=True, help_text="The area whose firms these are.")
    european_days = serializers.FloatField(allow_null=True, help_text="Days per release taken for the area in Europe.")
    european_ratio = serializers.FloatField(allow_null=True, help_text="The figure over it.")
    european_basis = serializers.CharField(help_text='"assumption": nobody published it.')


class MonthlyFigureOut(serializers.Serializer[Any]):
    days = serializers.FloatField(help_text="Whole days from ten on; one's own to a hundredth.")
    low = serializers.FloatField(help_text="Lower end of the 90 % interval, in days.")
    high = serializers.FloatField(help_text="Its upper end.")
    n_closed = serializers.IntegerField(help_text="Durations or releases that it rests on.")
    n_open = serializers.IntegerField(help_text="Questions without an answer yet.")
    tier = serializers.ChoiceField(choices=EvidenceTier.choices)


class FigureOut(MonthlyFigureOut):
    basis = serializers.CharField(help_text='Of the prior; "assumption": nobody published it.')
    sigma = serializers.FloatField(required=False, help_text="One's own only: the spread of ln(days) taken as known.")
    weight = serializers.FloatField(required=False, help_text="One's own only: how much evidence it rests on.")
    comparison = ComparisonOut()


class SpeedFiguresOut(serializers.Serializer[Any]):
    adaptation = FigureOut(allow_null=True, help_text="Countermeasure to response.")
    cadence = FigureOut(allow_null=True, help_text="Days per release that answers something.")
    feedback = FigureOut(allow_null=True, help_text="Feedback to fix.")
    delivery = FigureOut(allow_null=True, help_text="Order to delivery.")


class MonthlyFiguresOut(serializers.Serializer[Any]):
    adaptation = MonthlyFigureOut(allow_null=True)
    cadence = MonthlyFigureOut(allow_null=True)
    feedback = MonthlyFigureOut(allow_null=True)
    delivery = MonthlyFigureOut(allow_null=True)


class SpeedPointOut(serializers.Serializer[Any]):
    month = serializers.RegexField(r"^\d{4}-\d{2}$")
    figures = MonthlyFiguresOut()


class SpeedOut(TieredSerializer):
    """Of a firm or capability with its `profile`, None before it was first measured, and the `comparisons` of that."""

    tiers = SPEED

    id = serializers.UUIDField(help_text="Of the firm or capability.")
    area = serializers.CharField(source="profile.area", default=None, help_text="Whose priors were taken.")
    as_of = serializers.DateField(source="profile.as_of", default=None)
    figures = serializers.SerializerMethodField()
    model = serializers.CharField(source="profile.model", default=None)
    model_sha256 = serializers.CharField(source="profile.model_sha256", default=None)
    taxonomy = serializers.CharField(source="profile.taxonomy", default=None)
    taxonomy_sha256 = serializers.CharField(source="profile.taxonomy_sha256", default=None)
    computed_at = serializers.DateTimeField(source="profile.computed_at", default=None)

    @extend_schema_field(SpeedFiguresOut)
    def get_figures(self, row: Any) -> dict[str, Any]:
        known = {} if row.profile is None else row.profile.figures
        return {name: _figure(row, name, known.get(name)) for name in FIGURES}


class SpeedHistoryOut(TieredSerializer):
    """Of a firm or capability with its `points`: a month in which nothing was known is left out."""

    tiers = SPEED

    id = serializers.UUIDField(help_text="Of the firm or capability.")
    points = serializers.SerializerMethodField(
        help_text="By month, oldest first, each at its end by what is known now; others see those 30 days past."
    )

    @extend_schema_field(SpeedPointOut(many=True))
    def get_points(self, row: Any) -> list[dict[str, Any]]:
        return [
            {
                "month": point.month_end.strftime("%Y-%m"),
                "figures": {name: _monthly(row, point.figures.get(name)) for name in FIGURES},
            }
            for point in row.points
        ]


def _monthly(row: Any, figure: dict[str, Any] | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    is_own = row.viewer_tier >= Tier.T4
    return {
        **{name: shown_days(days=figure[name], is_own=is_own) for name in ("days", "low", "high")},
        **{name: figure[name] for name in ("n_closed", "n_open", "tier")},
    }


def _figure(row: Any, name: str, figure: dict[str, Any] | None) -> dict[str, Any] | None:
    shown = _monthly(row, figure)
    if figure is None or shown is None:
        return None
    compared = row.comparisons[name]
    shown["basis"] = figure["basis"]
    if row.viewer_tier >= Tier.T4:
        shown |= {"sigma": figure["sigma"], "weight": figure["weight"]}
    shown["comparison"] = {
        "slower_share": compared.quantile,
        "area": compared.area,
        "european_days": compared.european_days,
        "european_ratio": None if compared.european_ratio is None else round(compared.european_ratio, 2),
        "european_basis": compared.european_basis,
    }
    return shown


class SpeedFlagOut(ApiSerializer):
    id = serializers.UUIDField()
    startup = serializers.UUIDField(source="firm_id")
    organisation = serializers.UUIDField(source="firm.organisation_id")
    capability = serializers.UUIDField(source="capability_id", allow_null=True, help_text="null: several.")
    kind = serializers.ChoiceField(choices=SpeedFlagKind.choices)
    events = serializers.ListField(child=serializers.UUIDField())
    why = serializers.SerializerMethodField()
    found_at = serializers.DateTimeField()
    verdict = serializers.ChoiceField(choices=FlagVerdict.choices, allow_blank=True, help_text="Empty: not judged.")
    reason = serializers.CharField()
    judged_by = serializers.UUIDField(source="judged_by_id", allow_null=True)
    judged_at = serializers.DateTimeField(allow_null=True)

    def get_why(self, flag: Any) -> str:
        if flag.kind == SpeedFlagKind.BURST:
            text = _("{count} answers within {hours} hours; otherwise {usual_per_day} a day.")
        elif flag.kind == SpeedFlagKind.SELF_ANSWERED:
            text = _("Observed and answered by the firm itself within {hours} hours; nobody else attests either.")
        else:
            text = _(
                "{events} events recorded in one sitting, up to {days_late} days after they are said to have happened, "
                "make {durations} durations."
            )
        return text.format_map(flag.details)


class SpeedFlagJudgement(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=FlagVerdict.choices)
    reason = serializers.CharField(max_length=2000)
