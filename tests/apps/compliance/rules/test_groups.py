"""The structure of a group, declared against derived."""

from apps.compliance.rules.groups import group_structure
from tests.apps.compliance.rules.graphs import entities, graph, party, people, stake


def holding():
    """Person 1 owns 2, which owns 3 (the firm) and 4; 5 stands apart and is 6's."""
    return graph(
        people(1, 6) + entities(2, 3, 4, 5), stake(1, 2, 1), stake(2, 3, 1), stake(2, 4, 0.8), stake(6, 4, 0.2),
        stake(6, 5, 1),
    )  # fmt: skip


def structure(found, **declared: int):
    return group_structure(
        graph=found, firm=party(3), declared={role: party(number) for role, number in declared.items()}
    )


class TestGroupStructure:
    def test_derives_the_top_company(self) -> None:
        assert structure(holding()).derived_top_company == party(2)

    def test_a_firm_of_persons_is_its_own(self) -> None:
        assert structure(graph(people(1) + entities(3), stake(1, 3, 1))).derived_top_company == party(3)

    def test_an_open_branch_leaves_it_unknown(self) -> None:
        assert structure(graph(people(1) + entities(3), stake(1, 3, 0.4))).derived_top_company is None

    def test_shows_no_contradiction_where_all_fits(self) -> None:
        found = structure(holding(), top_company=2, ip_owner=4, operating_company=3)

        assert (found.ip_owner, found.operating_company, found.contradictions) == (party(4), party(3), ())

    def test_shows_another_top_and_a_party_outside(self) -> None:
        found = structure(holding(), top_company=5, ip_owner=5)

        assert [(item.role, item.code) for item in found.contradictions] == [
            ("top_company", "another_is_on_top"),
            ("ip_owner", "outside_the_group"),
        ]
