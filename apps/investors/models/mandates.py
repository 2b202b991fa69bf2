"""Mandates."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.investors.models.funds import Fund
from apps.investors.models.levers import Lever
from apps.investors.states import MandateStatus, Perimeter
from apps.organisations.disclosure import Tier, own_rows, with_tier
from apps.permissions import Kind
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument
from kernel.access import Actor
from kernel.ids import uuid7


class MandateQuerySet(models.QuerySet["Mandate"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Mandate]:
        """All of one's own; for verified firms and operators the active ones of verified funds; no other fund's."""
        seen = with_tier(self, actor, subject="fund__organisation")
        if actor.is_system:
            return seen
        others = Q(status=MandateStatus.ACTIVE) if actor.kind in {Kind.FIRM, Kind.OPERATOR} else Q(pk__in=[])
        if actor.preview is not None:
            others = Q(status=MandateStatus.ACTIVE)
        inner = own_rows(actor, subject="fund__organisation") | Q(viewer_tier__gte=Tier.T4)
        return seen.filter(others | inner)


class Mandate(models.Model):
    """What a fund will do. Amounts in major units of `currency`, rates as fractions per year.

    `areas`, `stages` and `places` are lists of `[code, weight]`; `countries` empty is "no limit"; `terms` as for
    raises. `capacity` is what the fund states in all, before holds. `follow_on_reserve` is kept for later rounds, a
    multiple of the first ticket.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="mandates")
    name = models.CharField(max_length=200)
    areas = models.JSONField()
    ticket_min = models.DecimalField(max_digits=18, decimal_places=2)
    ticket_max = models.DecimalField(max_digits=18, decimal_places=2)
    ticket_typical = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    stages = models.JSONField(default=list)
    instruments = ArrayField(models.CharField(max_length=12, choices=Instrument.choices))
    countries = ArrayField(models.CharField(max_length=2), default=list)
    places = models.JSONField(default=list)
    trl_min = models.PositiveSmallIntegerField(null=True)
    trl_max = models.PositiveSmallIntegerField(null=True)
    offered_cost_of_capital = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    offer_tier = models.CharField(max_length=2, choices=EvidenceTier.choices, blank=True)
    lever = models.ForeignKey(Lever, null=True, on_delete=models.PROTECT, related_name="mandates")
    tenor_years = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    capacity = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    max_foreign_share = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    perimeter = models.CharField(max_length=9, choices=Perimeter.choices, blank=True)
    exclusions = ArrayField(models.CharField(max_length=20), default=list)
    terms = models.JSONField(default=list)
    follow_on_reserve = models.DecimalField(max_digits=5, decimal_places=3, null=True)
    thesis = models.CharField(max_length=2000, blank=True, db_default="")
    thesis_uk = models.CharField(max_length=2000, blank=True, db_default="")
    status = models.CharField(max_length=8, choices=MandateStatus.choices, default=MandateStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="mandate_status", condition=Q(status__in=MandateStatus.values)),
            models.CheckConstraint(
                name="mandate_tickets", condition=Q(ticket_min__gt=0, ticket_max__gte=F("ticket_min"))
            ),
            models.CheckConstraint(
                name="mandate_instruments",
                condition=Q(instruments__len__gt=0) & Q(instruments__contained_by=Instrument.values),
            ),
            models.CheckConstraint(
                name="mandate_trl",
                condition=(Q(trl_min__isnull=True) | Q(trl_min__gte=1, trl_min__lte=9))
                & (Q(trl_max__isnull=True) | Q(trl_max__gte=1, trl_max__lte=9)),
            ),
            models.CheckConstraint(
                name="mandate_foreign_share",
                condition=Q(max_foreign_share__isnull=True) | ~Q(perimeter="") & Q(perimeter__in=Perimeter.values),
            ),
            models.CheckConstraint(
                name="mandate_follow_on", condition=Q(follow_on_reserve__isnull=True) | Q(follow_on_reserve__gte=0)
            ),
            models.CheckConstraint(name="mandate_capacity", condition=Q(capacity__isnull=True) | Q(capacity__gte=0)),
            models.CheckConstraint(
                name="mandate_offer_tier", condition=Q(offer_tier="") | Q(offer_tier__in=EvidenceTier.values)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["fund", "id"], name="mandate_by_fund")]
