"""Development logs."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.permissions import Permission as P
from apps.startups import selectors, services
from apps.startups.api import filters
from apps.startups.api.serializers.development import DevelopmentEventIn, DevelopmentEventOut
from apps.startups.api.views.of_capability import OfCapability
from apps.startups.models import DevelopmentEvent
from apps.startups.services.capabilities import (
    CapabilityArchived,
)
from apps.startups.services.development import DevelopmentEventNotAcceptable
from kernel.api.views import ApiViewSet, ListMixin


class CapabilityEvents(ListMixin, OfCapability, ApiViewSet):
    """A capability's development log."""

    queryset = DevelopmentEvent.objects.all()
    serializer_class = DevelopmentEventOut
    filterset_class = filters.DevelopmentEventFilter
    ordering_fields = {"occurred_at": "occurred_at"}
    ordering = "-occurred_at"
    inputs = {"create": DevelopmentEventIn}
    permissions = {"list": P.DEVELOPMENT_EVENT_READ, "create": P.DEVELOPMENT_EVENT_CREATE}
    problems = {"create": (DevelopmentEventNotAcceptable, CapabilityArchived)}

    def visible(self) -> QuerySet[DevelopmentEvent]:
        return selectors.development_event_list(actor=self.actor, capability=self.capability())

    def create(self, _request: Request, **_path: str) -> Response:
        """Record a development event."""
        values = self.validated()
        return self.answer(services.development_event_record(actor=self.actor, capability=self.capability(), **values))
