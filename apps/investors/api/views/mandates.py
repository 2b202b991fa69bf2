"""Mandates and what their terms were."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.investors import selectors, services
from apps.investors.api import filters
from apps.investors.api.serializers.mandates import MandateEdit, MandateOut
from apps.investors.api.serializers.versions import MandateVersionOut
from apps.investors.api.views.funds import READS
from apps.investors.models import Mandate, MandateVersion
from apps.organisations.parents import parent_get
from apps.organisations.rules import own_require
from apps.organisations.tiered import Previewed
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow


class Mandates(Previewed, ListMixin, RetrieveMixin, ApiViewSet):
    """Mandates."""

    queryset = Mandate.objects.all()
    serializer_class = MandateOut
    filterset_class = filters.MandateFilter
    ordering_fields = {"id": "id", "name": "name", "ticket_max": "ticket_max"}
    ordering = "-id"
    inputs = {
        "create": MandateEdit,
        "partial_update": MandateEdit,
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
        """Pause a mandate: it is matched and shown no more; deals under way go on."""
        return self.moved(services.mandate_pause)

    @action(detail=True, methods=["post"])
    def close(self, _request: Request, **_path: str) -> Response:
        """Close a mandate for good: what is reserved of it may still be used up."""
        return self.moved(services.mandate_close)


class MandateVersions(ListMixin, ApiViewSet):
    """What the terms of one's own mandate were: who changed what, when."""

    queryset = MandateVersion.objects.all()
    serializer_class = MandateVersionOut
    ordering_fields = {"number": "number"}
    ordering = "-number"
    permissions = {"list": P.MANDATE_VERSION_READ}

    def visible(self) -> QuerySet[MandateVersion]:
        mandate = parent_get(rows=selectors.mandate_list(actor=self.actor), value=self.kwargs["id"])
        own_require(actor=self.actor, organisation_id=mandate.fund.organisation_id)
        return selectors.mandate_version_list(actor=self.actor, mandate=mandate)
