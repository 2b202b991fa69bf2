"""Documents, their versions, and who else may read them."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Now

from apps.documents.conflicts import conflict_of
from apps.documents.states import (
    CONTROLLED,
    ONCE_CLEAN,
    TAKEN_MARKINGS,
    AccessCause,
    ExportMark,
    Marking,
    Purpose,
    ScanState,
    VersionStatus,
)
from apps.organisations.disclosure import Tier
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.digests import SHA256
from kernel.ids import uuid7
from kernel.models import status_check


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Document]:
        """One's own organisation's documents, and those that a live access row opens to it, each with `viewer_tier` and
        with `disclosed_by`, its organisation.

        Operators read of any owner what was opened to them, also what was withdrawn, as long as it was opened for a
        verification: their record of what they decided by. Not so people who belong to the owner or have an interest in
        it, and must not judge it. Anybody else reads only of verified owners that have not gone dark. An organisation
        that is not verified, or no longer, reads its own documents only.
        """
        if actor.is_system:
            return self.annotate(viewer_tier=_tier(Tier.T4), disclosed_by=F("organisation_id"))
        if actor.organisation_id is None or actor.preview is not None:
            return self.none()
        own = Q(organisation_id=actor.organisation_id)
        seen = own
        is_trusted = actor.standing == Standing.VERIFIED
        if is_trusted or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            live = DocumentAccess.objects.live().filter(Q(viewer_id=actor.organisation_id), document_id=OuterRef("pk"))
            if actor.kind == Kind.OPERATOR:
                held = live.filter(cause=AccessCause.VERIFICATION)
                opened = Q(Exists(live), withdrawn_at=None) | Q(Exists(held))
                seen |= opened & ~conflict_of(actor, owner="organisation_id")
            else:
                shown = {"standing": Standing.VERIFIED, "dark_since": None, "merged_into": None}
                seen |= Q(
                    Exists(live), withdrawn_at=None, **{f"organisation__{name}": at for name, at in shown.items()}
                )
        return self.filter(seen).annotate(
            viewer_tier=Case(When(own, then=_tier(Tier.T4)), default=_tier(Tier.T3), output_field=IntegerField()),
            disclosed_by=F("organisation_id"),
        )


def _tier(tier: Tier) -> Value:
    return Value(int(tier), output_field=IntegerField())


class Document(models.Model):
    """A file that an organisation keeps here, through all its versions.

    `export_code` is the entry of the control list that `export_mark` speaks of. After `retain_until` the content is
    destroyed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    export_mark = models.CharField(max_length=8, choices=ExportMark.choices, default=ExportMark.UNKNOWN)
    export_code = models.CharField(max_length=20, blank=True)
    declared_marking = models.CharField(max_length=12, choices=Marking.choices, default=Marking.NONE)
    retain_until = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="document_titled", condition=~Q(title="")),
            status_check("document_purpose", Purpose, "purpose"),
            status_check("document_export_mark", ExportMark, "export_mark"),
            models.CheckConstraint(
                name="document_export_code", condition=Q(export_code="") | Q(export_mark__in=CONTROLLED)
            ),
            models.CheckConstraint(name="document_marking", condition=Q(declared_marking__in=TAKEN_MARKINGS)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="document_by_organisation"),
            models.Index(fields=["retain_until"], name="document_retained", condition=Q(retain_until__isnull=False)),
        ]


