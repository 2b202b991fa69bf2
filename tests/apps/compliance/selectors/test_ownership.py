"""The graph above an organisation, its figures, and whom to screen."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.compliance.rules.graph import Answer
from apps.compliance.selectors import ownership as selectors
from apps.compliance.services.parties import party_of
from apps.organisations.models import Identifier
from tests.factories.compliance import PartyFactory, owns
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 1)


def chain():
    """A firm that a registered holding owns, which a person owns; and a stranger's statement."""
    firm, holding = OrganisationFactory(legal_name="Firm"), OrganisationFactory(legal_name="Holding", country="EE")
    owns(holding, firm, share=1)
    person = owns(None, holding, name="Olena", share=1).owner
    owns(None, OrganisationFactory(), name="Stranger", share=1)
    return firm, holding, person


class TestGraphOf:
    def test_reads_everybody_above_and_nobody_else(self) -> None:
        firm, holding, person = chain()

        graph, parties = selectors.graph_of(party_ids=[firm.pk], day=DAY)

        assert set(graph.nodes) == set(parties) == {firm.pk, holding.pk, person.pk}
        assert len(graph.stakes) == 2
        assert not graph.is_cut

    def test_anothers_owners_are_its_own_secret(self) -> None:
        firm, holding, _ = chain()

        graph, _ = selectors.graph_of(party_ids=[firm.pk], day=DAY, viewer_id=firm.pk)

        assert set(graph.nodes) == {firm.pk, holding.pk}

    def test_leaves_out_what_does_not_hold_that_day(self) -> None:
        firm = OrganisationFactory()
        for number, dates in enumerate([{"to_date": DAY}, {"from_date": DAY}, {"from_date": dt.date(2026, 6, 2)}]):
            owns(None, firm, name=f"Person {number}", share="0.1", **dates)

        graph, parties = selectors.graph_of(party_ids=[firm.pk], day=DAY)

        assert [parties[stake.owner].legal_name for stake in graph.stakes] == ["Person 1"]

    def test_leaves_out_what_was_replaced(self) -> None:
        firm = OrganisationFactory()
        first = owns(None, firm, name="First", share="0.1")
        owns(first.owner, firm, share="0.2", supersedes=first)

        graph, _ = selectors.graph_of(party_ids=[firm.pk], day=DAY)

        assert [float(stake.share.low) for stake in graph.stakes] == [0.2]

    def test_ends_in_a_cycle(self) -> None:
        one, two = OrganisationFactory.create_batch(2)
        owns(one, two, share="0.4")
        owns(two, one, share="0.4")

        graph, _ = selectors.graph_of(party_ids=[one.pk], day=DAY)

        assert len(graph.nodes) == 2

    def test_stops_at_a_height_and_says_so(self) -> None:
        firm = OrganisationFactory()
        below = party_of(organisation_id=firm.pk)
        for _ in range(selectors.MOST_LEVELS + 3):
            above = PartyFactory(kind="entity", stated_by=firm)
            owns(above, below, share=1)
            below = above

        graph, _ = selectors.graph_of(party_ids=[firm.pk], day=DAY)

        assert (len(graph.nodes), graph.is_cut) == (selectors.MOST_LEVELS + 1, True)

    def test_asks_as_often_for_many_as_for_few(self) -> None:
        firm, *_ = chain()
        with CaptureQueriesContext(
            connection,
        ) as few:
            selectors.ownership_figures(organisation_id=firm.pk, day=DAY)
        for number in range(20):
            owns(None, firm, name=f"Person {number}", share=0)

        with CaptureQueriesContext(connection) as many:
            selectors.ownership_figures(organisation_id=firm.pk, day=DAY)

        assert len(few) == len(many) == 4


class TestOwnershipFigures:
    def test_sixty_percent_of_sixty_is_control_and_thirty_six(self) -> None:
        firm, holding = OrganisationFactory(), OrganisationFactory()
        owns(holding, firm, share="0.6")
        owns(None, firm, name="Minor", share="0.4")
        person = owns(None, holding, name="Major", share="0.6").owner
        owns(None, holding, name="Other", share="0.4")

        figures = selectors.ownership_figures(organisation_id=firm.pk, day=DAY, perimeter={"EE"})

        shares = {item.party: float(item.shares.stated.low) for item in figures.ownership.owners}
        assert shares[person.pk] == 0.36
        assert [item.party for item in figures.control.controllers if item.is_ultimate] == [person.pk]
        assert figures.control.answer is Answer.YES
        assert figures.third_country is not None
        assert figures.third_country.answer is Answer.YES  # the holding is in Ukraine

    def test_an_organisation_without_a_party_is_open(self) -> None:
        figures = selectors.ownership_figures(organisation_id=OrganisationFactory().pk, day=DAY)

        assert (figures.ownership.open_shares.low, figures.control.answer) == (1, Answer.UNKNOWN)


class TestOwnerSubjects:
    def test_names_everybody_above(self) -> None:
        firm, holding, person = chain()
        Identifier.objects.create(organisation=holding, scheme="other", value="N-1")
        owns(PartyFactory(kind="unknown", legal_name="", unknown_reason="unknown"), firm, share=0)

        found = selectors.owner_subjects(organisation_id=firm.pk, day=DAY)

        assert sorted(found, key=lambda item: item[1]) == [
            (holding.pk, "entity", ["Holding"], "EE", None, [("other", "N-1")]),
            (person.pk, "person", ["Olena"], "", None, []),
        ]


class TestOrganisationsBelow:
    def test_finds_the_registered_ones_at_any_height(self) -> None:
        firm, holding, person = chain()

        assert selectors.organisations_below(party_ids=[person.pk], day=DAY) == {firm.pk, holding.pk}


class TestOwnershipOrganisations:
    def test_is_ones_own(self) -> None:
        firm, _ = OrganisationFactory.create_batch(2)

        assert list(selectors.ownership_organisations(actor=actor_of(firm))) == [firm]

    @pytest.mark.parametrize(("role", "count"), [("compliance", 2), ("viewer", 1)])
    def test_is_everybodys_for_the_operators_compliance(self, role: str, count: int) -> None:
        OrganisationFactory()
        desk = OrganisationFactory(kind="operator")

        assert selectors.ownership_organisations(actor=actor_of(desk, role)).count() == count
