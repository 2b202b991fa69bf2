"""Permits that organisations hold, and the operator's word on them."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.compliance.api.serializers import permits as serializers
from apps.compliance.models import Permit
from apps.compliance.services import interests, permits
from apps.organisations.rules import NotYours
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted

DECISION_PROBLEMS = (
    NotNow,
    NotPermitted,
    interests.OfficerNeedsPerson,
    interests.ConflictOfInterest,
    permits.RecorderDecides,
)
NAMES = {
    "capabilities": "capability_ids",
    "documents": "document_ids",
    "recipients": "recipient_ids",
    "evidence": "evidence_id",
}


class Permits(ListMixin, RetrieveMixin, ApiViewSet):
    """Permits to negotiate, to transfer technology and to export: one's own; for the operator's compliance, all."""

    queryset = Permit.objects.all()
    serializer_class = serializers.PermitOut
    filterset_class = serializers.PermitFilter
    ordering_fields = {"id": "id", "valid_to": "valid_to"}
    ordering = "-id"
    inputs = {
        "create": serializers.PermitIn,
        "confirm": serializers.PermitConfirmation,
        "refuse": serializers.PermitReason,
        "revoke": serializers.PermitReason,
    }
    permissions = {
        "list": P.PERMIT_READ,
        "retrieve": P.PERMIT_READ,
        "create": P.PERMIT_RECORD,
        "confirm": P.PERMIT_DECIDE,
        "refuse": P.PERMIT_DECIDE,
        "revoke": P.PERMIT_DECIDE,
    }
    step_up = {"confirm", "revoke"}
    problems = {
        "create": (NotYours, permits.PermitNotAcceptable, permits.PermitKnown),
        "confirm": (*DECISION_PROBLEMS, permits.EvidenceMissing),
        "refuse": (*DECISION_PROBLEMS, permits.PermitNotAcceptable),
        "revoke": (*DECISION_PROBLEMS, permits.PermitNotAcceptable),
    }

    def create(self, _request: Request) -> Response:
        """Record a permit that one's own organisation holds. It covers nothing before the operator confirms it."""
        given = {NAMES.get(name, name): value for name, value in self.validated().items()}
        permit = permits.permit_record(actor=self.actor, **given)
        return self.answer(permit, location=f"/api/v1/permits/{permit.pk}")

    @action(detail=True, methods=["post"])
    def confirm(self, _request: Request, **_path: str) -> Response:
        """Confirm that the permit is what its holder says; it covers what it names from now on."""
        return self.answer(permits.permit_confirm(actor=self.actor, permit=self.get_object(), **self.validated()))

    @action(detail=True, methods=["post"])
    def refuse(self, _request: Request, **_path: str) -> Response:
        """Say why the permit is not what its holder says."""
        return self.answer(permits.permit_refuse(actor=self.actor, permit=self.get_object(), **self.validated()))

    @action(detail=True, methods=["post"])
    def revoke(self, _request: Request, **_path: str) -> Response:
        """End what a confirmed permit covers, and say why."""
        return self.answer(permits.permit_revoke(actor=self.actor, permit=self.get_object(), **self.validated()))
