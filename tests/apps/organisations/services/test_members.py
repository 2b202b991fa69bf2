"""Adding members and changing their roles."""

from __future__ import annotations

import dataclasses

import pytest

from apps.organisations import services
from apps.organisations.models import Membership
from apps.organisations.rules import NotYours
from apps.organisations.services.members import owner_require
from kernel.access import Actor
from kernel.models import Event
from kernel.versions import ChangedMeanwhile
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, key_of
from tests.transactions import together

KEY_SCOPES = ("organisations.member.update", "organisations.member.remove")


def membership_of(actor: Actor) -> Membership:
    return Membership.objects.get(organisation_id=actor.organisation_id, user_id=actor.user_id)


def software_of(owner: Actor) -> Actor:
    """The owner's key as it acts, with all that a key can hold."""
    return dataclasses.replace(owner, api_key_id=key_of(owner, *KEY_SCOPES).key.pk, second_factor_at=None)


@pytest.mark.django_db
class TestMembershipAdd:
    def test_is_for_owners(self) -> None:
        organisation = OrganisationFactory()
        user = UserFactory()

        added = services.membership_add(
            actor=actor_of(organisation), organisation=organisation, user_id=user.pk, roles=["viewer", "editor"]
        )

        assert added.roles == ["editor", "viewer"]
        event = Event.objects.get(name="organisations.membership.added")
        assert event.data == {"user_id": str(user.pk), "roles": ["editor", "viewer"]}
        assert event.organisation_id == organisation.pk

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_no_other_role(self, role: str) -> None:
        organisation = OrganisationFactory(kind="firm")

        with pytest.raises(services.MembersNotYours):
            services.membership_add(
                actor=actor_of(organisation, role),
                organisation=organisation,
                user_id=UserFactory().pk,
                roles=["viewer"],
            )

        assert organisation.memberships.count() == 1

    def test_is_for_the_own_organisation_only(self) -> None:
        other = OrganisationFactory()

        with pytest.raises(NotYours):
            services.membership_add(
                actor=actor_of(OrganisationFactory()), organisation=other, user_id=UserFactory().pk, roles=["viewer"]
            )

        assert other.memberships.count() == 0

    def test_is_not_for_software(self) -> None:
        organisation = OrganisationFactory()

        with pytest.raises(services.MembersNeedPerson):
            services.membership_add(
                actor=software_of(actor_of(organisation)),
                organisation=organisation,
                user_id=UserFactory().pk,
                roles=["viewer"],
            )

    @pytest.mark.parametrize("roles", [["officer"], [], ["owner", "nothing"]])
    def test_refuses_roles_that_the_kind_does_not_have(self, roles: list[str]) -> None:
        with pytest.raises(services.MembershipNotAcceptable):
            services.membership_add(
                actor=Actor.system(),
                organisation=OrganisationFactory(kind="firm"),
                user_id=UserFactory().pk,
                roles=roles,
            )

    def test_refuses_a_member_twice(self) -> None:
        organisation = OrganisationFactory()
        actor = actor_of(organisation)
        assert actor.user_id is not None

        with pytest.raises(services.AlreadyMember):
            services.membership_add(actor=actor, organisation=organisation, user_id=actor.user_id, roles=["viewer"])

        assert membership_of(actor).roles == ["owner"]


