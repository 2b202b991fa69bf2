"""Saved searches of one's own organisation, and what they find."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dealflow.api.pages import DealFlowPages
from apps.dealflow.api.serializers import saved_searches as serializers
from apps.dealflow.api.serializers.deal_flow import HIGHLIGHTS, SCORES, DealFlowOut
from apps.dealflow.models import SavedSearch
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors import saved_searches as selectors
from apps.dealflow.selectors.facets import hits_count
from apps.dealflow.selectors.listings import bounded, deal_flow_rows
from apps.dealflow.selectors.text import snippets
from apps.dealflow.services import saved_searches as services
from apps.dealflow.services.alerts import SearchTooBroad
from apps.organisations.parents import parent_get
from apps.organisations.rules import NotYours
from apps.permissions import Permission as P
from apps.startups.models import Listing
from kernel.api.problems import CursorInvalid, query_problem
from kernel.api.views import ApiViewSet, ListMixin, RetrieveMixin
from kernel.versions import ChangedMeanwhile


class SavedSearches(ListMixin, RetrieveMixin, ApiViewSet):
    """Searches kept under a name: one's own, and those shared within one's organisation."""

    queryset = SavedSearch.objects.all()
    serializer_class = serializers.SavedSearchOut
    filterset_class = serializers.SavedSearchFilter
    ordering_fields = {"id": "id", "name": "name"}
    ordering = "-id"
    inputs = {
        "create": serializers.SavedSearchIn,
        "partial_update": serializers.SavedSearchIn,
        "seen": serializers.SeenIn,
        "destroy": None,
    }
    outputs = {"destroy": None}
    permissions = {
        "list": P.SAVED_SEARCH_READ,
        "retrieve": P.SAVED_SEARCH_READ,
        "seen": P.SAVED_SEARCH_READ,
        "create": P.SAVED_SEARCH_CREATE,
        "partial_update": P.SAVED_SEARCH_UPDATE,
        "destroy": P.SAVED_SEARCH_DELETE,
    }
    problems = {
        "create": (
            NotYours,
            services.SavedSearchNotAcceptable,
            services.SavedSearchNameTaken,
            services.TooManySavedSearches,
            SearchTooBroad,
        ),
        "partial_update": (
            services.NotYourSearch,
            services.SavedSearchNotAcceptable,
            services.SavedSearchNameTaken,
            SearchTooBroad,
            ChangedMeanwhile,
        ),
        "seen": (services.SavedSearchNotAcceptable,),
        "destroy": (services.NotYourSearch,),
    }

    def visible(self) -> QuerySet[SavedSearch]:
        return selectors.saved_search_list(actor=self.actor)

    def create(self, _request: Request) -> Response:
        """Keep a search. With a cadence you are told of what it finds from now on."""
        search = services.saved_search_create(actor=self.actor, **self.validated())
        return self.answer(search, location=f"/api/v1/saved-searches/{search.pk}")

    def partial_update(self, _request: Request, **_path: str) -> Response:
        """Change a search of your own, or how often you are told of one that you see."""
        search = self.get_object()
        return self.answer(services.saved_search_update(actor=self.actor, search=search, **self.validated()))

    @action(detail=True, methods=["post"])
    def seen(self, _request: Request, **_path: str) -> Response:
        """Say that you have seen the results: what comes later is new."""
        return self.answer(services.saved_search_seen(actor=self.actor, search=self.get_object(), **self.validated()))

    def destroy(self, _request: Request, **_path: str) -> Response:
        """Delete a search of your own, for all whom it is shared with."""
        services.saved_search_delete(actor=self.actor, search=self.get_object())
        return self.answer()


class SavedSearchResults(ApiViewSet):
    """What a saved search finds, in its own order."""

    queryset = Listing.objects.all()
    serializer_class = DealFlowOut
    pagination_class = DealFlowPages
    parameters = {
        "list": {
            "new": {
                "type": "boolean",
                "default": False,
                "description": "Only what came since you last said that you had seen the results.",
            }
        }
    }
    permissions = {"list": P.SAVED_SEARCH_READ}

    def list(self, request: Request, **path: str) -> Response:
        """List what a saved search finds now, as far as you see it."""
        is_new = self._is_new()
        search = parent_get(rows=selectors.saved_search_list(actor=self.actor), value=path["id"])
        query = DealFlowQuery.from_json(search.query)
        with bounded():
            pages = DealFlowPages()
            pages.open(request=request, order=query.order)
            found = selectors.saved_search_results(actor=self.actor, search=search, is_new=is_new, run_id=pages.pin)
            if pages.pin is not None and not found.scores.by_raise:
                raise CursorInvalid
            if pages.is_counted:
                pages.count, pages.is_count_exact = hits_count(hits=found.hits)
            rows = deal_flow_rows(actor=self.actor, ids=pages.placed(parts=found.parts, pin=found.scores.run_id))
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

    def _is_new(self) -> bool:
        values = self.request.query_params.getlist("new")
        if len(values) > 1 or not set(values) <= {"true", "false"}:
            raise query_problem("new", _("true or false."))
        return values == ["true"]
