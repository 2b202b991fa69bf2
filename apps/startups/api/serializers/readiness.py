"""The shape of what a firm has not said yet."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.startups.rules.readiness import FEATURES, GATES, PLACES, Gap, feature, gate
from kernel.api.serializers import ApiSerializer

OPENINGS = (*PLACES, *map(gate, GATES), *map(feature, FEATURES))
LABELS: Mapping[str, Promise] = {
    "capability": _("State a first capability."),
    "raise": _("Draft a raise."),
    "verification": _("Have the organisation verified."),
    "screening": _("The screening against sanctions lists is not clear yet."),
    "staff": _("State how many people work for the firm."),
    "region": _("State the region; of a country at war nobody else sees it."),
    "summary": _("Sum up what the firm does."),
    "group": _("Declare the companies of the group."),
    "financials": _("State a year's figures."),
    "financials_evidence": _("Attach a document to the newest year's figures."),
    "cash_months": _("State how many months the cash lasts."),
    "events_adaptation": _("Log countermeasures observed and answered, with evidence."),
    "events_cadence": _("Log fielded releases, with evidence."),
    "events_feedback": _("Log feedback and the fixes that answer it, with evidence."),
    "events_delivery": _("Log orders and deliveries, with evidence."),
    "trl": _("State the technology readiness level."),
    "publication": _("Publish the capability."),
    "flags": _("Declare the flags, or that there are none."),
    "components": _("Enter the bill of materials."),
    "origins": _("State the origin of every component."),
    "evidence": _("Attach a document, or have an event attested."),
    "description": _("Describe the capability."),
    "unit_cost": _("State the unit cost."),
    "output": _("State the output per month."),
    "lead_time": _("State the lead time."),
    "standards": _("State the standards that it meets."),
    "export_class": _("Declare the export class."),
    "export_class_word": _("An officer has not confirmed the export class yet."),
    "documents": _("Attach documents that counterparts will ask for."),
    "opening": _("Open the raise."),
    "stage": _("State the stage."),
    "tenor": _("State the tenor."),
    "marginal_cost": _("State what the next euro costs the firm."),
    "terms": _("State the terms that are sought or ruled out."),
}
"""What is told of each code."""


class GapOut(ApiSerializer):
    code = serializers.ChoiceField(choices=list(LABELS))
    subject = serializers.ChoiceField(choices=["startup", "capability", "raise"])
    subject_id = serializers.UUIDField()
    field = serializers.CharField(help_text="Of the subject's own representation, or the list below it.")
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    opens = serializers.ListField(
        child=serializers.ChoiceField(choices=OPENINGS), help_text="What saying it would open, the most weighty first."
    )

    def get_label(self, gap: Gap) -> str:
        return str(LABELS[gap.code])


class ReadinessOut(ApiSerializer):
    missing = GapOut(many=True, help_text="That which opens most comes first.")
