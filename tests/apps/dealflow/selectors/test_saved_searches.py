"""A saved search is read by its own organisation and finds what that organisation sees."""

from __future__ import annotations

import pytest

from apps.dealflow.models import SavedSearch
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.saved_searches import saved_search_finds, saved_search_list, viewer_of
from apps.dealflow.services.saved_searches import saved_search_create
from apps.permissions import Kind
from tests.apps.dealflow.services.test_alerts import raising
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestSavedSearchList:
    def test_tells_each_its_own_cadence(self) -> None:
        fund = OrganisationFactory(kind=Kind.FUND)
        actor, colleague = actor_of(fund), actor_of(fund)
        saved_search_create(actor=actor, name="A", query=DealFlowQuery(), is_shared=True, cadence="weekly")

        assert saved_search_list(actor=actor).get().cadence == "weekly"
        assert saved_search_list(actor=colleague).get().cadence is None


class TestSavedSearchFinds:
    def test_asks_for_the_listings_that_are_named_alone(self) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.FUND))
        search = saved_search_create(actor=actor, name="A", query=DealFlowQuery())
        first, _second = raising(), raising()

        found = saved_search_finds(search=search, query=DealFlowQuery(), listing_ids=[first.pk])

        assert list(found) == [(search.pk, first.pk)]


class TestViewerOf:
    def test_is_the_organisation_without_a_person(self) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.FUND))
        saved_search_create(actor=actor, name="A", query=DealFlowQuery())

        viewer = viewer_of(SavedSearch.objects.select_related("organisation").get())

        assert (viewer.organisation_id, viewer.kind, viewer.standing) == (actor.organisation_id, "fund", "verified")
        assert (viewer.user_id, viewer.permissions) == (None, frozenset())
