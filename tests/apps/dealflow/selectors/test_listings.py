"""What a search finds for those who keep, export and are told of it."""

import datetime as dt
from uuid import UUID

import pytest
from django.db import OperationalError, connection

from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors import listings
from apps.dealflow.selectors.listings import (
    bounded,
    deal_flow_find,
    deal_flow_hits,
    deal_flow_list,
    deal_flow_rows,
    deal_flow_take,
)
from apps.organisations.models import Organisation
from apps.startups.models import Listing
from apps.startups.services.search_words import search_words_refresh
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from tests.factories.listings import listed_capability, listed_raise
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def fund() -> Actor:
    return actor_of(OrganisationFactory(kind="fund"))


class TestDealFlowList:
    def test_bears_the_viewers_tier_newest_first(self) -> None:
        old, new = listed_raise(opened_on=utc_today() - dt.timedelta(days=9)), listed_raise()

        rows = list(deal_flow_list(actor=fund(), query=DealFlowQuery()))

        assert [row.pk for row in rows] == [new.pk, old.pk]
        assert [(row.viewer_tier, row.is_revealed, row.disclosed_by) for row in rows] == [
            (1, False, new.organisation_id),
            (1, False, old.organisation_id),
        ]

    def test_finds_by_the_text(self) -> None:
        right = listed_raise(lead_capability__title="Seeker")
        listed_raise(lead_capability__title="Antenna")

        assert [row.pk for row in deal_flow_list(actor=fund(), query=DealFlowQuery(text="seeker"))] == [right.pk]

    def test_can_be_narrowed(self) -> None:
        first, second = listed_raise(), listed_raise()

        rows = deal_flow_list(actor=fund(), query=DealFlowQuery()).filter(pk__in=[second.pk])

        assert {row.pk for row in rows} == {second.pk}
        assert first.pk != second.pk


class TestWhoSeesTeasersAlone:
    def test_finds_its_own_by_its_own_words_whatever_words_others_have(self) -> None:
        own = listed_capability(title="Quiet gliders", firm__organisation__standing="registered")
        actor = actor_of(own.organisation)
        told = []

        for words in ("Harbour crane", "Loud gliders"):
            listed_capability(title=words)
            search_words_refresh()
            found = [
                deal_flow_find(actor=actor, query=DealFlowQuery(text=text, own=True))
                for text in ("glidders", "gliders")
            ]
            told.append([(list(each.hits), each.text.corrections, each.text.lexemes) for each in found if each.text])

        assert told[0] == told[1]
        assert [hits for hits, *_ in told[0]] == [[], [own]]


class TestDealFlowHits:
    def test_is_strict_about_words_when_asked(self) -> None:
        row = listed_raise(lead_capability__title="Seeker")
        query = DealFlowQuery(text="seeker zzzqqqxx")

        some, every = (deal_flow_hits(actor=fund(), query=query, is_strict=strict) for strict in (False, True))

        assert {found.pk for found in some} == {row.pk}
        assert not every.exists()

    def test_has_the_rows_of_the_list(self) -> None:
        listed_raise()
        listed_capability()
        dark = listed_raise()
        Organisation.objects.filter(pk=dark.organisation_id).update(dark_since=utc_now())

        for kind in ("fund", "firm", "authority", "operator", "attestor"):
            actor = actor_of(OrganisationFactory(kind=kind), *(["compliance"] if kind == "operator" else []))
            bare = set(Listing.objects.shown_to(actor).values_list("pk", flat=True))

            assert bare == set(Listing.objects.visible_to(actor).values_list("pk", flat=True))


class TestDealFlowTake:
    def test_follows_the_order_of_the_search(self) -> None:
        unstated, less, more = listed_capability(), listed_raise(amount=10), listed_raise(amount=20)

        def taken(ordering: str, limit: int) -> list[UUID]:
            query = DealFlowQuery(ordering=ordering)
            return [row.pk for row in deal_flow_take(actor=fund(), query=query, limit=limit)]

        assert taken("-amount", 9) == [more.pk, less.pk, unstated.pk]
        assert taken("amount", 2) == [less.pk, more.pk]


class TestDealFlowRows:
    def test_keeps_the_order_and_leaves_out_what_is_not_seen(self) -> None:
        first, second, dark = listed_raise(), listed_raise(), listed_raise()
        Organisation.objects.filter(pk=dark.organisation_id).update(dark_since=utc_now())

        rows = deal_flow_rows(actor=fund(), ids=[second.pk, dark.pk, first.pk])

        assert [row.pk for row in rows] == [second.pk, first.pk]


class TestDealFlowFind:
    def test_names_the_parts_in_reading_order(self) -> None:
        found = deal_flow_find(actor=fund(), query=DealFlowQuery(ordering="-amount"))

        assert [part.terms[0].column for part in found.parts] == ["amount_eur", "published_at"]


class TestBounded:
    def test_ends_what_takes_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(listings, "TIMEOUT_MS", 50)

        with pytest.raises(OperationalError), bounded(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(2)")
