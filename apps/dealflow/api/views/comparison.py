"""Raises side by side."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dealflow.api.serializers.comparison import PARAMETERS, RaiseComparisonOut
from apps.dealflow.rules.comparison import MOST_COMPARED, comparison_table
from apps.dealflow.selectors.comparison import RaiseComparison, raise_comparison
from apps.organisations.tiered import read_note
from apps.permissions import Permission as P
from apps.startups.models import Raise
from kernel.api.problems import query_problem
from kernel.api.views import ApiView, ApiViewSet
from kernel.errors import NotFound
from kernel.neutral import neutral

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Content-Disposition": 'attachment; filename="comparison.csv"',
}


class OfRaises(ApiView):
    """What is made of the raises that the query names."""

    def comparison(self) -> RaiseComparison:
        """Raises QueryInvalid for none, too many or malformed ids, NotFound for one that the caller does not see."""
        named = self.request.query_params.getlist("raise")
        if not 1 <= len(named) <= MOST_COMPARED:
            raise query_problem("raise", _("One to %(most)d raises.") % {"most": MOST_COMPARED}, "count")
        return raise_comparison(actor=self.actor, raise_ids=[_identifier(text) for text in named])


class DealFlowComparison(OfRaises, ApiViewSet):
    """Raises side by side, as JSON."""

    queryset = Raise.objects.all()
    serializer_class = RaiseComparisonOut
    parameters = {"compare": PARAMETERS}
    permissions = {"compare": P.DEAL_FLOW_READ}
    problems = {"compare": (NotFound,)}

    def compare(self, _request: Request) -> Response:
        """Compare up to six raises: every figure that one may read, what is not stated as null, differences marked."""
        return self.answer(self.comparison())


class DealFlowComparisonTable(OfRaises, ApiViewSet):
    """Raises side by side, as a table."""

    queryset = Raise.objects.all()
    outputs = {"table": None}
    success = {"table": 200}
    parameters = {"table": PARAMETERS}
    permissions = {"table": P.DEAL_FLOW_READ}
    problems = {"table": (NotFound,)}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """The table is of its own type, whatever the request accepts."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def table(self, _request: Request) -> HttpResponse:
        """Compare up to six raises as CSV: `unknown` is not stated, empty is not open to the caller."""
        found = self.comparison()
        for row in found.raises:
            read_note(context=self.get_serializer_context(), row=row)
        text = io.StringIO(newline="")
        lines = comparison_table(raises=[row.pk for row in found.raises], figures=found.figures)
        csv.writer(text).writerows([neutral(cell) for cell in line] for line in lines)
        response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
        for name, value in HEADERS.items():
            response[name] = value
        return response


def _identifier(text: str) -> UUID:
    try:
        return UUID(text) if len(text) == 36 else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> UUID:
    raise query_problem("raise", _("An id (UUID)."), "invalid")
