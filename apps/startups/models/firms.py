"""Firms and their financials."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.documents.models import Document
from apps.organisations.disclosure import Tier, with_tier
from apps.organisations.models import Organisation
from apps.reference.evidence import EvidenceTier
from apps.startups.states import Naming
from kernel.access import Actor
from kernel.ids import uuid7


class FirmQuerySet(models.QuerySet["Firm"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Firm]:
        """One's own firm and those of verified organisations, each with the viewer's tier."""
        return with_tier(self, actor, subject="organisation")


class Firm(models.Model):
    """What a Ukrainian or European maker says of itself, beside its organisation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="firm")
    teaser_id = models.UUIDField(
        unique=True, editable=False, db_default=RandomUUID(), help_text="the id of its T0 face alone"
    )
    region = models.CharField(max_length=6, blank=True, help_text="ISO 3166-2; never shown for countries at war")
    founded_on = models.DateField(null=True)
    staff = models.PositiveIntegerField(null=True)
    summary = models.TextField(max_length=2000, blank=True)
    summary_uk = models.TextField(max_length=2000, blank=True)
    naming = models.CharField(max_length=12, choices=Naming.choices, default=Naming.ACCEPTED)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = FirmQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="firm_naming", condition=Q(naming__in=Naming.values)),
            models.CheckConstraint(
                name="firm_region_form", condition=Q(region="") | Q(region__regex=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")
            ),
        ]


class FinancialsQuerySet(models.QuerySet["Financials"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Financials]:
        """The years in force of one's own firm, and of those that granted T2."""
        seen = with_tier(self, actor, subject="firm__organisation")
        return seen.filter(withdrawn_at=None, viewer_tier__gte=Tier.T2)


class Financials(models.Model):
    """One year of a firm's figures, in major units of `currency`.

    `customers` and `order_book_customers` are shares by class of customer, of the revenue and of the order book.
    `document` is what evidences the year; `tier` follows from it, or is what an operator's import says.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="financials")
    year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3, blank=True)
    revenue = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    order_book = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    order_book_customers = models.JSONField(null=True, help_text="share of the order book by class of customer")
    customers = models.JSONField(null=True, help_text="share of revenue by class of customer")
    largest_customer_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    gross_margin = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    debt = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    cash_months = models.DecimalField(max_digits=5, decimal_places=1, null=True, help_text="that the cash lasts")
    headcount = models.PositiveIntegerField(null=True, help_text="at the end of the year")
    audited = models.BooleanField(null=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(max_length=2, choices=EvidenceTier.choices, default=EvidenceTier.E0)
    withdrawn_at = models.DateTimeField(null=True)

    objects = FinancialsQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "year"], name="financials_year"),
            models.CheckConstraint(name="financials_tier", condition=Q(tier__in=EvidenceTier.values)),
            models.CheckConstraint(name="financials_years", condition=Q(year__gte=1900, year__lte=2200)),
            models.CheckConstraint(
                name="financials_cash_months", condition=Q(cash_months__isnull=True) | Q(cash_months__gte=0)
            ),
        ]
