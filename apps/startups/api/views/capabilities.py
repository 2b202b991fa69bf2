"""Capabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.tiered import Previewed
from apps.permissions import Permission as P
from apps.startups import selectors, services
from apps.startups.api import filters
from apps.startups.api.serializers.capabilities import CapabilityDetailOut, CapabilityEdit, CapabilityOut
from apps.startups.api.views.reads import READS
from apps.startups.models import Capability
from apps.startups.services.capabilities import (
    CapabilityArchived,
    CapabilityIncomplete,
    CapabilityNotAcceptable,
    LeadOfOpenRaise,
)
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow

LINES: Mapping[str, Callable[..., Any]] = {
    "standards": services.StandardIn,
    "codifications": services.CodificationIn,
    "documents": services.DocumentIn,
}


class Capabilities(Previewed, ListMixin, RetrieveMixin, ApiViewSet):
    """Capabilities."""

    queryset = Capability.objects.all()
    serializer_class = CapabilityOut
    filterset_class = filters.CapabilityFilter
    ordering_fields = {"id": "id", "title": "title", "trl": "trl"}
    ordering = "-id"
    inputs = {
        "create": CapabilityEdit,
        "partial_update": CapabilityEdit,
        "publish": None,
        "archive": None,
    }
    outputs = dict.fromkeys(("retrieve", "create", "partial_update", "publish", "archive"), CapabilityDetailOut)
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
        "publish": (NotNow, CapabilityIncomplete),
        "archive": (NotNow, LeadOfOpenRaise),
    }

    def tiered(self) -> QuerySet[Capability]:
        rows = selectors.capability_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(firm__organisation_id=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Create a draft capability."""
        firm = services.firm_own(actor=self.actor)
        capability = services.capability_create(actor=self.actor, firm=firm, **self.stated())
        return self.answer(capability, location=f"/api/v1/capabilities/{capability.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change a capability."""
        capability = self.get_object()
        return self.answer(services.capability_update(actor=self.actor, capability=capability, **self.stated()))

    def stated(self) -> dict[str, Any]:
        """What the body says, the lines of evidence as the service takes them."""
        values = self.validated()
        return values | {
            name: [line(**item) for item in values[name]] for name, line in LINES.items() if name in values
        }

    @action(detail=True, methods=["post"])
    def publish(self, _request: Request, **_path: str) -> Response:
        """Publish a capability to verified counterparts."""
        return self.answer(services.capability_publish(actor=self.actor, capability=self.get_object()))

    @action(detail=True, methods=["post"])
    def archive(self, _request: Request, **_path: str) -> Response:
        """Archive a capability."""
        return self.answer(services.capability_archive(actor=self.actor, capability=self.get_object()))
