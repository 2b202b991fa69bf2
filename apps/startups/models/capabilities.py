"""Capabilities and the components they are made of."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.organisations.disclosure import Tier, own_rows, with_tier
from apps.reference.evidence import EvidenceTier
from apps.reference.models import CapabilityArea
from apps.startups.models.firms import Firm
from apps.startups.states import CapabilityStatus, Flag, Maturity, Partnering
from kernel.access import Actor
from kernel.ids import uuid7


class CapabilityQuerySet(models.QuerySet["Capability"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Capability]:
        """All of one's own; the published ones of verified organisations."""
        seen = with_tier(self, actor, subject="firm__organisation")
        if actor.is_system:
            return seen
        inner = own_rows(actor, subject="firm__organisation") | Q(viewer_tier__gte=Tier.T4)
        return seen.filter(Q(status=CapabilityStatus.PUBLISHED) | inner)


class Capability(models.Model):
    """What a firm can deliver in one area. `flags` None is "not declared", an empty list a declared "none".

    `tier` is the better one of `given_tier`, which an operator's import says, and of what the evidence comes to.
    `export_class` is what the firm declares; an officer's `confirmed_export_class` stands until that changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="capabilities")
    area = models.ForeignKey(CapabilityArea, on_delete=models.PROTECT, related_name="capabilities")
    former_area = models.CharField(
        max_length=60,
        blank=True,
        db_default="",
        help_text="code of the area that was split, until the firm chooses among its parts",
    )
    title = models.CharField(max_length=200)
    title_uk = models.CharField(max_length=200, blank=True)
    description = models.TextField(max_length=5000, blank=True)
    description_uk = models.TextField(max_length=5000, blank=True)
    trl = models.PositiveSmallIntegerField(null=True)
    maturity = models.CharField(max_length=10, choices=Maturity.choices)
    tier = models.CharField(max_length=2, choices=EvidenceTier.choices, blank=True)
    given_tier = models.CharField(max_length=2, choices=EvidenceTier.choices, blank=True)
    unit_cost = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    output_per_month = models.PositiveIntegerField(null=True)
    lead_time_days = models.PositiveIntegerField(null=True)
    export_class = models.CharField(max_length=20, blank=True)
    confirmed_export_class = models.CharField(max_length=20, blank=True)
    export_class_reason = models.CharField(max_length=2000, blank=True)
    export_class_confirmed_at = models.DateTimeField(null=True)
    export_class_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    flags = ArrayField(models.CharField(max_length=20, choices=Flag.choices), null=True)
    seeks = ArrayField(
        models.CharField(max_length=16, choices=Partnering.choices),
        default=list,
        db_default=[],
        help_text="what the firm seeks a partner for with it",
    )
    status = models.CharField(max_length=10, choices=CapabilityStatus.choices, default=CapabilityStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = CapabilityQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="capability_status", condition=Q(status__in=CapabilityStatus.values)),
            models.CheckConstraint(name="capability_maturity", condition=Q(maturity__in=Maturity.values)),
            models.CheckConstraint(name="capability_tier", condition=Q(tier="") | Q(tier__in=EvidenceTier.values)),
            models.CheckConstraint(
                name="capability_given_tier", condition=Q(given_tier="") | Q(given_tier__in=EvidenceTier.values)
            ),
            models.CheckConstraint(
                name="capability_export_class_confirmed",
                condition=Q(
                    confirmed_export_class="",
                    export_class_confirmed_at__isnull=True,
                    export_class_confirmed_by__isnull=True,
                )
                | Q(export_class_confirmed_at__isnull=False, export_class_confirmed_by__isnull=False)
                & ~Q(confirmed_export_class="")
                & ~Q(export_class=""),
            ),
            models.CheckConstraint(name="capability_trl", condition=Q(trl__isnull=True) | Q(trl__gte=1, trl__lte=9)),
            models.CheckConstraint(
                name="capability_flags", condition=Q(flags__isnull=True) | Q(flags__contained_by=Flag.values)
            ),
            models.CheckConstraint(name="capability_seeks", condition=Q(seeks__contained_by=Partnering.values)),
            models.CheckConstraint(
                name="capability_unit_cost", condition=Q(unit_cost__isnull=True) | Q(unit_cost__gte=0)
            ),
            models.CheckConstraint(
                name="capability_cost_currency", condition=Q(unit_cost__isnull=True) | ~Q(currency="")
            ),
        ]


class Component(models.Model):
    """A line of a capability's bill of materials. `origin` None is "not known"."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="components")
    name = models.CharField(max_length=200)
    unit_cost = models.DecimalField(max_digits=16, decimal_places=4)
    currency = models.CharField(max_length=3)
    quantity = models.DecimalField(max_digits=12, decimal_places=4)
    origin = models.CharField(max_length=2, null=True)
    supplier = models.CharField(max_length=200, blank=True)
    single_source = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="component_cost", condition=Q(unit_cost__gte=0, quantity__gt=0)),
            models.CheckConstraint(
                name="component_origin", condition=Q(origin__isnull=True) | Q(origin__regex=r"^[A-Z]{2}$")
            ),
        ]
