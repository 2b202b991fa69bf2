"""A text finds what it means among what the viewer may read, the closest first, whatever is typed."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dealflow.selectors import text as module
from apps.dealflow.selectors.text import text_hits, text_search
from apps.startups.disclosure import firm_pseudonym
from apps.startups.models import Listing
from apps.startups.services.search_words import search_words_refresh
from apps.startups.states import Naming
from tests.factories.listings import listed_capability
from tests.factories.organisations import OrganisationFactory
from tests.factories.reference import AreaFactory

pytestmark = pytest.mark.django_db


def found(text: str, **readers: Any) -> list[str]:
    """The titles that a text finds, the closest first."""
    hits = text_hits(rows=Listing.objects.all(), text=text, **readers)
    rows = hits.best.order_by("-relevance", "-published_at", "-pk")
    return list(rows.values_list("capability__title", flat=True))


def relevance(text: str) -> dict[str, float]:
    rows = text_hits(rows=Listing.objects.all(), text=text).best
    return dict(rows.values_list("capability__title", "relevance"))


def titled(*titles: str, **values: Any) -> list[Listing]:
    return [listed_capability(title=title, **values) for title in titles]


class TestLanguages:
    @pytest.mark.parametrize(
        ("text", "title"),
        [
            ("munition", "Winged munitions"),
            ("боєприпасами", "Крилатий боєприпас"),
            ("UAV", "Quiet drone"),
            ("БпЛА", "Quiet drone"),
            ("drone", "Тихий безпілотник"),
            ("РЕБ", "EW station"),
            ("UGV", "НРК"),
            ("баражуючий боєприпас", "Loitering munition"),
            ("гексакоптер", "Heavy hexacopter"),
            ("mikroturbina", "Мікротурбіна"),
            ("rozminuvannya", "Розмінування"),
            ("мікротурбіна", "Micro-turbine"),
        ],
    )
    def test_meet_one_another(self, text: str, title: str) -> None:
        titled(title, "Harbour crane")

        assert found(text) == [title]

    def test_meet_in_the_labels_of_areas_and_of_those_above(self) -> None:
        root = AreaFactory(code="ROOT", label_en="Gliders", label_uk="Планери")
        listed_capability(title="Kite", area=AreaFactory(code="ROOT.LOW", parent=root, label_en="Low", label_uk=""))
        titled("Harbour crane")

        assert found("glider") == found("планерами") == found("planery") == ["Kite"]


class TestSpelling:
    @pytest.mark.parametrize("text", ["raddar", "radra", "rdaar", "hexacoptor", "hexakopter", "гексокоптер"])
    def test_is_forgiven(self, text: str) -> None:
        titled("Radar mast", "Heavy hexacopter")
        search_words_refresh()

        (title,) = found(text)

        assert title == ("Heavy hexacopter" if text[0] in "hг" else "Radar mast")

    def test_is_told_where_something_is_found_by_it(self) -> None:
        titled("Heavy hexacopter")
        search_words_refresh()

        assert text_hits(rows=Listing.objects.all(), text="hexacoptor").corrections == {"hexacoptor": ("hexacopter",)}
        assert text_hits(rows=Listing.objects.none(), text="hexacoptor").corrections == {}

    def test_is_not_mended_where_the_word_is_known(self) -> None:
        titled("Radar mast", "Rador mast")
        search_words_refresh()

        assert found("rador") == ["Rador mast"]

    def test_of_designations_is_taken_as_it_is(self) -> None:
        titled("Station R330", "Station R331")
        search_words_refresh()

        assert found("R330") == ["Station R330"]
        assert found("R333") == []


class TestRanking:
    def test_puts_titles_before_areas(self) -> None:
        listed_capability(title="Mast", area=AreaFactory(code="A", label_en="Kites", label_uk=""))
        listed_capability(title="Kite", area=AreaFactory(code="B", label_en="Other", label_uk=""))

        assert found("kites") == ["Kite", "Mast"]

    def test_puts_exact_words_before_forms_before_synonyms_before_typos(self) -> None:
        titled("Drone", "Drones", "UAV", "Dronex")
        search_words_refresh()

        worth = relevance("drones")

        assert worth["Drones"] > worth["Drone"] > worth["UAV"]
        assert "Dronex" not in worth
        assert 0 < relevance("dronexx")["Dronex"] < worth["UAV"] <= 1

    def test_is_a_double_that_compares_equal_when_it_comes_back(self) -> None:
        titled("Drones", "Radar for drones")
        best = text_hits(rows=Listing.objects.all(), text="drone radar mast").best

        for row in best:
            assert best.filter(pk=row.pk, relevance=row.relevance).exists()

    def test_ranks_the_newest_and_leaves_the_rest_to_recency(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "NEWEST_RANKED", 2)
        listings = titled("Kite", "Kite", "Kite")
        start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        for day, listing in enumerate(listings):
            Listing.objects.filter(pk=listing.pk).update(published_at=start + dt.timedelta(days=day))

        hits = text_hits(rows=Listing.objects.all(), text="kite")

        assert {row.pk for row in hits.hits} == {row.pk for row in listings}
        assert {row.pk for row in hits.best} == {listings[1].pk, listings[2].pk}
        assert [(row.pk, row.relevance) for row in hits.rest] == [(listings[0].pk, 0.0)]

    def test_never_leaves_an_old_title_behind_newer_areas(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "NEWEST_RANKED", 1)
        (old,) = titled("Kite")
        Listing.objects.filter(pk=old.pk).update(published_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        area = AreaFactory(code="A", label_en="Kites", label_uk="")
        titled("Mast", "Rope", area=area)

        assert found("kite")[0] == "Kite"


class TestSeveralWords:
    def test_all_count(self) -> None:
        titled("Quiet kite", "Quiet mast", "Kite")

        hits = text_hits(rows=Listing.objects.all(), text="quiet kite")

        assert [row.capability.title for row in hits.hits] == ["Quiet kite"]
        assert not hits.is_partial

    def test_some_do_where_nothing_has_them_all(self) -> None:
        titled("Quiet kite", "Rope", "Quiet mast")

        hits = text_hits(rows=Listing.objects.all(), text="quiet kite zzz")

        assert [row.capability.title for row in hits.hits] == ["Quiet kite"]
        assert hits.is_partial

    def test_any_does_in_the_end(self) -> None:
        titled("Kite", "Rope", "Mast")

        assert set(found("kite rope")) == {"Kite", "Rope"}

    def test_in_quotes_stand_side_by_side(self) -> None:
        titled("Quiet kite", "Kite, very quiet")

        assert found('"quiet kite"') == ["Quiet kite"]

    def test_of_stop_words_alone_find_nothing(self) -> None:
        titled("The kite for all")

        hits = text_hits(rows=Listing.objects.all(), text="the для")

        assert (list(hits.hits), list(hits.best), list(hits.rest)) == ([], [], [])


class TestReaders:
    def hidden(self, naming: str = Naming.NOBODY) -> Listing:
        organisation = OrganisationFactory(kind="firm", legal_name="Zorevind LLC", legal_name_uk="ТОВ «Зоревінд»")
        return listed_capability(
            title="Kite",
            description="Carries a jammer",
            firm__organisation=organisation,
            firm__naming=naming,
            firm__summary="Founded by glaziers",
        )

    @pytest.mark.parametrize("text", ["jammer", "glazier", "глушник", "jammmer"])
    def test_find_by_texts_of_a_higher_tier_only_what_was_granted(self, text: str) -> None:
        listing, other = self.hidden(), self.hidden()
        search_words_refresh()

        assert found(text) == []
        assert found(text, granted=[UUID(int=1)]) == []
        if text != "jammmer":
            hits = text_hits(rows=Listing.objects.all(), text=text, granted=[listing.firm_id])
            assert [(row.pk, row.relevance > 0) for row in hits.best] == [(listing.pk, True)]
        assert other.pk != listing.pk

    def test_find_words_of_both_tiers_together(self) -> None:
        listing = self.hidden()

        assert found("kite jammer", granted=[listing.firm_id]) == ["Kite"]
        assert not text_hits(rows=Listing.objects.all(), text="kite jammer", granted=[listing.firm_id]).is_partial

    @pytest.mark.parametrize("text", ["Zorevind", "зоревінд", "Зоревінду", "Zorewind", "zorevind kite"])
    def test_find_a_name_only_where_it_is_shown(self, text: str) -> None:
        listing = self.hidden()

        assert found(text, named=[listing.firm_id]) == ["Kite"]
        whole = text_hits(rows=Listing.objects.all(), text=text, granted=[listing.firm_id])
        assert whole.is_partial or not list(whole.hits)

    def test_find_a_name_with_the_grant_where_the_firm_says_so(self) -> None:
        listing = self.hidden(Naming.ACCEPTED)

        assert found("zorevind") == []
        assert found("zorevind", granted=[listing.firm_id]) == ["Kite"]

    def test_find_a_name_that_all_verified_see(self) -> None:
        self.hidden(Naming.ALL_VERIFIED)

        assert found("zorevind") == found("ZOREVIND LLC") == ["Kite"]

    def test_always_find_a_pseudonym(self) -> None:
        listing = self.hidden()

        assert found(firm_pseudonym(firm_id=str(listing.firm_id)).split()[1]) == ["Kite"]

    def test_find_nothing_beyond_the_rows_given(self) -> None:
        listing = self.hidden()
        rows = Listing.objects.exclude(pk=listing.pk)

        assert list(text_hits(rows=rows, text="jammer", granted=[listing.firm_id]).hits) == []


HOSTILE = [
    "' OR 1=1 --",
    "a & b | !c <-> d:* <2>",
    "\\",
    "\\' \\\\",
    "''''",
    "%s %(x)s %%",
    "(((((",
    "\x00",
    "a\x00b",
    "😀 😀",
    "\ud800",
    "the для",
    '"""',
    '"" «»',
    "-",
    "a-b-c-d-e-f",
    "ᚠᛇᚻ 漢字 العربية",
    "İ ſ ß ŉ",
    "е" * 59 + "'" * 50,
    "x" * 10_000,
    "drone " * 1_600,
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 50,
    "1" * 200,
    "дрон'дрон’дрон",
    "a" * 3 + "-" + "б" * 57,
]


