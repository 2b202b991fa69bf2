"""Erasing a person while others change what the person belongs to."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from apps.accounts.models import User
from apps.accounts.services import user_erase
from apps.organisations import personal_data
from apps.organisations.models import Invitation, Membership
from apps.organisations.services import invitation_accept, invitation_create, organisation_merge
from apps.organisations.services.invitations import token_hash
from kernel.access import Actor
from kernel.errors import DomainError
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.transactions import together

ROUNDS = 3


def erase(actor: Actor) -> None:
    user_erase(actor=actor, confirm=User.objects.get(pk=actor.user_id).email)


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_leaves_no_membership_that_a_merge_moves_meanwhile(self) -> None:
        operator = actor_of(OrganisationFactory(kind="operator"))
        for _ in range(ROUNDS):
            merged, into = OrganisationFactory.create_batch(2)
            actor_of(merged)
            actor_of(into)
            person = actor_of(merged, "editor")

            results = together(
                lambda: erase(person),  # noqa: B023
                lambda: organisation_merge(actor=operator, organisation=merged, into=into, dry_run=False),  # noqa: B023
            )

            assert not any(isinstance(result, DomainError) for result in results)
            assert not User.objects.get(pk=person.user_id).is_active
            assert not Membership.objects.filter(user_id=person.user_id).exists()

    def test_leaves_no_membership_that_an_invitation_gives_meanwhile(self) -> None:
        for number in range(ROUNDS):
            user = UserFactory()
            EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True})
            organisation = OrganisationFactory()
            made = invitation_create(
                actor=actor_of(organisation), organisation=organisation, email=user.email, roles=["owner"]
            )
            Invitation.objects.filter(pk=made.pk).update(token_hash=token_hash(f"token {number}"))
            person = Actor(user_id=user.pk)

            together(
                lambda: invitation_accept(actor=person, token=f"token {number}"),  # noqa: B023
                lambda: erase(person),  # noqa: B023
            )

            assert not User.objects.get(pk=user.pk).is_active
            assert not Membership.objects.filter(user=user).exists()
            assert Invitation.objects.get(pk=made.pk).email == f"erased-{made.pk}@erased.invalid"

    def test_finds_what_is_accepted_between_two_looks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        user = UserFactory()
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True})
        organisation = OrganisationFactory()
        actor_of(organisation)
        made = invitation_create(
            actor=actor_of(organisation), organisation=organisation, email=user.email, roles=["editor"]
        )
        Invitation.objects.filter(pk=made.pk).update(token_hash=token_hash("token"))
        person, look = Actor(user_id=user.pk), personal_data._received
        accepted = []

        def late(user: User) -> object:
            """The other one commits just before this one looks for invitations."""
            if not accepted:
                accepted.append(None)
                together(lambda: invitation_accept(actor=person, token="token"))
            return look(user)

        monkeypatch.setattr(personal_data, "_received", late)
        erase(person)

        assert accepted
        assert not Membership.objects.filter(user=user).exists()
