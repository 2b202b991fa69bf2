"""Control against worked examples and against all subsets of parties."""

import pytest

from apps.compliance.rules.control import (
    Control,
    controlled,
    controllers,
    controls_of,
    countries_on_the_way,
    third_country_control,
)
from apps.compliance.rules.graph import Answer, Node
from tests.apps.compliance.rules.graphs import entities, graph, party, people, random_graph, stake
from tests.oracle import ownership as oracle

SEEDS = range(120)
EU = frozenset({"EE", "DE", "FI"})


def control(found, entity: int) -> Control:
    return controllers(graph=found, entity=party(entity))


def answers(found: Control) -> dict[int, Answer]:
    return {item.party.int: item.answer for item in found.controllers}


def chain(*extra):
    """Person 1 has 60 % of 4, which has 60 % of 5; the rest is 2's and 3's."""
    return graph(
        people(1, 2, 3) + entities(4, 5),
        stake(1, 4, 0.6), stake(2, 4, 0.4), stake(4, 5, 0.6), stake(3, 5, 0.4), *extra,
    )  # fmt: skip


class TestControllers:
    def test_sixty_percent_of_sixty_controls(self) -> None:
        found = control(chain(), 5)

        assert answers(found) == {1: Answer.YES, 4: Answer.YES}
        assert [item.party.int for item in found.controllers if item.is_ultimate] == [1]
        assert (found.answer, found.may_be_unnamed) == (Answer.YES, False)

    def test_says_along_which_path(self) -> None:
        first = control(chain(), 5).controllers[0]

        assert [(step.entity.int, [each.int for each in step.through]) for step in first.steps] == [(4, [1]), (5, [4])]
        assert all(step.statements for step in first.steps)

    def test_adds_its_own_votes_to_those_of_whom_it_controls(self) -> None:
        found = graph(people(1, 2) + entities(3, 4), stake(1, 3, 0.6), stake(2, 3, 0.4),
                      stake(3, 4, 0.3), stake(1, 4, 0.3), stake(2, 4, 0.4))  # fmt: skip

        assert answers(control(found, 4)) == {1: Answer.YES}

    def test_half_is_no_control(self) -> None:
        found = control(graph(people(1, 2) + entities(3), stake(1, 3, 0.5), stake(2, 3, 0.5)), 3)

        assert (found.answer, found.controllers) == (Answer.NO, ())

    def test_an_open_part_that_could_be_anybodys_leaves_it_unknown(self) -> None:
        found = control(graph(people(1, 2) + entities(3), stake(1, 3, 0.4), stake(2, 3, 0.2)), 3)

        assert (found.answer, found.may_be_unnamed) == (Answer.UNKNOWN, False)
        assert answers(found) == {1: Answer.UNKNOWN, 2: Answer.UNKNOWN}

    def test_an_unknown_owner_of_the_controlling_entity_leaves_it_unknown(self) -> None:
        found = control(graph(people(1) + entities(2, 3), stake(2, 3, 0.6), stake(1, 3, 0.4)), 3)

        assert answers(found)[2] is Answer.YES
        assert (found.answer, found.may_be_unnamed) == (Answer.UNKNOWN, True)

    def test_a_declared_unknown_may_control(self) -> None:
        nobody = Node(party(2), "unknown", is_unknown=True)
        found = control(graph([*people(1), nobody, *entities(3)], stake(1, 3, 0.4), stake(2, 3, 0.6)), 3)

        assert (found.answer, found.may_be_unnamed) == (Answer.UNKNOWN, True)

    def test_the_right_to_appoint_the_board_is_control(self) -> None:
        right = stake(3, 5, 1, interest="appointment_of_board")

        assert answers(control(chain(right), 5))[3] is Answer.YES

    @pytest.mark.parametrize(("low", "high", "answer"), [(0.3, 0.5, None), (0.4, 0.6, Answer.UNKNOWN)])
    def test_a_part_of_the_board_is_only_its_majority(self, low: float, high: float, answer: Answer | None) -> None:
        right = stake(3, 5, low, high, interest="appointment_of_board")

        assert answers(control(chain(right), 5)).get(3) is answer

    def test_influence_may_be_control(self) -> None:
        right = stake(3, 5, 0, 1, interest="other_influence_or_control")

        assert answers(control(chain(right), 5))[3] is Answer.UNKNOWN

    def test_voting_rights_go_before_shares(self) -> None:
        found = graph(people(1, 2) + entities(3), stake(1, 3, 0.9), stake(2, 3, 0.1),
                      stake(2, 3, 0.8, interest="voting_rights"))  # fmt: skip

        assert answers(control(found, 3)) == {2: Answer.YES}

    def test_shares_stand_in_for_votes_that_nobody_stated(self) -> None:
        found = graph(people(1, 2) + entities(3), stake(1, 3, 0.6), stake(2, 3, 0.4, interest="voting_rights"))

        assert answers(control(found, 3)) == {1: Answer.YES}

    @pytest.mark.parametrize("seed", SEEDS)
    def test_agrees_with_all_subsets(self, seed: int) -> None:
        found, persons, firms, low, _ = random_graph(seed)
        controls = controls_of(graph=found)

        for holder in [*persons, *firms]:
            for is_certain in (True, False):
                steps = controlled(controls=controls, holders=[party(holder)], is_certain=is_certain)
                expected = {
                    firm
                    for firm in firms
                    if firm != holder
                    and oracle.is_controlled(
                        low, holder - 1, firm - 1, [each - 1 for each in firms], is_certain=is_certain
                    )
                }
                assert {step.entity.int for step in steps} == expected


