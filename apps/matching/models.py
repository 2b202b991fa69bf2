"""Match runs with the inputs they scored and the lists they made; the funds' decision log."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.investors.models import Fund
from apps.matching.states import DealOutcome, InputKind, RunStatus, Section, Side
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from apps.reference.evidence import EvidenceTier
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Job


class Deal(models.Model):
    """A line of a fund's decision log: how an introduction ended. `date` is the outcome's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="deals")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="deals")
    introduced_on = models.DateField(null=True)
    date = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    stage = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=10, choices=DealOutcome.choices)
    reason = models.CharField(max_length=40, blank=True)
    tier = models.CharField(max_length=2, choices=EvidenceTier.choices, default=EvidenceTier.E0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="deal_outcome", condition=Q(outcome__in=DealOutcome.values)),
            models.CheckConstraint(name="deal_tier", condition=Q(tier__in=EvidenceTier.values)),
            models.CheckConstraint(
                name="deal_dates", condition=Q(introduced_on__isnull=True) | Q(date__gte=F("introduced_on"))
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["fund", "date"], name="deal_log")]


class InputVersion(models.Model):
    """What the engine knew of a mandate or a raise: append-only, one row per distinct content."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=7, choices=InputKind.choices)
    entity_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    facts = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "entity_id", "sha256"], name="input_version_once"),
            models.CheckConstraint(name="input_version_kind", condition=Q(kind__in=InputKind.values)),
        ]


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[MatchRun]:
        """Operators see every run, firms and funds the published ones."""
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            return self
        return self.filter(status=RunStatus.PUBLISHED)


class MatchRun(models.Model):
    """One scoring of all mandates against all raises. Published, it is a generation: what readers see until the next
    one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="match_run")
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    is_current = models.BooleanField(default=False)
    as_of = models.DateField()
    model_id = models.CharField(max_length=40)
    model_sha256 = models.CharField(max_length=64)
    areas_id = models.CharField(max_length=40)
    areas_sha256 = models.CharField(max_length=64)
    extra_areas = models.JSONField(default=list, help_text="[code, parent] of areas outside the reference file")
    reference_id = models.CharField(max_length=40)
    reference_sha256 = models.CharField(max_length=64)
    mandate_versions = ArrayField(models.UUIDField(), default=list)
    raise_versions = ArrayField(models.UUIDField(), default=list)
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="run_status", condition=Q(status__in=RunStatus.values)),
            models.UniqueConstraint(fields=["is_current"], name="run_one_current", condition=Q(is_current=True)),
            models.CheckConstraint(
                name="run_current_is_published", condition=Q(is_current=False) | Q(status=RunStatus.PUBLISHED)
            ),
        ]


class MatchList(models.Model):
    """The best counterparts of one mandate or raise in one run, best first, as parallel arrays.

    Scores are 0–10 000, confidences ppm; `contributions_*` hold, pair after pair, one integer per feature in the
    model's order.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="lists")
    side = models.CharField(max_length=8, choices=Side.choices)
    section = models.CharField(max_length=10, choices=Section.choices)
    owner_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    counterpart_ids = ArrayField(models.UUIDField())
    score_investor = ArrayField(models.SmallIntegerField())
    score_startup = ArrayField(models.SmallIntegerField())
    score_mutual = ArrayField(models.SmallIntegerField())
    confidence_investor = ArrayField(models.IntegerField())
    confidence_startup = ArrayField(models.IntegerField())
    contributions_investor = ArrayField(models.SmallIntegerField())
    contributions_startup = ArrayField(models.SmallIntegerField())
    missing = ArrayField(models.IntegerField(), help_text="bit mask of the gates that are unknown, pair by pair")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "side", "owner_id", "section"], name="match_list_once"),
            models.CheckConstraint(name="match_list_side", condition=Q(side__in=Side.values)),
            models.CheckConstraint(name="match_list_section", condition=Q(section__in=Section.values)),
        ]
