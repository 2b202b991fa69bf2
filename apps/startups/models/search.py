"""What a search compares: the words of capabilities, apart by who may read them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from apps.organisations.disclosure import Tier
from apps.startups.models.capabilities import Capability
from kernel.ids import uuid7

SEARCHED = (Tier.T1, Tier.T2)
"""The tiers whose texts are searched: a vector for each, so that nobody finds by a word what they may not read."""


class SearchText(models.Model):
    """The words of a capability and its firm that are read from `tier` on, those of lower tiers not among them.

    `english` is of the configuration of that name. PostgreSQL has none for Ukrainian: `ukrainian` holds words and
    their lemmas under `simple`. Weights: A titles, B areas, C standards and numbers, D the rest.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="search_texts")
    tier = models.PositiveSmallIntegerField()
    english = SearchVectorField()
    ukrainian = SearchVectorField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["capability", "tier"], name="search_text_once"),
            models.CheckConstraint(name="search_text_tier", condition=Q(tier__in=[int(tier) for tier in SEARCHED])),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["english"], name="search_text_english"),
            GinIndex(fields=["ukrainian"], name="search_text_ukrainian"),
        ]