class TestHostile:
    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    def test_finds_something_or_nothing(self, text: str) -> None:
        listing = listed_capability(title="Kite", description=text.replace("\x00", "").replace("\ud800", "")[:5000])
        search_words_refresh()

        hits = text_hits(rows=Listing.objects.all(), text=text, granted=[listing.firm_id], named=[listing.firm_id])

        for rows in (hits.hits, hits.best, hits.rest):
            assert len(rows) <= 1


class TestTextHits:
    def test_asks_as_often_for_many_as_for_one(self) -> None:
        titled("Kite one")
        search_words_refresh()
        with CaptureQueriesContext(connection) as once:
            list(text_hits(rows=Listing.objects.all(), text="kite").best)
        titled("Kite two", "Kite three", "Kite four")

        with CaptureQueriesContext(connection) as often:
            assert len(text_hits(rows=Listing.objects.all(), text="kite").best) == 4

        assert len(often) == len(once) == 5

    def test_can_be_asked_within_others(self) -> None:
        (listing,) = titled("Kite")
        best = text_search(rows=Listing.objects.all(), text="kite")

        assert list(Listing.objects.filter(pk__in=best.values("pk"))) == [listing]
        assert best.count() == 1
        assert list(best.filter(relevance__gt=0.5)[:1]) == [listing]
