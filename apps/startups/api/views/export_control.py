"""Export classes and codification numbers, and the officers' word on them."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson
from apps.permissions import Permission as P
from apps.startups import selectors, services
from apps.startups.api.serializers.export_control import CodificationConfirmIn, ExportClassDeclarationOut, ExportClassIn
from apps.startups.models import Capability
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.services.export_control import (
    CodificationUndocumented,
    ExportClassNotAcceptable,
    ExportClassNotDeclared,
)
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin

OFFICER = (OfficerNeedsPerson, ConflictOfInterest, CapabilityArchived)


class ExportClasses(ListMixin, RetrieveMixin, ApiViewSet):
    """What firms declare of their goods: one's own; for the operators' compliance, what is published.

    The list holds the declared classes that wait for an officer's word.
    """

    queryset = Capability.objects.all()
    serializer_class = ExportClassDeclarationOut
    ordering_fields = {"id": "id"}
    ordering = "id"
    inputs = {"confirm": ExportClassIn, "confirm_codification": CodificationConfirmIn}
    permissions = {
        "list": P.EXPORT_CLASS_READ,
        "retrieve": P.EXPORT_CLASS_READ,
        "confirm": P.EXPORT_CLASS_CONFIRM,
        "confirm_codification": P.CODIFICATION_CONFIRM,
    }
    step_up = {"confirm", "confirm_codification"}
    if_match_required = {"confirm", "confirm_codification"}
    problems = {
        "confirm": (*OFFICER, ExportClassNotDeclared, ExportClassNotAcceptable),
        "confirm_codification": (*OFFICER, CodificationUndocumented),
    }

    def visible(self) -> QuerySet[Capability]:
        rows = selectors.export_class_list(actor=self.actor)
        if self.action != "list":
            return rows
        return rows.filter(export_class_confirmed_at=None).exclude(export_class="")

    @action(detail=True, methods=["post"])
    def confirm(self, _request: Request, **_path: str) -> Response:
        """Confirm the declared export class, or correct it with a reason."""
        capability = self.get_object()
        return self.answer(services.export_class_confirm(actor=self.actor, capability=capability, **self.validated()))

    @action(detail=True, methods=["post"], url_path="confirm-codification")
    def confirm_codification(self, _request: Request, **_path: str) -> Response:
        """Confirm that a codification number stands in the registry that gave it."""
        capability = self.get_object()
        services.codification_confirm(actor=self.actor, capability=capability, **self.validated())
        return self.answer(capability)
