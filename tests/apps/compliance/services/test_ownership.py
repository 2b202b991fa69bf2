"""Stating, correcting and ending ownership."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.compliance.models import GroupMembership, OwnershipStatement, Party
from apps.compliance.rules.declared import InterestStated, PartyStated
from apps.compliance.services import ownership as services
from apps.compliance.services.ownership import OwnershipNotAcceptable, StatementNotStanding
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from kernel.models import Event
from tests.factories.compliance import owns
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

OLENA = PartyStated(key="olena", kind="person", legal_name="Olena Test", nationalities=["UA"], birth_date="1980-05")


def state(firm: Organisation, *statements: InterestStated, parties: Any = (OLENA,), **more: Any) -> Any:
    return services.ownership_state(
        actor=actor_of(firm), organisation_id=firm.pk, parties=parties, statements=statements, **more
    )


def holds(owner: str = "olena", share: str = "0.6", **more: Any) -> InterestStated:
    return InterestStated(owner=owner, share_min=Decimal(share), share_max=Decimal(share), **more)


def refused(firm: Organisation, *statements: InterestStated, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(OwnershipNotAcceptable) as refusal:
        state(firm, *statements, **more)
    return [(problem.pointer, problem.code) for problem in refusal.value.errors]


class TestOwnershipState:
    def test_makes_parties_and_statements(self) -> None:
        firm = OrganisationFactory()

        [made] = state(firm, holds())

        found = OwnershipStatement.objects.get()
        assert (found.pk, found.owned.organisation, found.owner.legal_name) == (made.pk, firm, "Olena Test")
        assert (found.owner.stated_by, found.stated_by, found.share_min) == (firm, firm, Decimal("0.6"))

    def test_tells_of_it_without_a_name(self) -> None:
        firm = OrganisationFactory()

        [made] = state(firm, holds())

        fact = Event.objects.get(name="compliance.ownership.changed")
        assert (fact.organisation_id, fact.data) == (
            firm.pk, {"organisation": str(firm.pk), "own": {"statements": [str(made.pk)]}}
        )  # fmt: skip

    def test_states_a_chain_at_once(self) -> None:
        firm = OrganisationFactory()
        holding = PartyStated(key="h", kind="entity", legal_name="Holding", country="EE")

        state(firm, holds("h"), holds(owned="h"), parties=[OLENA, holding])

        assert {(row.owned.legal_name, row.owner.legal_name) for row in OwnershipStatement.objects.all()} == {
            ("", "Holding"), ("Holding", "Olena Test")
        }  # fmt: skip

    def test_an_owner_may_be_an_organisation_that_one_sees(self) -> None:
        firm, fund = OrganisationFactory(), OrganisationFactory(kind="fund")

        state(firm, holds(str(fund.pk)))

        assert OwnershipStatement.objects.get().owner.organisation == fund

    def test_nobody_else_may(self) -> None:
        firm = OrganisationFactory()

        with pytest.raises(NotYours):
            services.ownership_state(
                actor=actor_of(OrganisationFactory()), organisation_id=firm.pk, parties=[OLENA], statements=[holds()]
            )

    @pytest.mark.parametrize("whose", ["hidden", "unknown", "nonsense", "anothers"])
    def test_an_owner_that_one_does_not_see_is_not_there(self, whose: str) -> None:
        hidden = OrganisationFactory(standing="registered")
        anothers = owns(None, OrganisationFactory(), name="Another's").owner
        name = {"hidden": hidden.pk, "unknown": "0198c0de-0000-7000-8000-000000000000", "nonsense": "x" * 20}

        assert refused(OrganisationFactory(), holds(str(name.get(whose, anothers.pk)))) == [
            ("/statements/0/owner", "does_not_exist")
        ]

    def test_a_firm_keeps_its_name_from_whoever_states_it(self) -> None:
        kept = OrganisationFactory(kind="firm")

        assert refused(OrganisationFactory(), holds(str(kept.pk))) == [("/statements/0/owner", "does_not_exist")]

    def test_whoever_belongs_to_both_states_one_as_the_owner_of_the_other(self) -> None:
        firm, holding = OrganisationFactory(), OrganisationFactory(kind="firm")
        actor = actor_of(firm)
        MembershipFactory(organisation=holding, user=User.objects.get(pk=actor.user_id))

        [made] = services.ownership_state(
            actor=actor, organisation_id=firm.pk, statements=[holds(str(holding.pk))], parties=[]
        )

        assert made.owner_id == holding.pk

    def test_the_owners_of_another_organisation_are_not_ones_own_to_state(self) -> None:
        other = OrganisationFactory(kind="fund")

        assert refused(OrganisationFactory(), holds(owned=str(other.pk))) == [("/statements/0/owned", "not_yours")]

    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"country": "XX"}, ("/parties/0/country", "unknown_country")),
            ({"nationalities": ["UA", "QQ"]}, ("/parties/0/nationalities/1", "unknown_country")),
            ({"legal_name": " "}, ("/parties/0/legal_name", "blank")),
            ({"birth_date": "2999"}, ("/parties/0/birth_date", "in_the_future")),
            ({"birth_date": "1980-13"}, ("/parties/0/birth_date", "invalid")),
            ({"kind": "unknown"}, ("/parties/0/unknown_reason", "required")),
            ({"unknown_reason": "unknown"}, ("/parties/0/unknown_reason", "not_unknown")),
        ],
    )
    def test_names_what_is_wrong_with_a_party(self, changes: dict[str, Any], problem: tuple[str, str]) -> None:
        values = {"key": "olena", "kind": "person", "legal_name": "Olena", **changes}

        assert refused(OrganisationFactory(), holds(), parties=[PartyStated(**values)]) == [problem]

    def test_nothing_is_written_when_one_is_wrong(self) -> None:
        firm = OrganisationFactory()

        assert refused(firm, holds(share="0.6"), holds(share="0.3", interest="magic")) == [
            ("/statements/1/interest", "unknown_interest")
        ]
        assert not OwnershipStatement.objects.exists()
        assert not Party.objects.filter(organisation=None).exists()

    def test_more_than_the_whole_is_refused_beside_what_stands(self) -> None:
        firm = OrganisationFactory()
        state(firm, holds())

        assert refused(firm, holds(share="0.5")) == [("/statements/0/share_min", "more_than_the_whole")]

    def test_a_circle_of_majorities_is_refused(self) -> None:
        firm = OrganisationFactory()
        holding = PartyStated(key="h", kind="entity", legal_name="Holding")

        found = refused(firm, holds("h"), holds(str(firm.pk), owned="h"), parties=[holding])

        assert found == [
            ("/statements/0/owner", "circle_of_majorities"),
            ("/statements/1/owner", "circle_of_majorities"),
        ]

    def test_a_trial_writes_nothing(self) -> None:
        assert len(state(OrganisationFactory(), holds(), is_trial=True)) == 1

        assert not OwnershipStatement.objects.exists()


class TestOwnershipCorrect:
    def test_replaces_and_keeps_the_one_before(self) -> None:
        firm = OrganisationFactory()
        [made] = state(firm, holds(share="0.9"))

        better = services.ownership_correct(actor=actor_of(firm), statement=made, share_min=Decimal("0.8"))

        assert (better.supersedes_id, better.share_min, better.share_max) == (made.pk, Decimal("0.8"), Decimal("0.9"))
        assert [row.pk for row in OwnershipStatement.objects.standing()] == [better.pk]
        assert OwnershipStatement.objects.get(pk=made.pk).share_min == Decimal("0.9")

    def test_refuses_one_that_was_replaced(self) -> None:
        firm = OrganisationFactory()
        [made] = state(firm, holds())
        services.ownership_correct(actor=actor_of(firm), statement=made, details="better")

        with pytest.raises(StatementNotStanding):
            services.ownership_correct(actor=actor_of(firm), statement=made, details="best")

    def test_names_the_field(self) -> None:
        firm = OrganisationFactory()
        [made] = state(firm, holds())

        with pytest.raises(OwnershipNotAcceptable) as refusal:
            services.ownership_correct(actor=actor_of(firm), statement=made, share_min=Decimal("0.9"))

        assert [(item.pointer, item.code) for item in refusal.value.errors] == [("/share_max", "below_minimum")]

    def test_nobody_else_may(self) -> None:
        [made] = state(OrganisationFactory(), holds())

        with pytest.raises(NotYours):
            services.ownership_correct(actor=actor_of(OrganisationFactory()), statement=made, details="mine")


class TestOwnershipEnd:
    def test_states_the_end(self) -> None:
        firm = OrganisationFactory()
        [made] = state(firm, holds())

        services.ownership_end(actor=actor_of(firm), statement=made, on=dt.date(2024, 1, 1))

        rows = OwnershipStatement.objects
        assert rows.at(dt.date(2023, 12, 31)).exists()
        assert not rows.at(dt.date(2024, 1, 1)).exists()

    def test_makes_room_for_another_owner(self) -> None:
        firm = OrganisationFactory()
        [made] = state(firm, holds())
        services.ownership_end(actor=actor_of(firm), statement=made, on=dt.date(2024, 1, 1))

        assert state(firm, holds(share="1", from_date=dt.date(2024, 1, 1)))

    def test_withdraws_what_was_never_so(self) -> None:
        firm = OrganisationFactory()
        [made] = state(firm, holds())

        services.ownership_end(actor=actor_of(firm), statement=made, on=None)

        assert not OwnershipStatement.objects.at(dt.date(2020, 1, 1)).exists()
        assert OwnershipStatement.objects.count() == 2


class TestGroupRoleDeclare:
    def test_a_later_declaration_ends_the_one_before(self) -> None:
        firm, fund = OrganisationFactory(), OrganisationFactory(kind="fund")
        actor = actor_of(firm)

        for party in (firm.pk, fund.pk):
            services.group_role_declare(actor=actor, organisation_id=firm.pk, role="top_company", party_id=party)

        assert GroupMembership.objects.get(ended_at=None).party_id == fund.pk
        assert GroupMembership.objects.count() == 2

    def test_refuses_a_party_that_one_does_not_see(self) -> None:
        firm, hidden = OrganisationFactory(), OrganisationFactory(standing="registered")

        with pytest.raises(OwnershipNotAcceptable):
            services.group_role_declare(
                actor=actor_of(firm), organisation_id=firm.pk, role="ip_owner", party_id=hidden.pk
            )
