"""The past rebuilt from deals."""

import dataclasses
import datetime as dt

import pytest

from apps.matching.backtest.past import PastDeal, first_deals, mandate_before, pairs_between
from tests.apps.matching.engine.worlds import MANDATE


def deal(on, *, fund="f1", firm="x1", amount=1_000_000.0, stage="seed", area="UMS", place="UA"):
    return PastDeal(fund, firm, dt.date.fromisoformat(on), amount, stage, area, place)


LOG = [
    deal("2018-01-01", amount=500_000.0),
    deal("2018-06-01", amount=1_000_000.0, area="EW", place="PL"),
    deal("2019-02-01", amount=None, stage=""),
    deal("2019-03-01", amount=2_000_000.0, stage="series_a"),
    deal("2019-04-01", amount=4_000_000.0, area="EW"),
    deal("2020-05-01", amount=90_000_000.0, area="NAV", stage="growth"),
]
CUT = dt.date(2020, 1, 1)


class TestMandateBefore:
    def rebuilt(self, deals=LOG, at=CUT, **options):
        return mandate_before(mandate=MANDATE, deals=deals, at=at, **{"rate": 1.0, "share": 0.1, **options})

    def test_shows_what_the_deals_until_then_show(self):
        found = self.rebuilt()

        assert found.areas == (("UMS", 0.6), ("EW", 0.4))
        assert found.stages == (("seed", 0.75), ("series_a", 0.25))
        assert dict(found.places) == {"UA": 0.8, "PL": 0.2}
        assert found.ticket_typical == 1_500_000
        assert found.ticket_min == pytest.approx(57_500)
        assert found.capacity == 1_500_000 * 5
        assert (found.id, found.instruments) == (MANDATE.id, MANDATE.instruments)

    def test_does_not_know_the_future(self):
        later = [dataclasses.replace(item, area="SEA", amount=1e9) for item in LOG[-1:]]

        assert self.rebuilt(LOG[:-1] + later) == self.rebuilt(LOG[:-1]) == self.rebuilt()

    def test_is_in_the_mandates_own_currency(self):
        assert self.rebuilt(rate=0.5).ticket_typical == 3_000_000

    def test_of_few_deals_is_unknown(self):
        assert self.rebuilt(LOG[:4]) is None
        assert self.rebuilt([dataclasses.replace(item, amount=None) for item in LOG]) is None


class TestFirstDeals:
    def test_are_the_first_of_known_amount_within_the_time(self):
        found = first_deals(
            deals=[*reversed(LOG), deal("2019-01-05", firm="x2"), deal("2020-01-01", firm="x3")],
            start=dt.date(2019, 1, 1),
            end=CUT,
        )

        assert {firm: item.on.isoformat() for firm, item in found.items()} == {"x1": "2019-03-01", "x2": "2019-01-05"}


class TestPairsBetween:
    def test_ends_before_the_end(self):
        deals = [deal("2019-01-01"), deal("2020-01-01", firm="x2")]

        assert pairs_between(deals=deals, start=None, end=CUT) == {("f1", "x1")}
        assert pairs_between(deals=deals, start=CUT, end=dt.date(2021, 1, 1)) == {("f1", "x2")}
