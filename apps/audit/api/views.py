"""The trail of one's own organisation."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.audit import selectors
from apps.audit.api import filters, serializers
from apps.audit.disclosure import faces
from apps.permissions import Permission as P
from kernel.api.pagination import CursorPages
from kernel.api.routers import ApiRouter
from kernel.api.views import ApiViewSet
from kernel.models import Event


class Events(ApiViewSet):
    """Events of the audit trail."""

    queryset = Event.objects.all()
    serializer_class = serializers.EventOut
    filterset_class = filters.EventFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    permissions = {"list": P.EVENT_READ, "retrieve": P.EVENT_READ}

    def visible(self) -> QuerySet[Event]:
        return selectors.trail(actor=self.actor)

    def list(self, request: Request) -> Response:
        """List the trail of one's own organisation, the newest first.

        What its people and keys did, what others and the platform did about it, and who read what of it at T2 or above.
        """
        parts = [self.filter_queryset(part) for part in selectors.trail_parts(actor=self.actor)]
        pages = CursorPages()
        found = pages.paginate_queryset(selectors.Trail(parts), request, view=self)
        shown = faces(events=found, actor=self.actor)
        context = self.output_context(self.selection)
        return Response(pages.envelope(serializers.EventOut(shown, many=True, context=context).data))

    def retrieve(self, _request: Request, **_path: str) -> Response:
        """Show an event of the trail of one's own organisation."""
        return self.answer(faces(events=[self.get_object()], actor=self.actor)[0])


router = ApiRouter()
router.register("events", Events, basename="events")
