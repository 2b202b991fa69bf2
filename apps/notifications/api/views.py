"""The inbox, preferences, and the way out of mails without an account."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.notifications import selectors
from apps.notifications.api import serializers
from apps.notifications.models import Notification, Preference
from apps.notifications.services import inbox, preferences
from kernel.api.pagination import CursorPages
from kernel.api.permissions import PUBLIC, SIGNED_IN
from kernel.api.views import ApiViewSet, RetrieveMixin


class Notifications(RetrieveMixin, ApiViewSet):
    """One's own messages, in the organisation one acts for. Keys have none."""

    queryset = Notification.objects.all()
    serializer_class = serializers.NotificationOut
    filterset_class = serializers.NotificationFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {
        "read": None,
        "archive": None,
        "read_all": serializers.NotificationsReadIn,
        "archive_all": serializers.NotificationsIn,
    }
    outputs = {"read_all": serializers.MarkedOut, "archive_all": serializers.MarkedOut}
    success = {"read_all": 200, "archive_all": 200}
    permissions = dict.fromkeys(("list", "retrieve", "read", "archive", "read_all", "archive_all"), SIGNED_IN)

    def visible(self) -> QuerySet[Notification]:
        return selectors.notification_list(actor=self.actor)

    def list(self, request: Request) -> Response:
        """List the messages; those put away only with `archived=true`."""
        rows = self.visible()
        if "archived" not in request.query_params:
            rows = rows.filter(archived_at=None)
        pages = CursorPages()
        found = pages.paginate_queryset(self.filter_queryset(rows), request, view=self)
        context = {**self.output_context(self.selection), "faces": self._faces(found)}
        return Response(pages.envelope(serializers.NotificationOut(found, many=True, context=context).data))

    @action(detail=True, methods=["post"])
    def read(self, _request: Request, **_path: str) -> Response:
        """Mark a message as read."""
        row = self.get_object()
        inbox.notifications_read(actor=self.actor, ids=[row.pk])
        return self.answer(row)

    @action(detail=True, methods=["post"])
    def archive(self, _request: Request, **_path: str) -> Response:
        """Put a message away; it counts as read."""
        row = self.get_object()
        inbox.notifications_archive(actor=self.actor, ids=[row.pk])
        return self.answer(row)

    @action(detail=False, methods=["post"], url_path="read", url_name="read-all")
    def read_all(self, _request: Request) -> Response:
        """Mark several messages as read, or all."""
        return self._marked(inbox.notifications_read(actor=self.actor, ids=self.validated().get("ids")))

    @action(detail=False, methods=["post"], url_path="archive", url_name="archive-all")
    def archive_all(self, _request: Request) -> Response:
        """Put several messages away; they count as read."""
        return self._marked(inbox.notifications_archive(actor=self.actor, ids=self.validated()["ids"]))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "faces": {}}

    def representation(self, instance: Any) -> Any:
        context = {**self.get_serializer_context(), "faces": self._faces([instance])}
        return serializers.NotificationOut(instance, context=context).data

    def output_context(self, selection: Any) -> dict[str, Any]:
        shown = getattr(self, "shown", None)
        context = super().output_context(selection)
        return context if shown is None else {**context, "faces": self._faces([shown])}

    def _find(self, **lookup: Any) -> Any:
        self.shown = super()._find(**lookup)
        return self.shown

    def _faces(self, rows: Any) -> Any:
        return selectors.faces(rows=rows, reader=self.actor, language=translation.get_language() or "")

    def _marked(self, changed: int) -> Response:
        told = {"changed": changed, "unread": inbox.unread_count(actor=self.actor)}
        return Response(serializers.MarkedOut(told, context=self.output_context(self.selection)).data)


class NotificationPreferences(ApiViewSet):
    """What one wants of each kind of message."""

    queryset = Preference.objects.all()
    serializer_class = serializers.PreferenceOut
    inputs = {"partial_update": serializers.PreferenceIn}
    permissions = {"list": SIGNED_IN, "partial_update": SIGNED_IN}
    problems = {"partial_update": (preferences.PersonNeeded,)}

    def list(self, _request: Request) -> Response:
        """List the kinds of messages with what you want of each; a key has none."""
        actor = self.actor
        is_person = actor.user_id is not None and actor.api_key_id is None
        found = list(selectors.wishes(user_id=actor.user_id).values()) if is_person and actor.user_id else []
        pages = self.sequence_pages()
        window = pages.window(total=len(found), pin="kinds")
        context = self.output_context(self.selection)
        return pages.answer(serializers.PreferenceOut(found[window], many=True, context=context).data)

    def partial_update(self, _request: Request, **path: str) -> Response:
        """Set what you want of one kind."""
        made = preferences.preference_update(actor=self.actor, kind=path["id"], **self.validated())
        return Response(serializers.PreferenceOut(made, context=self.output_context(self.selection)).data)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "language": translation.get_language() or ""}


class Unsubscribes(ApiViewSet):
    """The way out of mails, for whoever holds one."""

    queryset = Preference.objects.none()
    public_rows = True
    authentication_classes = []
    serializer_class = serializers.UnsubscribedOut
    inputs = {"create": serializers.UnsubscribeIn}
    success = {"create": 200}
    permissions = {"create": PUBLIC}
    problems = {"create": (preferences.LinkNotUsable,)}

    def create(self, _request: Request) -> Response:
        """End mails by the token of a mail's link. Once more changes nothing."""
        told = {"ended": preferences.unsubscribe(**self.validated())}
        return Response(serializers.UnsubscribedOut(told, context=self.output_context(self.selection)).data)


class OneClickUnsubscribes(ApiViewSet):
    """What mail programs call by themselves."""

    queryset = Preference.objects.none()
    public_rows = True
    authentication_classes = []
    parser_classes = [FormParser, MultiPartParser]
    serializer_class = serializers.UnsubscribedOut
    inputs = {"one_click": serializers.OneClickIn}
    success = {"one_click": 200}
    permissions = {"one_click": PUBLIC}
    problems = {"one_click": (preferences.LinkNotUsable,)}

    def one_click(self, _request: Request, **path: str) -> Response:
        """End mails of the kinds in a mail by the address in its List-Unsubscribe header (RFC 8058)."""
        self.validated()
        told = {"ended": preferences.unsubscribe(token=path["id"])}
        return Response(serializers.UnsubscribedOut(told, context=self.output_context(self.selection)).data)
