"""Making one's own organisation invisible, and visible again."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import services
from apps.organisations.api.serializers import darkness as serializers
from apps.organisations.models import Organisation
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet


class Darkness(ApiViewSet):
    """Visibility of one's own organisation."""

    queryset = Organisation.objects.all()
    serializer_class = serializers.DarknessOut
    inputs = {"go_dark": None, "come_back": None}
    permissions = {"go_dark": P.ORGANISATION_GO_DARK, "come_back": P.ORGANISATION_GO_DARK}
    step_up = {"come_back"}

    def visible(self) -> QuerySet[Any]:
        return super().visible().filter(Q(pk=self.actor.organisation_id))

    @action(detail=True, methods=["post"], url_path="go-dark")
    def go_dark(self, _request: Request, **_path: str) -> Response:
        """Make one's own organisation invisible to all outside from the next request.

        One call, without a second factor or a version. The owners are told by mail. It still sees others.
        """
        return self.answer(services.organisation_go_dark(actor=self.actor, organisation=self.get_object()))

    @action(detail=True, methods=["post"], url_path="return")
    def come_back(self, _request: Request, **_path: str) -> Response:
        """Make one's own organisation visible again to whom its standing shows it. The owners are told by mail."""
        return self.answer(services.organisation_return(actor=self.actor, organisation=self.get_object()))
