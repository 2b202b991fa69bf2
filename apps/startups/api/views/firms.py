"""Firms."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.tiered import Previewed
from apps.permissions import Permission as P
from apps.startups import selectors, services
from apps.startups.api import filters
from apps.startups.api.serializers.firms import StartupDetailOut, StartupEdit, StartupOut
from apps.startups.api.serializers.teasers import TeaserOut
from apps.startups.api.views.reads import READS
from apps.startups.models import Firm
from apps.startups.services.firms import FirmNotAcceptable
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin


class Startups(Previewed, ListMixin, RetrieveMixin, ApiViewSet):
    """Firms of the registry."""

    queryset = Firm.objects.all()
    serializer_class = StartupOut
    teaser = TeaserOut
    filterset_class = filters.StartupFilter
    ordering_fields = {"id": "id"}
    ordering = "-id"
    inputs = {"partial_update": StartupEdit}
    outputs = {"retrieve": StartupDetailOut, "partial_update": StartupDetailOut}
    permissions = {"list": P.FIRM_READ, "retrieve": P.FIRM_READ, "partial_update": P.FIRM_UPDATE}
    problems = {"partial_update": (FirmNotAcceptable,)}

    def tiered(self) -> QuerySet[Firm]:
        rows = selectors.firm_list(actor=self.actor)
        return rows if self.action in READS else rows.filter(Q(organisation_id=self.actor.organisation_id))

    def teased(self) -> QuerySet[Firm]:
        own = self.actor.organisation_id
        return selectors.teaser_list(including=own).filter(Q(organisation_id=own))

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change one's own firm."""
        firm = self.get_object()
        return self.answer(services.firm_update(actor=self.actor, firm=firm, **self.validated()))
