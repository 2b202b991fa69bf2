"""Bills of materials."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.permissions import Permission as P
from apps.startups import selectors, services
from apps.startups.api.serializers.components import ComponentOut, ComponentsIn, ComponentsOut
from apps.startups.api.views.of_capability import OfCapability
from apps.startups.models import Component
from apps.startups.services.bills import ComponentsNotAcceptable
from apps.startups.services.capabilities import CapabilityArchived
from kernel.api.views import ApiViewSet, ListMixin


class CapabilityComponents(ListMixin, OfCapability, ApiViewSet):
    """A capability's bill of materials."""

    queryset = Component.objects.all()
    serializer_class = ComponentOut
    ordering_fields = {"id": "id", "name": "name"}
    ordering = "id"
    inputs = {"update": ComponentsIn}
    outputs = {"update": ComponentsOut}
    permissions = {"list": P.CAPABILITY_READ, "update": P.CAPABILITY_UPDATE}
    problems = {"update": (ComponentsNotAcceptable, CapabilityArchived)}

    def visible(self) -> QuerySet[Component]:
        return selectors.component_list(actor=self.actor, capability=self.capability())

    def update(self, _request: Request, **_path: str) -> Response:
        """Replace a capability's bill of materials."""
        lines = [services.ComponentLineIn(**line) for line in self.validated()["components"]]
        services.components_replace(actor=self.actor, capability=self.capability(), components=lines)
        return self.answer({"components": self.visible().order_by("id")})
