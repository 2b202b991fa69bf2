"""Terms that are scored change a few times a day only: probing must not recover what firms hide."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.investors import events, services
from apps.investors.models import Fund, Lever, Mandate
from apps.investors.rules import DRAFTS_PER_DAY, EDITS_PER_DAY
from apps.investors.states import MandateStatus
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.models import Event
from tests.factories.investors import FundFactory, LeverFactory, MandateFactory
from tests.factories.organisations import actor_of, client_of
from tests.factories.reference import AreaFactory

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


def edited(mandate: Mandate, times: int, *, actor: Actor | None = None) -> Mandate:
    """The mandate after so many changes of its largest ticket."""
    for _ in range(times):
        ticket_max = mandate.ticket_max + 1
        actor = actor or actor_of(mandate.fund.organisation)
        mandate = services.mandate_update(actor=actor, mandate=mandate, ticket_max=ticket_max)
    return mandate


def told(mandate: Mandate, at: dt.datetime, times: int = EDITS_PER_DAY) -> None:
    """So many changes of the mandate's terms at a moment."""
    for _ in range(times):
        Event.objects.create(
            name=events.MANDATE_UPDATED,
            at=at,
            actor="user:1",
            object_type="investors.mandate",
            object_id=mandate.pk,
            data={"fields": ["ticket_max"]},
        )


class TestMandates:
    @pytest.mark.parametrize("status", [MandateStatus.ACTIVE, MandateStatus.PAUSED])
    def test_change_their_terms_five_times_a_day(self, status: str) -> None:
        mandate = edited(MandateFactory(status=status), EDITS_PER_DAY)

        with pytest.raises(services.TooManyEditsToday):
            edited(mandate, 1)

        stored = Mandate.objects.get(pk=mandate.pk)
        assert stored.ticket_max == Decimal(5_000_000) + EDITS_PER_DAY == Decimal(5_000_005)

    def test_that_were_refused_say_when_they_open_again(self) -> None:
        mandate = edited(MandateFactory(), EDITS_PER_DAY)
        client = client_of(actor_of(mandate.fund.organisation))
        tomorrow = utc_today() + dt.timedelta(days=1)
        facts = Event.objects.count()

        answer = client.patch(f"{BASE}/mandates/{mandate.pk}", {"trl_min": 2})

        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_edits_today")
        assert f"{tomorrow.isoformat()}T00:00:00+00:00" in answer.json()["detail"]
        assert "5 times" in answer.json()["detail"]
        assert Event.objects.count() == facts
        assert Mandate.objects.get(pk=mandate.pk).version == mandate.version

    @pytest.mark.parametrize(
        "change",
        [
            {"areas": [("T1", 2.0)]},
            {"ticket_min": Decimal(1)},
            {"instruments": ["equity", "convertible"]},
            {"countries": ["UA"]},
            {"trl_max": 9},
            {"offered_cost_of_capital": Decimal("0.19")},
            {"capacity": None},
            {"max_foreign_share": Decimal("0.5")},
            {"perimeter": "EU+EEA"},
            {"exclusions": ["lethal"]},
            {"terms": []},
            {"lever": None},
            {"name": "Else", "tenor_years": Decimal(3)},
        ],
        ids="-".join,
    )
    def test_are_closed_to_every_term(self, change: dict[str, Any]) -> None:
        AreaFactory(code="T1")
        mandate = MandateFactory(lever=LeverFactory(), terms=[{"term": "board_seat", "value": "yes", "required": True}])
        mandate = edited(mandate, EDITS_PER_DAY)

        with pytest.raises(services.TooManyEditsToday):
            services.mandate_update(actor=actor_of(mandate.fund.organisation), mandate=mandate, **change)

    def test_are_renamed_at_will(self) -> None:
        mandate = edited(MandateFactory(), EDITS_PER_DAY)

        for name in ("A", "B", "C"):
            services.mandate_update(actor=actor_of(mandate.fund.organisation), mandate=mandate, name=name)

        assert Mandate.objects.get(pk=mandate.pk).name == "C"

    def test_renamed_often_keep_their_five_changes(self) -> None:
        mandate = MandateFactory()
        for number in range(9):
            services.mandate_update(actor=actor_of(mandate.fund.organisation), mandate=mandate, name=str(number))

        assert edited(mandate, EDITS_PER_DAY).ticket_max == Decimal(5_000_005)

    def test_sent_again_unchanged_are_no_edit(self) -> None:
        mandate = edited(MandateFactory(), EDITS_PER_DAY)

        same = services.mandate_update(
            actor=actor_of(mandate.fund.organisation), mandate=mandate, ticket_max=mandate.ticket_max
        )

        assert same.version == mandate.version

    def test_in_draft_are_edited_at_will(self) -> None:
        assert edited(MandateFactory(status=MandateStatus.DRAFT), 9).ticket_max == Decimal(5_000_009)

    def test_are_counted_one_by_one(self) -> None:
        first = edited(MandateFactory(), EDITS_PER_DAY)

        other = edited(MandateFactory(fund=first.fund), EDITS_PER_DAY)

        assert other.ticket_max == Decimal(5_000_005)

    def test_share_the_day_among_all_members(self) -> None:
        mandate = edited(MandateFactory(), 3)
        mandate = edited(mandate, 2, actor=actor_of(mandate.fund.organisation, "editor"))

        with pytest.raises(services.TooManyEditsToday):
            edited(mandate, 1, actor=actor_of(mandate.fund.organisation, "editor"))

    def test_open_again_the_next_day(self) -> None:
        mandate = MandateFactory()
        midnight = dt.datetime.combine(utc_today(), dt.time(), dt.UTC)
        told(mandate, midnight - dt.timedelta(microseconds=1))

        assert edited(mandate, 1).ticket_max == Decimal(5_000_001)

    def test_are_closed_from_midnight_on(self) -> None:
        mandate = MandateFactory()
        told(mandate, dt.datetime.combine(utc_today(), dt.time(), dt.UTC))

        with pytest.raises(services.TooManyEditsToday):
            edited(mandate, 1)

    def test_are_the_systems_to_change(self) -> None:
        mandate = edited(MandateFactory(), 9, actor=Actor.system())

        assert edited(mandate, EDITS_PER_DAY).ticket_max == Decimal(5_000_014)


