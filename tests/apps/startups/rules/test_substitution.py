"""The least that must come from inside a perimeter for a limit to be kept, held against trying everything."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.startups.rules.origin import ComponentLine, line_values
from apps.startups.rules.substitution import EXACT_LINES, Substitution, substitution
from tests.apps.startups.rules.bills import EU_EEA, EU_EEA_UA, PLANTED, RATES, bills, line

pytestmark = pytest.mark.long

limits = st.decimals(min_value=0, max_value=1, places=3)


def answer(bill: Sequence[ComponentLine], limit: str, perimeter: frozenset[str] = EU_EEA) -> Substitution:
    found = substitution(components=bill, perimeter=perimeter, limit=Decimal(limit), rates=RATES)
    assert found is not None
    return found


def covers(bill: Sequence[ComponentLine], places: Sequence[int], limit: Decimal) -> list[tuple[Fraction, int]]:
    """Value and size of every subset of `places` without which the limit is kept."""
    values = line_values(components=bill, rates=RATES) or []
    total = sum(values)
    outside = sum(values[place] for place, item in enumerate(bill) if item.origin not in EU_EEA)
    found = []
    for size in range(len(places) + 1):
        for chosen in combinations(places, size):
            moved = sum((values[place] for place in chosen), Fraction(0))
            if outside - moved <= Fraction(limit) * total:
                found.append((moved / total, size))
    return found


class TestSubstitution:
    def test_moves_the_least_value(self) -> None:
        bill = [line("30", "CN"), line("14", "TW"), line("9", "US"), line("47", "DE")]

        found = answer(bill, "0.31").move

        assert (found.lines, found.moved, found.after) == ((1, 2), Fraction(23, 100), Fraction(30, 100))
        assert (found.at_least, found.is_least) == (found.moved, True)

    def test_moves_nothing_within_the_limit(self) -> None:
        found = answer(PLANTED, "0.46")

        assert (found.share, found.move.lines, found.move.moved, found.resolve) == (Fraction(46, 100), (), 0, None)

    def test_depends_on_the_perimeter(self) -> None:
        assert answer(PLANTED, "0.35", EU_EEA).move.lines == (1,)
        assert answer(PLANTED, "0.35", EU_EEA_UA).move.lines == ()

    def test_moves_everything_for_a_limit_of_nothing(self) -> None:
        found = answer(PLANTED, "0").move

        assert (found.lines, found.after) == ((0, 1), 0)

    def test_takes_fewer_lines_of_the_same_value(self) -> None:
        bill = [line("10", "CN"), line("10", "TW"), line("20", "US"), line("60", "DE")]

        assert answer(bill, "0.2").move.lines == (2,)

    def test_leaves_lines_that_cost_nothing(self) -> None:
        assert answer([line("0", "CN"), line("40", "CN"), line("60", "DE")], "0").move.lines == (1,)

    def test_is_not_known_without_a_bill(self) -> None:
        assert substitution(components=[], perimeter=EU_EEA, limit=Decimal(0), rates=RATES) is None

    @settings(max_examples=300, deadline=None)
    @given(bill=bills, limit=limits)
    def test_is_what_trying_everything_finds(self, bill: list[ComponentLine], limit: Decimal) -> None:
        found = substitution(components=bill, perimeter=EU_EEA, limit=limit, rates=RATES)

        if found is not None:
            outside = [place for place, item in enumerate(bill) if item.origin not in EU_EEA]
            assert (found.move.moved, len(found.move.lines)) == min(covers(bill, outside, limit))
            assert found.move.is_least
            assert found.move.after == found.share - found.move.moved <= Fraction(limit)
            assert set(found.move.lines) <= set(outside)


class TestResolve:
    def test_names_the_fewest_unknown_lines_that_would_do(self) -> None:
        bill = [line("5", None), line("20", None), line("15", None), line("10", "CN"), line("50", "DE")]

        assert answer(bill, "0.35").resolve == (1,)
        assert answer(bill, "0.2").resolve == (1, 2)

    def test_is_none_where_all_the_unknown_would_not_do(self) -> None:
        assert answer([line("30", "CN"), line("20", None), line("50", "DE")], "0.25").resolve is None

    @settings(max_examples=200, deadline=None)
    @given(bill=bills, limit=limits)
    def test_is_what_trying_everything_finds(self, bill: list[ComponentLine], limit: Decimal) -> None:
        found = substitution(components=bill, perimeter=EU_EEA, limit=limit, rates=RATES)

        if found is not None:
            unknown = [place for place, item in enumerate(bill) if item.origin is None]
            fewest = min((size for _, size in covers(bill, unknown, limit)), default=0)
            assert len(found.resolve or ()) == fewest
            assert (found.resolve is None) == (fewest == 0)


class TestManyLines:
    """More candidates than can be tried: an answer that keeps the limit, and how far it is from the least at most."""

    @pytest.mark.parametrize("count", [EXACT_LINES, EXACT_LINES + 1, 120])
    def test_keeps_the_limit_and_says_how_good_it_is(self, count: int) -> None:
        bill = [line(f"{7 * place % 101 + 1}.{place:02d}", "CN") for place in range(min(count, 99))]
        bill += [line("3.33", "TW")] * (count - len(bill)) + [line("900", "DE")]

        found = answer(bill, "0.3")

        assert found.move.after <= Fraction(3, 10)
        assert found.move.at_least <= found.move.moved
        assert found.move.is_least == (found.move.moved == found.move.at_least)
        assert found.move.moved - found.move.at_least < Fraction(1, 10_000)

    def test_says_when_less_might_do(self) -> None:
        bill = [line("100", "CN")] * (EXACT_LINES + 4) + [line("1000", "DE")]

        found = answer(bill, "0.5").move

        assert (len(found.lines), found.is_least) == (15, True)
        found = answer(bill, "0.499").move
        assert (len(found.lines), found.is_least) == (16, False)
        assert found.at_least < found.moved

    def test_may_need_one_large_line_when_the_small_ones_do_not_do(self) -> None:
        bill = [line("1", "CN")] * EXACT_LINES + [line("100", "TW"), line("120", "US"), line("64", "DE")]

        found = answer(bill, "0.6").move

        assert found.after <= Fraction(6, 10)
        assert found.lines == (EXACT_LINES,)
