"""Beneficial ownership against worked examples and against brute force."""

import datetime as dt
from fractions import Fraction

import pytest

from apps.compliance.rules.graph import Answer, Counted, Interval, Node, holdings
from apps.compliance.rules.integration import integrated
from apps.compliance.rules.ownership import BeneficialOwnership, Threshold, Ways, beneficial_owners
from tests.apps.compliance.rules.graphs import entities, graph, party, people, random_graph, stake
from tests.oracle import ownership as oracle

pytestmark = pytest.mark.long

SEEDS = range(120)


def threshold(share: str, *, inclusive: bool = True, counted: tuple[Counted, ...] = (Counted.SHARES,)) -> Threshold:
    return Threshold("test", Fraction(share), inclusive, counted, dt.date(2020, 1, 1), None, "made up", "C")


def owners(found, entity: int, *thresholds: Threshold) -> BeneficialOwnership:
    return beneficial_owners(graph=found, entity=party(entity), thresholds=thresholds or (threshold("0.25"),))


def shares(found: BeneficialOwnership) -> dict[int, tuple[float, float]]:
    return {item.party.int: (float(item.shares.stated.low), float(item.shares.stated.high)) for item in found.owners}


def answers(found: BeneficialOwnership) -> dict[int, Answer]:
    return {item.party.int: item.answers["test"] for item in found.owners}


class TestBeneficialOwners:
    def test_sixty_percent_of_sixty_is_thirty_six(self) -> None:
        found = graph(
            people(1, 2, 3) + entities(4, 5), stake(1, 4, 0.6), stake(2, 4, 0.4), stake(4, 5, 0.6), stake(3, 5, 0.4)
        )

        assert shares(owners(found, 5)) == {1: (0.36, 0.36), 2: (0.24, 0.24), 3: (0.4, 0.4)}

    def test_adds_the_paths(self) -> None:
        found = graph(people(1) + entities(2, 3), stake(1, 2, 0.5), stake(2, 3, 0.5), stake(1, 3, 0.25))

        assert shares(owners(found, 3)) == {1: (0.5, 0.5)}

    def test_solves_a_cycle(self) -> None:
        found = graph(
            people(1, 2) + entities(3, 4), stake(1, 3, 0.5), stake(4, 3, 0.5), stake(3, 4, 0.5), stake(2, 4, 0.5)
        )

        result = owners(found, 3)

        assert [item.shares.stated.low for item in result.owners] == [Fraction(2, 3), Fraction(1, 3)]
        assert result.has_cycle

    def test_entities_that_own_one_another_whole_have_no_owner(self) -> None:
        found = graph(people(1) + entities(2, 3, 4), stake(2, 3, 1), stake(3, 2, 1), stake(3, 4, 0.5), stake(1, 4, 0.5))

        assert shares(owners(found, 4)) == {1: (0.5, 0.5)}

    def test_an_interval_leaves_the_answer_open(self) -> None:
        found = graph(people(1, 2) + entities(3), stake(1, 3, 0.2, 0.3), stake(2, 3, 0.7, 0.8))

        assert answers(owners(found, 3)) == {1: Answer.UNKNOWN, 2: Answer.YES}

    def test_an_upper_bound_is_what_the_others_leave(self) -> None:
        found = graph(people(1, 2) + entities(3), stake(1, 3, 0, 1), stake(2, 3, 0.8))

        assert shares(owners(found, 3))[1] == (0.0, 0.2)
        assert answers(owners(found, 3)) == {1: Answer.NO, 2: Answer.YES}

    def test_what_nobody_is_named_for_may_be_anybodys(self) -> None:
        found = graph(people(1, 2) + entities(3), stake(1, 3, 0.2), stake(2, 3, 0.7))

        result = owners(found, 3)

        assert result.open_shares == Interval(Fraction(1, 10), Fraction(1, 10))
        assert answers(result) == {1: Answer.UNKNOWN, 2: Answer.YES}
        assert [(item.party.int, item.cause) for item in result.open_branches] == [(3, "remainder")]

    def test_an_entity_without_owners_is_an_open_branch(self) -> None:
        found = graph(people(1) + entities(2, 3), stake(1, 3, 0.6), stake(2, 3, 0.4))

        result = owners(found, 3)

        assert [(item.party.int, item.cause, item.reach.low) for item in result.open_branches] == [
            (2, "no_owners_stated", Fraction(2, 5))
        ]
        assert result.open_shares.low == Fraction(2, 5)

    def test_a_declared_unknown_is_nobodys_share(self) -> None:
        nobody = Node(party(2), "unknown", is_unknown=True)
        found = graph([*people(1), nobody, *entities(3)], stake(1, 3, 0.9), stake(2, 3, 0.1))

        result = owners(found, 3)

        assert list(shares(result)) == [1]
        assert [(item.party.int, item.cause) for item in result.open_branches] == [(2, "declared_unknown")]

    def test_without_any_statement_everything_is_open(self) -> None:
        result = owners(graph(entities(1)), 1)

        assert (result.owners, result.open_shares.low) == ((), 1)

    @pytest.mark.parametrize(("inclusive", "answer"), [(True, Answer.YES), (False, Answer.NO)])
    def test_exactly_the_threshold(self, inclusive: bool, answer: Answer) -> None:
        found = graph(
            people(1, 2) + entities(3, 4), stake(1, 3, 0.5), stake(2, 3, 0.5), stake(3, 4, 0.5), stake(2, 4, 0.5)
        )

        assert answers(owners(found, 4, threshold("0.25", inclusive=inclusive)))[1] is answer

    def test_votes_count_where_the_regime_counts_them(self) -> None:
        found = graph(
            people(1, 2) + entities(3), stake(1, 3, 0.1), stake(2, 3, 0.9),
            stake(1, 3, 0.3, interest="voting_rights"), stake(2, 3, 0.7, interest="voting_rights"),
        )  # fmt: skip

        assert answers(owners(found, 3))[1] is Answer.NO
        assert answers(owners(found, 3, threshold("0.25", counted=(Counted.SHARES, Counted.VOTES))))[1] is Answer.YES

    def test_an_indirect_statement_lifts_the_lower_bound_only(self) -> None:
        found = graph(people(1) + entities(2, 3), stake(2, 3, 1), stake(1, 3, 0.3, is_direct=False))

        result = owners(found, 3)

        assert shares(result) == {1: (0.3, 0.3)}
        assert answers(result) == {1: Answer.YES}

    @pytest.mark.parametrize("seed", SEEDS)
    def test_agrees_with_brute_force(self, seed: int) -> None:
        found, persons, firms, low, high = random_graph(seed)
        high = oracle.capped_highs(low, high)

        for firm in firms:
            stated = shares(owners(found, firm))
            for person in persons:
                expected = oracle.share_of(low, [person - 1], firm - 1)
                possible = oracle.share_of(high, [person - 1], firm - 1)
                bottom, top = stated.get(person, (0.0, 0.0))
                assert bottom == pytest.approx(expected, abs=1e-3)
                others = sum(oracle.share_of(low, [other - 1], firm - 1) for other in persons if other != person)
                assert top == pytest.approx(max(expected, min(possible, 1 - others)), abs=2e-3)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_agrees_with_the_sum_over_all_walks(self, seed: int) -> None:
        _, persons, firms, low, _ = random_graph(seed)
        low = [[value * 0.9 for value in row] for row in low]
        damped = {
            party(j + 1): {party(i + 1): Fraction(str(round(low[i][j], 6))) for i in range(len(low)) if low[i][j]}
            for j in range(len(low))
        }

        for firm in firms:
            for person in persons:
                share = integrated(into=damped, holders=[party(person)], entity=party(firm))
                assert float(share) == pytest.approx(oracle.series_of(low, person - 1, firm - 1), abs=1e-9)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_another_share_never_lowers_a_lower_bound(self, seed: int) -> None:
        found, persons, firms, low, _ = random_graph(seed)
        target = firms[seed % len(firms)]
        left = 1 - sum(row[target - 1] for row in low)
        before = {firm: shares(owners(found, firm)) for firm in firms}

        more = graph(list(found.nodes.values()), *found.stakes, stake(persons[0], target, round(max(0, left) / 2, 6)))

        for firm in firms:
            after = shares(owners(more, firm))
            for person, (bottom, _) in before[firm].items():
                assert after[person][0] >= bottom - 1e-9

    @pytest.mark.parametrize("seed", SEEDS)
    def test_all_parts_together_are_the_whole_at_most(self, seed: int) -> None:
        found, _, firms, _, _ = random_graph(seed)

        for firm in firms:
            result = owners(found, firm)
            assert sum(item.shares.stated.low for item in result.owners) + result.open_shares.low <= 1


