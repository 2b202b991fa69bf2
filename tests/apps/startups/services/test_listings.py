"""Listings follow what is published and sought, and say what the rules say."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.organisations.merging import Moved
from apps.reference.scoring_models import CURRENT, model_files
from apps.reference.tables import editions
from apps.startups import services
from apps.startups.merging import registry_merge
from apps.startups.models import Capability, Firm, Listing, Raise
from apps.startups.rules.bands import amount_band, iteration_band
from apps.startups.rules.origin import ComponentLine, band_edges, foreign_bands
from apps.startups.rules.speed_subjects import shown_days
from apps.startups.services.listings import SHARES, listings_refresh
from apps.startups.states import CapabilityStatus, ListingKind, RaiseStatus
from kernel.clock import utc_now, utc_today
from tests.factories.organisations import actor_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import CapabilityFactory, ComponentFactory, FirmFactory, RaiseFactory

pytestmark = pytest.mark.django_db


def opened(**values: Any) -> Raise:
    item: Raise = RaiseFactory(**{"status": RaiseStatus.OPEN, **values})
    return item


class TestListingsRefresh:
    def test_lists_a_published_capability_that_leads_no_raise(self) -> None:
        one = CapabilityFactory(trl=6, seeks=["licence"])

        listings_refresh(capability_ids=[one.pk])

        row = Listing.objects.get()
        assert (row.pk, row.kind, row.capability_id, row.raising_id) == (one.pk, ListingKind.CAPABILITY, one.pk, None)
        assert (row.firm_id, row.organisation_id, row.country) == (one.firm_id, one.firm.organisation_id, "UA")
        assert (row.trl, row.maturity, row.tier, row.seeks) == (6, one.maturity, "E2", ["licence"])
        assert (row.capital_class, row.instruments, row.amount_eur, row.amount_band) == ("", [], None, "")

    def test_lists_an_open_raise_in_the_place_of_its_lead(self) -> None:
        item = opened(amount=Decimal("1500000.00"), currency="EUR", instruments=["loan", "bond"], stage="growth")

        listings_refresh(firm_ids=[item.firm_id])

        row = Listing.objects.get()
        assert (row.pk, row.kind, row.raising_id) == (item.pk, ListingKind.RAISE, item.pk)
        assert (row.capability_id, row.trl) == (item.lead_capability_id, item.lead_capability.trl)
        assert (row.capital_class, row.instruments, row.stage) == ("debt", ["loan", "bond"], "growth")
        assert (row.amount_eur, row.amount_band) == (Decimal("1500000.00"), "500k-2M")

    def test_lists_each_tranche(self) -> None:
        first = opened()
        second = opened(firm=first.firm, lead_capability=first.lead_capability)

        listings_refresh(firm_ids=[first.firm_id])

        assert set(Listing.objects.values_list("pk", flat=True)) == {first.pk, second.pk}

    @pytest.mark.parametrize("status", [CapabilityStatus.DRAFT, CapabilityStatus.ARCHIVED])
    def test_lists_nothing_that_is_not_published(self, status: str) -> None:
        one = CapabilityFactory(status=status)

        listings_refresh(capability_ids=[one.pk])

        assert not Listing.objects.exists()

    def test_tells_nothing_of_a_lead_that_is_not_published(self) -> None:
        item = opened(lead_capability__status=CapabilityStatus.DRAFT, lead_capability__seeks=["licence"])
        ComponentFactory(capability=item.lead_capability)

        listings_refresh(firm_ids=[item.firm_id])

        row = Listing.objects.get()
        assert (row.capability_id, row.area, row.areas, row.trl, row.maturity, row.tier) == (None, "", [], None, "", "")
        assert (row.seeks, row.share_eu) == ([], "")

    def test_names_the_areas_from_the_root_down(self) -> None:
        root = AreaFactory(code="ROOT")
        below = AreaFactory(code="ELSEWHERE", parent=root)
        one = CapabilityFactory(area=AreaFactory(code="LEAF", parent=below))

        listings_refresh(capability_ids=[one.pk])

        row = Listing.objects.get()
        assert (row.area, row.areas) == ("LEAF", ["ROOT", "ELSEWHERE", "LEAF"])

    def test_takes_away_what_is_gone(self) -> None:
        item = opened()
        listings_refresh(firm_ids=[item.firm_id])
        Raise.objects.update(status=RaiseStatus.CLOSED)

        listings_refresh(firm_ids=[item.firm_id])

        assert set(Listing.objects.values_list("pk", flat=True)) == {item.lead_capability_id}

    def test_keeps_when_something_was_published(self) -> None:
        one = CapabilityFactory()
        then = utc_now() - dt.timedelta(days=3)
        listings_refresh(capability_ids=[one.pk], now=then)
        before = Listing.objects.get()
        Capability.objects.update(trl=9)

        listings_refresh(capability_ids=[one.pk])

        after = Listing.objects.get()
        assert (after.trl, after.published_at, after.listed_at) == (9, then, before.listed_at)

    def test_takes_the_day_on_which_a_raise_was_opened_elsewhere(self) -> None:
        item = opened(opened_on=utc_today() - dt.timedelta(days=40))

        listings_refresh(firm_ids=[item.firm_id])

        row = Listing.objects.get()
        assert row.published_at == dt.datetime.combine(item.opened_on, dt.time(), dt.UTC)
        assert row.listed_at > row.published_at

    def test_writes_nothing_that_stays_the_same(self) -> None:
        one = CapabilityFactory()
        listings_refresh(capability_ids=[one.pk])
        written = _versions()

        listings_refresh(capability_ids=[one.pk])

        assert _versions() == written

    def test_refreshes_all_when_nothing_is_named(self) -> None:
        CapabilityFactory.create_batch(3)

        count = listings_refresh()

        assert (count, Listing.objects.count()) == (3, 3)

    def test_needs_as_many_queries_for_many_as_for_one(self) -> None:
        few, many = CapabilityFactory(), CapabilityFactory.create_batch(12)

        with CaptureQueriesContext(connection) as one:
            listings_refresh(capability_ids=[few.pk])
        with CaptureQueriesContext(connection) as twelve:
            listings_refresh(capability_ids=[row.pk for row in many])

        assert len(twelve) == len(one)


def _versions() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, ctid::text FROM startups_listing ORDER BY id")
        return list(cursor.fetchall())


BILLS: list[list[tuple[str, str, str, str | None]]] = [
    [("10", "1", "EUR", "UA")],
    [("10", "1", "EUR", "CN")],
    [("1", "1", "EUR", "CN"), ("9", "1", "EUR", "UA")],
    [("10", "1", "EUR", "CN"), ("90", "1", "EUR", "DE"), ("0.0001", "1", "EUR", "US")],
    [("35", "1", "USD", "CN"), ("65", "1", "USD", "NO")],
    [("20", "1", "EUR", None), ("15", "1", "EUR", "CN"), ("65", "1", "EUR", "UA")],
    [("100", "3", "EUR", "DE"), ("500", "7", "UAH", "CN"), ("3.3333", "2.5", "USD", None)],
    [("10", "1", "XXX", "CN")],
    [("10", "1", "XXX", "CN"), ("10", "1", "EUR", "UA")],
    [("0", "1", "EUR", "CN")],
    [("1", "3", "EUR", "CN"), ("1", "1", "EUR", "UA")],
]


class TestForeignShare:
    """The bands are made in the database and are those of the rule."""

    @pytest.mark.parametrize("bill", BILLS)
    def test_is_the_band_of_the_rule(self, bill: list[tuple[str, str, str, str | None]]) -> None:
        one = CapabilityFactory()
        for cost, quantity, currency, origin in bill:
            ComponentFactory(
                capability=one,
                unit_cost=Decimal(cost),
                quantity=Decimal(quantity),
                currency=currency,
                origin=origin,
            )

        listings_refresh(capability_ids=[one.pk])

        table = editions().table_at(utc_today())
        expected = foreign_bands(
            components=[ComponentLine(Decimal(a), Decimal(b), c, origin) for a, b, c, origin in bill],
            perimeters={name: table.perimeter(name) for name in SHARES.values()},
            edges=band_edges(model=model_files()[CURRENT].raw),
            rates=table.fx_to_eur,
        )
        row = Listing.objects.get()
        for column, name in SHARES.items():
            band = expected.get(name)
            assert getattr(row, column) == ("" if band is None else f"{band.above}-{band.up_to}")

    def test_is_unknown_without_a_bill(self) -> None:
        one = CapabilityFactory()

        listings_refresh(capability_ids=[one.pk])

        assert Listing.objects.get().share_eu == ""


class TestBands:
    @pytest.mark.parametrize("amount", ["99999.99", "100000.00", "499999.99", "50000000.00", "1.00"])
    def test_amounts_are_in_the_band_of_the_rule(self, amount: str) -> None:
        item = opened(amount=Decimal(amount), currency="USD", min_ticket=None)

        listings_refresh(firm_ids=[item.firm_id])

        eur = editions().table_at(utc_today()).in_eur(Decimal(amount), "USD")
        row = Listing.objects.get()
        assert (row.amount_eur, row.amount_band) == (round(eur, 2), amount_band(amount=eur))

    @pytest.mark.parametrize("days", [0.5, 13.99, 14.0, 30.0, 89.9, 180.0, 400.0])
    def test_iterations_are_in_the_band_of_the_rule(self, days: float) -> None:
        one = CapabilityFactory()
        SpeedProfileFactory(one, cadence=days)

        listings_refresh(capability_ids=[one.pk])

        row = Listing.objects.get()
        shown = shown_days(days=days, is_own=False)
        assert (row.cadence_days, row.adaptation_days) == (shown, None)
        assert row.iteration_band == iteration_band(days=Decimal(str(shown)))

    def test_currencies_without_a_rate_have_no_amount(self) -> None:
        item = opened(currency="XXX")

        listings_refresh(firm_ids=[item.firm_id])

        row = Listing.objects.get()
        assert (row.amount_eur, row.amount_band) == (None, "")


def SpeedProfileFactory(capability: Capability, **figures: float) -> None:  # noqa: N802 - named as factories are
    from apps.startups.models import SpeedProfile

    SpeedProfile.objects.create(
        firm=capability.firm,
        capability=capability,
        area=capability.area.code,
        as_of=utc_today(),
        computed_at=utc_now(),
        figures={name: {"days": days} for name, days in figures.items()},
        history_to=utc_today(),
    )


class TestFollows:
    """What writes does so together with the listing."""

    def test_a_capability_from_publication_to_the_archive(self) -> None:
        one = CapabilityFactory(status=CapabilityStatus.DRAFT)
        actor = actor_of(one.firm.organisation)

        services.capability_publish(actor=actor, capability=one)
        published = Listing.objects.get(pk=one.pk)
        services.capability_update(actor=actor, capability=one, seeks=["distribution"], trl=8)
        changed = Listing.objects.get(pk=one.pk)
        services.capability_archive(actor=actor, capability=one)

        assert (published.seeks, changed.seeks, changed.trl) == ([], ["distribution"], 8)
        assert not Listing.objects.exists()

    def test_a_raise_from_its_opening_to_its_end(self) -> None:
        item = RaiseFactory(status=RaiseStatus.DRAFT)
        actor = actor_of(item.firm.organisation)

        services.raise_open(actor=actor, item=item)
        opened_row = Listing.objects.get()
        services.raise_update(actor=actor, item=item, amount=Decimal("7000000.00"), currency="EUR")
        changed = Listing.objects.get()
        services.raise_withdraw(actor=actor, item=item)

        assert (opened_row.pk, changed.amount_band) == (item.pk, "2M-10M")
        assert Listing.objects.get().pk == item.lead_capability_id

    def test_a_raise_that_changes_its_lead(self) -> None:
        item = RaiseFactory(status=RaiseStatus.DRAFT)
        actor, other = actor_of(item.firm.organisation), CapabilityFactory(firm=item.firm)
        services.raise_open(actor=actor, item=item)
        former = item.lead_capability_id

        services.raise_update(actor=actor, item=item, lead_capability=other.pk)

        found = dict(Listing.objects.values_list("pk", "capability_id"))
        assert found == {item.pk: other.pk, former: former}

    def test_a_bill_of_materials(self) -> None:
        one = CapabilityFactory()
        listings_refresh(capability_ids=[one.pk])
        line = services.ComponentLineIn(
            name="Motor", unit_cost=Decimal(4), currency="EUR", quantity=Decimal(1), origin="CN"
        )

        services.components_replace(actor=actor_of(one.firm.organisation), capability=one, components=[line])

        assert Listing.objects.get().share_eu == "0.75-1"

    def test_a_merged_firm(self) -> None:
        item = opened()
        listings_refresh(firm_ids=[item.firm_id])
        into = FirmFactory()

        moved = registry_merge(merged=item.firm.organisation, into=into.organisation, now=utc_now())

        assert isinstance(moved, Moved)
        row = Listing.objects.get()
        assert (row.firm_id, row.organisation_id) == (into.pk, into.organisation_id)
        assert Firm.objects.filter(pk=item.firm_id).exists()
