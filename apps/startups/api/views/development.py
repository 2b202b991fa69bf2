"""Development logs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.permissions import Permission as P
from apps.startups import selectors, services
from apps.startups.api import filters
from apps.startups.api.serializers.development import STATES, DevelopmentEventIn, DevelopmentEventOut
from apps.startups.api.views.of_capability import OfCapability
from apps.startups.models import DevelopmentEvent
from apps.startups.selectors.event_states import EventStates
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.services.development import DevelopmentEventNotAcceptable
from kernel.api.serializers import Selection
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin


class WithStates(ApiView):
    """Answers that say what events are worth."""

    def output_context(self, selection: Selection) -> dict[str, Any]:
        return {**super().output_context(selection), STATES: EventStates()}


class CapabilityEvents(WithStates, ListMixin, OfCapability, ApiViewSet):
    """A capability's development log."""

    queryset = DevelopmentEvent.objects.all()
    serializer_class = DevelopmentEventOut
    filterset_class = filters.DevelopmentEventFilter
    ordering_fields = {"occurred_at": "occurred_at", "recorded_at": "recorded_at"}
    ordering = "-occurred_at"
    inputs = {"create": DevelopmentEventIn}
    permissions = {"list": P.DEVELOPMENT_EVENT_READ, "create": P.DEVELOPMENT_EVENT_CREATE}
    problems = {"create": (DevelopmentEventNotAcceptable, CapabilityArchived)}

    def visible(self) -> QuerySet[Any]:
        return selectors.development_event_list(actor=self.actor, capability=self.capability())

    def create(self, _request: Request, **_path: str) -> Response:
        """Record a development event. It is never changed: a correction is a new one that supersedes it."""
        values = self.validated()
        event = services.development_event_record(actor=self.actor, capability=self.capability(), **values)
        return self.answer(event, location=f"/api/v1/development-events/{event.pk}")


class DevelopmentEvents(WithStates, RetrieveMixin, ApiViewSet):
    """Events of one's own development logs."""

    queryset = DevelopmentEvent.objects.all()
    serializer_class = DevelopmentEventOut
    permissions = {"retrieve": P.DEVELOPMENT_EVENT_READ}

    def visible(self) -> QuerySet[Any]:
        return selectors.development_event_rows(actor=self.actor)
