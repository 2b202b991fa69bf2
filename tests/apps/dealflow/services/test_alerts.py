"""What a watched search finds anew is told once, to its own people, as far as they see it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dealflow.models import AlertHit, SavedSearch
from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.services import alerts
from apps.dealflow.services.alerts import alerts_follow, baseline_record, baselines_renew, hits_find, hits_tell
from apps.dealflow.services.saved_searches import saved_search_create
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from apps.startups.models import Firm, Listing, Raise
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Event
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of
from tests.factories.startups import CapabilityFactory, FirmFactory, RaiseFactory

pytestmark = pytest.mark.django_db


def fund() -> Actor:
    return actor_of(OrganisationFactory(kind=Kind.FUND, country="EE"))


def watching(actor: Actor, cadence: str = "instant", **asked: Any) -> SavedSearch:
    name = f"Search {SavedSearch.objects.count()}"
    return saved_search_create(actor=actor, name=name, query=DealFlowQuery(**asked), cadence=cadence)


def listed(*firms: Firm) -> list[Listing]:
    """The firms' listings as they stand now."""
    ids = [firm.pk for firm in firms]
    search_refresh(firm_ids=ids)
    listings_refresh(firm_ids=ids)
    return list(Listing.objects.filter(firm_id__in=ids).order_by("pk"))


def raising(**values: Any) -> Raise:
    item: Raise = RaiseFactory(**values)
    listed(item.firm)
    return item


def told() -> list[Event]:
    return list(Event.objects.filter(name="dealflow.alert.raised").order_by("id"))


def about(event: Event) -> set[str]:
    return {item["id"] for item in event.data["about"]}


