"""Funds and their teasers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.investors import selectors, services
from apps.investors.api import filters
from apps.investors.api.serializers.funds import AREA_ROOTS, InvestorEdit, InvestorOut, InvestorTeaserOut
from apps.investors.models import Fund
from apps.organisations.tiered import Previewed
from apps.permissions import Permission as P
from apps.reference.selectors import area_roots
from kernel.api.serializers import Selection
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin

READS = frozenset({"list", "retrieve"})


class WithAreaRoots(ApiView):
    """What shows funds by the roots of their areas."""

    def output_context(self, selection: Selection) -> dict[str, Any]:
        return {**super().output_context(selection), AREA_ROOTS: area_roots()}


class InvestorTeasers(WithAreaRoots, ListMixin, RetrieveMixin, ApiViewSet):
    """Funds as every signed-in organisation sees them, verified or not."""

    queryset = Fund.objects.all()
    serializer_class = InvestorTeaserOut
    filterset_class = filters.InvestorTeaserFilter
    ordering_fields = {"id": "teaser_id"}
    ordering = "id"
    lookup_field = "teaser_id"
    permissions = {"list": P.FUND_TEASER_READ, "retrieve": P.FUND_TEASER_READ}

    def visible(self) -> QuerySet[Fund]:
        return selectors.fund_teaser_list()


class Investors(WithAreaRoots, Previewed, ListMixin, RetrieveMixin, ApiViewSet):
    """Funds."""

    queryset = Fund.objects.all()
    serializer_class = InvestorOut
    teaser = InvestorTeaserOut
    filterset_class = filters.InvestorFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"partial_update": InvestorEdit}
    permissions = {"list": P.FUND_READ, "retrieve": P.FUND_READ, "partial_update": P.FUND_UPDATE}
    problems = {"partial_update": (services.FundNotAcceptable, services.TooManyEditsToday)}

    def tiered(self) -> QuerySet[Fund]:
        rows = selectors.fund_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(organisation_id=self.actor.organisation_id))

    def teased(self) -> QuerySet[Fund]:
        own = self.actor.organisation_id
        return selectors.fund_teaser_list(including=own).filter(Q(organisation_id=own))

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change one's own fund."""
        fund = self.get_object()
        return self.answer(services.fund_update(actor=self.actor, fund=fund, **self.validated()))
