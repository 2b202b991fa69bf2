"""Funds, levers and mandates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.investors import selectors, services
from apps.investors.api import filters, serializers
from apps.investors.models import Fund, Lever, Mandate
from apps.organisations.tiered import Previewed
from apps.permissions import Permission as P
from apps.reference.selectors import area_roots
from kernel.api.routers import ApiRouter
from kernel.api.serializers import Selection
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow

READS = frozenset({"list", "retrieve"})


class WithAreaRoots(ApiView):
    """What shows funds by the roots of their areas."""

    def output_context(self, selection: Selection) -> dict[str, Any]:
        return {**super().output_context(selection), serializers.AREA_ROOTS: area_roots()}


class InvestorTeasers(WithAreaRoots, ListMixin, RetrieveMixin, ApiViewSet):
    """Funds as every signed-in organisation sees them, verified or not."""

    queryset = Fund.objects.all()
    serializer_class = serializers.InvestorTeaserOut
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
    serializer_class = serializers.InvestorOut
    teaser = serializers.InvestorTeaserOut
    filterset_class = filters.InvestorFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"partial_update": serializers.InvestorEdit}
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


class Levers(ListMixin, RetrieveMixin, ApiViewSet):
    """Levers: what lets a mandate offer less than the country's build-up."""

    queryset = Lever.objects.all()
    serializer_class = serializers.LeverOut
    filterset_class = filters.LeverFilter
    ordering_fields = {"id": "id", "valid_to": "valid_to"}
    ordering = "-id"
    inputs = {"create": serializers.LeverEdit, "partial_update": serializers.LeverEdit}
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


class Mandates(Previewed, ListMixin, RetrieveMixin, ApiViewSet):
    """Mandates."""

    queryset = Mandate.objects.all()
    serializer_class = serializers.MandateOut
    filterset_class = filters.MandateFilter
    ordering_fields = {"id": "id", "name": "name", "ticket_max": "ticket_max"}
    ordering = "-id"
    inputs = {
        "create": serializers.MandateEdit,
        "partial_update": serializers.MandateEdit,
        "activate": None,
        "pause": None,
        "close": None,
    }
    permissions = {
        "list": P.MANDATE_READ,
        "retrieve": P.MANDATE_READ,
        "create": P.MANDATE_CREATE,
        "partial_update": P.MANDATE_UPDATE,
        "activate": P.MANDATE_ACTIVATE,
        "pause": P.MANDATE_ACTIVATE,
        "close": P.MANDATE_CLOSE,
    }
    problems = {
        "create": (services.MandateNotAcceptable,),
        "partial_update": (services.MandateNotAcceptable, services.MandateEnded, services.TooManyEditsToday),
        "activate": (NotNow, services.TooManyMandatesToday),
        "pause": (NotNow,),
        "close": (NotNow,),
    }

    def tiered(self) -> QuerySet[Mandate]:
        rows = selectors.mandate_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(fund__organisation_id=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Create a draft mandate."""
        fund = services.fund_own(actor=self.actor)
        mandate = services.mandate_create(actor=self.actor, fund=fund, **self.validated())
        return self.answer(mandate, location=f"/api/v1/mandates/{mandate.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change a mandate."""
        mandate = self.get_object()
        return self.answer(services.mandate_update(actor=self.actor, mandate=mandate, **self.validated()))

    def moved(self, service: Callable[..., Mandate]) -> Response:
        """The mandate in the path after `service` moved it on."""
        return self.answer(service(actor=self.actor, mandate=self.get_object()))

    @action(detail=True, methods=["post"])
    def activate(self, _request: Request, **_path: str) -> Response:
        """Activate a mandate: it is matched, and verified firms see it."""
        return self.moved(services.mandate_activate)

    @action(detail=True, methods=["post"])
    def pause(self, _request: Request, **_path: str) -> Response:
        """Pause a mandate."""
        return self.moved(services.mandate_pause)

    @action(detail=True, methods=["post"])
    def close(self, _request: Request, **_path: str) -> Response:
        """Close a mandate."""
        return self.moved(services.mandate_close)


router = ApiRouter()
router.register("investor-teasers", InvestorTeasers, basename="investor-teasers")
router.register("investors", Investors, basename="investors")
router.register("levers", Levers, basename="levers")
router.register("mandates", Mandates, basename="mandates")
