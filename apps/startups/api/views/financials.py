"""Firms' yearly figures."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations.disclosure import Tier
from apps.organisations.parents import parent_get
from apps.organisations.rules import own_require
from apps.organisations.tiered import PREVIEW_PARAMETERS, Previewed
from apps.permissions import Permission as P
from apps.startups import selectors, services
from apps.startups.api.serializers.financials import FinancialsIn, FinancialsOut
from apps.startups.models import Financials, Firm
from apps.startups.services.firms import FinancialsNotAcceptable
from kernel.api.views import ApiViewSet, ListMixin
from kernel.errors import NotFound


class StartupFinancials(Previewed, ListMixin, ApiViewSet):
    """A firm's financials by year: its own, or those of a firm that granted T2."""

    queryset = Financials.objects.all()
    serializer_class = FinancialsOut
    ordering_fields = {"year": "year"}
    ordering = "-year"
    inputs = {"create": FinancialsIn, "withdraw": None}
    permissions = {
        "list": P.FINANCIALS_READ,
        "create": P.FINANCIALS_UPDATE,
        "withdraw": P.FINANCIALS_UPDATE,
    }
    success = {"withdraw": 204}
    outputs = {"withdraw": None}
    problems = {"create": (FinancialsNotAcceptable,)}

    parameters = {"list": PREVIEW_PARAMETERS}

    def tiered(self) -> QuerySet[Financials]:
        return selectors.financials_list(actor=self.actor, firm=self.firm())

    def firm(self) -> Firm:
        """The firm in the path; one whose figures the caller may not see is not found."""
        firm = parent_get(rows=selectors.firm_list(actor=self.actor), value=self.kwargs["id"])
        if firm.viewer_tier < Tier.T2:  # type: ignore[attr-defined]  # of the rows that an actor may see
            raise NotFound
        return firm

    def create(self, _request: Request, **_path: str) -> Response:
        """State a year's figures; the same year again replaces them."""
        firm = self.firm()
        own_require(actor=self.actor, organisation_id=firm.organisation_id)
        return self.answer(services.financials_state(actor=self.actor, firm=firm, **self.validated()))

    def withdraw(self, _request: Request, **_path: Any) -> Response:
        """Take a year's figures back; nobody sees them until it is stated again."""
        firm = self.firm()
        own_require(actor=self.actor, organisation_id=firm.organisation_id)
        services.financials_withdraw(actor=self.actor, firm=firm, year=self.year())
        return self.answer()

    def year(self) -> int:
        """The year in the path; what is none is not found."""
        text = str(self.kwargs["year"])
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise NotFound
        return int(text)
