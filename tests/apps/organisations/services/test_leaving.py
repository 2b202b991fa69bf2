"""Removing members and leaving."""

from __future__ import annotations

import dataclasses

import pytest

from apps.organisations import services
from apps.organisations.models import ApiKey, Membership, Organisation
from apps.organisations.rules import NotYours
from kernel.access import Actor
from kernel.errors import NotFound
from kernel.models import Event
from tests.apps.organisations.services.test_members import membership_of, software_of
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, key_of
from tests.transactions import together


def invite(actor: Actor, organisation: Organisation, email: str) -> services.Invitation:  # type: ignore[name-defined]
    return services.invitation_create(actor=actor, organisation=organisation, email=email, roles=["viewer"])


@pytest.mark.django_db
class TestMembershipRemove:
    def test_ends_the_membership_and_tells_of_it(self) -> None:
        organisation = OrganisationFactory()
        owner, member = actor_of(organisation), MembershipFactory(organisation=organisation, roles=["editor"])

        services.membership_remove(actor=owner, membership=member)

        assert not organisation.memberships.filter(user_id=member.user_id).exists()
        event = Event.objects.get(name="organisations.membership.removed")
        assert event.data == {"user_id": str(member.user_id), "roles": ["editor"]}
        assert event.object_id is not None
        assert event.organisation_id == organisation.pk

    def test_ends_what_the_member_made(self) -> None:
        organisation = OrganisationFactory()
        owner, leaver = actor_of(organisation), actor_of(organisation)
        kept, ended = key_of(owner).key, key_of(leaver).key
        open_, closed = invite(owner, organisation, "a@example.org"), invite(leaver, organisation, "b@example.org")

        services.membership_remove(actor=owner, membership=membership_of(leaver))

        for row in (kept, ended, open_, closed):
            row.refresh_from_db()
        assert (kept.revoked_at, open_.revoked_at) == (None, None)
        assert ended.revoked_at is not None
        assert closed.revoked_at is not None
        assert Event.objects.get(name="organisations.api_key.revoked").object_id == ended.pk
        assert Event.objects.get(name="organisations.invitation.revoked").object_id == closed.pk

    def test_leaves_other_organisations_alone(self) -> None:
        organisation = OrganisationFactory()
        elsewhere = actor_of(OrganisationFactory())
        key = key_of(elsewhere).key
        member = MembershipFactory(organisation=organisation, user=key.created_by, roles=["editor"])

        services.membership_remove(actor=actor_of(organisation), membership=member)

        key.refresh_from_db()
        assert key.revoked_at is None
        assert membership_of(elsewhere).roles == ["owner"]

    def test_keeps_the_last_owner(self) -> None:
        actor = actor_of(OrganisationFactory())

        with pytest.raises(services.LastOwner):
            services.membership_remove(actor=actor, membership=membership_of(actor))

        assert membership_of(actor).roles == ["owner"]

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_owners(self, role: str) -> None:
        organisation = OrganisationFactory(kind="firm")
        member = MembershipFactory(organisation=organisation, roles=["viewer"])

        with pytest.raises(services.MembersNotYours):
            services.membership_remove(actor=actor_of(organisation, role), membership=member)

        assert Membership.objects.filter(pk=member.pk).exists()

    def test_is_for_the_own_organisation_only(self) -> None:
        member = MembershipFactory(roles=["viewer"])

        with pytest.raises(NotYours):
            services.membership_remove(actor=actor_of(OrganisationFactory()), membership=member)

        assert Membership.objects.filter(pk=member.pk).exists()

    def test_is_not_for_software(self) -> None:
        organisation = OrganisationFactory()
        member = MembershipFactory(organisation=organisation, roles=["viewer"])

        with pytest.raises(services.MembersNeedPerson):
            services.membership_remove(actor=software_of(actor_of(organisation)), membership=member)

    def test_finds_nobody_twice(self) -> None:
        organisation = OrganisationFactory()
        owner, member = actor_of(organisation), MembershipFactory(organisation=organisation, roles=["editor"])
        services.membership_remove(actor=owner, membership=Membership.objects.get(pk=member.pk))

        with pytest.raises(NotFound):
            services.membership_remove(actor=owner, membership=member)


