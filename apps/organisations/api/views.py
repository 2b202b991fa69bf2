"""Who am I, organisations, their members and API keys."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import selectors, services
from apps.organisations.api import serializers
from apps.organisations.models import ApiKey, Membership, Organisation
from apps.organisations.parents import parent_get
from apps.organisations.rules import own_require
from apps.permissions import Permission as P
from kernel.access import Actor
from kernel.api.permissions import SIGNED_IN
from kernel.api.routers import ApiRouter
from kernel.api.views import ApiView, ApiViewSet, ListMixin, RetrieveMixin


class Me(ApiView):
    """The caller: person or key, organisation, roles, permissions."""

    serializer_class = serializers.MeOut
    permissions = {"get": SIGNED_IN}

    def get(self, _request: Request) -> Response:
        """Show the caller."""
        return self.answer(selectors.caller_get(actor=self.actor))


class Organisations(ListMixin, RetrieveMixin, ApiViewSet):
    """Organisations."""

    queryset = Organisation.objects.all()
    serializer_class = serializers.OrganisationOut
    filterset_class = serializers.OrganisationFilter
    ordering_fields = {"id": "id", "legal_name": "legal_name"}
    ordering = "id"
    inputs = {"create": serializers.OrganisationIn, "partial_update": serializers.OrganisationEdit}
    permissions = {
        "list": P.ORGANISATION_READ,
        "retrieve": P.ORGANISATION_READ,
        "create": SIGNED_IN,
        "partial_update": P.ORGANISATION_UPDATE,
    }
    problems = {
        "create": (services.RegistrationNeedsPerson, services.OrganisationNotAcceptable, services.IdentifierTaken),
        "partial_update": (services.NameIsVerified, services.OrganisationNotAcceptable, services.IdentifierTaken),
    }

    def visible(self) -> QuerySet[Organisation]:
        rows = selectors.organisation_list(actor=self.actor)
        return rows if self.action in {"list", "retrieve", "create"} else rows.filter(Q(pk=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Register an organisation and become its owner.

        Firms and funds appear in the registry shortly after. Others see the organisation once it is verified.
        """
        values = self.validated()
        organisation = services.organisation_register(actor=self.actor, **_with_pairs(values))
        place = f"/api/v1/organisations/{organisation.pk}"
        shown = selectors.organisation_list(actor=Actor.system()).get(pk=organisation.pk)
        return Response(self.representation(shown), status=201, headers={"Location": place})

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change one's own organisation."""
        organisation = self.get_object()
        values = _with_pairs(self.validated())
        return self.answer(services.organisation_update(actor=self.actor, organisation=organisation, **values))


class Members(ListMixin, ApiViewSet):
    """Members of one's own organisation."""

    queryset = Membership.objects.all()
    serializer_class = serializers.MemberOut
    ordering_fields = {"id": "id"}
    ordering = "id"
    permissions = {"list": P.MEMBER_READ}

    def visible(self) -> QuerySet[Membership]:
        rows = selectors.organisation_list(actor=self.actor)
        organisation = parent_get(rows=rows, value=self.kwargs["id"])
        own_require(actor=self.actor, organisation_id=organisation.pk)
        return selectors.member_list(actor=self.actor, organisation_id=organisation.pk)


class ApiKeys(ListMixin, ApiViewSet):
    """API keys of one's own organisation."""

    queryset = ApiKey.objects.all()
    serializer_class = serializers.ApiKeyOut
    ordering_fields = {"id": "id", "name": "name", "expires_at": "expires_at"}
    ordering = "-id"
    inputs = {"create": serializers.ApiKeyIn, "revoke": None}
    outputs = {"create": serializers.ApiKeyMadeOut}
    permissions = {"list": P.API_KEY_READ, "create": P.API_KEY_CREATE, "revoke": P.API_KEY_REVOKE}
    problems = {"create": (services.ApiKeyNeedsPerson, services.ApiKeyNotAcceptable)}

    def create(self, _request: Request) -> Response:
        """Create an API key; the token is shown this once."""
        return self.answer(services.api_key_create(actor=self.actor, **self.validated()))

    @action(detail=True, methods=["post"])
    def revoke(self, _request: Request, **_path: str) -> Response:
        """Revoke an API key, in force from the next request."""
        return self.answer(services.api_key_revoke(actor=self.actor, key=self.get_object()))


def _with_pairs(values: dict[str, Any]) -> dict[str, Any]:
    """The body with its identifiers as pairs of scheme and number."""
    if "identifiers" not in values:
        return values
    return {**values, "identifiers": [(item["scheme"], item["value"]) for item in values["identifiers"]]}


router = ApiRouter()
router.register("organisations", Organisations, basename="organisations")
router.register("api-keys", ApiKeys, basename="api-keys")
