"""Raises: what a firm seeks in one class of capital."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.documents.models import Document
from apps.organisations.disclosure import Tier, own_rows, with_tier
from apps.organisations.models import Organisation
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument
from apps.startups.models.capabilities import Capability
from apps.startups.models.firms import Firm
from apps.startups.states import OPEN_RAISES, RaiseStatus
from kernel.access import Actor
from kernel.ids import uuid7


class RaiseQuerySet(models.QuerySet["Raise"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Raise]:
        """All of one's own; the open ones of verified organisations."""
        seen = with_tier(self, actor, subject="firm__organisation")
        if actor.is_system:
            return seen
        inner = own_rows(actor, subject="firm__organisation") | Q(viewer_tier__gte=Tier.T4)
        return seen.filter(Q(status__in=OPEN_RAISES) | inner)


class Raise(models.Model):
    """Amounts in major units of `currency`; rates as fractions per year. `terms` is a list of `{term, value,
    required}`, `proceeds` one of `{purpose, amount, share}`, `subsidised_loans` one of `{programme, amount, currency,
    rate, until}`, None where not declared. Raises of one `round` are its tranches.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="raises")
    issuer = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="issues")
    lead_capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="raises")
    round = models.UUIDField(default=uuid7, db_default=RandomUUID(), editable=False)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3)
    amount_left = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    min_ticket = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    syndicate = models.BooleanField(default=False)
    instruments = ArrayField(models.CharField(max_length=12, choices=Instrument.choices))
    stage = models.CharField(max_length=40, blank=True)
    tenor_years = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    marginal_cost_of_capital = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    cost_tier = models.CharField(max_length=2, choices=EvidenceTier.choices, blank=True)
    cost_evidence = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    subsidised_loans = models.JSONField(null=True)
    opened_on = models.DateField(null=True)
    need_by = models.DateField(null=True)
    blocked_countries = ArrayField(models.CharField(max_length=2), default=list)
    blocked_organisations = ArrayField(models.UUIDField(), default=list, db_default=[])
    terms = models.JSONField(default=list)
    proceeds = models.JSONField(default=list, db_default=[])
    use_of_proceeds = models.TextField(max_length=2000, blank=True)
    status = models.CharField(max_length=16, choices=RaiseStatus.choices, default=RaiseStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = RaiseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="raise_status", condition=Q(status__in=RaiseStatus.values)),
            models.CheckConstraint(name="raise_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="raise_amount_left",
                condition=Q(amount_left__isnull=True) | Q(amount_left__gte=0, amount_left__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="raise_min_ticket",
                condition=Q(min_ticket__isnull=True) | Q(min_ticket__gte=0, min_ticket__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="raise_instruments",
                condition=Q(instruments__len__gt=0) & Q(instruments__contained_by=Instrument.values),
            ),
            models.CheckConstraint(
                name="raise_marginal_cost",
                condition=Q(marginal_cost_of_capital__isnull=True)
                | Q(marginal_cost_of_capital__gt=-1, marginal_cost_of_capital__lte=10),
            ),
            models.CheckConstraint(name="raise_tenor", condition=Q(tenor_years__isnull=True) | Q(tenor_years__gt=0)),
            models.CheckConstraint(
                name="raise_cost_tier", condition=Q(cost_tier="") | Q(cost_tier__in=EvidenceTier.values)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "id"], name="raise_by_status"),
            models.Index(fields=["firm", "id"], name="raise_by_firm"),
            models.Index(fields=["round"], name="raise_by_round"),
        ]
