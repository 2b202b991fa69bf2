"""How fast a fund decides, over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from apps.investors.models import Fund
from apps.matching.models import Deal
from kernel.access import Actor
from kernel.clock import utc_today
from tests.factories.investors import FundFactory
from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db


def deals(fund: Fund, number: int, *, days: int = 100) -> None:
    firm = FirmFactory()
    for place in range(number):
        paid_on = utc_today() - dt.timedelta(days=place + 1)
        begun_on = paid_on - dt.timedelta(days=days)
        Deal.objects.create(fund=fund, firm=firm, introduced_on=begun_on, date=paid_on, outcome="closed", tier="E2")


def speed(actor: Actor, fund: Fund, **query: str) -> Any:
    return client_of(actor).get(f"/api/v1/investors/{fund.pk}/decision-speed", query)


class TestDecisionSpeed:
    def test_is_a_band_for_a_firm_and_exact_for_the_fund(self) -> None:
        fund = FundFactory()
        deals(fund, 5)

        across = speed(actor_of(FirmFactory().organisation), fund).json()
        own = speed(actor_of(fund.organisation), fund).json()

        assert across == {
            "id": str(fund.pk),
            "as_of": utc_today().isoformat(),
            "bands": {
                "first_response": None,
                "term_sheet": None,
                "cash": {"days": "90-180", "count": "5-9"},
            },
        }
        assert own["bands"] == across["bands"]
        assert own["exact"]["cash"]["n_closed"] == 5
        assert 100 < own["exact"]["cash"]["days"] < 180
        assert (own["exact"]["closed"], own["exact"]["term_sheet"]) == (5, None)

    def test_rests_on_five_at_least(self) -> None:
        fund = FundFactory()
        deals(fund, 4)

        shown = speed(actor_of(FirmFactory().organisation), fund).json()

        assert shown["bands"]["cash"] is None

    def test_is_equal_for_all_within_a_band(self) -> None:
        fund, other = FundFactory(), FundFactory()
        deals(fund, 5, days=100)
        deals(other, 8, days=104)
        firm = actor_of(FirmFactory().organisation)

        assert speed(firm, fund).json()["bands"] == speed(firm, other).json()["bands"]

    def test_is_nothing_for_other_funds_and_authorities(self) -> None:
        fund = FundFactory()

        assert speed(actor_of(FundFactory().organisation), fund).status_code == 404
        assert speed(actor_of(OrganisationFactory(kind="authority")), fund).status_code == 403

    def test_can_be_seen_as_others_see_it(self) -> None:
        fund = FundFactory()
        deals(fund, 5)

        shown = speed(actor_of(fund.organisation), fund, **{"as": "T1"}).json()

        assert set(shown) == {"id", "as_of", "bands"}
