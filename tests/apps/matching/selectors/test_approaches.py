"""Whether a side may approach the other."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.investors.states import MandateStatus
from apps.matching.selectors.approaches import (
    Pair,
    introduction_open,
    is_bound,
    is_offered,
    mandate_of,
    pair_standing,
    raise_of,
    side_of,
    waiting_count,
    was_declined,
    was_left,
)
from apps.matching.states import Side
from apps.startups.states import RaiseStatus
from kernel.clock import utc_now, utc_today
from tests.factories.introductions import DAY, Couple
from tests.factories.matching import mandate_made, run_drained
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def pair(couple: Couple, side: str = Side.INVESTOR) -> Pair:
    return Pair(side, couple.mandate, couple.raise_item)


class TestPairStanding:
    def test_scores_as_a_run_of_the_day_does(self) -> None:
        couple = Couple()
        run = run_drained(as_of=utc_today())

        found = pair_standing(
            mandate_id=couple.mandate.pk, raise_id=couple.raise_item.pk, side=Side.INVESTOR, on=utc_today()
        )

        assert found is not None
        assert not found.is_failed
        kept = run.lists.get(side=Side.INVESTOR)
        assert [found.score_investor] == kept.score_investor
        assert [found.score_startup] == kept.score_startup

    def test_tells_a_side_its_own_gates_alone(self) -> None:
        couple = Couple()
        couple.raise_item.blocked_countries = ["DE"]
        couple.raise_item.save()
        given = {"mandate_id": couple.mandate.pk, "raise_id": couple.raise_item.pk, "on": utc_today()}

        fund, firm = (pair_standing(side=side, **given) for side in (Side.INVESTOR, Side.STARTUP))

        assert fund is not None
        assert firm is not None
        assert (fund.is_failed, fund.failed) == (True, [])
        assert (firm.is_failed, firm.failed) == (True, [("firm_exclusions", "fund_excluded")])

    @pytest.mark.parametrize("days", [-1, 0])
    def test_knows_only_what_is_in_the_pool(self, days: int) -> None:
        couple = Couple()
        couple.raise_item.need_by = utc_today() + dt.timedelta(days=days)
        couple.raise_item.save()

        found = pair_standing(
            mandate_id=couple.mandate.pk, raise_id=couple.raise_item.pk, side=Side.INVESTOR, on=utc_today()
        )

        assert (found is None) == (days < 0)


class TestSideOf:
    def test_is_a_fund_s_or_a_firm_s(self) -> None:
        couple = Couple()

        assert (side_of(actor=couple.fund), side_of(actor=couple.firm)) == (Side.INVESTOR, Side.STARTUP)
        assert side_of(actor=actor_of(OrganisationFactory(kind="operator"))) is None


class TestOffer:
    def test_is_an_active_mandate_and_an_open_raise_that_are_seen(self) -> None:
        couple = Couple()

        assert mandate_of(actor=couple.firm, mandate_id=couple.mandate.pk) == couple.mandate
        assert raise_of(actor=couple.fund, raise_id=couple.raise_item.pk) == couple.raise_item
        assert is_offered(mandate=couple.mandate, raise_item=couple.raise_item)
        couple.mandate.status = MandateStatus.PAUSED
        assert not is_offered(mandate=couple.mandate, raise_item=couple.raise_item)
        couple.mandate.status, couple.raise_item.status = MandateStatus.ACTIVE, RaiseStatus.CLOSED
        assert not is_offered(mandate=couple.mandate, raise_item=couple.raise_item)


class TestIsBound:
    def test_is_told_by_the_undertaking_in_force(self) -> None:
        couple = Couple()

        assert is_bound(organisation_id=couple.mandate.fund.organisation_id)
        assert not is_bound(organisation_id=couple.raise_item.firm.organisation_id)


class TestWasDeclined:
    def test_ends_a_fund_s_too_early_with_a_change_and_a_firm_s_not(self) -> None:
        couple, other = Couple(), Couple()
        couple.decline(couple.express(Side.STARTUP), "too_early")
        other.decline(other.express(Side.INVESTOR), "too_early")
        later, changed_on = utc_today() + 10 * DAY, utc_today() + 5 * DAY

        def stands(found: Pair, change: dt.date | None) -> bool:
            return was_declined(pair=found, on=later, changed_on=change)

        assert stands(pair(couple, Side.STARTUP), None)
        assert not stands(pair(couple, Side.STARTUP), changed_on)
        assert stands(pair(other), changed_on)

    def test_is_about_the_firm_not_one_raise_or_mandate(self) -> None:
        couple = Couple()
        couple.decline(couple.express(Side.STARTUP), "never")
        second = mandate_made(fund=couple.mandate.fund)

        assert was_declined(pair=Pair(Side.STARTUP, second, couple.raise_item), on=utc_today(), changed_on=None)

    def test_is_no_withdrawal(self) -> None:
        couple = Couple()
        couple.withdraw(couple.express(Side.INVESTOR))

        assert not was_declined(pair=pair(couple, Side.STARTUP), on=utc_today(), changed_on=None)


class TestWasLeft:
    def test_is_about_the_same_side(self) -> None:
        couple = Couple()
        couple.withdraw(couple.express(Side.INVESTOR))

        assert was_left(pair=pair(couple), on=utc_today())
        assert not was_left(pair=pair(couple), on=utc_today() + 31 * DAY)
        assert not was_left(pair=pair(couple, Side.STARTUP), on=utc_today())


class TestWaiting:
    def test_counts_one_s_own_interests(self) -> None:
        couple = Couple()
        made = couple.express(now=utc_now())

        assert introduction_open(pair=pair(couple)) == made
        assert (waiting_count(pair=pair(couple)), waiting_count(pair=pair(couple, Side.STARTUP))) == (1, 0)
        couple.accept(made)
        assert introduction_open(pair=pair(couple)) == made
        assert waiting_count(pair=pair(couple)) == 0
