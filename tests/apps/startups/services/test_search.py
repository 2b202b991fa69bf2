"""Words of capabilities follow what is written, apart by who may read them."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from apps.organisations.disclosure import Tier
from apps.startups import services
from apps.startups.disclosure import firm_pseudonym
from apps.startups.models import Capability, Listing, SearchText
from apps.startups.services.search import search_catch_up, search_edition, search_import_follow, search_refresh
from apps.startups.states import Naming
from kernel.access import Actor
from kernel.events import publish
from tests.factories.listings import listed_capability
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import CapabilityCodificationFactory, CapabilityFactory, FirmFactory

pytestmark = pytest.mark.django_db


def found(*, lexeme: str, tier: Tier = Tier.T1, column: str = "words") -> set[Any]:
    """The capabilities whose vector of a tier holds a lexeme."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT capability_id FROM startups_searchtext WHERE tier = %s AND {column} @@ %s::tsquery",  # noqa: S608
            [int(tier), f"'{lexeme}'"],
        )
        return {row[0] for row in cursor.fetchall()}


def versions() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, xmin, ctid FROM startups_searchtext ORDER BY id")
        return list(cursor.fetchall())


class TestSearchRefresh:
    def test_stems_english_and_lemmatises_ukrainian(self) -> None:
        one = CapabilityFactory(title="Loitering munitions", title_uk="Баражуючі боєприпаси")

        search_refresh(capability_ids=[one.pk])

        assert found(lexeme="~munit") == found(lexeme="munitions") == found(lexeme="~боєприпас") == {one.pk}

    def test_adds_what_words_mean_and_sound_like(self) -> None:
        one = CapabilityFactory(title="Loitering munition", title_uk="Глушник")

        search_refresh(capability_ids=[one.pk])

        assert found(lexeme="#loitering") == found(lexeme="#uav") == found(lexeme="^hlusnik") == {one.pk}

    def test_keeps_descriptions_standards_and_summaries_to_their_tier(self) -> None:
        one = CapabilityFactory(title="Relay", description="Carries a jammer", firm__summary="Founded by glaziers")
        CapabilityCodificationFactory(capability=one, number="ACT-77")

        search_refresh(capability_ids=[one.pk])

        for lexeme in ("jammer", "~glazier", "act77"):
            assert found(lexeme=lexeme) == set()
            assert found(lexeme=lexeme, tier=Tier.T2) == {one.pk}
        assert found(lexeme="relay", tier=Tier.T2) == {one.pk}

    def test_holds_the_codes_of_its_area_and_of_those_above(self) -> None:
        root = AreaFactory(code="ROOT")
        one = CapabilityFactory(area=AreaFactory(code="ROOT.LOW", parent=root))

        search_refresh(capability_ids=[one.pk])

        assert found(lexeme=":ROOT") == found(lexeme=":ROOT.LOW") == {one.pk}

    @pytest.mark.parametrize(
        ("naming", "tiers"),
        [
            (Naming.ALL_VERIFIED, {Tier.T1, Tier.T2}),
            (Naming.ACCEPTED, {Tier.T2}),
            (Naming.NOBODY, set()),
        ],
    )
    def test_shows_a_name_only_where_the_firm_does(self, naming: str, tiers: set[Tier]) -> None:
        organisation = OrganisationFactory(kind="firm", legal_name="Zorevind LLC", legal_name_uk="ТОВ «Зоревінд»")
        one = CapabilityFactory(firm__organisation=organisation, firm__naming=naming)

        search_refresh(capability_ids=[one.pk])

        for lexeme in ("zorevind", "зоревінд", "@zorevind"):
            assert {tier for tier in (Tier.T1, Tier.T2) if found(lexeme=lexeme, tier=tier)} == tiers
            assert found(lexeme=lexeme, column="name") == {one.pk}

    def test_always_shows_the_pseudonym(self) -> None:
        one = CapabilityFactory()

        search_refresh(capability_ids=[one.pk])

        pseudonym = firm_pseudonym(firm_id=str(one.firm_id)).removeprefix("Firm ").lower()
        assert found(lexeme=f"${pseudonym}") == {one.pk}

    def test_gives_its_listing_the_words_of_everybody(self) -> None:
        listing = listed_capability(title="Relay", description="Carries a jammer")

        words = Listing.objects.get(pk=listing.pk).words
        assert words == SearchText.objects.get(capability=listing.capability_id, tier=int(Tier.T1)).words
        assert "relay" in words
        assert "jammer" not in words

    def test_writes_nothing_that_stays_the_same(self) -> None:
        one = CapabilityFactory()
        search_refresh(capability_ids=[one.pk])
        before = versions()

        search_refresh(capability_ids=[one.pk])

        assert versions() == before

    def test_asks_as_often_for_many_as_for_one(self) -> None:
        firm = FirmFactory()
        CapabilityFactory(firm=firm)
        search_refresh(firm_ids=[firm.pk])
        with CaptureQueriesContext(connection) as once:
            search_refresh(firm_ids=[firm.pk])
        CapabilityFactory.create_batch(5, firm=firm)

        with CaptureQueriesContext(connection) as often:
            assert search_refresh(firm_ids=[firm.pk]) == 6

        assert len(often) == len(once)

    def test_does_all_when_none_is_named(self) -> None:
        CapabilityFactory.create_batch(3)

        assert search_refresh() == 3
        assert SearchText.objects.count() == 6

    def test_does_none_of_no_firm(self) -> None:
        CapabilityFactory()

        assert search_refresh(firm_ids=[]) == 0

    def test_takes_texts_of_any_length_and_letters(self) -> None:
        one = CapabilityFactory(title="\\' : & | ! <-> 'x' 😀", description="дрон " * 900 + "'" * 50)

        search_refresh(capability_ids=[one.pk])

        assert found(lexeme="дрон", tier=Tier.T2) == {one.pk}


