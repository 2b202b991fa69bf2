"""Counts of values among the hits of a search, in two queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dealflow.selectors.facets import FACETS, Cell, facets_count, hits_count
from apps.startups.models import Listing
from tests.factories.listings import listed_capability, listed_raise

pytestmark = pytest.mark.django_db


class TestFacetsCount:
    def test_takes_two_queries(self) -> None:
        for _ in range(5):
            listed_raise(stage="seed")

        with CaptureQueriesContext(connection) as asked:
            facets = facets_count(hits=Listing.objects.all())

        assert len(asked) == 2
        assert facets.cells["stage"] == [Cell("seed", 5)]

    def test_has_every_facet_for_nothing_found(self) -> None:
        facets = facets_count(hits=Listing.objects.filter(stage="none such"))

        assert (facets.counted, facets.is_exact) == (0, True)
        assert facets.cells == {name: [] for name in FACETS}

    def test_counts_what_is_not_stated_as_none(self) -> None:
        for _ in range(5):
            listed_capability(trl=None)

        cells = facets_count(hits=Listing.objects.all()).cells

        assert cells["trl"] == cells["stage"] == cells["instrument"] == [Cell(None, 5)]


class TestHitsCount:
    def test_says_whether_these_are_all(self) -> None:
        listed_raise()

        assert hits_count(hits=Listing.objects.all()) == (1, True)
