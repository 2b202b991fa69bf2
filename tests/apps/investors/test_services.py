"""What funds do."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.investors import services
from apps.investors.models import Fund, Mandate
from apps.investors.states import LeverKind, MandateStatus
from apps.organisations.rules import NotYours
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from kernel.versions import ChangedMeanwhile
from tests.factories.investors import FundFactory, LeverFactory, MandateFactory
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.reference import AreaFactory

pytestmark = pytest.mark.django_db


def owner(mandate: Mandate) -> Any:
    return actor_of(mandate.fund.organisation)


def create(**values: Any) -> Mandate:
    fund = FundFactory()
    given = {
        "name": "Early",
        "areas": [(AreaFactory(code="T1").code, 1.0)],
        "ticket_min": Decimal(100_000),
        "ticket_max": Decimal(2_000_000),
        "currency": "EUR",
        "instruments": ["equity"],
        **values,
    }
    return services.mandate_create(actor=actor_of(fund.organisation), fund=fund, **given)


class TestFundRegister:
    def test_enters_once(self) -> None:
        organisation = OrganisationFactory(kind="fund")

        first = services.fund_register(actor=Actor.system(), organisation=organisation)

        assert services.fund_register(actor=Actor.system(), organisation=organisation) == first
        assert Event.objects.filter(name="investors.fund.registered").count() == 1

    def test_refuses_what_is_no_fund(self) -> None:
        with pytest.raises(services.NotAFund):
            services.fund_register(actor=Actor.system(), organisation=OrganisationFactory(kind="firm"))


class TestFundOwn:
    def test_enters_the_own_fund_when_it_is_missing(self) -> None:
        actor = actor_of(OrganisationFactory(kind="fund"))

        assert services.fund_own(actor=actor) == services.fund_own(actor=actor) == Fund.objects.get()

    def test_finds_nothing_without_an_organisation(self) -> None:
        with pytest.raises(NotYours):
            services.fund_own(actor=Actor.anonymous())


class TestFundUpdate:
    def test_changes_and_counts_the_version(self) -> None:
        fund = FundFactory()

        services.fund_update(actor=actor_of(fund.organisation), fund=fund, investor_countries=["FI"])

        fund.refresh_from_db()
        assert (fund.investor_countries, fund.version) == (["FI"], 2)
        assert Event.objects.get(name="investors.fund.updated").data == {"fields": ["investor_countries"]}

    def test_refuses_unknown_countries_and_strangers(self) -> None:
        fund = FundFactory()

        with pytest.raises(services.FundNotAcceptable):
            services.fund_update(actor=actor_of(fund.organisation), fund=fund, investor_countries=["XX"])
        with pytest.raises(NotYours):
            services.fund_update(actor=actor_of(FundFactory().organisation), fund=fund, fund_type="x")

    def test_states_its_life_and_strategy(self) -> None:
        fund = FundFactory()
        stated = {
            "life_ends_on": dt.date(2034, 12, 31),
            "strategy": "Slow and cheap",
            "strategy_uk": "Повільно й дешево",
        }

        services.fund_update(actor=actor_of(fund.organisation), fund=fund, **stated)

        assert Fund.objects.values(*stated).get(pk=fund.pk) == stated


class TestLevers:
    def test_are_of_the_own_organisation(self) -> None:
        actor = actor_of(FundFactory().organisation)

        lever = services.lever_create(actor=actor, kind=LeverKind.GUARANTEE, risk_cover=Decimal("0.7"))

        assert lever.organisation_id == actor.organisation_id
        assert Event.objects.get(name="investors.lever.created").organisation_id == actor.organisation_id

    def test_of_the_system_are_public(self) -> None:
        assert services.lever_create(actor=Actor.system(), kind=LeverKind.TENOR).organisation_id is None

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"countries": ["XX"]}, "/countries/0"),
            ({"excluded_flags": ["loud"]}, "/excluded_flags/0"),
            ({"classes": ["gold"]}, "/classes"),
            ({"risk_cover": Decimal("1.2")}, "/risk_cover"),
            ({"places": ["UA", "XX-1"]}, "/places/1"),
            ({"tenor_max_years": Decimal(0)}, "/tenor_max_years"),
            ({"cover_cap": Decimal(5)}, "/cover_cap/currency"),
            ({"valid_from": dt.date(2026, 2, 1), "valid_to": dt.date(2026, 1, 1)}, "/valid_to"),
        ],
    )
    def test_say_what_is_wrong(self, values: dict[str, Any], pointer: str) -> None:
        with pytest.raises(services.LeverNotAcceptable) as refusal:
            services.lever_create(actor=Actor.system(), kind=LeverKind.GUARANTEE, **values)

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    def test_are_changed_by_their_owner_only(self) -> None:
        fund = FundFactory()
        own, public = LeverFactory(organisation=fund.organisation), LeverFactory()
        actor = actor_of(fund.organisation)

        services.lever_update(actor=actor, lever=own, issuer="Another Office")

        own.refresh_from_db()
        assert (own.issuer, own.version) == ("Another Office", 2)
        for lever in (public, LeverFactory(organisation=OrganisationFactory())):
            with pytest.raises(NotYours):
                services.lever_update(actor=actor, lever=lever, issuer="Mine")

    def test_keep_their_dates_in_order_over_changes(self) -> None:
        fund = FundFactory()
        lever = LeverFactory(organisation=fund.organisation, valid_from=dt.date(2026, 2, 1))

        with pytest.raises(services.LeverNotAcceptable):
            services.lever_update(actor=actor_of(fund.organisation), lever=lever, valid_to=dt.date(2026, 1, 1))


class TestMandateCreate:
    def test_makes_a_draft(self) -> None:
        lever = LeverFactory()

        mandate = create(lever=lever.pk, stages=[("seed", 0.5)], max_foreign_share=Decimal("0.35"), perimeter="EU")

        mandate.refresh_from_db()
        assert (mandate.status, mandate.areas, mandate.stages) == ("draft", [["T1", 1.0]], [["seed", 0.5]])
        assert mandate.lever == lever
        assert Event.objects.get(name="investors.mandate.created").organisation_id == mandate.fund.organisation_id

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"areas": []}, "/areas"),
            ({"areas": [("NONE", 1.0)]}, "/areas/0/area"),
            ({"areas": [("T1", 0.0)]}, "/areas/0/weight"),
            ({"ticket_max": Decimal(1)}, "/ticket_max"),
            ({"ticket_typical": Decimal(1)}, "/ticket_typical"),
            ({"currency": "XTS"}, "/ticket_min/currency"),
            ({"instruments": ["equity", "grant"]}, "/instruments"),
            ({"trl_min": 7, "trl_max": 3}, "/trl_max"),
            ({"countries": ["XX"]}, "/countries/0"),
            ({"places": [("XX", 1.0)]}, "/places/0/place"),
            ({"max_foreign_share": Decimal("0.3"), "perimeter": "EU"}, "/max_foreign_share"),
            ({"max_foreign_share": Decimal("0.35")}, "/perimeter"),
            ({"exclusions": ["loud"]}, "/exclusions/0"),
            ({"offer_tier": "E3"}, "/offer_tier"),
            ({"lever": uuid7()}, "/lever"),
            ({"terms": [{"term": "max_stake", "value": "2", "required": True}]}, "/terms/0/value"),
            (
                {
                    "terms": [{"term": "follow_on", "value": "no", "required": False}],
                    "follow_on_reserve": Decimal(1),
                },
                "/follow_on_reserve",
            ),
        ],
    )
    def test_says_what_is_wrong(self, values: dict[str, Any], pointer: str) -> None:
        AreaFactory(code="T1")

        with pytest.raises(services.MandateNotAcceptable) as refusal:
            create(**values)

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    def test_names_no_lever_of_another(self) -> None:
        with pytest.raises(services.MandateNotAcceptable):
            create(lever=LeverFactory(organisation=FundFactory().organisation).pk)

    def test_takes_regions_as_places(self) -> None:
        assert create(places=[("UA-46", 1.0), ("PL", 0.5)]).places == [["UA-46", 1.0], ["PL", 0.5]]

    def test_never_writes_the_status(self) -> None:
        with pytest.raises(TypeError):
            create(status="active")


class TestMandateUpdate:
    def test_changes_and_counts_the_version(self) -> None:
        mandate = MandateFactory()

        services.mandate_update(actor=owner(mandate), mandate=mandate, trl_min=5, lever=None)

        mandate.refresh_from_db()
        assert (mandate.trl_min, mandate.version) == (5, 2)
        assert Event.objects.get(name="investors.mandate.updated").data == {"fields": ["trl_min"]}

    @pytest.mark.parametrize(
        ("changes", "pointers"),
        [
            ({"ticket_max": Decimal(1000)}, ["/ticket_max"]),
            ({"perimeter": ""}, ["/perimeter"]),
            ({"ticket_min": Decimal(1), "ticket_max": Decimal(2), "currency": "UAH"}, ["/capacity"]),
        ],
    )
    def test_holds_changes_against_the_rest(self, changes: dict[str, Any], pointers: list[str]) -> None:
        mandate = MandateFactory()

        with pytest.raises(services.MandateNotAcceptable) as refusal:
            services.mandate_update(actor=owner(mandate), mandate=mandate, **changes)

        assert [problem.pointer for problem in refusal.value.errors] == pointers

    def test_ends_with_the_mandate(self) -> None:
        mandate = MandateFactory(status=MandateStatus.CLOSED)

        with pytest.raises(services.MandateEnded):
            services.mandate_update(actor=owner(mandate), mandate=mandate, trl_min=5)

    def test_loses_against_a_faster_writer(self) -> None:
        mandate = MandateFactory()
        Mandate.objects.filter(pk=mandate.pk).update(version=2)

        with pytest.raises(ChangedMeanwhile):
            services.mandate_update(actor=owner(mandate), mandate=mandate, trl_min=5)

    def test_is_for_the_own_fund_only(self) -> None:
        with pytest.raises(NotYours):
            services.mandate_update(actor=actor_of(FundFactory().organisation), mandate=MandateFactory(), trl_min=5)


class TestMandateLife:
    @pytest.mark.parametrize(
        ("status", "service", "target"),
        [
            (MandateStatus.DRAFT, services.mandate_activate, "active"),
            (MandateStatus.ACTIVE, services.mandate_pause, "paused"),
            (MandateStatus.PAUSED, services.mandate_activate, "active"),
            (MandateStatus.PAUSED, services.mandate_close, "closed"),
        ],
    )
    def test_moves_on_and_tells(self, status: str, service: Any, target: str) -> None:
        mandate = MandateFactory(status=status)

        service(actor=owner(mandate), mandate=mandate)

        mandate.refresh_from_db()
        assert (mandate.status, mandate.version) == (target, 2)
        event = Event.objects.get(object_id=mandate.pk, object_type="investors.mandate")
        assert (event.data, event.organisation_id) == (
            {"from": status, "to": target},
            mandate.fund.organisation_id,
        )

    @pytest.mark.parametrize(
        ("status", "service"),
        [
            (MandateStatus.CLOSED, services.mandate_activate),
            (MandateStatus.DRAFT, services.mandate_pause),
            (MandateStatus.CLOSED, services.mandate_close),
        ],
    )
    def test_refuses_what_the_machine_does_not_know(self, status: str, service: Any) -> None:
        mandate = MandateFactory(status=status)

        with pytest.raises(NotNow):
            service(actor=owner(mandate), mandate=mandate)

    def test_is_for_those_who_may(self) -> None:
        mandate = MandateFactory()

        with pytest.raises(NotPermitted):
            services.mandate_close(actor=actor_of(mandate.fund.organisation, "viewer"), mandate=mandate)
        with pytest.raises(NotYours):
            services.mandate_close(actor=actor_of(FundFactory().organisation), mandate=mandate)


class TestMandatesFollow:
    def test_wants_all_successors_of_a_retired_area(self) -> None:
        wanting = MandateFactory(areas=[["OLD", 0.5], ["UMS", 1.0]])
        other = MandateFactory(areas=[["UMS", 1.0]])

        assert services.mandates_follow(moves={"OLD": ["NEW.A", "NEW.B"], "GONE": ["NEW.A"]}) == 1

        found = Mandate.objects.get(pk=wanting.pk)
        assert found.areas == [["NEW.A", 0.5], ["NEW.B", 0.5], ["UMS", 1.0]]
        assert found.version == wanting.version + 1
        assert Mandate.objects.get(pk=other.pk).version == other.version
        told = Event.objects.get(name="investors.mandate.updated")
        assert (told.object_id, told.data) == (wanting.pk, {"fields": ["areas"]})

    def test_changes_nothing_again(self) -> None:
        MandateFactory(areas=[["OLD", 0.5]])
        services.mandates_follow(moves={"OLD": ["NEW"]})

        assert services.mandates_follow(moves={"OLD": ["NEW"]}) == 0
