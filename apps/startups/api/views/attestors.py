"""Attestors' seats, firms' leave for them, and what the operator's officers judge of mail addresses."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson
from apps.organisations.parents import parent_get
from apps.organisations.rules import NotYours
from apps.permissions import Permission as P
from apps.startups import selectors
from apps.startups.api.serializers import attestors as serializers
from apps.startups.api.views.attestations import TellsOfSelfAttestation
from apps.startups.models import AttestorAddress, AttestorAdmission, AttestorSeat, SelfAttestation
from apps.startups.services import attestor_addresses as judging
from apps.startups.services import attestor_seats as seating
from apps.startups.services.attestor_ties import SelfAttested
from apps.startups.services.capabilities import CapabilityArchived
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted

JUDGING_PROBLEMS = (
    NotNow,
    NotPermitted,
    OfficerNeedsPerson,
    ConflictOfInterest,
    judging.AddressJudgementNotAcceptable,
)


class AttestorSeats(ListMixin, RetrieveMixin, ApiViewSet):
    """Seats of one's own organisation: codes that stand for those who attest."""

    queryset = AttestorSeat.objects.all()
    serializer_class = serializers.SeatOut
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"create": serializers.SeatIn, "disable": None}
    permissions = {
        "list": P.ATTESTOR_SEAT_READ,
        "retrieve": P.ATTESTOR_SEAT_READ,
        "create": P.ATTESTOR_SEAT_OPEN,
        "disable": P.ATTESTOR_SEAT_DISABLE,
    }
    problems = {
        "create": (seating.NoAttestor, seating.SeatNotAcceptable, seating.TooManySeats),
        "disable": (NotYours,),
    }

    def create(self, _request: Request) -> Response:
        """Open a seat. Its code is what firms ask by; the name of the unit is never stored here."""
        seat = seating.attestor_seat_open(actor=self.actor, **self.validated())
        return self.answer(seat, location=f"/api/v1/attestor-seats/{seat.pk}")

    @action(detail=True, methods=["post"])
    def disable(self, _request: Request, **_path: str) -> Response:
        """End a seat, at once; its address is erased, what it attested stays."""
        return self.answer(seating.attestor_seat_disable(actor=self.actor, seat=self.get_object()))


class AttestorAdmissions(TellsOfSelfAttestation, ListMixin, RetrieveMixin, ApiViewSet):
    """Seats that may enter events of a capability: of one's own capabilities, or of one's own seats."""

    queryset = AttestorAdmission.objects.all()
    serializer_class = serializers.AdmissionOut
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"create": serializers.AdmissionIn, "end": None}
    permissions = {
        "list": P.ATTESTOR_ADMISSION_READ,
        "retrieve": P.ATTESTOR_ADMISSION_READ,
        "create": P.ATTESTOR_ADMISSION_CREATE,
        "end": P.ATTESTOR_ADMISSION_END,
    }
    problems = {
        "create": (
            seating.SeatUnknown,
            seating.AdmittedAlready,
            seating.TooManyAdmissions,
            SelfAttested,
            CapabilityArchived,
        ),
        "end": (NotYours,),
    }

    def visible(self) -> QuerySet[AttestorAdmission]:
        return selectors.attestor_admission_list(actor=self.actor)

    def create(self, _request: Request) -> Response:
        """Let a seat enter events of one's own capability."""
        values = self.validated()
        rows = selectors.capability_list(actor=self.actor)
        capability = parent_get(rows=rows, value=str(values.pop("capability")))
        made = seating.attestor_admit(actor=self.actor, capability=capability, **values)
        return self.answer(made, location=f"/api/v1/attestor-admissions/{made.pk}")

    @action(detail=True, methods=["post"])
    def end(self, _request: Request, **_path: str) -> Response:
        """End a seat's leave for one's own capability; what it entered stays."""
        return self.answer(seating.attestor_admission_end(actor=self.actor, admission=self.get_object()))


class AttestorAddresses(ListMixin, RetrieveMixin, ApiViewSet):
    """Mail addresses that firms asked: what they attest counts once an officer vouched for them."""

    queryset = AttestorAddress.objects.all()
    serializer_class = serializers.AddressOut
    filterset_class = serializers.AddressFilter
    ordering_fields = {"id": "id"}
    ordering = "id"
    inputs = {"vouch": serializers.AddressReason, "refuse": serializers.AddressReason}
    permissions = {
        "list": P.ATTESTOR_ADDRESS_READ,
        "retrieve": P.ATTESTOR_ADDRESS_READ,
        "vouch": P.ATTESTOR_ADDRESS_VOUCH,
        "refuse": P.ATTESTOR_ADDRESS_VOUCH,
    }
    step_up = {"vouch"}
    problems = {"vouch": JUDGING_PROBLEMS, "refuse": JUDGING_PROBLEMS}

    def visible(self) -> QuerySet[AttestorAddress]:
        return selectors.attestor_address_list(actor=self.actor)

    @action(detail=True, methods=["post"])
    def vouch(self, _request: Request, **_path: str) -> Response:
        """Vouch that the address is that of somebody in this role; what it attested counts from now on."""
        return self._judge(judging.attestor_address_vouch)

    @action(detail=True, methods=["post"])
    def refuse(self, _request: Request, **_path: str) -> Response:
        """Say why nobody can vouch for the address; what it attested does not count."""
        return self._judge(judging.attestor_address_refuse)

    def _judge(self, service: Callable[..., AttestorAddress]) -> Response:
        return self.answer(service(actor=self.actor, address=self.get_object(), **self.validated()))


class SelfAttestations(ListMixin, ApiViewSet):
    """Refused attempts of firms to have events attested by themselves or by somebody tied to them."""

    queryset = SelfAttestation.objects.all()
    serializer_class = serializers.SelfAttestationOut
    filterset_class = serializers.SelfAttestationFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    permissions = {"list": P.SELF_ATTESTATION_READ}

    def visible(self) -> QuerySet[SelfAttestation]:
        return selectors.self_attestation_list(actor=self.actor)
