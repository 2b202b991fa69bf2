"""The search over open raises and published capabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dealflow.api.pages import DealFlowPages
from apps.dealflow.api.serializers.deal_flow import HIGHLIGHTS, SCORES, DealFlowOut, TeaserResult, facets_out
from apps.dealflow.parameters import DealFlowFilter, deal_flow_query
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.facets import facets_count, hits_count
from apps.dealflow.selectors.listings import (
    COLUMNS,
    ORDERS,
    Part,
    bounded,
    deal_flow_find,
    deal_flow_rows,
)
from apps.dealflow.selectors.teasers import teasers_found
from apps.dealflow.selectors.text import snippets
from apps.permissions import Permission as P
from apps.startups.models import Listing
from apps.startups.models.listings import sees_counterparts
from kernel.api.ordering import Term
from kernel.api.problems import CursorInvalid, query_problem
from kernel.api.views import ApiViewSet

PARAMETERS: Mapping[str, Any] = {
    "with_facets": {"type": "boolean", "default": False, "description": "Count the values of the results, too."},
}
BY_TEASER = (Term("teaser_id", is_descending=False, is_nullable=False),)


class DealFlow(ApiViewSet):
    """Open raises and published capabilities."""

    queryset = Listing.objects.all()
    serializer_class = DealFlowOut
    pagination_class = DealFlowPages
    filterset_class = DealFlowFilter
    ordering_fields = {name: COLUMNS.get(name, name) for name in ORDERS}
    parameters = {"list": PARAMETERS}
    permissions = {"list": P.DEAL_FLOW_READ}

    def list(self, request: Request) -> Response:
        """Search the deal flow: open raises with their leads, and capabilities that lead none."""
        parameters = request.query_params
        with_facets = self._with_facets()
        with bounded():
            query = deal_flow_query(
                actor=self.actor, parameters=dict(parameters.lists()), ordering=parameters.getlist("ordering")
            )
            pages = DealFlowPages()
            pages.open(request=request, order=query.order)
            if sees_counterparts(self.actor) or query.own:
                return self._listings(query, pages, with_facets=with_facets)
            return self._teasers(query, pages)

    def _listings(self, query: DealFlowQuery, pages: DealFlowPages, *, with_facets: bool) -> Response:
        found = deal_flow_find(actor=self.actor, query=query, run_id=pages.pin)
        if pages.pin is not None and not found.scores.by_raise:
            raise CursorInvalid
        is_many = found.text is None or found.text.is_many
        if with_facets:
            facets = facets_count(hits=found.hits, is_many=is_many)
            pages.facets = facets_out(facets)
        if pages.is_counted:
            counted = (facets.counted, facets.is_exact) if with_facets else hits_count(hits=found.hits, is_many=is_many)
            pages.count, pages.is_count_exact = counted
        ids = pages.placed(parts=found.parts, pin=found.scores.run_id)
        rows = deal_flow_rows(actor=self.actor, ids=ids)
        context: dict[str, Any] = {SCORES: found.scores}
        if found.text is not None:
            granted, named = found.readers.granted, found.readers.named
            context[HIGHLIGHTS] = snippets(
                listings=rows, text=query.text, granted=granted, named=named, lexemes=found.text.lexemes
            )
            pages.is_partial = found.text.is_partial
            pages.corrections = {typed: list(used) for typed, used in found.text.corrections.items()}
        shown = DealFlowOut(rows, many=True, context={**self.output_context(self.selection), **context})
        return Response(pages.envelope(shown.data))

    def _teasers(self, query: DealFlowQuery, pages: DealFlowPages) -> Response:
        rows = teasers_found(query=query)
        if pages.is_counted:
            pages.count, pages.is_count_exact = hits_count(hits=rows)
        ids = pages.placed(parts=[Part(rows, BY_TEASER)], pin=None)
        firms = {firm.teaser_id: firm for firm in rows.filter(teaser_id__in=ids)}
        shown = [firms[identifier] for identifier in ids if identifier in firms]
        return Response(
            pages.envelope(TeaserResult(shown, many=True, context=self.output_context(self.selection)).data)
        )

    def _with_facets(self) -> bool:
        values = self.request.query_params.getlist("with_facets")
        if len(values) > 1 or not set(values) <= {"true", "false"}:
            raise query_problem("with_facets", _("true or false."))
        return values == ["true"]
