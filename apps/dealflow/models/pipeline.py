"""What a fund watches and how far it has come: stages of its own, entries of its watch-list, and their moves."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from apps.dealflow.states import Priority, SubjectKind
from apps.organisations.models import Organisation
from apps.startups.models import Capability, Firm, Raise
from kernel.access import Actor
from kernel.ids import uuid7

MAX_STAGE_NAME = 60
MAX_TAG = 40
MAX_TAGS = 20
MAX_TITLE = 200


M = TypeVar("M", bound=models.Model)


class OwnQuerySet(models.QuerySet[M]):
    """Rows of which nobody knows but the fund whose they are; `owner` is the path to its organisation."""

    owner: ClassVar[str] = "organisation"

    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own fund: no firm, no other fund and no operator sees one."""
        if actor.is_system:
            return self
        return self.none() if actor.organisation_id is None else self.filter(**{self.owner: actor.organisation_id})


class PipelineStageQuerySet(OwnQuerySet["PipelineStage"]):
    """Stages."""


class PipelineStage(models.Model):
    """A column of a fund's board, named by the fund. Archived, it keeps its place in what was."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="pipeline_stages")
    name = models.CharField(max_length=MAX_STAGE_NAME)
    position = models.PositiveSmallIntegerField()
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = PipelineStageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("organisation"), Lower("name"), condition=Q(archived_at__isnull=True), name="pipeline_stage_name_once"
            ),
            models.CheckConstraint(name="pipeline_stage_named", condition=~Q(name="")),
        ]


class WatchlistEntryQuerySet(OwnQuerySet["WatchlistEntry"]):
    """Entries."""


class WatchlistEntry(models.Model):
    """A firm, capability or raise that a fund watches, once. What it watches is told by `kind` and one of three
    columns; all else is the fund's own. Without that column the entry stays as what the fund wrote.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="watchlist_entries")
    kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    # SET_NULL: whatever becomes of the watched row, nothing refuses it because somebody watches it.
    firm = models.ForeignKey(Firm, null=True, on_delete=models.SET_NULL, related_name="+")
    capability = models.ForeignKey(Capability, null=True, on_delete=models.SET_NULL, related_name="+")
    raise_item = models.ForeignKey(Raise, null=True, on_delete=models.SET_NULL, related_name="+")
    stage = models.ForeignKey(PipelineStage, on_delete=models.PROTECT, related_name="entries")
    title = models.CharField(max_length=MAX_TITLE, blank=True, help_text="the fund's own words for it")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    tags = ArrayField(models.CharField(max_length=MAX_TAG), default=list)
    follow_up_on = models.DateField(null=True)
    moved_at = models.DateTimeField(db_default=Now(), help_text="since when it is in its stage")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = WatchlistEntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="watchlist_entry_kind", condition=Q(kind__in=SubjectKind.values)),
            models.CheckConstraint(name="watchlist_entry_priority", condition=Q(priority__in=Priority.values)),
            models.CheckConstraint(
                name="watchlist_entry_subject",
                condition=Q(kind=SubjectKind.FIRM, capability__isnull=True, raise_item__isnull=True)
                | Q(kind=SubjectKind.CAPABILITY, firm__isnull=True, raise_item__isnull=True)
                | Q(kind=SubjectKind.RAISE, firm__isnull=True, capability__isnull=True),
            ),
            *(
                models.UniqueConstraint(fields=["organisation", name], name=f"watchlist_entry_{name}_once")
                for name in ("firm", "capability", "raise_item")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="watchlist_entry_listed"),
            models.Index(fields=["stage"], name="watchlist_entry_stage"),
        ]


class WatchlistMoveQuerySet(OwnQuerySet["WatchlistMove"]):
    owner = "entry__organisation"


class WatchlistMove(models.Model):
    """That an entry was put into a stage, the first time or from another. Never changed; gone with its entry."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(WatchlistEntry, on_delete=models.CASCADE, related_name="moves")
    from_stage = models.ForeignKey(PipelineStage, null=True, on_delete=models.PROTECT, related_name="+")
    to_stage = models.ForeignKey(PipelineStage, on_delete=models.PROTECT, related_name="+")
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()

    objects = WatchlistMoveQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["entry", "id"], name="watchlist_move_of_entry")]