@pytest.mark.django_db
class TestMembershipChange:
    def test_replaces_the_roles_and_tells_from_and_to(self) -> None:
        organisation = OrganisationFactory(kind="firm")
        owner, member = actor_of(organisation), MembershipFactory(organisation=organisation, roles=["viewer"])

        services.membership_change(actor=owner, membership=member, roles=["signatory", "editor", "editor"])

        member.refresh_from_db()
        assert (member.roles, member.version) == (["editor", "signatory"], 2)
        event = Event.objects.get(name="organisations.membership.changed")
        assert event.data == {"user_id": str(member.user_id), "from": ["viewer"], "to": ["editor", "signatory"]}
        assert (event.actor, event.organisation_id) == (f"user:{owner.user_id}", organisation.pk)

    def test_tells_nothing_when_nothing_changed(self) -> None:
        organisation = OrganisationFactory()
        member = MembershipFactory(organisation=organisation, roles=["viewer"])

        services.membership_change(actor=actor_of(organisation), membership=member, roles=["viewer"])

        assert member.version == 1
        assert not Event.objects.filter(name="organisations.membership.changed").exists()

    @pytest.mark.parametrize(("kind", "role"), [("firm", "officer"), ("fund", "reviewer"), ("attestor", "signatory")])
    def test_refuses_roles_that_the_kind_does_not_have(self, kind: str, role: str) -> None:
        organisation = OrganisationFactory(kind=kind)
        member = MembershipFactory(organisation=organisation, roles=["viewer"])

        with pytest.raises(services.MembershipNotAcceptable) as refusal:
            services.membership_change(actor=actor_of(organisation), membership=member, roles=["viewer", role])

        assert refusal.value.errors[0].values == {"roles": role}
        member.refresh_from_db()
        assert member.roles == ["viewer"]

    def test_refuses_no_role_at_all(self) -> None:
        organisation = OrganisationFactory()
        member = MembershipFactory(organisation=organisation, roles=["viewer"])

        with pytest.raises(services.MembershipNotAcceptable):
            services.membership_change(actor=actor_of(organisation), membership=member, roles=[])

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_owners(self, role: str) -> None:
        organisation = OrganisationFactory(kind="firm")
        actor = actor_of(organisation, role)

        with pytest.raises(services.MembersNotYours):
            services.membership_change(actor=actor, membership=membership_of(actor), roles=["owner"])

    def test_is_for_the_own_organisation_only(self) -> None:
        other = MembershipFactory(roles=["viewer"])

        with pytest.raises(NotYours):
            services.membership_change(actor=actor_of(OrganisationFactory()), membership=other, roles=["editor"])

    def test_is_not_for_software(self) -> None:
        organisation = OrganisationFactory()
        member = MembershipFactory(organisation=organisation, roles=["viewer"])

        with pytest.raises(services.MembersNeedPerson):
            services.membership_change(actor=software_of(actor_of(organisation)), membership=member, roles=["editor"])

    def test_keeps_the_last_owner(self) -> None:
        actor = actor_of(OrganisationFactory())

        with pytest.raises(services.LastOwner):
            services.membership_change(actor=actor, membership=membership_of(actor), roles=["editor"])

        assert membership_of(actor).roles == ["owner"]
        assert services.LastOwner.code == "last_owner"

    def test_lets_the_last_owner_take_more_roles(self) -> None:
        actor = actor_of(OrganisationFactory(kind="firm"))

        services.membership_change(actor=actor, membership=membership_of(actor), roles=["owner", "signatory"])

        assert membership_of(actor).roles == ["owner", "signatory"]

    def test_lets_an_owner_step_back_beside_another(self) -> None:
        organisation = OrganisationFactory()
        actor = actor_of(organisation)
        actor_of(organisation)

        services.membership_change(actor=actor, membership=membership_of(actor), roles=["editor"])

        assert membership_of(actor).roles == ["editor"]

    def test_counts_no_owner_whose_account_is_disabled(self) -> None:
        organisation = OrganisationFactory()
        actor = actor_of(organisation)
        disabled = MembershipFactory(organisation=organisation, user=UserFactory(is_active=False))

        with pytest.raises(services.LastOwner):
            services.membership_change(actor=actor, membership=membership_of(actor), roles=["editor"])
        services.membership_change(actor=actor, membership=disabled, roles=["viewer"])

        assert disabled.roles == ["viewer"]

    def test_loses_against_a_faster_writer(self) -> None:
        organisation = OrganisationFactory()
        member = MembershipFactory(organisation=organisation, roles=["viewer"])
        Membership.objects.filter(pk=member.pk).update(version=2)

        with pytest.raises(ChangedMeanwhile):
            services.membership_change(actor=actor_of(organisation), membership=member, roles=["editor"])


@pytest.mark.django_db
class TestOwnerRequire:
    def test_asks_nothing_of_who_is_no_owner(self) -> None:
        member = MembershipFactory(roles=["viewer"])

        owner_require(membership=member)

        with pytest.raises(services.LastOwner):
            owner_require(membership=MembershipFactory(roles=["owner"]))


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_leaves_one_of_two_owners_who_demote_each_other(self) -> None:
        for _ in range(5):
            organisation = OrganisationFactory()
            one, two = actor_of(organisation), actor_of(organisation)
            first, second = membership_of(one), membership_of(two)

            results = together(
                lambda: services.membership_change(actor=one, membership=second, roles=["viewer"]),  # noqa: B023
                lambda: services.membership_change(actor=two, membership=first, roles=["viewer"]),  # noqa: B023
            )

            assert sorted(isinstance(result, services.LastOwner) for result in results) == [False, True]
            assert organisation.memberships.filter(roles=["owner"]).count() == 1