class TestCountriesOnTheWay:
    def test_names_everybodys(self) -> None:
        found = graph(people(1, country="CY") + entities(2, country="EE") + entities(3), stake(1, 2, 1), stake(2, 3, 1))

        countries = countries_on_the_way(graph=found, entity=party(3))

        assert {code: [each.int for each in parties] for code, parties in countries.parties.items()} == {
            "CY": [1], "EE": [2]
        }  # fmt: skip
        assert not countries.is_open

    def test_says_whose_is_not_stated_and_what_is_open(self) -> None:
        found = graph([Node(party(1), "person", is_end=True), *entities(2)], stake(1, 2, 0.9))

        countries = countries_on_the_way(graph=found, entity=party(2))

        assert (countries.without, countries.is_open) == ((party(1),), True)


class TestThirdCountryControl:
    def ask(self, *stakes, country: str = "EE"):
        nodes = people(1, country=country) + people(2, country="DE") + entities(3, 4, country="EE")
        return third_country_control(graph=graph(nodes, *stakes), entity=party(4), perimeter=EU)

    def test_no_where_everybody_who_controls_is_inside(self) -> None:
        assert self.ask(stake(1, 3, 1), stake(3, 4, 1)).answer is Answer.NO

    def test_yes_through_an_entity_inside(self) -> None:
        found = self.ask(stake(1, 3, 1), stake(3, 4, 1), country="KY")

        assert (found.answer, [item.party.int for item in found.through]) == (Answer.YES, [1])

    def test_a_minority_outside_is_no_control(self) -> None:
        assert self.ask(stake(1, 4, 0.4), stake(2, 4, 0.6), country="KY").answer is Answer.NO

    def test_unknown_where_a_branch_is_open(self) -> None:
        found = self.ask(stake(3, 4, 1))

        assert (found.answer, found.causes) == (Answer.UNKNOWN, ("open_branch",))

    def test_unknown_where_a_country_is_not_stated(self) -> None:
        nodes = [Node(party(1), "person", is_end=True), *entities(2)]

        found = third_country_control(graph=graph(nodes, stake(1, 2, 1)), entity=party(2), perimeter=EU)

        assert (found.answer, found.causes) == (Answer.UNKNOWN, ("country_not_stated",))
