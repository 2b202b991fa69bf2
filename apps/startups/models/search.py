"""What a search compares: the words of capabilities, apart by who may read them, and the words that all may read."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q, Value

from apps.organisations.disclosure import Tier
from apps.startups.models.capabilities import Capability
from kernel.ids import uuid7

SEARCHED = (Tier.T1, Tier.T2)
"""The tiers whose texts are searched: a vector for each, so that nobody finds by a word what they may not read."""

ALL = "*"
"""The lexeme whose row counts the listings."""
NO_WORDS = Value("", output_field=SearchVectorField())


class SearchText(models.Model):
    """The words of a capability and its firm that are read at `tier`, those of lower tiers among them.

    `words` has the firm's name only where the firm's choice shows it to everybody of that tier; `name` has it in any
    case, for viewers to whom the firm revealed itself. Weights: A titles, B areas, C names and numbers, D the rest.
    `edition` says by which rules and concepts the vectors were made. Listings bear a copy of the words of T1.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="search_texts")
    tier = models.PositiveSmallIntegerField()
    words = SearchVectorField(db_default=NO_WORDS)
    name = SearchVectorField(db_default=NO_WORDS)
    edition = models.CharField(max_length=40, db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["capability", "tier"], name="search_text_once"),
            models.CheckConstraint(name="search_text_tier", condition=Q(tier__in=[int(tier) for tier in SEARCHED])),
        ]
        indexes: ClassVar = [models.Index(fields=["edition", "capability"], name="search_text_edition")]


class SearchWord(models.Model):
    """A lexeme that verified counterparts read in some listing, or a word of an area's label: `mark` says of which kind
    it is, `text` is the rest of it, `documents` in how many listings it stands. For mistyped words, and to tell a
    telling word from a common one.
    """

    lexeme = models.CharField(max_length=120, primary_key=True)
    mark = models.CharField(max_length=1, blank=True)
    text = models.CharField(max_length=120)
    documents = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [
            GinIndex(
                fields=["text"], name="search_word_alike", opclasses=["gin_trgm_ops"], condition=Q(documents__gt=0)
            )
        ]
