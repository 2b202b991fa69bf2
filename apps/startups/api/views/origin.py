"""What bills of materials say of their origin."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.tiered import Previewed
from apps.permissions import Permission as P
from apps.startups import selectors
from apps.startups.api.serializers.origin import OriginOut, SubstitutionIn, SubstitutionOut
from apps.startups.api.views.of_capability import OfCapability
from apps.startups.models import Capability, Component
from apps.startups.selectors import BillSaysNothing
from kernel.api.views import ApiViewSet, RetrieveMixin


class CapabilityOrigin(Previewed, RetrieveMixin, ApiViewSet):
    """Where a capability's components come from."""

    queryset = Capability.objects.all()
    serializer_class = OriginOut
    permissions = {"retrieve": P.CAPABILITY_READ}

    def tiered(self) -> QuerySet[Capability]:
        return selectors.bill_list(actor=self.actor)

    def get_object(self) -> Any:
        capability = super().get_object()
        capability.origin = selectors.origin_of(bill=capability.bill)
        return capability


class CapabilitySubstitutions(OfCapability, ApiViewSet):
    """What would bring one's own bill within a limit of foreign content."""

    queryset = Component.objects.all()
    serializer_class = SubstitutionOut
    inputs = {"find": SubstitutionIn}
    permissions = {"find": P.CAPABILITY_READ}
    problems = {"find": (BillSaysNothing,)}

    def find(self, _request: Request, **_path: str) -> Response:
        """Find the components to replace for a limit to be kept; nothing is stored."""
        bill = list(selectors.component_list(actor=self.actor, capability=self.capability()).order_by("id"))
        return self.answer(selectors.substitution_find(bill=bill, **self.validated()))