class DocumentVersionQuerySet(models.QuerySet["DocumentVersion"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[DocumentVersion]:
        """Every version of one's own documents; of others' what is or was clean. Each with `viewer_tier` and
        `disclosed_by`.
        """
        if actor.is_system:
            return self.annotate(viewer_tier=_tier(Tier.T4), disclosed_by=F("document__organisation_id"))
        own = Q(document__organisation_id=actor.organisation_id)
        documents = Document.objects.visible_to(actor).values("pk")
        return self.filter(own | Q(status__in=ONCE_CLEAN), document__in=documents).annotate(
            viewer_tier=Case(When(own, then=_tier(Tier.T4)), default=_tier(Tier.T3), output_field=IntegerField()),
            disclosed_by=F("document__organisation_id"),
        )


class DocumentVersion(models.Model):
    """One content of a document. Only what is clean has stored content, and only until it is destroyed.

    `size`, `sha256` and `media_type` tell of the content that is served: the sanitised one where inspection made one.
    `reasons` are the codes for which it was blocked; `segments` is how many the content was encrypted in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=11, choices=VersionStatus.choices, default=VersionStatus.QUARANTINED)
    reasons = models.JSONField(default=list)
    scan_state = models.CharField(max_length=11, choices=ScanState.choices, default=ScanState.NOT_SCANNED)
    scan_engine = models.CharField(max_length=100, blank=True)
    pages = models.PositiveIntegerField(null=True)
    storage_key = models.CharField(max_length=200, blank=True)
    wrapped_key = models.BinaryField(null=True)
    vault_key = models.ForeignKey("documents.VaultKey", null=True, on_delete=models.PROTECT, related_name="versions")
    segments = models.PositiveIntegerField(null=True)
    stored_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_once"),
            models.CheckConstraint(name="document_version_number", condition=Q(number__gte=1)),
            status_check("document_version_status", VersionStatus),
            status_check("document_version_scan_state", ScanState, "scan_state"),
            models.CheckConstraint(name="document_version_sha256", condition=Q(sha256__regex=SHA256)),
            models.CheckConstraint(
                name="document_version_clean_is_stored",
                condition=~Q(status=VersionStatus.CLEAN) | Q(stored_at__isnull=False),
            ),
            models.CheckConstraint(
                name="document_version_infected_is_not_clean",
                condition=~Q(status=VersionStatus.CLEAN, scan_state=ScanState.INFECTED),
            ),
            models.CheckConstraint(
                name="document_version_key_destroyed",
                condition=Q(destroyed_at__isnull=True) | Q(wrapped_key__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["vault_key", "id"], name="document_version_by_vault_key"),
            models.Index(fields=["storage_key"], name="document_version_storage", condition=~Q(storage_key="")),
            models.Index(
                fields=["withdrawn_at"],
                name="document_version_to_destroy",
                condition=Q(withdrawn_at__isnull=False, destroyed_at__isnull=True),
            ),
        ]


class DocumentAccessQuerySet(models.QuerySet["DocumentAccess"]):
    def live(self) -> models.QuerySet[DocumentAccess]:
        """What is in force now."""
        return self.lasting(now=Now()).filter(since__lte=Now())

    def lasting(self, *, now: dt.datetime | Now) -> models.QuerySet[DocumentAccess]:
        """What has not ended by `now`."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=now))

    def visible_to(self, actor: Actor) -> models.QuerySet[DocumentAccess]:
        """What was opened of one's own documents, and what was opened to one's own organisation."""
        if actor.is_system:
            return self
        if actor.organisation_id is None or actor.preview is not None:
            return self.none()
        return self.filter(Q(document__organisation_id=actor.organisation_id) | Q(viewer_id=actor.organisation_id))


class DocumentAccess(models.Model):
    """That another organisation may read a document, why, and how long. Written by the app that is the cause."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="access")
    viewer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="documents_opened")
    cause = models.CharField(max_length=12, choices=AccessCause.choices)
    cause_id = models.UUIDField()
    since = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)

    objects = DocumentAccessQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            status_check("document_access_cause", AccessCause, "cause"),
            models.CheckConstraint(name="document_access_ends", condition=Q(until=None) | Q(until__gte=F("since"))),
            models.UniqueConstraint(
                fields=["document", "viewer", "cause", "cause_id"],
                name="document_access_once",
                condition=Q(until__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["viewer", "document"], name="document_access_by_viewer"),
            models.Index(fields=["cause", "cause_id"], name="document_access_by_cause"),
        ]
