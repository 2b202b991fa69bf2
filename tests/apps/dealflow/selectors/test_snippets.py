"""Snippets show where words stand in what the viewer reads, and nothing of what it does not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dealflow.selectors.snippets import snippets
from apps.dealflow.selectors.text import text_hits
from apps.startups.models import Listing
from apps.startups.states import Naming
from tests.factories.listings import listed_capability
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


def listing(**values: object) -> Listing:
    organisation = OrganisationFactory(kind="firm", legal_name="Zorevind Kites LLC", legal_name_uk="")
    made = listed_capability(
        **{
            "title": "Kite <b>",
            "description": "A kite with a jammer",
            "firm__organisation": organisation,
            "firm__naming": Naming.NOBODY,
            "firm__summary": "Makes kites",
            **values,
        }
    )
    return Listing.objects.select_related("firm__organisation", "capability__area").get(pk=made.pk)


def fields(one: Listing, text: str, **readers: object) -> dict[str, list[str]]:
    found = snippets(listings=[one], text=text, **readers)[one.pk]
    return {each.field: [each.text[start:end] for start, end in each.ranges] for each in found}


class TestSnippets:
    def test_show_what_verified_counterparts_read(self) -> None:
        assert fields(listing(), "kites jammer") == {"title": ["Kite"]}

    def test_show_texts_of_a_granted_firm(self) -> None:
        one = listing()

        assert fields(one, "kites jammer", granted=[one.firm_id]) == {
            "title": ["Kite"],
            "description": ["kite", "jammer"],
            "summary": ["kites"],
        }

    def test_show_a_name_that_the_viewer_sees(self) -> None:
        one = listing()

        assert fields(one, "zorevind", named=[one.firm_id]) == {"name": ["Zorevind"]}
        assert fields(one, "zorevind") == {}

    def test_never_are_markup(self) -> None:
        one = listing(title="<script>kite</script>")

        (found,) = snippets(listings=[one], text="kite")[one.pk]

        assert found.text == "<script>kite</script>"

    def test_ask_once_for_any_number_where_the_lexemes_are_told(self) -> None:
        ones = [listing() for _ in range(3)]
        hits = text_hits(rows=Listing.objects.all(), text="kite")

        with CaptureQueriesContext(connection) as asked:
            found = snippets(listings=ones, text="kite", lexemes=hits.lexemes)

        assert len(asked) == 1
        assert all([each.field for each in row] == ["title"] for row in found.values())
