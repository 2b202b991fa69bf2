"""The words that all may read are those of listings that are seen, and of areas' labels; nobody's hidden ones."""

import pytest

from apps.startups.models import SearchWord
from apps.startups.models.search import ALL
from apps.startups.services.search_words import search_keep, search_words_forget, search_words_refresh
from apps.startups.states import Naming
from kernel.clock import utc_now
from tests.factories.listings import listed_capability
from tests.factories.organisations import OrganisationFactory
from tests.factories.reference import AreaFactory
from tests.factories.startups import CapabilityFactory

pytestmark = pytest.mark.django_db


def known() -> dict[str, int]:
    return dict(SearchWord.objects.values_list("lexeme", "documents"))


class TestSearchWordsRefresh:
    def test_counts_the_listings_in_which_a_word_stands(self) -> None:
        listed_capability(title="Quiet relay")
        listed_capability(title="Relays")

        search_words_refresh()

        assert (known()["quiet"], known()["relays"], known()["~relay"], known()[ALL]) == (1, 1, 1, 2)

    def test_tells_marks_from_words(self) -> None:
        listed_capability(title="Kites")

        search_words_refresh()

        assert set(SearchWord.objects.filter(text="kite").values_list("lexeme", "mark")) == {
            ("~kite", "~"),
            ("!kite", "!"),
        }
        assert SearchWord.objects.get(lexeme="kites").mark == ""

    def test_holds_the_words_of_areas_labels(self) -> None:
        AreaFactory(label_en="Gliders", label_uk="Планери")

        search_words_refresh()

        assert {"gliders", "планери"} <= set(known())

    def test_holds_nothing_that_not_everybody_reads(self) -> None:
        organisation = OrganisationFactory(kind="firm", legal_name="Zorevind LLC")
        listed_capability(
            firm__organisation=organisation,
            firm__naming=Naming.ACCEPTED,
            firm__summary="Founded by glaziers",
            description="Carries a jammer",
        )
        CapabilityFactory(title="Secretive", status="draft")

        search_words_refresh()

        assert {"zorevind", "glaziers", "jammer", "secretive"}.isdisjoint(known())
        assert not [lexeme for lexeme in known() if lexeme.startswith("$")]

    @pytest.mark.parametrize("hidden", [{"standing": "suspended"}, {"dark_since": utc_now()}])
    def test_forgets_who_is_hidden(self, hidden: dict[str, object]) -> None:
        listing = listed_capability(title="Relays")
        search_words_refresh()
        assert "relays" in known()

        type(listing.organisation).objects.filter(pk=listing.organisation_id).update(**hidden)
        search_words_refresh()

        assert "relays" not in known()

    def test_writes_nothing_that_stays_the_same(self) -> None:
        listed_capability(title="Relays")
        first = search_words_refresh()

        assert search_words_refresh() == first
        assert known()["relays"] == 1


class TestSearchWordsForget:
    def test_counts_anew_where_a_firm_is_hidden_now(self) -> None:
        listing = listed_capability(title="Relays")
        search_words_refresh()
        assert not search_words_forget(organisation_id=listing.organisation_id)

        type(listing.organisation).objects.filter(pk=listing.organisation_id).update(dark_since=utc_now())

        assert search_words_forget(organisation_id=listing.organisation_id)
        assert "relays" not in known()


class TestSearchKeep:
    def test_does_it_once_in_ten_minutes(self) -> None:
        listed_capability(title="Relays")
        search_keep()
        assert "relays" in known()
        SearchWord.objects.all().delete()

        search_keep()

        assert known() == {}