class TestDrafts:
    """A new mandate asks the engine as much as a changed one."""

    def activated(self, fund: Fund, count: int, *, actor: Actor | None = None) -> None:
        for draft in MandateFactory.create_batch(count, fund=fund, status=MandateStatus.DRAFT):
            services.mandate_activate(actor=actor or actor_of(fund.organisation), mandate=draft)

    def test_begin_to_be_matched_five_times_a_day(self) -> None:
        fund = FundFactory()
        self.activated(fund, DRAFTS_PER_DAY)
        draft = MandateFactory(fund=fund, status=MandateStatus.DRAFT)

        answer = client_of(actor_of(fund.organisation)).post(f"{BASE}/mandates/{draft.pk}/activate")

        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_mandates_today")
        assert Mandate.objects.get(pk=draft.pk).status == MandateStatus.DRAFT
        assert fund.mandates.filter(status=MandateStatus.ACTIVE).count() == DRAFTS_PER_DAY == 5

    def test_are_counted_by_fund(self) -> None:
        self.activated(FundFactory(), DRAFTS_PER_DAY)

        self.activated(FundFactory(), DRAFTS_PER_DAY)

    def test_are_the_systems_to_activate(self) -> None:
        fund = FundFactory()
        self.activated(fund, DRAFTS_PER_DAY + 1, actor=Actor.system())

        self.activated(fund, DRAFTS_PER_DAY)

    def test_do_not_count_what_was_paused(self) -> None:
        fund = FundFactory()
        mandate = MandateFactory(fund=fund)
        for _ in range(DRAFTS_PER_DAY + 1):
            mandate = services.mandate_pause(actor=actor_of(fund.organisation), mandate=mandate)
            mandate = services.mandate_activate(actor=actor_of(fund.organisation), mandate=mandate)

        self.activated(fund, DRAFTS_PER_DAY)

    def test_of_the_day_before_do_not_count(self) -> None:
        fund = FundFactory()
        yesterday = dt.datetime.combine(utc_today(), dt.time(), dt.UTC) - dt.timedelta(microseconds=1)
        for mandate in MandateFactory.create_batch(DRAFTS_PER_DAY, fund=fund):
            Event.objects.create(
                name=events.MANDATE_ACTIVATED,
                at=yesterday,
                actor="user:1",
                organisation_id=fund.organisation_id,
                object_type="investors.mandate",
                object_id=mandate.pk,
                data={"from": "draft", "to": "active"},
            )

        self.activated(fund, DRAFTS_PER_DAY)


class TestFunds:
    def change(self, fund: Fund, count: int) -> None:
        codes = ["AT", "BE", "CZ", "DK", "EE", "FI", "GR", "HR", "IE"]
        for code in codes[:count]:
            services.fund_update(actor=actor_of(fund.organisation), fund=fund, investor_countries=[code])

    def test_with_something_matched_change_their_investors_five_times_a_day(self) -> None:
        fund = MandateFactory().fund

        with pytest.raises(services.TooManyEditsToday):
            self.change(fund, EDITS_PER_DAY + 1)

        services.fund_update(actor=actor_of(fund.organisation), fund=Fund.objects.get(pk=fund.pk), fund_type="bank")

    def test_without_are_free(self) -> None:
        fund = MandateFactory(status=MandateStatus.DRAFT).fund

        self.change(fund, 9)

        assert Fund.objects.get(pk=fund.pk).investor_countries == ["IE"]


class TestLevers:
    def change(self, lever: Lever, count: int) -> None:
        for number in range(count):
            services.lever_update(actor=actor_of(lever.organisation), lever=lever, risk_cover=Decimal(number) / 100)

    def test_behind_something_matched_change_five_times_a_day(self) -> None:
        mandate = MandateFactory()
        lever = LeverFactory(organisation=mandate.fund.organisation)
        Mandate.objects.filter(pk=mandate.pk).update(lever=lever)

        with pytest.raises(services.TooManyEditsToday):
            self.change(lever, EDITS_PER_DAY + 1)

        lever = Lever.objects.get(pk=lever.pk)
        services.lever_update(actor=actor_of(lever.organisation), lever=lever, issuer="Else", source="a letter")

    def test_behind_nothing_are_free(self) -> None:
        lever = LeverFactory(organisation=MandateFactory().fund.organisation)

        self.change(lever, 9)

        assert Lever.objects.get(pk=lever.pk).risk_cover == Decimal("0.08")
