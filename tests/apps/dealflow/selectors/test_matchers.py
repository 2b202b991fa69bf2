"""Words are read with the areas' labels and weighed by the words that all may read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dealflow.rules.matching_words import Kind
from apps.dealflow.selectors.matchers import matchers_of
from apps.startups.services.search_words import search_words_refresh
from tests.factories.listings import listed_capability
from tests.factories.reference import AreaFactory

pytestmark = pytest.mark.django_db


class TestMatchersOf:
    def test_knows_how_many_listings_have_a_word(self) -> None:
        listed_capability(title="Quiet kite")
        listed_capability(title="Kite")
        search_words_refresh()

        matchers, listings = matchers_of(text="quiet kite")

        assert ([matcher.documents for matcher in matchers], listings) == ([1, 2], 2)

    def test_follows_a_changed_label_at_once(self) -> None:
        area = AreaFactory(code="A", label_en="Kites")
        (before,), _ = matchers_of(text="gliders")
        area.label_en = "Gliders"
        area.save()

        (after,), _ = matchers_of(text="gliders")

        assert not any(before.areas.values())
        assert after.areas[Kind.EXACT] == {"A"}

    def test_finds_areas_by_a_mistyped_label(self) -> None:
        AreaFactory(code="A", label_en="Gliders", label_uk="")
        search_words_refresh()

        (matcher,), _ = matchers_of(text="glidders")

        assert matcher.corrected == ("gliders",)
        assert matcher.meant[0].areas[Kind.EXACT] == {"A"}

    def test_asks_three_times_and_twice_more_for_unknown_words(self) -> None:
        listed_capability(title="Quiet kite")
        search_words_refresh()
        matchers_of(text="quiet kite")

        with CaptureQueriesContext(connection) as known:
            matchers_of(text="quiet kite")
        with CaptureQueriesContext(connection) as unknown:
            matchers_of(text="quiett kitte")

        assert (len(known), len(unknown)) == (3, 5)

    def test_asks_nothing_for_no_words(self) -> None:
        with CaptureQueriesContext(connection) as asked:
            assert matchers_of(text="…") == ([], 0)

        assert len(asked) == 0
