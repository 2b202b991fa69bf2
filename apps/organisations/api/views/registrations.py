"""Registrations: the applicant's own, and the operator's queue."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import services
from apps.organisations.api.serializers import registrations as serializers
from apps.organisations.models import Registration, RegistrationClash
from apps.permissions import Permission as P
from kernel.api.permissions import SIGNED_IN
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.states import NotNow, NotPermitted


class Registrations(ListMixin, RetrieveMixin, ApiViewSet):
    """One's own registrations."""

    queryset = Registration.objects.select_related("organisation").with_successor()
    serializer_class = serializers.RegistrationOut
    filterset_class = serializers.RegistrationFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"withdraw": None}
    permissions = {"list": SIGNED_IN, "retrieve": SIGNED_IN, "withdraw": SIGNED_IN}
    problems = {"withdraw": (NotNow,)}

    @action(detail=True, methods=["post"])
    def withdraw(self, _request: Request, **_path: str) -> Response:
        """Withdraw a registration that is in review."""
        return self.answer(services.registration_withdraw(actor=self.actor, registration=self.get_object()))


class RegistrationClashes(ListMixin, RetrieveMixin, ApiViewSet):
    """Registrations that share a number with an organisation or have a name like its."""

    queryset = RegistrationClash.objects.select_related("registration__organisation", "organisation").prefetch_related(
        "organisation__identifiers"
    )
    serializer_class = serializers.RegistrationClashOut
    filterset_class = serializers.RegistrationClashFilter
    ordering_fields = {"id": "id", "similarity": "similarity"}
    ordering = "id"
    inputs = {"judge_distinct": serializers.JudgementIn, "judge_same": serializers.JudgementIn}
    if_match_required = {"judge_distinct", "judge_same"}
    permissions = {
        "list": P.REGISTRATION_CLASH_READ,
        "retrieve": P.REGISTRATION_CLASH_READ,
        "judge_distinct": P.REGISTRATION_CLASH_DECIDE,
        "judge_same": P.REGISTRATION_CLASH_DECIDE,
    }
    problems = {
        "judge_distinct": (NotNow, NotPermitted, services.NumberStillHeld),
        "judge_same": (NotNow, NotPermitted),
    }

    @action(detail=True, methods=["post"], url_path="judge-distinct")
    def judge_distinct(self, _request: Request, **_path: str) -> Response:
        """Judge that the registration means another entity.

        A registration that a number held up is registered now; 409 while an organisation still holds the number.
        """
        clash = self.get_object()
        return self.answer(services.clash_judge_distinct(actor=self.actor, clash=clash, **self.validated()))

    @action(detail=True, methods=["post"], url_path="judge-same")
    def judge_same(self, _request: Request, **_path: str) -> Response:
        """Judge that the registration means the entity that is there already.

        A registration that a number held up is refused. After a clash of names the two organisations are to be merged.
        """
        clash = self.get_object()
        return self.answer(services.clash_judge_same(actor=self.actor, clash=clash, **self.validated()))
