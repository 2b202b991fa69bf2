"""Asking for attestations and giving them, signed in or by a mailed link."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.parents import parent_get
from apps.organisations.rules import NotYours, own_require
from apps.permissions import Permission as P
from apps.startups import selectors
from apps.startups.api.serializers import attestations as serializers
from apps.startups.models import Attestation, AttestationRequest, DevelopmentEvent
from apps.startups.services import attestation_requests as asking
from apps.startups.services import attestations as giving
from apps.startups.services.attestor_seats import NoAttestor, SeatUnknown
from apps.startups.services.attestor_ties import SelfAttested, self_attestation_note
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.services.development import DevelopmentEventNotAcceptable
from apps.startups.states import Verdict
from kernel.api.permissions import PUBLIC
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted

GIVING_PROBLEMS = (
    NoAttestor,
    NotNow,
    giving.SeatDisabled,
    SelfAttested,
    asking.AttestedAlready,
    giving.VerdictNotAcceptable,
)
ENTERING_PROBLEMS = (DevelopmentEventNotAcceptable, CapabilityArchived)


class TellsOfSelfAttestation(ApiView):
    """An attempt to attest for oneself is kept for officers, though the refused request leaves nothing else."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, SelfAttested) and exc.attempt is not None:
            self_attestation_note(attempt=exc.attempt)
        return super().handle_exception(exc)


class OfEvent(ApiView):
    """What hangs on one's own event in the path."""

    def event(self) -> DevelopmentEvent:
        """The event in the path; another's is not found."""
        rows = DevelopmentEvent.objects.visible_to(self.actor).select_related("capability__firm")
        event = parent_get(rows=rows, value=self.kwargs["id"])
        own_require(actor=self.actor, organisation_id=event.capability.firm.organisation_id)
        return event


class EventAttestationRequests(TellsOfSelfAttestation, ListMixin, OfEvent, ApiViewSet):
    """Whom a firm asked about an event of its own."""

    queryset = AttestationRequest.objects.all()
    serializer_class = serializers.AttestationRequestOut
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"create": serializers.AttestationRequestIn}
    permissions = {"list": P.ATTESTATION_READ, "create": P.ATTESTATION_REQUEST}
    problems = {
        "create": (
            asking.AttestationRequestNotAcceptable,
            asking.TooManyAttestationRequests,
            asking.AskedAlready,
            asking.AttestedAlready,
            asking.EventSuperseded,
            SeatUnknown,
            SelfAttested,
            CapabilityArchived,
        )
    }

    def visible(self) -> QuerySet[AttestationRequest]:
        return selectors.attestation_request_list(actor=self.actor).filter(event=self.event())

    def create(self, _request: Request, **_path: str) -> Response:
        """Ask a seat by its code, or a person by a mail address, to attest the event.

        A seat with an address and a person get a mail with a link that can be used once, within 30 days; no account is
        needed. They see the event and the capability's title, and the firm's name if `shows_name` says so.
        """
        made = asking.attestation_request_create(actor=self.actor, event=self.event(), **self.validated())
        return self.answer(made, location=f"/api/v1/attestation-requests/{made.pk}")


class EventAttestations(ListMixin, OfEvent, ApiViewSet):
    """What attestors said of an event of one's own: role and month, nobody's name."""

    queryset = Attestation.objects.all()
    serializer_class = serializers.AttestationOut
    ordering_fields = {"id": "id"}
    ordering = "-id"
    permissions = {"list": P.ATTESTATION_READ}

    def visible(self) -> QuerySet[Attestation]:
        return selectors.attestations_of(actor=self.actor, event=self.event())


class AttestationRequests(TellsOfSelfAttestation, ListMixin, RetrieveMixin, ApiViewSet):
    """Requests for attestations: those of one's own firm, or those to seats of one's own organisation."""

    queryset = AttestationRequest.objects.all()
    serializer_class = serializers.AttestationRequestOut
    filterset_class = serializers.AttestationRequestFilter
    ordering_fields = {"id": "id", "expires_at": "expires_at"}
    ordering = "-id"
    inputs = {
        "confirm": serializers.VerdictIn,
        "refuse": serializers.VerdictIn,
        "amend": serializers.AmendmentIn,
        "cancel": None,
    }
    permissions = {
        "list": P.ATTESTATION_READ,
        "retrieve": P.ATTESTATION_READ,
        "confirm": P.ATTESTATION_GIVE,
        "refuse": P.ATTESTATION_GIVE,
        "amend": P.ATTESTATION_GIVE,
        "cancel": P.ATTESTATION_REQUEST,
    }
    if_match_required = {"confirm", "refuse", "amend"}
    problems = {
        "confirm": (NotYours, *GIVING_PROBLEMS),
        "refuse": (NotYours, *GIVING_PROBLEMS),
        "amend": (NotYours, *GIVING_PROBLEMS, *ENTERING_PROBLEMS),
        "cancel": (NotYours, NotNow, NotPermitted),
    }

    def visible(self) -> QuerySet[AttestationRequest]:
        return selectors.attestation_request_list(actor=self.actor)

    @action(detail=True, methods=["post"])
    def confirm(self, _request: Request, **_path: str) -> Response:
        """Confirm that the event happened as stated."""
        return self._give(Verdict.CONFIRMED)

    @action(detail=True, methods=["post"])
    def refuse(self, _request: Request, **_path: str) -> Response:
        """Say that the event did not happen as stated."""
        return self._give(Verdict.REFUSED)

    @action(detail=True, methods=["post"])
    def amend(self, _request: Request, **_path: str) -> Response:
        """Confirm the event with another date or kind: it is entered anew and supersedes the one stated."""
        return self._give(Verdict.AMENDED)

    @action(detail=True, methods=["post"])
    def cancel(self, _request: Request, **_path: str) -> Response:
        """Take a request of one's own back; its link is dead at once."""
        return self.answer(asking.attestation_request_cancel(actor=self.actor, request=self.get_object()))

    def _give(self, verdict: str) -> Response:
        asked = self.get_object()
        giving.attestation_give(actor=self.actor, request=asked, verdict=verdict, **self.validated())
        return self.answer(asked)


