"""Organisations."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import selectors, services
from apps.organisations.api.serializers import organisations as serializers
from apps.organisations.api.serializers.registrations import RegistrationOut
from apps.organisations.models import Organisation
from apps.permissions import Permission as P
from kernel.api.permissions import SIGNED_IN
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin


class Organisations(ListMixin, RetrieveMixin, ApiViewSet):
    """Organisations."""

    queryset = Organisation.objects.all()
    serializer_class = serializers.OrganisationOut
    filterset_class = serializers.OrganisationFilter
    ordering_fields = {"id": "id", "legal_name": "legal_name"}
    ordering = "id"
    inputs = {"create": serializers.OrganisationIn, "partial_update": serializers.OrganisationEdit}
    outputs = {"create": RegistrationOut}
    success = {"create": 202}
    permissions = {
        "list": P.ORGANISATION_READ,
        "retrieve": P.ORGANISATION_READ,
        "create": SIGNED_IN,
        "partial_update": P.ORGANISATION_UPDATE,
    }
    problems = {
        "create": (
            services.RegistrationNeedsPerson,
            services.OrganisationNotAcceptable,
            services.TooManyInReview,
            services.TooManyToday,
        ),
        "partial_update": (
            services.NameIsVerified,
            services.OrganisationNotAcceptable,
            services.NumbersComeByRegistration,
        ),
    }

    def visible(self) -> QuerySet[Organisation]:
        rows = selectors.organisation_list(actor=self.actor)
        return rows if self.action in {"list", "retrieve"} else rows.filter(Q(pk=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Send in the registration of an organisation.

        The answer is the same in every case: the registration as it was received. What became of it, and the
        organisation that the caller then owns, is at its Location. Firms and funds appear in the registry shortly
        after. Others see the organisation once it is verified.
        """
        received = services.registration_receive(actor=self.actor, **_with_pairs(self.validated()))
        shown = RegistrationOut(received, context=self.output_context(self.selection)).data
        return Response(shown, status=202, headers={"Location": f"/api/v1/registrations/{received.pk}"})

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change one's own organisation.

        Before it is verified it may change its names and country and leave out numbers. A new number comes with a new
        registration.
        """
        organisation = self.get_object()
        values = _with_pairs(self.validated())
        return self.answer(services.organisation_update(actor=self.actor, organisation=organisation, **values))


def _with_pairs(values: dict[str, Any]) -> dict[str, Any]:
    """The body with its identifiers as pairs of scheme and number."""
    if "identifiers" not in values:
        return values
    return {**values, "identifiers": [(item["scheme"], item["value"]) for item in values["identifiers"]]}