class TestAlertsFollow:
    def test_tells_once_of_a_new_raise(self) -> None:
        actor = fund()
        search = watching(actor, stage=("seed",))
        item = raising()

        found = [alerts_follow(organisation_id=item.firm.organisation_id) for _ in range(3)]

        assert found == [1, 0, 0]
        [event] = told()
        assert (event.object_id, event.organisation_id, event.actor) == (search.pk, actor.organisation_id, "system")
        assert event.data["people"] == {str(actor.user_id): "instant"}
        assert event.data["about"] == [
            {"organisation": str(item.firm.organisation_id), "type": "startups.listing", "id": str(item.pk)}
        ]

    def test_tells_nothing_of_what_was_there_before(self) -> None:
        item = raising()
        watching(fund(), stage=("seed",))

        assert alerts_follow(organisation_id=item.firm.organisation_id) == 0
        assert told() == []

    def test_tells_of_what_begins_to_fit(self) -> None:
        item = raising(stage="growth")
        watching(fund(), stage=("seed",))
        Raise.objects.filter(pk=item.pk).update(stage="seed")
        listed(item.firm)

        assert alerts_follow(organisation_id=item.firm.organisation_id) == 1

    def test_takes_a_capability_for_known_whose_raise_was_told_of(self) -> None:
        watching(fund())
        item = raising()
        alerts_follow(organisation_id=item.firm.organisation_id)
        Raise.objects.filter(pk=item.pk).update(status="withdrawn")
        [row] = listed(item.firm)

        assert row.pk == item.lead_capability_id
        assert alerts_follow(organisation_id=item.firm.organisation_id) == 0

    @pytest.mark.parametrize("change", [{"dark_since": utc_now()}, {"standing": Standing.SUSPENDED}])
    def test_tells_nothing_of_a_firm_that_is_not_seen(self, change: dict[str, Any]) -> None:
        watching(fund())
        item = raising()
        Organisation.objects.filter(pk=item.firm.organisation_id).update(**change)

        assert alerts_follow(organisation_id=item.firm.organisation_id) == 0

    @pytest.mark.parametrize("standing", [Standing.REGISTERED, Standing.SUSPENDED])
    def test_tells_nobody_who_does_not_see_others(self, standing: str) -> None:
        actor = fund()
        watching(actor)
        Organisation.objects.filter(pk=actor.organisation_id).update(standing=standing)
        item = raising()

        assert alerts_follow(organisation_id=item.firm.organisation_id) == 0

    def test_tells_a_firm_of_others_that_seek_a_partner_but_not_of_itself(self) -> None:
        firm = FirmFactory()
        watching(actor_of(firm.organisation))
        own = CapabilityFactory(firm=firm, seeks=["licence"])
        partner, silent = CapabilityFactory(seeks=["licence"]), CapabilityFactory(seeks=[])
        listed(firm, partner.firm, silent.firm)

        for item in (own, partner, silent):
            alerts_follow(organisation_id=item.firm.organisation_id)

        assert [about(event) for event in told()] == [{str(partner.pk)}]

    def test_finds_words_of_granted_texts_for_the_granted_alone(self) -> None:
        granted, other = fund(), fund()
        for actor in (granted, other):
            watching(actor, text="xylophone")
        item = raising()
        item.lead_capability.description = "A secret xylophone."
        item.lead_capability.save()
        listed(item.firm)
        assert alerts_follow(organisation_id=item.firm.organisation_id) == 0
        GrantFactory(viewer_id=granted.organisation_id, subject=item.firm.organisation)

        alerts_follow(organisation_id=item.firm.organisation_id, viewer_id=granted.organisation_id)
        alerts_follow(organisation_id=item.firm.organisation_id)

        assert [event.organisation_id for event in told()] == [granted.organisation_id]

    def test_wants_all_words_of_a_text(self) -> None:
        watching(fund(), text="jammer xylophone")
        item = raising(lead_capability__title="Jammer")
        listed(item.firm)

        assert alerts_follow(organisation_id=item.firm.organisation_id) == 0

    def test_asks_only_searches_that_somebody_watches(self) -> None:
        search = watching(fund(), cadence="off")
        item = raising()

        assert search.watched_since is None
        assert alerts_follow(organisation_id=item.firm.organisation_id) == 0
        assert not AlertHit.objects.exists()

    def test_leaves_many_listings_to_a_job(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(alerts, "AT_ONCE", 1)
        search = watching(fund())
        firm = FirmFactory()
        for _ in range(2):
            CapabilityFactory(firm=firm)
        rows = listed(firm)

        assert alerts_follow(organisation_id=firm.organisation_id) == 0
        [chunk] = alerts.alerts_chunks(job_id=alerts.Job.objects.get().pk)
        store = alerts.alerts_chunk_work(payload=chunk.payload, check=lambda: None)
        counts = [store(), store()]

        assert counts == [{"alerts": 2}, {"alerts": 0}]
        [event] = told()
        assert event.object_id == search.pk
        assert about(event) == {str(row.pk) for row in rows}


class TestHitsFind:
    def test_asks_no_search_that_plain_facts_rule_out(self) -> None:
        for number in range(30):
            watching(fund(), stage=("growth",), trl_min=1 + number % 9)
        match = watching(fund(), stage=("seed",))
        item = raising()
        rows = list(Listing.objects.all())

        with CaptureQueriesContext(connection) as queries:
            found = hits_find(listings=rows, searches=SavedSearch.objects.all())

        assert {pk: set(ids) for pk, ids in found.items()} == {match.pk: {item.pk}}
        assert len(queries) == 3

    def test_asks_few_statements_for_many_searches(self) -> None:
        for _ in range(45):
            watching(fund(), stage=("seed",))
        raising()

        with CaptureQueriesContext(connection) as queries:
            found = hits_find(listings=list(Listing.objects.all()), searches=SavedSearch.objects.all())

        assert len(found) == 45
        assert len(queries) <= 5

    @pytest.mark.parametrize(
        "asked",
        [
            {"kind": ("raise",)},
            {"country": ("UA",)},
            {"country": ("PL",)},
            {"trl_min": 7},
            {"trl_max": 6},
            {"stage": ("seed", "growth")},
            {"amount_min": Decimal(2_000_000)},
            {"amount_max": Decimal(100)},
            {"instrument": ("equity",)},
            {"instrument": ("grant",)},
            {"capital_class": ("equity",)},
            {"maturity": ("fielded",)},
            {"seeks": ("licence",)},
            {"area": ("nowhere",)},
        ],
    )
    def test_finds_by_facts_what_the_search_finds(self, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        search = watching(fund(), **asked)
        raising()
        raising(stage="", lead_capability__trl=None)
        CapabilityFactory(seeks=["licence"])
        rows = listed(*Firm.objects.all())

        ruled = hits_find(listings=rows, searches=SavedSearch.objects.all())
        monkeypatch.setattr(alerts, "may_find", lambda **_: True)

        asked_all = hits_find(listings=rows, searches=SavedSearch.objects.all())

        assert set(ruled.get(search.pk, ())) == set(asked_all.get(search.pk, ()))


class TestHitsTell:
    def test_names_each_subscriber_with_its_cadence(self) -> None:
        actor = fund()
        organisation = Organisation.objects.get(pk=actor.organisation_id)
        colleague = actor_of(organisation)
        search = saved_search_create(
            actor=actor, name="Shared", query=DealFlowQuery(), is_shared=True, cadence="instant"
        )
        search.subscriptions.create(user_id=colleague.user_id, cadence="weekly")
        search.subscriptions.create(user_id=actor_of(organisation).user_id, cadence="off")
        item = raising()

        hits_tell(hits={search.pk: {item.pk}})

        assert told()[0].data["people"] == {str(actor.user_id): "instant", str(colleague.user_id): "weekly"}


class TestBaselineRecord:
    def test_refuses_what_finds_too_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(alerts, "MOST_KNOWN", 1)
        raising()
        raising()

        with pytest.raises(alerts.SearchTooBroad):
            watching(fund())

    def test_knows_leads_with_their_raises(self) -> None:
        item = raising()
        search = watching(fund())

        assert set(search.hits.values_list("listing", "is_told")) == {
            (item.pk, False),
            (item.lead_capability_id, False),
        }
        assert baseline_record(search=search) == 0


class TestBaselinesRenew:
    def test_takes_everything_for_known_that_became_visible_at_once(self) -> None:
        actor = fund()
        Organisation.objects.filter(pk=actor.organisation_id).update(standing=Standing.REGISTERED)
        watching(actor)
        item = raising()
        Organisation.objects.filter(pk=actor.organisation_id).update(standing=Standing.VERIFIED)

        assert actor.organisation_id is not None
        assert baselines_renew(organisation_id=actor.organisation_id) == 1
        assert alerts_follow(organisation_id=item.firm.organisation_id) == 0