class Attestations(ListMixin, RetrieveMixin, ApiViewSet):
    """Verdicts: on events of one's own firm, or given by one's own organisation."""

    queryset = Attestation.objects.all()
    serializer_class = serializers.AttestationOut
    filterset_class = serializers.AttestationFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"withdraw": serializers.WithdrawalIn}
    permissions = {"list": P.ATTESTATION_READ, "retrieve": P.ATTESTATION_READ, "withdraw": P.ATTESTATION_WITHDRAW}
    if_match_required = {"withdraw"}
    problems = {"withdraw": (NotYours, giving.WithdrawnAlready, giving.VerdictNotAcceptable)}

    def visible(self) -> QuerySet[Attestation]:
        return selectors.attestation_list(actor=self.actor)

    @action(detail=True, methods=["post"])
    def withdraw(self, _request: Request, **_path: str) -> Response:
        """Take back what one's own organisation attested, and say why; the event's tier falls."""
        taken = giving.attestation_withdraw(actor=self.actor, attestation=self.get_object(), **self.validated())
        return self.answer(taken)


class AttestorEvents(TellsOfSelfAttestation, ApiViewSet):
    """Events that attestors enter themselves."""

    queryset = Attestation.objects.all()
    serializer_class = serializers.AttestationOut
    inputs = {"create": serializers.AttestorEventIn}
    permissions = {"create": P.ATTESTATION_GIVE}
    problems = {
        "create": (
            NoAttestor,
            giving.AttestorEventNotAcceptable,
            giving.SeatDisabled,
            SelfAttested,
            *ENTERING_PROBLEMS,
        )
    }

    def visible(self) -> QuerySet[Attestation]:
        return selectors.attestation_list(actor=self.actor)

    def create(self, _request: Request) -> Response:
        """Enter an event of a capability that one was asked about or is admitted to; it is confirmed at once."""
        given = self.validated()
        names = {"request": "request_id", "admission": "admission_id"}
        values: dict[str, Any] = {names.get(name, name): value for name, value in given.items()}
        made = giving.attestor_event_record(actor=self.actor, **values)
        return self.answer(made, location=f"/api/v1/attestations/{made.pk}")


class AttestationLinks(TellsOfSelfAttestation, ApiViewSet):
    """What holders of mailed links do, without an account."""

    inputs = {
        "open": serializers.LinkIn,
        "decide": serializers.LinkVerdictIn,
        "withdraw": serializers.LinkWithdrawalIn,
    }
    outputs = {"open": serializers.LinkOut, "decide": serializers.LinkVerdictOut, "withdraw": None}
    permissions = {"open": PUBLIC, "decide": PUBLIC, "withdraw": PUBLIC}
    rate_scopes = dict.fromkeys(("open", "decide", "withdraw"), "attestation")
    success = {"withdraw": 204}
    problems = {
        "open": (giving.LinkNotUsable,),
        "decide": (
            giving.LinkNotUsable,
            SelfAttested,
            asking.AttestedAlready,
            giving.VerdictNotAcceptable,
            *ENTERING_PROBLEMS,
        ),
        "withdraw": (giving.LinkNotUsable, giving.VerdictNotAcceptable),
    }

    def open(self, _request: Request) -> Response:
        """Show the event that a mailed link asks about. Whatever is wrong with a link, the answer is the same."""
        return self.answer(giving.link_open(**self.validated()), headers={"Cache-Control": "no-store"})

    def decide(self, _request: Request) -> Response:
        """Confirm, refuse or amend the event of a mailed link, once. A receipt follows by mail."""
        made = giving.attestation_give_by_link(actor=self.actor, **self.validated())
        return self.answer(made, headers={"Cache-Control": "no-store"})

    def withdraw(self, _request: Request) -> Response:
        """Take back what a mailed link attested, by the link of its receipt, once."""
        giving.attestation_withdraw_by_link(**self.validated())
        return self.answer()
