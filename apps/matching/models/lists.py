"""The lists that a run made."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.matching.models.runs import MatchRun
from apps.matching.states import Section, Side
from apps.organisations.models import Organisation


class MatchList(models.Model):
    """The best counterparts of one mandate or raise in one run, best first, as parallel arrays.

    Scores are 0–10 000, confidences ppm; `contributions_*` hold, pair after pair, one integer per feature in the
    model's order.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="lists")
    side = models.CharField(max_length=8, choices=Side.choices)
    section = models.CharField(max_length=10, choices=Section.choices)
    owner_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    counterpart_ids = ArrayField(models.UUIDField())
    score_investor = ArrayField(models.SmallIntegerField())
    score_startup = ArrayField(models.SmallIntegerField())
    score_mutual = ArrayField(models.SmallIntegerField())
    confidence_investor = ArrayField(models.IntegerField())
    confidence_startup = ArrayField(models.IntegerField())
    contributions_investor = ArrayField(models.SmallIntegerField())
    contributions_startup = ArrayField(models.SmallIntegerField())
    missing = ArrayField(models.IntegerField(), help_text="bit mask of the gates that are unknown, pair by pair")
    is_cut = models.BooleanField(
        default=False, db_default=False, help_text="below the last entry there are others, however few are listed"
    )
    is_short = models.BooleanField(default=False, db_default=False, help_text="cut, and fewer are left than are shown")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "side", "owner_id", "section"], name="match_list_once"),
            models.CheckConstraint(name="match_list_side", condition=Q(side__in=Side.values)),
            models.CheckConstraint(name="match_list_section", condition=Q(section__in=Section.values)),
        ]
        indexes: ClassVar = [models.Index(fields=["run"], name="match_list_short", condition=Q(is_short=True))]
