"""Which organisations and members are seen, and who an actor is."""

from uuid import uuid4

import pytest

from apps.organisations import selectors
from apps.organisations.disclosure import Tier
from apps.organisations.states import Standing
from kernel.access import Actor
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestActorForUser:
    def test_is_nobodys_member_without_a_membership(self) -> None:
        user = UserFactory()

        assert selectors.actor_for_user(user_id=user.pk) == Actor(user_id=user.pk)
        assert selectors.actor_for_user(user_id=user.pk, organisation_id=uuid4()) is None

    def test_takes_the_roles_of_the_named_organisation(self) -> None:
        user = UserFactory()
        MembershipFactory(user=user, roles=["owner"])
        named = MembershipFactory(user=user, roles=["viewer"])

        actor = selectors.actor_for_user(user_id=user.pk, organisation_id=named.organisation_id)

        assert actor is not None
        assert actor.roles == {"viewer"}


class TestOrganisationList:
    @pytest.mark.parametrize(
        ("kind", "seen"),
        [
            ("firm", {"fund", "authority", "attestor", "operator"}),
            ("fund", {"authority", "attestor", "operator"}),
            ("authority", {"fund", "authority", "attestor", "operator"}),
            ("operator", {"firm", "fund", "authority", "attestor", "operator"}),
        ],
    )
    def test_shows_no_names_that_are_protected(self, kind: str, seen: set[str]) -> None:
        for other in ("firm", "fund", "authority", "attestor", "operator"):
            OrganisationFactory(kind=other)
        own = OrganisationFactory(kind=kind)

        rows = selectors.organisation_list(actor=actor_of(own))

        assert {row.kind for row in rows if row.pk != own.pk} == seen
        assert {row.viewer_tier for row in rows if row.pk == own.pk} == {Tier.T4}
        assert {row.viewer_tier for row in rows if row.pk != own.pk} == {Tier.T1}

    @pytest.mark.parametrize("standing", [Standing.REGISTERED, Standing.SUSPENDED])
    def test_shows_the_unverified_only_themselves(self, standing: str) -> None:
        OrganisationFactory(kind="fund")
        own = OrganisationFactory(kind="firm", standing=standing)

        assert [row.pk for row in selectors.organisation_list(actor=actor_of(own))] == [own.pk]

    def test_shows_a_suspended_operator_only_itself(self) -> None:
        OrganisationFactory(kind="fund")
        own = OrganisationFactory(kind="operator", standing=Standing.SUSPENDED)

        assert [row.pk for row in selectors.organisation_list(actor=actor_of(own))] == [own.pk]

    def test_shows_the_system_everything(self) -> None:
        OrganisationFactory(standing=Standing.REGISTERED)

        assert [row.viewer_tier for row in selectors.organisation_list(actor=Actor.system())] == [Tier.T4]


class TestMemberList:
    def test_is_empty_for_another_organisation(self) -> None:
        own, other = OrganisationFactory(), OrganisationFactory(kind="fund")
        actor = actor_of(own)
        actor_of(other)

        assert selectors.member_list(actor=actor, organisation_id=own.pk).count() == 1
        assert selectors.member_list(actor=actor, organisation_id=other.pk).count() == 0
