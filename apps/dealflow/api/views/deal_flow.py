"""The search over open raises and published capabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.dealflow.api.pages import DealFlowPages
from apps.dealflow.api.serializers.deal_flow import TeaserResult
from apps.dealflow.api.views.results import Results
from apps.dealflow.parameters import DealFlowFilter, deal_flow_query
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.facets import hits_count
from apps.dealflow.selectors.listings import (
    COLUMNS,
    ORDERS,
    bounded,
    deal_flow_find,
)
from apps.dealflow.selectors.teasers import teasers_found
from apps.permissions import Permission as P
from apps.startups.models.listings import sees_counterparts

PARAMETERS: Mapping[str, Any] = {
    "with_facets": {"type": "boolean", "default": False, "description": "Count the values of the results, too."},
}


class DealFlow(Results):
    """Open raises and published capabilities."""

    filterset_class = DealFlowFilter
    ordering_fields = {name: COLUMNS.get(name, name) for name in ORDERS}
    parameters = {"list": PARAMETERS}
    permissions = {"list": P.DEAL_FLOW_READ}

    def list(self, request: Request) -> Response:
        """Search the deal flow: open raises with their leads, and capabilities that lead none."""
        parameters = request.query_params
        with_facets = self.flag("with_facets")
        with bounded():
            query = deal_flow_query(
                actor=self.actor, parameters=dict(parameters.lists()), ordering=parameters.getlist("ordering")
            )
            pages = DealFlowPages()
            pages.open(request=request, order=query.order)
            if sees_counterparts(self.actor) or query.own:
                is_counted = with_facets or pages.is_counted
                found = deal_flow_find(actor=self.actor, query=query, run_id=pages.pin, is_counted=is_counted)
                return self.results(found=found, text=query.text, pages=pages, with_facets=with_facets)
            return self._teasers(query, pages)

    def _teasers(self, query: DealFlowQuery, pages: DealFlowPages) -> Response:
        rows = teasers_found(query=query)
        if pages.is_counted:
            pages.count, pages.is_count_exact = hits_count(hits=rows)
        ids = pages.placed_by_id(rows=rows, column="teaser_id")
        firms = {firm.teaser_id: firm for firm in rows.filter(teaser_id__in=ids)}
        shown = [firms[identifier] for identifier in ids if identifier in firms]
        return Response(
            pages.envelope(TeaserResult(shown, many=True, context=self.output_context(self.selection)).data)
        )