@pytest.mark.django_db
class TestMembershipLeave:
    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_any_member(self, role: str) -> None:
        organisation = OrganisationFactory(kind="firm")
        actor = actor_of(organisation, role)

        services.membership_leave(actor=actor, organisation_id=organisation.pk)

        assert organisation.memberships.count() == 0
        event = Event.objects.get(name="organisations.membership.left")
        assert event.data == {"user_id": str(actor.user_id), "roles": [role]}

    def test_works_while_acting_for_no_organisation(self) -> None:
        first, second = MembershipFactory(roles=["viewer"]), MembershipFactory(roles=["viewer"])
        Membership.objects.filter(pk=second.pk).update(user=first.user)

        services.membership_leave(actor=Actor(user_id=first.user_id), organisation_id=second.organisation_id)

        assert list(Membership.objects.filter(user=first.user)) == [first]

    def test_ends_the_keys_of_who_leaves(self) -> None:
        organisation = OrganisationFactory()
        actor = actor_of(organisation)
        actor_of(organisation)
        key = key_of(actor).key

        services.membership_leave(actor=actor, organisation_id=organisation.pk)

        key.refresh_from_db()
        assert key.revoked_at is not None

    def test_keeps_the_last_owner(self) -> None:
        organisation = OrganisationFactory()
        actor = actor_of(organisation)
        actor_of(organisation, "editor")

        with pytest.raises(services.LastOwner):
            services.membership_leave(actor=actor, organisation_id=organisation.pk)

        assert membership_of(actor).roles == ["owner"]

    def test_is_not_for_others(self) -> None:
        other = OrganisationFactory()
        actor_of(other)

        with pytest.raises(NotFound):
            services.membership_leave(actor=actor_of(OrganisationFactory()), organisation_id=other.pk)
        with pytest.raises(NotFound):
            services.membership_leave(actor=Actor(user_id=UserFactory().pk), organisation_id=other.pk)

        assert other.memberships.count() == 1

    def test_is_not_for_software(self) -> None:
        organisation = OrganisationFactory()
        owner = actor_of(organisation)
        actor_of(organisation)

        for actor in (software_of(owner), dataclasses.replace(owner, user_id=None)):
            with pytest.raises(services.LeavingNeedsPerson):
                services.membership_leave(actor=actor, organisation_id=organisation.pk)


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_leaves_one_of_two_owners_who_remove_each_other(self) -> None:
        for _ in range(5):
            organisation = OrganisationFactory()
            one, two = actor_of(organisation), actor_of(organisation)
            first, second = membership_of(one), membership_of(two)

            results = together(
                lambda: services.membership_remove(actor=one, membership=second),  # noqa: B023
                lambda: services.membership_remove(actor=two, membership=first),  # noqa: B023
            )

            assert sorted(isinstance(result, services.LastOwner) for result in results) == [False, True]
            assert organisation.memberships.count() == 1

    def test_leaves_one_of_two_owners_who_leave_at_once(self) -> None:
        for _ in range(5):
            organisation = OrganisationFactory()
            one, two = actor_of(organisation), actor_of(organisation)

            results = together(
                lambda: services.membership_leave(actor=one, organisation_id=organisation.pk),  # noqa: B023
                lambda: services.membership_leave(actor=two, organisation_id=organisation.pk),  # noqa: B023
            )

            assert sorted(isinstance(result, services.LastOwner) for result in results) == [False, True]
            assert organisation.memberships.count() == 1

    def test_leaves_no_usable_key_that_is_made_meanwhile(self) -> None:
        for _ in range(5):
            organisation = OrganisationFactory()
            owner, leaver = actor_of(organisation), actor_of(organisation)
            member = membership_of(leaver)

            together(
                lambda: key_of(leaver),  # noqa: B023
                lambda: services.membership_remove(actor=owner, membership=member),  # noqa: B023
            )

            assert not ApiKey.objects.filter(organisation=organisation, revoked_at=None).exists()
