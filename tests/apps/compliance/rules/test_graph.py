"""The ownership graph: bounds of shares, holdings of each kind, who is above whom."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from apps.compliance.rules.graph import (
    ALL,
    NOTHING,
    Answer,
    Counted,
    Interval,
    against,
    ancestors,
    holdings,
    interval,
)
from tests.apps.compliance.rules.graphs import entities, graph, party, people, stake

HALF = Fraction(1, 2)


class TestInterval:
    def test_of_an_exact_share_is_a_point(self) -> None:
        assert interval(low=Decimal("0.25"), high=Decimal("0.25")) == Interval(Fraction(1, 4), Fraction(1, 4))

    def test_of_an_unstated_share_is_anything(self) -> None:
        assert interval(low=None, high=None) == Interval(NOTHING, ALL)

    def test_leaves_out_exclusive_bounds(self) -> None:
        found = interval(low=Decimal("0.25"), high=Decimal("0.5"), is_low_exclusive=True, is_high_exclusive=True)

        assert Fraction(1, 4) < found.low < Fraction(250_001, 1_000_000)
        assert Fraction(499_999, 1_000_000) < found.high < HALF


class TestHoldings:
    def test_lowers_a_bound_to_what_the_others_leave_over(self) -> None:
        made = graph(people(1, 2) + entities(3), stake(1, 3, "0.7"), stake(2, 3, "0.1", "0.9"))

        found = holdings(graph=made, counted=Counted.SHARES)

        assert found.into(party(3))[party(2)].share == Interval(Fraction(1, 10), Fraction(3, 10))

    def test_keeps_what_nobody_is_said_to_hold(self) -> None:
        made = graph(people(1) + entities(2, 3), stake(1, 2, "0.6"))

        found = holdings(graph=made, counted=Counted.SHARES)

        assert found.remainder(party(2)) == Interval(Fraction(2, 5), Fraction(2, 5))
        assert found.remainder(party(3)) == Interval(ALL, ALL)
        assert found.remainder(party(1)) == Interval(NOTHING, NOTHING)

    def test_votes_follow_shares_unless_they_are_stated(self) -> None:
        made = graph(
            people(1, 2) + entities(3),
            stake(1, 3, "0.3"),
            stake(2, 3, "0.2"),
            stake(1, 3, "0.8", interest="voting_rights"),
        )

        votes = holdings(graph=made, counted=Counted.VOTES).into(party(3))

        assert votes[party(1)].share.low == Fraction(4, 5)
        assert votes[party(2)].share.low == Fraction(1, 5)

    def test_does_not_count_an_indirect_interest_beside_those_it_sums_up(self) -> None:
        made = graph(people(1) + entities(2), stake(1, 2, "0.6", is_direct=False))

        assert holdings(graph=made, counted=Counted.SHARES).into(party(2)) == {}

    def test_does_not_count_a_seat_on_the_board(self) -> None:
        made = graph(people(1) + entities(2), stake(1, 2, "1", interest="board_member"))

        assert holdings(graph=made, counted=Counted.SHARES).into(party(2)) == {}


class TestAncestors:
    def test_are_all_above_by_any_kind_of_holding(self) -> None:
        made = graph(
            people(1, 2) + entities(3, 4),
            stake(3, 4, "0.5"),
            stake(1, 3, "1"),
            stake(2, 4, "0.5", None, "voting_rights"),
        )
        both = [holdings(graph=made, counted=counted) for counted in Counted]

        assert ancestors(holdings=both, entity=party(4)) == {party(1), party(2), party(3)}
        assert ancestors(holdings=both, entity=party(1)) == frozenset()

    def test_hold_the_entity_itself_in_a_cycle_alone(self) -> None:
        made = graph(entities(1, 2), stake(1, 2, "0.5"), stake(2, 1, "0.5"))
        shares = [holdings(graph=made, counted=Counted.SHARES)]

        assert ancestors(holdings=shares, entity=party(1)) == {party(1), party(2)}


class TestAgainst:
    @pytest.mark.parametrize(
        ("low", "high", "is_inclusive", "answer"),
        [
            ("0.5", "0.5", False, Answer.NO),
            ("0.5", "0.5", True, Answer.YES),
            ("0.51", "0.6", False, Answer.YES),
            ("0.4", "0.6", False, Answer.UNKNOWN),
            ("0.4", "0.5", True, Answer.UNKNOWN),
            ("0.4", "0.49", True, Answer.NO),
        ],
    )
    def test_says_yes_only_of_what_is_certain(self, low: str, high: str, is_inclusive: bool, answer: Answer) -> None:
        assert against(low=Fraction(low), high=Fraction(high), threshold=HALF, is_inclusive=is_inclusive) is answer
