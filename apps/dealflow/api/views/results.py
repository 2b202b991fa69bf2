"""A page of what a search found, as every answer with results shows it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.response import Response

from apps.dealflow.api.pages import DealFlowPages
from apps.dealflow.api.serializers.deal_flow import DealFlowOut, facets_out
from apps.dealflow.api.shown import results_out
from apps.dealflow.selectors.facets import facets_count, facets_of, hits_count
from apps.dealflow.selectors.listings import DealFlow
from apps.dealflow.selectors.rows import listed_rows
from apps.dealflow.selectors.text import COUNTED, snippets
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
        page = pages.placed(parts=found.parts, pin=found.scores.run_id, is_counted=found.is_counted)
        if with_facets:
            facets = (
                facets_of(total=page.total, codes=page.codes)
                if found.is_counted
                else facets_count(hits=found.condition, is_many=found.is_many)
            )
            pages.facets = facets_out(facets)
            counted = facets.counted, facets.is_exact
        elif found.is_counted:
            counted = min(page.total, COUNTED), page.total <= COUNTED
        elif pages.is_counted:
            counted = hits_count(hits=found.condition, is_many=found.is_many)
        if pages.is_counted:
            pages.count, pages.is_count_exact = counted
        rows = listed_rows(actor=self.actor, ids=page.ids)
        highlights = {}
        if found.text is not None:
            granted, named = found.readers.granted, found.readers.named
            highlights = snippets(listings=rows, text=text, granted=granted, named=named, lexemes=found.text.lexemes)
            pages.is_partial = found.text.is_partial
            pages.corrections = {typed: list(used) for typed, used in found.text.corrections.items()}
        context = self.output_context(self.selection)
        return Response(pages.envelope(results_out(rows, scores=found.scores, highlights=highlights, context=context)))

    def flag(self, name: str) -> bool:
        """A query parameter that is true or false, false when left out; raises QueryInvalid for anything else."""
        values = self.request.query_params.getlist(name)
        if len(values) > 1 or not set(values) <= {"true", "false"}:
            raise query_problem(name, _("true or false."))
        return values == ["true"]
