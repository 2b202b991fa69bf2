"""The tables of messages: notifications with what they mention, preferences, digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now

from apps.accounts.cadences import Cadence
from apps.investors.models import Mandate
from apps.organisations.disclosure import with_tier
from apps.organisations.models import Organisation
from apps.startups.models import Listing
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import status_check

if TYPE_CHECKING:
    from uuid import UUID

MAX_KIND = 60
LISTING, MANDATE = "startups.listing", "investors.mandate"
"""The types of mentioned objects that are looked up themselves: a raise that is over, a capability that was taken back,
a mandate that is paused.
"""


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Notification]:
        """A person's own, as a member of the organisation it acts for, of which something may still be told; never to
        a key. `mentioned` counts what is mentioned of organisations that the reader sees now.
        """
        if actor.user_id is None or actor.api_key_id is not None or actor.organisation_id is None:
            return self.annotate(mentioned=Coalesce(None, 0, output_field=models.IntegerField())).none()
        mentions = Mention.objects.filter(notification=OuterRef("pk"))
        listed = Exists(Listing.objects.shown_to(actor).filter(pk=OuterRef("object_id")))
        active = Exists(Mandate.objects.visible_to(actor).filter(pk=OuterRef("object_id")))
        gone = Q(Q(object_type=LISTING) & ~listed) | Q(Q(object_type=MANDATE) & ~active)
        seen = with_tier(mentions, actor, subject="organisation").exclude(gone).order_by()
        counted = seen.values("notification").annotate(number=Count("pk")).values("number")
        return self.filter(
            ~Exists(mentions) | Exists(seen), user_id=actor.user_id, organisation_id=actor.organisation_id
        ).annotate(mentioned=Coalesce(Subquery(counted, output_field=models.IntegerField()), 0))


class Notification(models.Model):
    """One message to one person, who is a member of `organisation`; its words are found when it is read.

    `cause` is the fact it tells of: a person is told of a fact once. `mail` is how it is to be mailed, `mailed_at` when
    the mail server took it, alone or in a digest.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=MAX_KIND)
    cause = models.UUIDField()
    subject_id = models.UUIDField()
    is_in_inbox = models.BooleanField(default=True)
    mail = models.CharField(max_length=7, choices=Cadence.choices)
    created_at = models.DateTimeField(db_default=Now())
    mailed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    user_id: UUID
    organisation_id: UUID

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "cause"], name="notification_once"),
            status_check("notification_mail", Cadence, "mail"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "organisation", "-id"], name="notification_inbox"),
            models.Index(
                fields=["mail", "user", "organisation"],
                name="notification_to_digest",
                condition=Q(mailed_at=None, mail__in=[Cadence.DAILY, Cadence.WEEKLY]),
            ),
            models.Index(fields=["kind", "subject_id"], name="notification_subject"),
            models.Index(fields=["created_at"], name="notification_age"),
        ]


class Mention(models.Model):
    """Another organisation's object that a notification tells of: told no longer than its organisation is seen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="mentions")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "object_id"], name="mention_once"),
        ]


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def visible_to(self, actor: Actor) -> models.QuerySet[Preference]:
        """A person's own; none to a key."""
        if actor.user_id is None or actor.api_key_id is not None:
            return self.none()
        return self.filter(user_id=actor.user_id)


class Preference(models.Model):
    """What a person wants of one kind of message; without a row the kind's own setting holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=MAX_KIND)
    inbox = models.BooleanField(default=True)
    mail = models.CharField(max_length=7, choices=Cadence.choices)
    updated_at = models.DateTimeField(db_default=Now())

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_once"),
            status_check("preference_mail", Cadence, "mail"),
        ]


class Digest(models.Model):
    """The collected mail of one person, as a member of one organisation, for one period; `period` is when that ends."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    cadence = models.CharField(max_length=7, choices=[(c, c) for c in (Cadence.DAILY, Cadence.WEEKLY)])
    period = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    user_id: UUID
    organisation_id: UUID

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organisation", "cadence", "period"], name="digest_once"),
            models.CheckConstraint(name="digest_cadence", condition=Q(cadence__in=[Cadence.DAILY, Cadence.WEEKLY])),
        ]
