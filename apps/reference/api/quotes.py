"""Quotes of the cost of capital: computed from the tables and what is asked, never stored."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.permissions import Kind
from apps.permissions import Permission as P
from apps.reference.api.quote_serializers import QuoteIn, QuoteOut
from apps.reference.capital.build_ups import UnknownTier
from apps.reference.capital.quotes import capital_quote
from apps.reference.capital.terms import QuoteNotPossible
from apps.reference.models import CapabilityArea
from apps.reference.tables import ReferenceTable, UnknownEdition, editions
from kernel.access import Actor
from kernel.api.views import ApiViewSet
from kernel.clock import utc_today
from kernel.errors import FieldProblem, Forbidden

VERIFIED = "verified"
"""The standing of an organisation that was verified: standings are defined above."""


class QuoteNeedsVerification(Forbidden):
    """Only members of a verified organisation can ask for a quote."""


class CapitalCost(ApiViewSet):
    """What capital costs and what an offer saves."""

    queryset = CapabilityArea.objects.none()
    public_rows = True
    serializer_class = QuoteOut
    inputs = {"quote": QuoteIn}
    permissions = {"quote": P.CAPITAL_COST_QUOTE}
    rate_scopes = {"quote": "capital_cost"}
    problems = {"quote": (QuoteNeedsVerification, QuoteNotPossible, UnknownTier)}

    @action(detail=False, methods=["post"])
    def quote(self, _request: Request) -> Response:
        """Work out requirement, offer, saving, blend and alternatives, each figure with what it rests on.

        Nothing is stored.
        """
        _check_standing(self.actor)
        asked = self.validated()
        return self.answer(capital_quote(table=_table(asked["edition"]), terms=asked["terms"], on=utc_today()))


def _check_standing(actor: Actor) -> None:
    if actor.kind != Kind.OPERATOR and actor.standing != VERIFIED and not actor.is_system:
        raise QuoteNeedsVerification


def _table(edition: str) -> ReferenceTable:
    if not edition:
        return editions().table_at(utc_today())
    try:
        return editions().table(edition)
    except UnknownEdition as unknown:
        raise QuoteNotPossible(
            errors=[FieldProblem("/edition", "unknown_edition", unknown.detail, unknown.values)]
        ) from None
