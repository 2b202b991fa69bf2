"""Saved searches, who is told of their results, and which results are known already."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.accounts.cadences import Cadence
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import status_check

if TYPE_CHECKING:
    from uuid import UUID

MAX_NAME = 120
QUERY_VERSION = 1
"""Of the form in which a query is kept; a later one reads the earlier ones."""


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[SavedSearch]:
        """Those of one's own organisation that are one's own or shared; to a key the shared ones."""
        if actor.is_system:
            return self
        own = Q(pk__in=[]) if actor.api_key_id is not None or actor.user_id is None else Q(owner_id=actor.user_id)
        return self.filter(own | Q(is_shared=True), Q(organisation_id=actor.organisation_id))


class SavedSearch(models.Model):
    """A search kept under a name. `owner` is None once that person left; the search is shared then.

    While somebody wants to be told of results, `watched_since` is when the results of then became known.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=MAX_NAME)
    is_shared = models.BooleanField(default=False)
    query = models.JSONField()
    query_version = models.PositiveSmallIntegerField(default=QUERY_VERSION)
    watched_since = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    organisation_id: UUID
    owner_id: UUID | None

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "owner", "name"], name="saved_search_name"),
            models.CheckConstraint(name="saved_search_named", condition=~Q(name="")),
            models.CheckConstraint(name="saved_search_owned", condition=Q(owner__isnull=False) | Q(is_shared=True)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="saved_search_of"),
            models.Index(fields=["id"], name="saved_search_watched", condition=Q(watched_since__isnull=False)),
        ]


class SearchSubscription(models.Model):
    """One person's stand to one saved search: how often it is told, and up to when it has seen the results."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cadence = models.CharField(max_length=7, choices=Cadence.choices, default=Cadence.OFF)
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["search", "user"], name="search_subscription_once"),
            status_check("search_subscription_cadence", Cadence, "cadence"),
        ]


class AlertHit(models.Model):
    """That a saved search has found a listing: once, whatever happens to the listing later.

    `listing` is the id of the raise or the capability that is listed. `is_told` is False for what the search found when
    somebody began to watch it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="hits")
    listing = models.UUIDField()
    is_told = models.BooleanField()
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["search", "listing"], name="alert_hit_once")]
