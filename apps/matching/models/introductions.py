"""Introductions, and the dated steps of what became of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.investors.models import Fund, Mandate
from apps.matching.models.runs import MatchRun
from apps.matching.rules.introductions import MOST_MESSAGE, MOST_NOTE, REASONS
from apps.matching.states import DecisionStepKind, IntroductionStatus, Side
from apps.startups.models import Firm, Raise
from kernel.access import Actor
from kernel.ids import uuid7

_ENDED = (IntroductionStatus.DECLINED, IntroductionStatus.EXPIRED, IntroductionStatus.WITHDRAWN)


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Introduction]:
        """Those that one's own fund or firm is a party of; nobody else learns of one, the operator neither."""
        if actor.is_system:
            return self
        if actor.organisation_id is None:
            return self.none()
        own = actor.organisation_id
        return self.filter(Q(fund__organisation_id=own) | Q(firm__organisation_id=own))


class Introduction(models.Model):
    """Interest of one side in a mandate and a raise together, and the other's answer. Open until `closed_at`.

    `side` is who asked. `fund` and `firm` are those of the mandate and the raise. `message` is for the two parties
    alone; `note` for the side that ended it (`closed_by`), and so is `reason` unless `is_reason_told`. The scores, 0 to
    10 000, are those of `run` when interest was expressed, each for its own side; None without a generation that scored
    the pair.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="introductions")
    raise_item = models.ForeignKey(Raise, on_delete=models.PROTECT, related_name="introductions")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="introductions")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="introductions")
    side = models.CharField(max_length=8, choices=Side.choices)
    status = models.CharField(max_length=10, choices=IntroductionStatus.choices, default=IntroductionStatus.INTERESTED)
    message = models.CharField(max_length=MOST_MESSAGE, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(MatchRun, null=True, on_delete=models.SET_NULL, related_name="+")
    score_investor = models.PositiveSmallIntegerField(null=True)
    score_startup = models.PositiveSmallIntegerField(null=True)
    expires_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True, help_text="when the asked side was reminded")
    responded_at = models.DateTimeField(null=True)
    mutual_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=8, choices=Side.choices, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    is_reason_told = models.BooleanField(default=False)
    note = models.CharField(max_length=MOST_NOTE, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["fund", "raise_item"], condition=Q(closed_at__isnull=True), name="introduction_one_open"
            ),
            models.CheckConstraint(name="introduction_status", condition=Q(status__in=IntroductionStatus.values)),
            models.CheckConstraint(name="introduction_side", condition=Q(side__in=Side.values)),
            models.CheckConstraint(
                name="introduction_ended", condition=~Q(status__in=_ENDED) | Q(closed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="introduction_mutual",
                condition=~Q(status=IntroductionStatus.MUTUAL) | Q(mutual_at__isnull=False),
            ),
            models.CheckConstraint(name="introduction_reason", condition=Q(reason="") | Q(reason__in=REASONS)),
            models.CheckConstraint(
                name="introduction_dates",
                condition=Q(expires_at__gt=F("created_at"))
                & (Q(mutual_at__isnull=True) | Q(mutual_at__gte=F("created_at")))
                & (Q(closed_at__isnull=True) | Q(closed_at__gte=F("created_at"))),
            ),
            models.CheckConstraint(
                name="introduction_scores",
                condition=(Q(score_investor__isnull=True) | Q(score_investor__lte=10_000))
                & (Q(score_startup__isnull=True) | Q(score_startup__lte=10_000)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["fund", "id"], name="introduction_of_fund"),
            models.Index(fields=["firm", "id"], name="introduction_of_firm"),
            models.Index(
                fields=["expires_at"],
                name="introduction_waiting",
                condition=Q(status=IntroductionStatus.INTERESTED),
            ),
        ]


class DecisionStepQuerySet(models.QuerySet["DecisionStep"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[DecisionStep]:
        """The steps of the introductions that one's own fund or firm is a party of."""
        if actor.is_system:
            return self
        if actor.organisation_id is None:
            return self.none()
        own = actor.organisation_id
        return self.filter(Q(introduction__fund__organisation_id=own) | Q(introduction__firm__organisation_id=own))


class DecisionStep(models.Model):
    """A dated step as `side` recorded it, once for each side; what both recorded is confirmed. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    introduction = models.ForeignKey(Introduction, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=14, choices=DecisionStepKind.choices)
    side = models.CharField(max_length=8, choices=Side.choices)
    on = models.DateField(help_text="UTC")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    objects = DecisionStepQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["introduction", "step", "side"], name="decision_step_once"),
            models.CheckConstraint(name="decision_step_kind", condition=Q(step__in=DecisionStepKind.values)),
            models.CheckConstraint(name="decision_step_side", condition=Q(side__in=Side.values)),
            models.CheckConstraint(
                name="decision_step_cash_by_firm",
                condition=~Q(step=DecisionStepKind.CASH) | Q(side=Side.STARTUP),
            ),
        ]
