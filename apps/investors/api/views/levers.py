"""Levers."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.investors import selectors, services
from apps.investors.api import filters
from apps.investors.api.serializers.levers import LeverEdit, LeverOut
from apps.investors.api.views.funds import READS
from apps.investors.models import Lever
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin


class Levers(ListMixin, RetrieveMixin, ApiViewSet):
    """Levers: what lets a mandate offer less than the country's build-up."""

    queryset = Lever.objects.all()
    serializer_class = LeverOut
    filterset_class = filters.LeverFilter
    ordering_fields = {"id": "id", "valid_to": "valid_to"}
    ordering = "-id"
    inputs = {"create": LeverEdit, "partial_update": LeverEdit}
    permissions = {
        "list": P.LEVER_READ,
        "retrieve": P.LEVER_READ,
        "create": P.LEVER_CREATE,
        "partial_update": P.LEVER_UPDATE,
    }
    problems = {
        "create": (services.LeverNotAcceptable,),
        "partial_update": (services.LeverNotAcceptable, services.TooManyEditsToday),
    }

    def visible(self) -> QuerySet[Lever]:
        rows = selectors.lever_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(organisation_id=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Create a lever of one's own."""
        lever = services.lever_create(actor=self.actor, **self.validated())
        return self.answer(lever, location=f"/api/v1/levers/{lever.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change a lever of one's own."""
        lever = self.get_object()
        return self.answer(services.lever_update(actor=self.actor, lever=lever, **self.validated()))
