"""What one's own firm has not said yet."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.parents import parent_get
from apps.organisations.rules import own_require
from apps.permissions import Permission as P
from apps.startups import selectors
from apps.startups.api.serializers.readiness import ReadinessOut
from apps.startups.rules.readiness import gaps
from kernel.api.views import ApiViewSet


class Readiness(ApiViewSet):
    """What is missing of one's own firm, its capabilities and its raises."""

    serializer_class = ReadinessOut
    permissions = {"retrieve": P.READINESS_READ}

    def retrieve(self, _request: Request, **_path: str) -> Response:
        """List what is missing of one's own firm, and what saying it would open."""
        firm = parent_get(rows=selectors.firm_list(actor=self.actor), value=self.kwargs["id"])
        own_require(actor=self.actor, organisation_id=firm.organisation_id)
        return self.answer({"missing": gaps(state=selectors.firm_state(firm=firm))})
