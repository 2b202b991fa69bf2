"""Firms and their financials."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from apps.organisations.rules import NotYours
from apps.startups import services
from apps.startups.models import Financials, Firm
from apps.startups.services.firms import FinancialsNotAcceptable, FirmNotAcceptable, NotAFirm
from kernel.access import Actor
from kernel.errors import NotFound
from kernel.models import Event
from kernel.versions import ChangedMeanwhile
from tests.factories.cases import clean_document
from tests.factories.documents import DocumentFactory
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.startups import FinancialsFactory, FirmFactory

pytestmark = pytest.mark.django_db


class TestFirmRegister:
    def test_enters_once(self) -> None:
        organisation = OrganisationFactory(kind="firm")

        first = services.firm_register(actor=Actor.system(), organisation=organisation)
        again = services.firm_register(actor=Actor.system(), organisation=organisation)

        assert first == again
        assert Event.objects.filter(name="startups.firm.registered").count() == 1

    def test_refuses_what_is_no_firm(self) -> None:
        with pytest.raises(NotAFirm):
            services.firm_register(actor=Actor.system(), organisation=OrganisationFactory(kind="fund"))


class TestFirmOwn:
    def test_enters_the_own_firm_when_it_is_missing(self) -> None:
        actor = actor_of(OrganisationFactory(kind="firm"))

        assert services.firm_own(actor=actor) == services.firm_own(actor=actor) == Firm.objects.get()

    def test_finds_nothing_without_an_organisation(self) -> None:
        with pytest.raises(NotYours):
            services.firm_own(actor=Actor.anonymous())


class TestFirmUpdate:
    def test_changes_and_counts_the_version(self) -> None:
        firm = FirmFactory()

        services.firm_update(actor=actor_of(firm.organisation), firm=firm, staff=50, naming="all_verified")

        firm.refresh_from_db()
        assert (firm.staff, firm.naming, firm.version) == (50, "all_verified", 2)
        assert Event.objects.get(name="startups.firm.updated").data == {"fields": ["naming", "staff"]}

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"region": "PL-14"}, "/region"),
            ({"region": "UA-4600"}, "/region"),
            ({"founded_on": dt.date(2100, 1, 1)}, "/founded_on"),
        ],
    )
    def test_says_what_is_wrong(self, changes: dict[str, Any], pointer: str) -> None:
        firm = FirmFactory()

        with pytest.raises(FirmNotAcceptable) as refusal:
            services.firm_update(actor=actor_of(firm.organisation), firm=firm, **changes)

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    def test_loses_against_a_faster_writer(self) -> None:
        firm = FirmFactory()
        Firm.objects.filter(pk=firm.pk).update(version=2, staff=7)

        with pytest.raises(ChangedMeanwhile):
            services.firm_update(actor=actor_of(firm.organisation), firm=firm, staff=50)

    def test_is_for_the_own_firm_and_its_own_fields_only(self) -> None:
        firm = FirmFactory()

        with pytest.raises(NotYours):
            services.firm_update(actor=actor_of(OrganisationFactory()), firm=firm, staff=1)
        with pytest.raises(TypeError):
            services.firm_update(actor=actor_of(firm.organisation), firm=firm, version=9)


class TestFinancialsState:
    def test_replaces_the_same_year_whole(self) -> None:
        firm = FirmFactory()
        actor = actor_of(firm.organisation)

        services.financials_state(
            actor=actor, firm=firm, year=2025, currency="EUR", revenue=Decimal(100), debt=Decimal(5)
        )
        services.financials_state(actor=actor, firm=firm, year=2025, currency="UAH", revenue=Decimal(7))

        stated = Financials.objects.get()
        assert (stated.currency, stated.revenue, stated.debt, stated.tier) == ("UAH", 7, None, "E0")
        assert Event.objects.filter(name="startups.financials.stated").count() == 2

    def test_takes_its_tier_from_a_clean_document_of_its_own(self) -> None:
        firm = FirmFactory()
        actor = actor_of(firm.organisation)
        paper = clean_document(firm.organisation)
        others = (clean_document(OrganisationFactory()), DocumentFactory(organisation=firm.organisation))

        stated = services.financials_state(actor=actor, firm=firm, year=2025, document=paper.pk, headcount=12)
        for other in others:
            with pytest.raises(FinancialsNotAcceptable):
                services.financials_state(actor=actor, firm=firm, year=2024, document=other.pk)

        assert (stated.tier, stated.document_id, stated.headcount) == ("E1", paper.pk, 12)
        assert services.financials_state(actor=actor, firm=firm, year=2025).tier == "E0"

    def test_never_takes_a_tier(self) -> None:
        firm = FirmFactory()

        with pytest.raises(TypeError):
            services.financials_state(actor=actor_of(firm.organisation), firm=firm, year=2025, tier="E1")

    def test_states_again_what_was_withdrawn(self) -> None:
        firm = FirmFactory()
        Financials.objects.create(firm=firm, year=2025, withdrawn_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

        stated = services.financials_state(actor=actor_of(firm.organisation), firm=firm, year=2025)

        assert stated.withdrawn_at is None

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"year": 2199}, "/year"),
            ({"revenue": Decimal(1)}, "/currency"),
            ({"revenue": Decimal(1), "currency": "XTS"}, "/currency"),
            ({"order_book_customers": {"state": 0.7, "export": 0.4}}, "/order_book_customers"),
            ({"customers": {"x" * 41: 0.1}}, "/customers"),
            ({"customers": {f"class {number}": 0.01 for number in range(21)}}, "/customers"),
            ({"cash_months": Decimal(-1)}, "/cash_months"),
            ({"document": uuid4()}, "/document"),
            ({"customers": {"state": 0.7, "export": 0.4}}, "/customers"),
            ({"customers": {"state": -0.1}}, "/customers"),
            ({"largest_customer_share": Decimal("1.1")}, "/largest_customer_share"),
            ({"gross_margin": Decimal("1.1")}, "/gross_margin"),
        ],
    )
    def test_says_what_is_wrong(self, values: dict[str, Any], pointer: str) -> None:
        firm = FirmFactory()

        with pytest.raises(FinancialsNotAcceptable) as refusal:
            services.financials_state(actor=actor_of(firm.organisation), firm=firm, **{"year": 2025, **values})

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]


class TestFinancialsWithdraw:
    def test_takes_the_year_back_once(self) -> None:
        year = FinancialsFactory()
        actor = actor_of(year.firm.organisation)

        services.financials_withdraw(actor=actor, firm=year.firm, year=year.year)

        year.refresh_from_db()
        assert year.withdrawn_at is not None
        assert Event.objects.get(name="startups.financials.withdrawn").data == {"year": 2025}
        with pytest.raises(NotFound):
            services.financials_withdraw(actor=actor, firm=year.firm, year=year.year)

    def test_is_for_the_own_firm_only(self) -> None:
        year = FinancialsFactory()

        with pytest.raises(NotYours):
            services.financials_withdraw(actor=actor_of(OrganisationFactory()), firm=year.firm, year=year.year)
