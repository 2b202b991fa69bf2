"""Raises side by side, as far as the viewer reads each."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dealflow.rules.comparison import Cell
from apps.dealflow.selectors.comparison import raise_comparison
from apps.organisations.models import Organisation
from apps.startups.models import Capability, Firm, Raise, SpeedProfile
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import NotFound
from tests.factories.organisations import GrantFactory, actor_of
from tests.factories.pipelines import fund_actor
from tests.factories.startups import CapabilityFactory, ComponentFactory, FinancialsFactory, RaiseFactory

pytestmark = pytest.mark.django_db


def cells(actor: Actor, *items: Raise) -> dict[str, dict[UUID, Cell]]:
    found = raise_comparison(actor=actor, raise_ids=[item.pk for item in items])
    return {figure.name: dict(figure.cells) for figure in found.figures}


def one(actor: Actor, item: Raise) -> dict[str, Cell]:
    return {name: by_raise[item.pk] for name, by_raise in cells(actor, item).items()}


def granted(actor: Actor, firm: Firm) -> None:
    GrantFactory(viewer=Organisation.objects.get(pk=actor.organisation_id), subject=firm.organisation)


def measured(capability: Capability, **figures: Any) -> SpeedProfile:
    day = dt.date(2026, 10, 1)
    return SpeedProfile.objects.create(
        firm=capability.firm,
        capability=capability,
        area=capability.area.code,
        as_of=day,
        computed_at=utc_now(),
        figures=figures,
        history_to=day,
    )


class TestFigures:
    def test_have_unit_basis_day_and_evidence(self) -> None:
        item = RaiseFactory()
        cadence = {"days": 21.34, "low": 15.0, "high": 30.2, "tier": "E2"}
        measured(item.lead_capability, cadence=cadence)

        told = one(fund_actor(), item)

        assert told["amount"] == Cell("2000000.00", "EUR", basis="stated")
        assert told["trl"] == Cell(7, basis="stated", evidence="E2")
        assert told["cadence_days"] == Cell(21.0, "days", "2026-10-01", "events", "E2")
        assert told["cadence_days_high"].value == 30.0
        assert told["feedback_days"] == Cell(None, "days", basis="events")

    def test_turn_amounts_into_eur_as_of_the_table(self) -> None:
        told = one(fund_actor(), RaiseFactory(amount=Decimal(5_000_000), currency="UAH"))

        assert told["amount"].unit == "UAH"
        assert (told["amount_eur"].unit, told["amount_eur"].basis) == ("EUR", "reference_rate")
        assert dt.date.fromisoformat(told["amount_eur"].as_of)

    def test_say_unknown_of_what_is_not_stated(self) -> None:
        told = one(fund_actor(), RaiseFactory(tenor_years=None, amount_left=None, currency="XXX"))

        for name in ("tenor_years", "amount_left", "committed", "amount_eur", "need_by", "revenue_band"):
            assert told[name].value is None

    def test_tell_bands_of_the_latest_year(self) -> None:
        item = RaiseFactory()
        FinancialsFactory(firm=item.firm, year=2024, revenue=Decimal(10))
        FinancialsFactory(firm=item.firm, year=2025)

        told = one(fund_actor(), item)

        assert told["revenue_band"] == Cell("500k-2M", "EUR", "2025", "financials")
        assert "revenue" not in told

    def test_tell_the_band_of_foreign_content(self) -> None:
        item = RaiseFactory()
        ComponentFactory(capability=item.lead_capability, origin="CN")

        told = one(fund_actor(), item)

        assert told["foreign_share_eu_band"].value
        assert "foreign_share_eu_low" not in told


class TestTiers:
    def test_show_t2_of_whom_granted_it_alone(self) -> None:
        actor = fund_actor()
        plain, opened = RaiseFactory(), RaiseFactory()
        granted(actor, opened.firm)
        FinancialsFactory(firm=opened.firm)
        ComponentFactory(capability=opened.lead_capability, origin="CN")

        told = cells(actor, plain, opened)

        for name in ("unit_cost", "revenue", "foreign_share_eu_low", "terms", "staff", "flags"):
            assert set(told[name]) == {opened.pk}, name
        assert told["revenue"][opened.pk] == Cell("1200000.00", "EUR", "2025", "financials", "E0")
        assert told["foreign_share_eu_low"][opened.pk].value == "1.000000"
        assert told["unit_cost"][opened.pk] == Cell("450.00", "EUR", basis="stated")
        assert told["startup"][opened.pk].value == opened.firm.organisation.legal_name
        assert told["startup"][plain.pk].value != plain.firm.organisation.legal_name

    def test_never_show_what_is_the_firm_s_alone(self) -> None:
        actor, item = fund_actor(), RaiseFactory()
        granted(actor, item.firm)

        told = one(actor, item)

        assert not {"min_ticket", "marginal_cost_of_capital", "blocked_countries", "region"} & set(told)
        assert "0.31" not in str(told)

    def test_leave_out_a_lead_that_is_not_published(self) -> None:
        item = RaiseFactory()
        Capability.objects.filter(pk=item.lead_capability_id).update(status=CapabilityStatus.DRAFT)

        strange, own = one(fund_actor(), item), one(actor_of(item.firm.organisation), item)

        assert not {"trl", "area", "cadence_days", "foreign_share_eu_band"} & set(strange)
        assert own["trl"].value == 7


class TestRaises:
    def test_stand_in_the_order_asked_for_each_once(self) -> None:
        items = [RaiseFactory() for _ in range(3)]
        asked = [items[2].pk, items[0].pk, items[2].pk]

        found = raise_comparison(actor=fund_actor(), raise_ids=asked)

        assert [row.pk for row in found.raises] == asked[:2]

    def test_are_not_found_unless_all_are_seen(self) -> None:
        seen, hidden = RaiseFactory(), RaiseFactory(status="draft")

        with pytest.raises(NotFound):
            raise_comparison(actor=fund_actor(), raise_ids=[seen.pk, hidden.pk])

    def test_take_as_many_queries_for_one_as_for_six(self) -> None:
        actor = fund_actor()
        items = [RaiseFactory(lead_capability=CapabilityFactory()) for _ in range(6)]
        for item in items:
            FinancialsFactory(firm=item.firm)
            ComponentFactory(capability=item.lead_capability)
        raise_comparison(actor=actor, raise_ids=[items[0].pk])

        with CaptureQueriesContext(connection) as one_asked:
            raise_comparison(actor=actor, raise_ids=[items[0].pk])
        with CaptureQueriesContext(connection) as six_asked:
            raise_comparison(actor=actor, raise_ids=[item.pk for item in items])

        assert len(one_asked) == len(six_asked) == 3
