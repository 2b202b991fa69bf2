"""Keys with which an organisation's software calls."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import Now

from apps.organisations.models.members import Membership
from apps.organisations.models.organisations import Organisation
from kernel.access import Actor
from kernel.ids import uuid7


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, actor: Actor) -> Self:
        """The keys of one's own organisation."""
        return self if actor.is_system else self.filter(organisation_id=actor.organisation_id)

    def with_usability(self, *, now: dt.datetime) -> Self:
        """Each with `is_usable`: not revoked, not expired, its maker an enabled member of the organisation."""
        maker = Membership.objects.filter(
            organisation=OuterRef("organisation"), user=OuterRef("created_by"), user__is_active=True
        )
        is_usable = Q(revoked_at=None, expires_at__gt=now) & Q(Exists(maker))
        return self.annotate(is_usable=ExpressionWrapper(is_usable, output_field=models.BooleanField()))


class ApiKey(models.Model):
    """A secret of one organisation's software. Only its hash is kept; `prefix` finds it.

    `allowed_networks` are IPv4 and IPv6 networks in CIDR notation; none means any address.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=60))
    allowed_networks = ArrayField(models.CharField(max_length=43), db_default=[], default=list)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "id"], name="api_key_organisation")]
