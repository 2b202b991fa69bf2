"""The registry: firms, financials, capabilities, bills of materials, development logs, raises."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.disclosure import Tier
from apps.organisations.parents import parent_get
from apps.organisations.rules import own_require
from apps.organisations.tiered import PREVIEW_PARAMETERS, Previewed
from apps.permissions import Permission as P
from apps.startups import selectors, services
from apps.startups.api import filters, serializers
from apps.startups.models import Capability, Component, DevelopmentEvent, Financials, Firm, Raise
from apps.startups.services.capabilities import (
    CapabilityArchived,
    CapabilityNotAcceptable,
    ComponentsNotAcceptable,
    LeadOfOpenRaise,
)
from apps.startups.services.development import DevelopmentEventNotAcceptable
from apps.startups.services.firms import FinancialsNotAcceptable, FirmNotAcceptable
from apps.startups.services.raises import LeadNotPublished, RaiseEnded, RaiseNotAcceptable
from kernel.api.routers import ApiRouter
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin
from kernel.errors import NotFound
from kernel.states import NotNow

READS = frozenset({"list", "retrieve"})


class Teasers(ListMixin, RetrieveMixin, ApiViewSet):
    """Firms as every signed-in organisation sees them, verified or not."""

    queryset = Firm.objects.all()
    serializer_class = serializers.TeaserOut
    filterset_class = filters.TeaserFilter
    ordering_fields = {"id": "teaser_id"}
    ordering = "id"
    lookup_field = "teaser_id"
    permissions = {"list": P.TEASER_READ, "retrieve": P.TEASER_READ}

    def visible(self) -> QuerySet[Firm]:
        return selectors.teaser_list() if self.action == "retrieve" else Firm.objects.none()  # the filters fill it


class Startups(Previewed, ListMixin, RetrieveMixin, ApiViewSet):
    """Firms of the registry."""

    queryset = Firm.objects.all()
    serializer_class = serializers.StartupOut
    teaser = serializers.TeaserOut
    filterset_class = filters.StartupFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"partial_update": serializers.StartupEdit}
    permissions = {"list": P.FIRM_READ, "retrieve": P.FIRM_READ, "partial_update": P.FIRM_UPDATE}
    problems = {"partial_update": (FirmNotAcceptable,)}

    def tiered(self) -> QuerySet[Firm]:
        rows = selectors.firm_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(organisation_id=self.actor.organisation_id))

    def teased(self) -> QuerySet[Firm]:
        own = self.actor.organisation_id
        return selectors.teaser_list(including=own).filter(Q(organisation_id=own))

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change one's own firm."""
        firm = self.get_object()
        return self.answer(services.firm_update(actor=self.actor, firm=firm, **self.validated()))


class StartupFinancials(Previewed, ListMixin, ApiViewSet):
    """A firm's financials by year: its own, or those of a firm that granted T2."""

    queryset = Financials.objects.all()
    serializer_class = serializers.FinancialsOut
    ordering_fields = {"year": "year"}
    ordering = "-year"
    inputs = {"create": serializers.FinancialsIn}
    permissions = {"list": P.FINANCIALS_READ, "create": P.FINANCIALS_UPDATE}
    problems = {"create": (FinancialsNotAcceptable,)}

    parameters = {"list": PREVIEW_PARAMETERS}

    def tiered(self) -> QuerySet[Financials]:
        return selectors.financials_list(actor=self.actor, firm=self.firm())

    def firm(self) -> Firm:
        """The firm in the path; one whose figures the caller may not see is not found."""
        firm = parent_get(rows=selectors.firm_list(actor=self.actor), value=self.kwargs["id"])
        if firm.viewer_tier < Tier.T2:  # type: ignore[attr-defined]  # of the rows that an actor may see
            raise NotFound
        return firm

    def create(self, _request: Request, **_path: str) -> Response:
        """State a year's figures; the same year again replaces them."""
        firm = self.firm()
        own_require(actor=self.actor, organisation_id=firm.organisation_id)
        return self.answer(services.financials_state(actor=self.actor, firm=firm, **self.validated()))


