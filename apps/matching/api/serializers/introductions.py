"""The shapes of introductions and of the steps that follow."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.matching.rules.introductions import MOST_MESSAGE, MOST_NOTE, REASONS, WITHDRAWAL_REASONS
from apps.matching.selectors import introductions as selectors
from apps.matching.selectors.decisions import step_tier
from apps.matching.states import DecisionStepKind, IntroductionStatus, Side
from apps.organisations.disclosure import Tier
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument
from apps.startups.disclosure import firm_name
from apps.startups.states import CapabilityStatus
from kernel.api.filters import ChoiceFilter, FlagFilter, StrictFilterSet, UuidFilter
from kernel.api.money import MoneyOut
from kernel.api.permissions import get_actor
from kernel.api.serializers import ApiSerializer

SEEN = "false: not seen any longer; nothing else is told then."
REASON_HELP = f"Why; one of: {', '.join(REASONS)}. Which of them, depends on the side."


class IntroductionIn(serializers.Serializer[Any]):
    mandate = serializers.UUIDField(help_text="One's own, or one that one sees.")
    vars()["raise"] = serializers.UUIDField(help_text="One's own, or one that one sees.")
    message = serializers.CharField(
        max_length=MOST_MESSAGE, allow_blank=True, required=False, help_text="For the other side's eyes alone."
    )


class IntroductionAcceptance(serializers.Serializer[Any]):
    """Nothing to say: the firm's name is shown to the fund."""


class IntroductionRefusal(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=20, help_text=REASON_HELP)
    is_reason_told = serializers.BooleanField(required=False, help_text="Whether the other side reads the reason.")
    note = serializers.CharField(
        max_length=MOST_NOTE, allow_blank=True, required=False, help_text="For one's own side alone."
    )


class IntroductionWithdrawal(serializers.Serializer[Any]):
    reason = serializers.CharField(
        max_length=20, required=False, help_text=f"One of: {', '.join(WITHDRAWAL_REASONS)}. The last, if left out."
    )
    note = serializers.CharField(
        max_length=MOST_NOTE, allow_blank=True, required=False, help_text="For one's own side alone."
    )


class DecisionStepIn(serializers.Serializer[Any]):
    step = serializers.ChoiceField(
        choices=DecisionStepKind.choices,
        help_text="`term_sheet` and `pass` by either side, `cash` by the firm; `first_response` records itself.",
    )
    on = serializers.DateField(help_text="The day it was (UTC).")
    reason = serializers.CharField(max_length=20, allow_blank=True, required=False, help_text="Of a pass.")
    is_reason_told = serializers.BooleanField(required=False, help_text="Whether the other side reads the reason.")
    note = serializers.CharField(
        max_length=MOST_NOTE, allow_blank=True, required=False, help_text="For one's own side alone."
    )


class DecisionStepOut(serializers.Serializer[Any]):
    step = serializers.ChoiceField(choices=DecisionStepKind.choices)
    side = serializers.ChoiceField(choices=Side.choices, help_text="Whose record it is.")
    on = serializers.DateField()
    tier = serializers.ChoiceField(choices=EvidenceTier.choices, help_text="E2 where both sides had a part in it.")
    recorded_at = serializers.DateTimeField()


class IntroducedFund(serializers.Serializer[Any]):
    is_visible = serializers.BooleanField(help_text=SEEN)
    id = serializers.UUIDField(required=False)
    name = serializers.CharField(required=False)
    country = serializers.CharField(required=False)


class IntroducedFirm(IntroducedFund):
    is_pseudonym = serializers.BooleanField(required=False)


class IntroducedMandate(serializers.Serializer[Any]):
    is_visible = serializers.BooleanField(help_text=SEEN)
    id = serializers.UUIDField(required=False)
    name = serializers.CharField(required=False)
    ticket_min = MoneyOut(column="ticket_min", required=False)
    ticket_max = MoneyOut(column="ticket_max", required=False)
    instruments = serializers.ListField(child=serializers.ChoiceField(choices=Instrument.choices), required=False)


class IntroducedRaise(serializers.Serializer[Any]):
    is_visible = serializers.BooleanField(help_text=SEEN)
    id = serializers.UUIDField(required=False)
    area = serializers.CharField(required=False, help_text="Of its lead capability, where that is published.")
    title = serializers.CharField(required=False, help_text="Of its lead capability, where that is published.")
    amount = MoneyOut(column="amount", required=False)
    instruments = serializers.ListField(child=serializers.ChoiceField(choices=Instrument.choices), required=False)
    stage = serializers.CharField(required=False)