class TestSearchImportFollow:
    def test_brings_changed_names(self) -> None:
        organisation = OrganisationFactory(kind="firm", legal_name="Zorevind LLC")
        one = CapabilityFactory(firm__organisation=organisation, firm__naming=Naming.ALL_VERIFIED)
        other, import_id = CapabilityFactory(), uuid4()
        for touched, own in (
            (organisation, {"organisations": {"created": 0, "updated": 1}}),
            (other.firm.organisation, {"organisations": {"created": 1, "updated": 0}}),
        ):
            publish(
                "exchange.import.touched",
                actor=Actor.system(),
                subject=touched,
                organisation_id=touched.pk,
                data={"import": str(import_id), "own": own},
            )

        assert search_import_follow(import_id=import_id) == 1

        assert found(lexeme="zorevind") == {one.pk}
        assert search_import_follow(import_id=uuid4()) == 0


class TestSearchCatchUp:
    def test_makes_anew_what_an_earlier_edition_made_or_nobody(self) -> None:
        old, bare = CapabilityFactory(title="Kites"), CapabilityFactory()
        search_refresh(capability_ids=[old.pk])
        SearchText.objects.update(edition="0-of-old", words="")

        assert search_catch_up() == 2

        assert found(lexeme="~kite") == {old.pk}
        assert set(SearchText.objects.values_list("capability", "edition")) == {
            (old.pk, search_edition()),
            (bare.pk, search_edition()),
        }
        assert search_catch_up() == 0

    def test_follows_the_secret_that_pseudonyms_hang_on(self) -> None:
        one = CapabilityFactory()
        search_refresh(capability_ids=[one.pk])

        with override_settings(SECRET_KEY="another"):
            assert search_catch_up() == 1
            pseudonym = firm_pseudonym(firm_id=str(one.firm_id)).removeprefix("Firm ").lower()

        assert found(lexeme=f"${pseudonym}") == {one.pk}


class TestWrites:
    """Every write path of a text ends in the vectors."""

    def test_follow_a_created_and_changed_capability(self) -> None:
        firm = FirmFactory()
        actor = actor_of(firm.organisation)
        area = AreaFactory().code

        one = services.capability_create(actor=actor, firm=firm, area=area, title="Kites", maturity="tested")
        assert found(lexeme="~kite") == {one.pk}
        one = Capability.objects.get(pk=one.pk)
        services.capability_update(actor=actor, capability=one, title="Balloons", description_uk="Літають повільно")

        assert found(lexeme="~kite") == set()
        assert found(lexeme="~balloon") == {one.pk}
        assert found(lexeme="~літати", tier=Tier.T2) == {one.pk}

    def test_follow_a_firms_summary(self) -> None:
        one = CapabilityFactory()

        services.firm_update(actor=actor_of(one.firm.organisation), firm=one.firm, summary="Founded by glaziers")

        assert found(lexeme="~glazier", tier=Tier.T2) == {one.pk}
        assert found(lexeme="~glazier") == set()

    def test_follow_a_firms_choice_whom_to_show_its_name_at_once(self) -> None:
        organisation = OrganisationFactory(kind="firm", legal_name="Zorevind LLC")
        listing = listed_capability(firm__organisation=organisation, firm__naming=Naming.ALL_VERIFIED)
        assert "zorevind" in listing.words

        services.firm_update(actor=actor_of(organisation), firm=listing.firm, naming=Naming.NOBODY)

        assert "zorevind" not in Listing.objects.get(pk=listing.pk).words
        assert found(lexeme="zorevind", tier=Tier.T2) == set()
