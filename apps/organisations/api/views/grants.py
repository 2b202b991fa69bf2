"""Who may see what of one's own organisation, and what it may see of others."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import selectors, services
from apps.organisations.api.serializers import grants as serializers
from apps.organisations.models import DisclosureGrant
from apps.permissions import Permission as P
from kernel.api.views import ApiViewSet, ListMixin


class Grants(ListMixin, ApiViewSet):
    """Disclosure grants, given and received."""

    queryset = DisclosureGrant.objects.all()
    serializer_class = serializers.GrantOut
    filterset_class = serializers.GrantFilter
    ordering_fields = {"id": "id", "since": "since"}
    ordering = "-id"
    inputs = {"create": serializers.GrantIn, "revoke": None}
    permissions = {"list": P.GRANT_READ, "create": P.GRANT_CREATE, "revoke": P.GRANT_REVOKE}
    problems = {
        "create": (services.NothingToGrant, services.GrantNotAcceptable),
        "revoke": (services.GrantNotRevocable,),
    }

    def visible(self) -> QuerySet[Any]:
        rows = selectors.grant_list(actor=self.actor)
        return rows if self.action == "list" else rows.filter(Q(subject_id=self.actor.organisation_id))

    def create(self, _request: Request) -> Response:
        """Open one's own firm at T2 to a verified counterpart; again gives the grant in force its new end.

        It takes effect once the counterpart has accepted the platform's undertaking.
        """
        values = self.validated()
        grant = services.grant_create(actor=self.actor, viewer_id=values["viewer"], until=values.get("until"))
        return self.answer(grant)

    @action(detail=True, methods=["post"])
    def revoke(self, _request: Request, **_path: str) -> Response:
        """End a grant that one gave, in force from the next request."""
        return self.answer(services.grant_revoke(actor=self.actor, grant=self.get_object()))
