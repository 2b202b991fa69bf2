"""The shapes of messages and preferences."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from apps.accounts.cadences import Cadence
from apps.notifications.kinds import KINDS, NAMES
from apps.notifications.models import Notification
from apps.notifications.selectors import Face
from apps.notifications.services.preferences import MAX_TOKEN, SCOPES, THESE
from apps.startups.labels import language_of
from kernel.api.filters import ChoiceFilter, FlagFilter, StrictFilterSet
from kernel.api.serializers import ApiSerializer

MOST_IDS = 200


class NotificationFilter(StrictFilterSet):
    unread = FlagFilter("read_at", "isnull")
    archived = FlagFilter("archived_at", "isnull", exclude=True)
    kind = ChoiceFilter(choices=NAMES)

    class Meta:
        model = Notification
        fields: ClassVar[list[str]] = []


class NotificationOut(ApiSerializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=NAMES)
    title = serializers.SerializerMethodField(help_text="One line, in the language of the request.")
    text = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField(help_text="Where it leads, an address of this site.")
    count = serializers.IntegerField(
        source="mentioned", help_text="Of how many objects it tells that you see now; 0 where it tells of none."
    )
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)

    def get_title(self, row: Notification) -> str:
        return self._face(row).title

    def get_text(self, row: Notification) -> str:
        return self._face(row).text

    def get_link(self, row: Notification) -> str:
        return self._face(row).link

    def _face(self, row: Notification) -> Face:
        found: Face = self.context["faces"][row.pk]
        return found


class NotificationsIn(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_IDS)


class NotificationsReadIn(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=serializers.UUIDField(),
        min_length=1,
        max_length=MOST_IDS,
        required=False,
        help_text="Left out: all that are unread.",
    )


class MarkedOut(ApiSerializer):
    changed = serializers.IntegerField(help_text="How many were not so before.")
    unread = serializers.IntegerField(help_text="How many unread ones the inbox still shows.")


class PreferenceOut(ApiSerializer):
    kind = serializers.ChoiceField(choices=NAMES)
    name = serializers.SerializerMethodField(help_text="What the kind is called, in the language of the request.")
    inbox = serializers.BooleanField()
    mail = serializers.ChoiceField(choices=Cadence.choices)
    is_default = serializers.BooleanField(help_text="You never said what you want of this kind.")

    def get_name(self, wish: Any) -> str:
        return KINDS[wish.kind].texts[language_of(self.context["language"])].name


class PreferenceIn(serializers.Serializer[Any]):
    inbox = serializers.BooleanField(required=False)
    mail = serializers.ChoiceField(
        choices=Cadence.choices,
        required=False,
        help_text="At most this often: what you subscribed to more rarely stays so.",
    )


class UnsubscribeIn(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=MAX_TOKEN, help_text="From the link of a mail.")
    scope = serializers.ChoiceField(
        choices=SCOPES, default=THESE, help_text="Mails of the kinds in that mail, or of every kind."
    )


class OneClickIn(serializers.Serializer[Any]):
    """The body that RFC 8058 prescribes; what it says changes nothing."""


class UnsubscribedOut(ApiSerializer):
    ended = serializers.IntegerField(help_text="How many kinds of mail were ended now; 0 where they had been before.")
