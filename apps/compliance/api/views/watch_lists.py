"""Watch-lists, their versions and entries, for operators."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.compliance.api.serializers import watch_lists as serializers
from apps.compliance.models import ListEntry, ListVersion, WatchList
from apps.compliance.readers.streams import LIMITS
from apps.compliance.selectors.watch_lists import entry_list, version_list, with_versions
from apps.compliance.services.watch_lists import (
    ListFileUnacceptable,
    PublishedInFuture,
    VersionUnderWay,
    list_version_confirm,
    list_version_discard,
    list_version_receive,
)
from apps.organisations.parents import parent_get
from apps.permissions import Permission as P
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted

ENVELOPE = 1024 * 1024
"""Room for what a multipart body holds beside the file, in bytes."""


class WatchLists(ListMixin, RetrieveMixin, ApiViewSet):
    """The lists that are screened against: from where, how old, how large."""

    queryset = WatchList.objects.all()
    serializer_class = serializers.WatchListOut
    ordering_fields = {"code": "code"}
    ordering = "code"
    permissions = {"list": P.WATCH_LIST_READ, "retrieve": P.WATCH_LIST_READ}

    def visible(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = with_versions(super().visible())
        return rows


class OfWatchList(ApiView):
    """What hangs on the watch-list in the path."""

    def watch_list(self) -> WatchList:
        """The watch-list in the path."""
        return parent_get(rows=WatchList.objects.visible_to(self.actor), value=self.kwargs["id"])


class WatchListVersions(ListMixin, OfWatchList, ApiViewSet):
    """The files that were received of a watch-list."""

    queryset = ListVersion.objects.all()
    serializer_class = serializers.ListVersionOut
    filterset_class = serializers.ListVersionFilter
    ordering_fields = {"received_at": "received_at"}
    ordering = "-received_at"
    inputs = {"create": serializers.ListVersionIn}
    success = {"create": 202}
    permissions = {"list": P.WATCH_LIST_READ, "create": P.WATCH_LIST_LOAD}
    problems = {"create": (ListFileUnacceptable, PublishedInFuture, VersionUnderWay)}
    body_limit = LIMITS.packed + ENVELOPE
    parser_classes = [MultiPartParser]

    def visible(self) -> QuerySet[Any]:
        return version_list(actor=self.actor, watch_list=self.watch_list())

    def create(self, _request: Request, **_path: str) -> Response:
        """Send a watch-list's file: it is read, compared with the version in force, and takes its place.

        A file that is in force already, or under way, changes nothing and is answered with its version. A file older
        than the one in force, or one that would take out more than a fifth of it, waits for a confirmation.
        """
        given = self.validated()
        receipt = list_version_receive(
            actor=self.actor,
            watch_list=self.watch_list(),
            file=given["file"],
            published_on=given.get("published_on"),
        )
        job_id = receipt.version.job_id
        return self.answer(receipt.version, location=f"/api/v1/jobs/{job_id}" if job_id else None)


class WatchListEntries(ListMixin, OfWatchList, ApiViewSet):
    """What a watch-list says or said of somebody."""

    queryset = ListEntry.objects.all()
    serializer_class = serializers.ListEntryOut
    filterset_class = serializers.ListEntryFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    permissions = {"list": P.WATCH_LIST_READ}

    def visible(self) -> QuerySet[Any]:
        return entry_list(watch_list=self.watch_list())


class ListVersions(RetrieveMixin, ApiViewSet):
    """One received file, and the decision about it where it waits for one."""

    queryset = ListVersion.objects.all()
    serializer_class = serializers.ListVersionOut
    inputs = {"confirm": None, "discard": None}
    success = {"confirm": 200, "discard": 200}
    permissions = {"retrieve": P.WATCH_LIST_READ, "confirm": P.WATCH_LIST_LOAD, "discard": P.WATCH_LIST_LOAD}
    problems = {"confirm": (NotNow, NotPermitted), "discard": (NotNow, NotPermitted)}

    @action(detail=True, methods=["post"])
    def confirm(self, _request: Request, **_path: str) -> Response:
        """Bring a version that waits into force."""
        return self.answer(list_version_confirm(version=self.get_object(), actor=self.actor))

    @action(detail=True, methods=["post"])
    def discard(self, _request: Request, **_path: str) -> Response:
        """Give up a version that waits; the one in force stays."""
        return self.answer(list_version_discard(version=self.get_object(), actor=self.actor))