class IntroductionOut(ApiSerializer):
    """An introduction of `introduction_list` as one of its two parties reads it: its own score and note, and of the
    other side what T1 shows, so that no reading is recorded for it.
    """

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=IntroductionStatus.choices)
    side = serializers.ChoiceField(choices=Side.choices, help_text="Who expressed interest first.")
    own_side = serializers.SerializerMethodField()
    mandate = serializers.SerializerMethodField()
    fund = serializers.SerializerMethodField()
    vars()["raise"] = serializers.SerializerMethodField()
    firm = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField(help_text="Of who expressed interest first; absent while unseen.")
    score = serializers.SerializerMethodField(help_text="One's own side's score when interest was expressed.")
    run = serializers.UUIDField(source="run_id", allow_null=True, help_text="The generation in force then.")
    steps = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    steps_open = serializers.SerializerMethodField(help_text="What one's own side may still record.")
    reason = serializers.CharField(required=False, help_text=f"{REASON_HELP} Absent where the other side keeps it.")
    is_reason_told = serializers.BooleanField(required=False, help_text="Present for the side that ended it.")
    note = serializers.CharField(required=False, help_text="Present for the side that ended it.")
    closed_by = serializers.ChoiceField(choices=Side.choices, allow_blank=True, help_text="Empty after a silence.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="Until when it may be answered.")
    responded_at = serializers.DateTimeField(allow_null=True)
    mutual_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        side = self._side()
        is_own_end = instance.closed_by in {"", side}
        if not is_own_end:
            shown.pop("note", None)
            shown.pop("is_reason_told", None)
            if not instance.is_reason_told:
                shown.pop("reason", None)
        if instance.side != side and not selectors.is_counterpart_seen(introduction=instance, side=side):
            shown.pop("message", None)
        return shown

    def _side(self) -> str:
        return selectors.own_side(actor=get_actor(self.context["request"]))

    @extend_schema_field({"type": "string", "enum": list(Side.values)})
    def get_own_side(self, _introduction: Any) -> str:
        return str(self._side())

    @extend_schema_field(IntroducedMandate)
    def get_mandate(self, introduction: Any) -> dict[str, Any]:
        mandate = introduction.shown_mandate
        if mandate is None:
            return {"is_visible": False}
        return {
            "is_visible": True,
            "id": str(mandate.pk),
            "name": mandate.name,
            "ticket_min": {"amount": f"{mandate.ticket_min:f}", "currency": mandate.currency},
            "ticket_max": {"amount": f"{mandate.ticket_max:f}", "currency": mandate.currency},
            "instruments": list(mandate.instruments),
        }

    @extend_schema_field(IntroducedFund)
    def get_fund(self, introduction: Any) -> dict[str, Any]:
        fund = introduction.shown_fund
        if fund is None:
            return {"is_visible": False}
        organisation = fund.organisation
        return {
            "is_visible": True,
            "id": str(fund.pk),
            "name": organisation.legal_name,
            "country": organisation.country,
        }

    @extend_schema_field(IntroducedRaise)
    def get_raise(self, introduction: Any) -> dict[str, Any]:
        item = introduction.shown_raise_item
        if item is None:
            return {"is_visible": False}
        shown = {
            "is_visible": True,
            "id": str(item.pk),
            "amount": {"amount": f"{item.amount:f}", "currency": item.currency},
            "instruments": list(item.instruments),
            "stage": item.stage,
        }
        lead = item.lead_capability
        if lead.status == CapabilityStatus.PUBLISHED:
            shown |= {"area": lead.area.code, "title": lead.title}
        return shown

    @extend_schema_field(IntroducedFirm)
    def get_firm(self, introduction: Any) -> dict[str, Any]:
        firm = introduction.shown_firm
        if firm is None:
            return {"is_visible": False}
        tier = Tier.T4 if self._side() == Side.STARTUP else Tier.T1
        named = firm_name(firm=firm, viewer_tier=tier, is_revealed=firm.is_revealed)
        return {
            "is_visible": True,
            "id": str(firm.pk),
            "name": named.name,
            "is_pseudonym": named.is_pseudonym,
            "country": firm.organisation.country,
        }

    @extend_schema_field({"type": "string"})
    def get_message(self, introduction: Any) -> str:
        return str(introduction.message)

    @extend_schema_field({"type": ["integer", "null"], "minimum": 0, "maximum": 10_000})
    def get_score(self, introduction: Any) -> int | None:
        score = introduction.score_investor if self._side() == Side.INVESTOR else introduction.score_startup
        return None if score is None else int(score)

    @extend_schema_field(DecisionStepOut(many=True))
    def get_steps(self, introduction: Any) -> list[dict[str, Any]]:
        recorded = introduction.recorded
        sides = {step.step: {item.side for item in recorded if item.step == step.step} for step in recorded}
        for step in recorded:
            step.tier = step_tier(step=step.step, sides=sides[step.step])
        return list(DecisionStepOut(recorded, many=True).data)

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(selectors.ACTIONS)}})
    def get_actions(self, introduction: Any) -> list[str]:
        return selectors.introduction_actions(introduction=introduction, actor=get_actor(self.context["request"]))

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(DecisionStepKind.values)}})
    def get_steps_open(self, introduction: Any) -> list[str]:
        return selectors.steps_open(introduction=introduction, side=self._side())


class MandateFilter(UuidFilter):
    def filter(self, qs: Any, value: list[Any] | None) -> Any:
        actor = get_actor(self.parent.request)
        return qs.filter(selectors.of_mandates(actor=actor, ids=value)) if value else qs


class RaiseFilter(UuidFilter):
    def filter(self, qs: Any, value: list[Any] | None) -> Any:
        actor = get_actor(self.parent.request)
        return qs.filter(selectors.of_raises(actor=actor, ids=value)) if value else qs


class AwaitingFilter(FlagFilter):
    """`true`: only what waits for one's own side's answer."""

    def filter(self, qs: Any, value: list[bool] | None) -> Any:
        if not value or set(value) == {True, False}:
            return qs
        waiting = selectors.awaiting(actor=get_actor(self.parent.request))
        return qs.filter(waiting) if value[0] else qs.exclude(waiting)


class IntroductionFilter(StrictFilterSet):
    status = ChoiceFilter(choices=IntroductionStatus.choices)
    side = ChoiceFilter(choices=Side.choices)
    mandate = MandateFilter(field_name="id")
    vars()["raise"] = RaiseFilter(field_name="id")
    open = FlagFilter(field_name="closed_at", lookup_expr="isnull")
    awaiting_answer = AwaitingFilter(field_name="id")
