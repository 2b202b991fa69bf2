"""Ownership statements and screening results."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.compliance.states import OwnerKind, ScreeningResult
from apps.organisations.models import Organisation
from apps.organisations.states import Basis
from kernel.ids import uuid7


class OwnershipStatement(models.Model):
    """Who holds what share of an organisation, as an interval of fractions where it is not exactly known."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owned = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="ownership_statements")
    owner = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="holdings")
    owner_name = models.CharField(max_length=200)
    owner_kind = models.CharField(max_length=6, choices=OwnerKind.choices)
    country = models.CharField(max_length=2, blank=True)
    share_min = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    share_max = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    interest = models.CharField(max_length=40, blank=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="owner_kind", condition=Q(owner_kind__in=OwnerKind.values)),
            models.CheckConstraint(
                name="owner_share_interval",
                condition=Q(share_min__isnull=True)
                | Q(share_max__isnull=True)
                | Q(share_min__gte=0, share_max__lte=1, share_min__lte=F("share_max")),
            ),
            models.CheckConstraint(name="owner_not_itself", condition=Q(owner__isnull=True) | ~Q(owner=F("owned"))),
        ]


class Screening(models.Model):
    """The newest result of screening an organisation, its signatories and owners against watch-lists."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="screening")
    result = models.CharField(max_length=6, choices=ScreeningResult.choices)
    basis = models.CharField(max_length=6, choices=Basis.choices)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="screening_result", condition=Q(result__in=ScreeningResult.values))
        ]