class TestOwnerPaths:
    def test_lists_the_heaviest_first_with_their_statements(self) -> None:
        found = graph(people(1) + entities(2, 3), stake(1, 2, 0.5), stake(2, 3, 0.9), stake(1, 3, 0.1))
        shares_of = holdings(graph=found, counted=Counted.SHARES)

        paths, is_cut = Ways(shares_of).heaviest(party(1), party(3))

        assert [([each.int for each in path.parties], path.product.low) for path in paths] == [
            ([1, 2, 3], Fraction(9, 20)),
            ([1, 3], Fraction(1, 10)),
        ]
        assert paths[0].statements == ((found.stakes[0].statement,), (found.stakes[1].statement,))
        assert not is_cut

    def test_says_when_it_left_some_out(self) -> None:
        found = graph(people(1) + entities(2, 3), stake(1, 2, 0.5), stake(2, 3, 0.9), stake(1, 3, 0.1))
        shares_of = holdings(graph=found, counted=Counted.SHARES)

        paths, is_cut = Ways(shares_of).heaviest(party(1), party(3), most=1)

        assert (len(paths), is_cut) == (1, True)

    def test_a_cycle_is_walked_once(self) -> None:
        found = graph(people(1) + entities(2, 3), stake(1, 2, 0.5), stake(3, 2, 0.5), stake(2, 3, 1))

        assert len(owners(found, 3).owners[0].paths) == 1
