"""A page of what a search found, as every answer with results shows it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.response import Response

from apps.dealflow.api.pages import DealFlowPages
from apps.dealflow.api.serializers.deal_flow import HIGHLIGHTS, SCORES, DealFlowOut, facets_out
from apps.dealflow.selectors.facets import facets_count, hits_count
from apps.dealflow.selectors.listings import DealFlow, deal_flow_rows
from apps.dealflow.selectors.text import snippets
from apps.startups.models import Listing
from kernel.api.problems import CursorInvalid, query_problem
from kernel.api.views import ApiViewSet


class Results(ApiViewSet):
    """What lists results of a search."""

    queryset = Listing.objects.all()
    serializer_class = DealFlowOut
    pagination_class = DealFlowPages

    def results(self, *, found: DealFlow, text: str, pages: DealFlowPages, with_facets: bool = False) -> Response:
        """The page that `pages` was opened for. Raises CursorInvalid when the scores that ordered it are gone."""
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
                listings=rows, text=text, granted=granted, named=named, lexemes=found.text.lexemes
            )
            pages.is_partial = found.text.is_partial
            pages.corrections = {typed: list(used) for typed, used in found.text.corrections.items()}
        shown = DealFlowOut(rows, many=True, context={**self.output_context(self.selection), **context})
        return Response(pages.envelope(shown.data))

    def flag(self, name: str) -> bool:
        """A query parameter that is true or false, false when left out; raises QueryInvalid for anything else."""
        values = self.request.query_params.getlist(name)
        if len(values) > 1 or not set(values) <= {"true", "false"}:
            raise query_problem(name, _("true or false."))
        return values == ["true"]
