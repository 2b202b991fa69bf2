"""Watch-lists, their versions by file, and the entries and names that screening looks into."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.compliance.states import EntryKind, ListFormat, ListVersionStatus, NameQuality
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Job

M = TypeVar("M", bound=models.Model)


def to_operators(rows: models.QuerySet[M], actor: Actor) -> models.QuerySet[M]:
    """Rows of the platform itself: everything to operators and the system, nothing to others."""
    return rows if actor.is_system or actor.kind == Kind.OPERATOR else rows.none()


class WatchListQuerySet(models.QuerySet["WatchList"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[WatchList]:
        """All lists, to operators."""
        return to_operators(self, actor)


class ListVersionQuerySet(models.QuerySet["ListVersion"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[ListVersion]:
        """All versions, to operators."""
        return to_operators(self, actor)


class ListEntryQuerySet(models.QuerySet["ListEntry"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[ListEntry]:
        """All entries, to operators."""
        return to_operators(self, actor)

    def in_force(self) -> models.QuerySet[ListEntry]:
        """The entries that screening reads: their version came into force, and no later one took them out."""
        return self.filter(first_version__loaded_at__isnull=False, removed_version__isnull=True)


class WatchList(models.Model):
    """A list that is expected to be kept up to date. `expected_days` is the age at which it counts as overdue."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)
    source_url = models.URLField(max_length=500)
    format = models.CharField(max_length=20, choices=ListFormat.choices)
    expected_days = models.PositiveSmallIntegerField()
    is_expected = models.BooleanField(default=True, help_text="whether its absence or age is a fault")
    source_date = models.DateField(help_text="when the address and the format were last looked up")

    objects = WatchListQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="watch_list_format", condition=Q(format__in=ListFormat.values))
        ]


class ListVersion(models.Model):
    """One file of a watch-list. `loaded_at` is when it came into force: before that nobody screens against it.

    `added`, `changed` and `removed` count entries against the version that was in force when it was read.
    """

    OPEN: ClassVar = (ListVersionStatus.RECEIVED, ListVersionStatus.WAITING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    watch_list = models.ForeignKey(WatchList, on_delete=models.PROTECT, related_name="versions")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="bytes of the file as it was sent")
    published_on = models.DateField(null=True, help_text="as the file or its sender says")
    received_at = models.DateTimeField(db_default=Now())
    loaded_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=ListVersionStatus.choices, default=ListVersionStatus.RECEIVED)
    entries = models.PositiveIntegerField(null=True)
    added = models.PositiveIntegerField(null=True)
    changed = models.PositiveIntegerField(null=True)
    removed = models.PositiveIntegerField(null=True)
    reasons = models.JSONField(default=list, help_text="why it was refused or waits: code and text each")
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ListVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="list_version_status", condition=Q(status__in=ListVersionStatus.values)),
            models.UniqueConstraint(
                name="list_version_one_open",
                fields=["watch_list"],
                condition=Q(status__in=(ListVersionStatus.RECEIVED, ListVersionStatus.WAITING)),
            ),
            models.UniqueConstraint(
                name="list_version_one_in_force", fields=["watch_list"], condition=Q(status=ListVersionStatus.IN_FORCE)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["watch_list", "sha256"], name="list_version_by_hash")]


class ListFilePart(models.Model):
    """A piece of a received file; kept until the file is read or given up."""

    id = models.BigAutoField(primary_key=True)
    list_version = models.ForeignKey(ListVersion, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="list_file_part_once", fields=["list_version", "number"])]


class ListEntry(models.Model):
    """A person, entity or vessel as successive versions of a list describe it. A changed entry is a new row.

    `digest` is over everything that the list says.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    watch_list = models.ForeignKey(WatchList, on_delete=models.PROTECT, related_name="+", db_index=False)
    source_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    names = models.JSONField(help_text="texts, the primary one first")
    name_qualities = ArrayField(models.CharField(max_length=7), help_text="one for each name")
    countries = ArrayField(models.CharField(max_length=2))
    birth_dates = ArrayField(models.CharField(max_length=10), help_text="ISO 8601: a year, a month or a day")
    birth_places = ArrayField(models.CharField(max_length=200))
    registration_dates = ArrayField(models.CharField(max_length=10), help_text="ISO 8601: a year, a month or a day")
    identifiers = models.JSONField(help_text="pairs of scheme and value")
    programmes = ArrayField(models.CharField(max_length=300))
    listed_on = models.DateField(null=True)
    remarks = models.CharField(max_length=1000, blank=True)
    url = models.CharField(max_length=500, blank=True)
    digest = models.BinaryField(max_length=16)
    first_version = models.ForeignKey(
        ListVersion, on_delete=models.PROTECT, related_name="first_entries", db_index=False
    )
    removed_version = models.ForeignKey(
        ListVersion, null=True, on_delete=models.PROTECT, related_name="removed_entries", db_index=False
    )

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="list_entry_kind", condition=Q(kind__in=EntryKind.values)),
            models.UniqueConstraint(name="list_entry_once", fields=["first_version", "source_id"]),
        ]
        indexes: ClassVar = [
            models.Index(fields=["watch_list", "source_id"], name="list_entry_by_source"),
            models.Index(
                name="list_entry_removed", fields=["removed_version"], condition=Q(removed_version__isnull=False)
            ),
        ]


class ListName(models.Model):
    """One name of an entry with its blocking keys: two names that may be the same share at least one."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(ListEntry, on_delete=models.CASCADE, related_name="listed_names")
    name = models.CharField(max_length=500)
    quality = models.CharField(max_length=7, choices=NameQuality.choices)
    keys = ArrayField(models.BigIntegerField())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="list_name_quality", condition=Q(quality__in=NameQuality.values))
        ]
        indexes: ClassVar = [GinIndex(fields=["keys"], name="list_name_by_key")]


class ListDeparture(models.Model):
    """An entry in force that a version not yet in force takes out or replaces."""

    id = models.BigAutoField(primary_key=True)
    list_version = models.ForeignKey(ListVersion, on_delete=models.CASCADE, related_name="departures", db_index=False)
    entry = models.ForeignKey(ListEntry, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="list_departure_once", fields=["list_version", "entry"])]
