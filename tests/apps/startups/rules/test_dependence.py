"""Shares by country and region, concentration, the largest dependence."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.startups.rules.dependence import CountryShare, Dependence, OriginFigures, origin_figures
from apps.startups.rules.origin import ComponentLine, Interval, foreign_share
from tests.apps.startups.rules.bills import EU_EEA, EU_EEA_UA, PLANTED, RATES, bills, line

REGIONS = {"EU+EEA": EU_EEA, "EU+EEA+UA": EU_EEA_UA, "UA": {"UA"}}
PERIMETERS = {"EU+EEA": EU_EEA, "EU+EEA+UA": EU_EEA_UA}


def exact(percent: int) -> Interval:
    return Interval(Fraction(percent, 100), Fraction(percent, 100))


def between(low: int, high: int) -> Interval:
    return Interval(Fraction(low, 100), Fraction(high, 100))


def figures(*lines: ComponentLine) -> OriginFigures:
    found = origin_figures(components=lines, regions=REGIONS, perimeters=PERIMETERS, rates=RATES)
    assert found is not None
    return found


class TestOriginFigures:
    def test_of_one_bill_differ_by_perimeter(self) -> None:
        found = figures(*PLANTED)

        assert found.foreign == {"EU+EEA": exact(46), "EU+EEA+UA": exact(31)}

    def test_go_by_country_and_region(self) -> None:
        found = figures(*PLANTED)

        assert found.countries == (
            CountryShare("DE", exact(40)),
            CountryShare("CN", exact(31)),
            CountryShare("UA", exact(15)),
            CountryShare("PL", exact(14)),
        )
        assert found.regions == {
            "EU+EEA": exact(54),
            "EU+EEA+UA": exact(69),
            "UA": exact(15),
            "other": exact(31),
            "unknown": exact(0),
        }

    def test_are_intervals_over_unknown_origin(self) -> None:
        found = figures(line("20", "CN"), line("30", None), line("50", "UA"))

        assert found.countries == (CountryShare("UA", between(50, 80)), CountryShare("CN", between(20, 50)))
        assert found.regions["EU+EEA"] == between(0, 30)
        assert found.regions["other"] == between(20, 50)
        assert found.regions["unknown"] == exact(30)
        assert found.foreign == {"EU+EEA": between(70, 100), "EU+EEA+UA": between(20, 50)}

    def test_do_not_exist_without_a_bill(self) -> None:
        for bill in ([], [line("0", "CN")], [line("1", "CN"), replace(line("1", "DE"), currency="XAU")]):
            assert origin_figures(components=bill, regions=REGIONS, perimeters=PERIMETERS, rates=RATES) is None

    @given(bill=bills)
    def test_agree_with_the_published_share(self, bill: list[ComponentLine]) -> None:
        found = origin_figures(components=bill, regions=REGIONS, perimeters=PERIMETERS, rates=RATES)

        for name, countries in PERIMETERS.items():
            share = foreign_share(components=bill, perimeter=countries, rates=RATES)
            assert (found.foreign[name] if found else None) == share

    @pytest.mark.long
    @given(bill=bills)
    def test_add_up(self, bill: list[ComponentLine]) -> None:
        found = origin_figures(components=bill, regions=REGIONS, perimeters=PERIMETERS, rates=RATES)

        if found is not None:
            unknown = found.regions["unknown"].low
            assert sum(item.share.low for item in found.countries) + unknown == 1
            assert found.regions["EU+EEA+UA"].low + found.regions["other"].low + unknown == 1
            assert found.regions["EU+EEA"].low + found.regions["UA"].low == found.regions["EU+EEA+UA"].low


class TestHerfindahl:
    def test_is_the_sum_of_squares(self) -> None:
        assert figures(line("60", "CN"), line("10", "DE"), line("30", "DE")).herfindahl == exact(52)

    def test_is_an_interval_over_unknown_origin(self) -> None:
        found = figures(line("50", "CN"), line("30", "DE"), line("10", None), line("10", None)).herfindahl

        assert found == Interval(Fraction(36, 100), Fraction(58, 100))

    def test_may_be_anything_when_nothing_is_known(self) -> None:
        assert figures(line("1", None), line("1", None)).herfindahl == Interval(Fraction(1, 2), Fraction(1))

    @pytest.mark.long
    @given(bill=bills, origins=st.lists(st.sampled_from(["DE", "UA", "CN", "TW", "JP", "US"]), min_size=12))
    def test_holds_whatever_the_unknown_turn_out_to_be(self, bill: list[ComponentLine], origins: list[str]) -> None:
        learnt = [replace(item, origin=item.origin or origin) for item, origin in zip(bill, origins, strict=False)]
        before, after = (
            origin_figures(components=lines, regions=REGIONS, perimeters=PERIMETERS, rates=RATES)
            for lines in (bill, learnt)
        )

        if before is not None and after is not None:
            assert before.herfindahl.low <= after.herfindahl.low == after.herfindahl.high <= before.herfindahl.high


class TestLargest:
    def test_goes_by_perimeter(self) -> None:
        found = figures(line("40", "UA"), line("30", "CN"), line("20", "TW"), line("10", "DE")).largest

        assert found == {
            "EU+EEA": Dependence("UA", exact(40), is_sure=True),
            "EU+EEA+UA": Dependence("CN", exact(30), is_sure=True),
        }

    @pytest.mark.parametrize(("unknown", "is_sure"), [("9", True), ("10", False), ("80", False)])
    def test_is_sure_only_if_the_unknown_cannot_change_it(self, unknown: str, *, is_sure: bool) -> None:
        found = figures(line("30", "CN"), line("20", "TW"), line("80", "DE"), line(unknown, None)).largest["EU+EEA"]

        assert found is not None
        assert (found.country, found.is_sure) == ("CN", is_sure)

    def test_is_not_known_where_nothing_known_is_outside(self) -> None:
        assert figures(line("1", "DE"), line("1", None)).largest == {"EU+EEA": None, "EU+EEA+UA": None}


class TestSingleSource:
    def test_counts_what_is_not_declared_as_possible(self) -> None:
        found = figures(line("20", "DE", single=True), line("30", "DE"), line("50", "DE", single=False))

        assert found.single_source == between(20, 50)
