"""Saved searches of one's own organisation, and what they find."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dealflow.api.pages import DealFlowPages
from apps.dealflow.api.serializers import saved_searches as serializers
from apps.dealflow.api.views.results import Results
from apps.dealflow.models import SavedSearch
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors import saved_searches as selectors
from apps.dealflow.selectors.listings import bounded
from apps.dealflow.services import saved_searches as services
from apps.dealflow.services.alerts import SearchTooBroad
from apps.organisations.parents import parent_get
from apps.organisations.rules import NotYours
from apps.permissions import Permission as P
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


class SavedSearchResults(Results):
    """What a saved search finds, in its own order."""

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
        is_new = self.flag("new")
        search = parent_get(rows=selectors.saved_search_list(actor=self.actor), value=path["id"])
        query = DealFlowQuery.from_json(search.query)
        with bounded():
            pages = DealFlowPages()
            pages.open(request=request, order=query.order)
            found = selectors.saved_search_results(actor=self.actor, search=search, is_new=is_new, run_id=pages.pin)
            return self.results(found=found, text=query.text, pages=pages)
