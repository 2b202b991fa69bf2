"""Words of capabilities follow what is written, apart by who may read them."""

from typing import Any

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.organisations.disclosure import Tier
from apps.startups import services
from apps.startups.models import Capability, SearchText
from apps.startups.rules.words import search_terms
from apps.startups.services.search import search_refresh
from tests.factories.organisations import actor_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import CapabilityFactory, FirmFactory

pytestmark = pytest.mark.django_db


def found(*, word: str, tier: Tier, column: str) -> set[Any]:
    """The capabilities that a word meets among those of a tier."""
    if column == "english":
        query = SearchQuery(word, config="english")
    else:
        query = SearchQuery(" ".join(search_terms(text=word)[-1:]), config="simple")
    rows = SearchText.objects.filter(tier=tier, **{column: query})
    return set(rows.values_list("capability", flat=True))


class TestSearchRefresh:
    def test_stems_english_and_lemmatises_ukrainian(self) -> None:
        one = CapabilityFactory(title="Loitering munitions", title_uk="Баражуючі боєприпаси")

        search_refresh(capability_ids=[one.pk])

        assert found(word="munition", tier=Tier.T1, column="english") == {one.pk}
        assert found(word="боєприпасами", tier=Tier.T1, column="ukrainian") == {one.pk}

    def test_keeps_descriptions_apart_from_titles(self) -> None:
        one = CapabilityFactory(title="Relay", description="Carries a jammer")

        search_refresh(capability_ids=[one.pk])

        assert found(word="jammer", tier=Tier.T1, column="english") == set()
        assert found(word="jammer", tier=Tier.T2, column="english") == {one.pk}
        assert found(word="relay", tier=Tier.T2, column="english") == set()

    def test_finds_by_the_areas_above(self) -> None:
        root = AreaFactory(code="ROOT", label_en="Unmanned systems", label_uk="Безпілотні системи")
        one = CapabilityFactory(area=AreaFactory(code="ROOT.LOW", parent=root, label_en="Gliders", label_uk=""))

        search_refresh(capability_ids=[one.pk])

        assert found(word="unmanned", tier=Tier.T1, column="english") == {one.pk}
        assert found(word="безпілотних", tier=Tier.T1, column="ukrainian") == {one.pk}

    def test_writes_nothing_that_stays_the_same(self) -> None:
        one = CapabilityFactory()
        search_refresh(capability_ids=[one.pk])
        with connection.cursor() as cursor:
            cursor.execute("SELECT xmin, ctid FROM startups_searchtext ORDER BY id")
            before = cursor.fetchall()

        search_refresh(capability_ids=[one.pk])

        with connection.cursor() as cursor:
            cursor.execute("SELECT xmin, ctid FROM startups_searchtext ORDER BY id")
            assert cursor.fetchall() == before

    def test_asks_as_often_for_many_as_for_one(self) -> None:
        firm = FirmFactory()
        CapabilityFactory(firm=firm)
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


class TestWrites:
    """Every write path of a text ends in the vectors."""

    def test_follow_a_created_and_changed_capability(self) -> None:
        firm = FirmFactory()
        actor = actor_of(firm.organisation)
        area = AreaFactory().code

        one = services.capability_create(actor=actor, firm=firm, area=area, title="Kites", maturity="tested")
        assert found(word="kite", tier=Tier.T1, column="english") == {one.pk}
        one = Capability.objects.get(pk=one.pk)
        services.capability_update(actor=actor, capability=one, title="Balloons", description_uk="Літають повільно")

        assert found(word="kite", tier=Tier.T1, column="english") == set()
        assert found(word="balloon", tier=Tier.T1, column="english") == {one.pk}
        assert found(word="літати", tier=Tier.T2, column="ukrainian") == {one.pk}

    def test_follow_a_firms_summary(self) -> None:
        one = CapabilityFactory()

        services.firm_update(actor=actor_of(one.firm.organisation), firm=one.firm, summary="Founded by glaziers")

        assert found(word="glazier", tier=Tier.T2, column="english") == {one.pk}
        assert found(word="glazier", tier=Tier.T1, column="english") == set()
