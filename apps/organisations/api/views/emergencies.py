"""The operator's way to an organisation's data when it must."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import services
from apps.organisations.api.serializers import emergencies as serializers
from apps.organisations.models import BreakGlass
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin


class BreakGlasses(ListMixin, RetrieveMixin, ApiViewSet):
    """Requests of an operator for an organisation's data: one's own, or those that concern one's organisation."""

    queryset = BreakGlass.objects.all()
    serializer_class = serializers.BreakGlassOut
    filterset_class = serializers.BreakGlassFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"create": serializers.BreakGlassIn, "approve": None, "end": None}
    permissions = {
        "list": P.BREAK_GLASS_READ,
        "retrieve": P.BREAK_GLASS_READ,
        "create": P.BREAK_GLASS_REQUEST,
        "approve": P.BREAK_GLASS_APPROVE,
        "end": P.BREAK_GLASS_END,
    }
    step_up = {"create", "approve"}
    problems = {
        "create": (services.BreakGlassNeedsPerson, services.BreakGlassNotAcceptable),
        "approve": (
            services.BreakGlassNeedsPerson,
            services.SecondPersonNeeded,
            services.BreakGlassDecided,
            services.BreakGlassLapsed,
            services.RequesterGone,
        ),
    }

    def visible(self) -> QuerySet[Any]:
        rows = super().visible()
        return rows if self.action in {"list", "retrieve"} else rows.filter(Q(operator_id=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Ask for an organisation's data; another person has a day to approve it."""
        values = self.validated()
        asked = services.break_glass_request(
            actor=self.actor, subject_id=values["organisation"], tier=values["tier"], reason=values["reason"]
        )
        return self.answer(asked, location=f"/api/v1/break-glass/{asked.pk}")

    @action(detail=True, methods=["post"])
    def approve(self, _request: Request, **_path: str) -> Response:
        """Let the other person who asked see the data for four hours. The organisation's owners are told by mail."""
        return self.answer(services.break_glass_approve(actor=self.actor, break_glass=self.get_object()))

    @action(detail=True, methods=["post"])
    def end(self, _request: Request, **_path: str) -> Response:
        """Close what was opened, or take the request back, in force from the next request."""
        return self.answer(services.break_glass_end(actor=self.actor, break_glass=self.get_object()))
