"""Levers."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.investors.states import Confidence, LeverKind
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.ids import uuid7


class LeverQuerySet(models.QuerySet["Lever"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Lever]:
        """The public levers and those of one's own organisation."""
        if actor.is_system:
            return self
        return self.filter(Q(organisation__isnull=True) | Q(organisation_id=actor.organisation_id))


class Lever(models.Model):
    """What lets a mandate offer less than the country's build-up. A list that is None is "not declared", an empty one
    "any" or "none".

    `risk_cover` is a fraction of the risk, `cover_cap` an amount of `currency`, `premium` a fraction per year, `fee`
    one of the covered amount, paid once. An empty `tenor_max_years` is no limit. `places` narrow the countries: regions
    and whole countries, an empty list narrows nothing. `confidence` is how sure its terms are, `as_of` when they were
    read. Without an organisation it is public; those of the product's editions have a `code`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="levers")
    kind = models.CharField(max_length=16, choices=LeverKind.choices)
    issuer = models.CharField(max_length=200, blank=True)
    classes = ArrayField(models.CharField(max_length=10), null=True)
    countries = ArrayField(models.CharField(max_length=2), null=True)
    excluded_flags = ArrayField(models.CharField(max_length=20), null=True)
    risk_cover = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    cover_cap = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    premium = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    fee = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    tenor_max_years = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    places = ArrayField(models.CharField(max_length=6), null=True)
    conditions = models.CharField(max_length=500, blank=True, db_default="")
    conditions_uk = models.CharField(max_length=500, blank=True, db_default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=500, blank=True)
    as_of = models.DateField(null=True)
    confidence = models.CharField(max_length=1, choices=Confidence.choices, blank=True, db_default="")
    code = models.CharField(max_length=60, null=True, unique=True)
    edition = models.CharField(max_length=60, blank=True, db_default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = LeverQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="lever_kind", condition=Q(kind__in=LeverKind.values)),
            models.CheckConstraint(
                name="lever_cover", condition=Q(risk_cover__isnull=True) | Q(risk_cover__gte=0, risk_cover__lte=1)
            ),
            models.CheckConstraint(
                name="lever_dates",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(name="lever_fee", condition=Q(fee__isnull=True) | Q(fee__gte=0, fee__lte=1)),
            models.CheckConstraint(
                name="lever_tenor", condition=Q(tenor_max_years__isnull=True) | Q(tenor_max_years__gt=0)
            ),
            models.CheckConstraint(
                name="lever_confidence", condition=Q(confidence="") | Q(confidence__in=Confidence.values)
            ),
            models.CheckConstraint(
                name="lever_code_is_public", condition=Q(code__isnull=True) | Q(organisation__isnull=True)
            ),
            models.CheckConstraint(name="lever_cap_currency", condition=Q(cover_cap__isnull=True) | ~Q(currency="")),
        ]
