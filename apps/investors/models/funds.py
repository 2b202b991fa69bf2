"""Funds."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now

from apps.organisations.disclosure import with_tier
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7


class FundQuerySet(models.QuerySet["Fund"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Fund]:
        """One's own fund; for all but other funds, which have its teaser, those of verified organisations too."""
        seen = with_tier(self, actor, subject="organisation")
        return seen.filter(organisation_id=actor.organisation_id) if actor.kind == Kind.FUND else seen


class Fund(models.Model):
    """What an investor says of itself, beside its organisation. `investor_countries` None is "not declared".

    `life_ends_on` is when the fund gives its money back; None: open-ended, or not stated.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="fund")
    teaser_id = models.UUIDField(
        unique=True, editable=False, db_default=RandomUUID(), help_text="the id of its T0 face alone"
    )
    fund_type = models.CharField(max_length=40, blank=True)
    investor_countries = ArrayField(models.CharField(max_length=2), null=True)
    life_ends_on = models.DateField(null=True)
    strategy = models.CharField(max_length=2000, blank=True, db_default="")
    strategy_uk = models.CharField(max_length=2000, blank=True, db_default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = FundQuerySet.as_manager()