class Capabilities(Previewed, ListMixin, RetrieveMixin, ApiViewSet):
    """Capabilities."""

    queryset = Capability.objects.all()
    serializer_class = serializers.CapabilityOut
    filterset_class = filters.CapabilityFilter
    ordering_fields = {"id": "id", "title": "title", "trl": "trl"}
    ordering = "-id"
    inputs = {
        "create": serializers.CapabilityEdit,
        "partial_update": serializers.CapabilityEdit,
        "publish": None,
        "archive": None,
    }
    permissions = {
        "list": P.CAPABILITY_READ,
        "retrieve": P.CAPABILITY_READ,
        "create": P.CAPABILITY_CREATE,
        "partial_update": P.CAPABILITY_UPDATE,
        "publish": P.CAPABILITY_PUBLISH,
        "archive": P.CAPABILITY_ARCHIVE,
    }
    problems = {
        "create": (CapabilityNotAcceptable,),
        "partial_update": (CapabilityNotAcceptable, CapabilityArchived),
        "publish": (NotNow,),
        "archive": (NotNow, LeadOfOpenRaise),
    }

    def tiered(self) -> QuerySet[Capability]:
        rows = selectors.capability_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(firm__organisation_id=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Create a draft capability."""
        firm = services.firm_own(actor=self.actor)
        capability = services.capability_create(actor=self.actor, firm=firm, **self.validated())
        return self.answer(capability, location=f"/api/v1/capabilities/{capability.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change a capability."""
        capability = self.get_object()
        return self.answer(services.capability_update(actor=self.actor, capability=capability, **self.validated()))

    @action(detail=True, methods=["post"])
    def publish(self, _request: Request, **_path: str) -> Response:
        """Publish a capability to verified counterparts."""
        return self.answer(services.capability_publish(actor=self.actor, capability=self.get_object()))

    @action(detail=True, methods=["post"])
    def archive(self, _request: Request, **_path: str) -> Response:
        """Archive a capability."""
        return self.answer(services.capability_archive(actor=self.actor, capability=self.get_object()))


class OfCapability(ApiView):
    """What hangs on one's own capability in the path."""

    def capability(self) -> Capability:
        """The capability in the path; another's is not found."""
        capability = parent_get(rows=selectors.capability_list(actor=self.actor), value=self.kwargs["id"])
        own_require(actor=self.actor, organisation_id=capability.firm.organisation_id)
        return capability


class CapabilityComponents(ListMixin, OfCapability, ApiViewSet):
    """A capability's bill of materials."""

    queryset = Component.objects.all()
    serializer_class = serializers.ComponentOut
    ordering_fields = {"id": "id", "name": "name"}
    ordering = "id"
    inputs = {"update": serializers.ComponentsIn}
    outputs = {"update": serializers.ComponentsOut}
    permissions = {"list": P.CAPABILITY_READ, "update": P.CAPABILITY_UPDATE}
    problems = {"update": (ComponentsNotAcceptable, CapabilityArchived)}

    def visible(self) -> QuerySet[Component]:
        return selectors.component_list(actor=self.actor, capability=self.capability())

    def update(self, _request: Request, **_path: str) -> Response:
        """Replace a capability's bill of materials."""
        lines = [services.ComponentLineIn(**line) for line in self.validated()["components"]]
        services.components_replace(actor=self.actor, capability=self.capability(), components=lines)
        return self.answer({"components": self.visible().order_by("id")})


class CapabilityEvents(ListMixin, OfCapability, ApiViewSet):
    """A capability's development log."""

    queryset = DevelopmentEvent.objects.all()
    serializer_class = serializers.DevelopmentEventOut
    filterset_class = filters.DevelopmentEventFilter
    ordering_fields = {"occurred_at": "occurred_at"}
    ordering = "-occurred_at"
    inputs = {"create": serializers.DevelopmentEventIn}
    permissions = {"list": P.DEVELOPMENT_EVENT_READ, "create": P.DEVELOPMENT_EVENT_CREATE}
    problems = {"create": (DevelopmentEventNotAcceptable, CapabilityArchived)}

    def visible(self) -> QuerySet[DevelopmentEvent]:
        return selectors.development_event_list(actor=self.actor, capability=self.capability())

    def create(self, _request: Request, **_path: str) -> Response:
        """Record a development event."""
        values = self.validated()
        return self.answer(services.development_event_record(actor=self.actor, capability=self.capability(), **values))


class Raises(Previewed, ListMixin, RetrieveMixin, ApiViewSet):
    """Raises."""

    queryset = Raise.objects.all()
    serializer_class = serializers.RaiseOut
    filterset_class = filters.RaiseFilter
    ordering_fields = {"id": "id", "amount": "amount", "opened_on": "opened_on", "need_by": "need_by"}
    ordering = "-id"
    inputs = {
        "create": serializers.RaiseEdit,
        "partial_update": serializers.RaiseEdit,
        "open": None,
        "close": None,
        "withdraw": None,
        "commit_partly": None,
        "reopen": None,
    }
    permissions = {
        "list": P.RAISE_READ,
        "retrieve": P.RAISE_READ,
        "create": P.RAISE_CREATE,
        "partial_update": P.RAISE_UPDATE,
        "open": P.RAISE_OPEN,
        "close": P.RAISE_CLOSE,
        "withdraw": P.RAISE_CLOSE,
        "commit_partly": P.RAISE_UPDATE,
        "reopen": P.RAISE_UPDATE,
    }
    problems = {
        "create": (RaiseNotAcceptable,),
        "partial_update": (RaiseNotAcceptable, RaiseEnded, LeadNotPublished),
        "open": (NotNow, LeadNotPublished),
        "close": (NotNow,),
        "withdraw": (NotNow,),
        "commit_partly": (NotNow,),
        "reopen": (NotNow,),
    }

    def tiered(self) -> QuerySet[Raise]:
        rows = selectors.raise_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(firm__organisation_id=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Create a draft raise."""
        firm = services.firm_own(actor=self.actor)
        item = services.raise_create(actor=self.actor, firm=firm, **self.validated())
        return self.answer(item, location=f"/api/v1/raises/{item.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change a raise."""
        item = self.get_object()
        return self.answer(services.raise_update(actor=self.actor, item=item, **self.validated()))

    def moved(self, service: Callable[..., Raise]) -> Response:
        """The raise in the path after `service` moved it on."""
        return self.answer(service(actor=self.actor, item=self.get_object()))

    @action(detail=True, methods=["post"])
    def open(self, _request: Request, **_path: str) -> Response:
        """Open a raise to verified counterparts."""
        return self.moved(services.raise_open)

    @action(detail=True, methods=["post"])
    def close(self, _request: Request, **_path: str) -> Response:
        """Close a raise, its money found."""
        return self.moved(services.raise_close)

    @action(detail=True, methods=["post"])
    def withdraw(self, _request: Request, **_path: str) -> Response:
        """Withdraw a raise."""
        return self.moved(services.raise_withdraw)

    @action(detail=True, methods=["post"], url_path="commit-partly")
    def commit_partly(self, _request: Request, **_path: str) -> Response:
        """Say that a part of a raise is committed."""
        return self.moved(services.raise_commit_partly)

    @action(detail=True, methods=["post"])
    def reopen(self, _request: Request, **_path: str) -> Response:
        """Say that nothing of a raise is committed after all."""
        return self.moved(services.raise_reopen)


router = ApiRouter()
router.register("teasers", Teasers, basename="teasers")
router.register("startups", Startups, basename="startups")
router.register("capabilities", Capabilities, basename="capabilities")
router.register("raises", Raises, basename="raises")
