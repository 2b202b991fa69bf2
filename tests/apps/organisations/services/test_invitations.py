"""Inviting, mailing, accepting, revoking."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from apps.accounts.models import User
from apps.organisations import services
from apps.organisations.mails import MailNotSent
from apps.organisations.models import Invitation, Membership, Organisation
from apps.organisations.rules import NotYours
from apps.organisations.services.invitations import INVITATION_LASTS, MOST_OPEN, token_hash
from apps.organisations.states import Standing
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Event
from tests.apps.organisations.services.test_members import membership_of, software_of
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of
from tests.transactions import together

ADDRESS = "olena@example.org"
TOKEN = re.compile(r'"token": "([A-Za-z0-9_-]{43})"')


def person(address: str = ADDRESS, *, verified: bool = True, **fields: Any) -> User:
    """Somebody with an account and, unless told otherwise, a confirmed address."""
    user: User = UserFactory(email=address, **fields)
    EmailAddress.objects.create(user=user, email=address, verified=verified, primary=True)
    return user


def invite(owner: Actor, *roles: str, email: str = ADDRESS, **more: Any) -> Invitation:
    organisation = Organisation.objects.get(pk=owner.organisation_id)
    return services.invitation_create(
        actor=owner, organisation=organisation, email=email, roles=roles or ["viewer"], **more
    )


def mailed(invitation: Invitation) -> str:
    """The token as it stands in the mail."""
    assert services.invitation_send(invitation_id=invitation.pk)
    found = TOKEN.search(str(mail.outbox[-1].body))
    assert found is not None
    return found.group(1)


@pytest.fixture
def owner() -> Actor:
    return actor_of(OrganisationFactory(kind="firm"))


@pytest.mark.django_db
class TestInvitationCreate:
    def test_keeps_address_and_roles_for_seven_days(self, owner: Actor) -> None:
        invitation = invite(owner, "viewer", "editor", "viewer", email=" Olena@Example.ORG ")

        invitation.refresh_from_db()
        assert (invitation.email, invitation.roles) == (ADDRESS, ["editor", "viewer"])
        assert invitation.expires_at - invitation.created_at == INVITATION_LASTS == dt.timedelta(days=7)
        assert invitation.invited_by_id == owner.user_id
        assert (invitation.mailed_at, invitation.is_open) == (None, True)

    def test_tells_roles_but_no_address(self, owner: Actor) -> None:
        invitation = invite(owner, "editor")

        event = Event.objects.get(name="organisations.invitation.created")
        assert (event.object_id, event.organisation_id) == (invitation.pk, owner.organisation_id)
        assert event.data == {"roles": ["editor"]}

    def test_ends_the_older_one_of_the_same_address_only(self, owner: Actor) -> None:
        older, other = invite(owner), invite(owner, email="ivan@example.org")
        elsewhere = invite(actor_of(OrganisationFactory()))

        newer = invite(owner, "editor", email="OLENA@example.org")

        assert set(Invitation.objects.open(utc_now())) == {newer, other, elsewhere}
        assert Event.objects.get(name="organisations.invitation.revoked").object_id == older.pk

    def test_refuses_the_address_of_a_member(self, owner: Actor) -> None:
        organisation = Organisation.objects.get(pk=owner.organisation_id)
        MembershipFactory(organisation=organisation, user=person(), roles=["viewer"])

        with pytest.raises(services.AlreadyMember):
            invite(owner, email="Olena@example.org")

        assert not Invitation.objects.exists()

    def test_tells_nothing_of_accounts_elsewhere(self, owner: Actor) -> None:
        MembershipFactory(user=person("known@example.org"))
        MembershipFactory(user=person("second@example.org"), organisation_id=owner.organisation_id)
        EmailAddress.objects.create(
            user=User.objects.get(email="second@example.org"), email="private@example.org", verified=True
        )

        made = [invite(owner, email=f"{name}@example.org") for name in ("known", "private", "unknown")]

        assert [(item.roles, item.mailed_at, item.accepted_at) for item in made] == [(["viewer"], None, None)] * 3

    @pytest.mark.parametrize("email", ["", "olena", "olena@", "a@b@example.org", "a@example.org\nBcc: b@example.org"])
    def test_refuses_what_is_no_address(self, owner: Actor, email: str) -> None:
        with pytest.raises(services.InvitationNotAcceptable) as refusal:
            invite(owner, email=email)

        assert [problem.pointer for problem in refusal.value.errors] == ["/email"]

    @pytest.mark.parametrize("roles", [["officer"], ["owner", "reviewer"]])
    def test_refuses_roles_that_the_kind_does_not_have(self, owner: Actor, roles: list[str]) -> None:
        with pytest.raises(services.MembershipNotAcceptable):
            invite(owner, *roles)

    def test_has_an_end(self, owner: Actor) -> None:
        for number in range(MOST_OPEN):
            invite(owner, email=f"person{number}@example.org")

        with pytest.raises(services.TooManyInvitations):
            invite(owner)
        invite(owner, "editor", email="person0@example.org")

        later = utc_now() + INVITATION_LASTS
        assert Invitation.objects.open(utc_now()).count() == MOST_OPEN
        assert invite(owner, now=later).roles == ["viewer"]

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_owners(self, role: str) -> None:
        with pytest.raises(services.MembersNotYours):
            invite(actor_of(OrganisationFactory(kind="firm"), role))

    def test_is_for_the_own_organisation_only(self, owner: Actor) -> None:
        with pytest.raises(NotYours):
            services.invitation_create(actor=owner, organisation=OrganisationFactory(), email=ADDRESS, roles=["viewer"])

    def test_is_not_for_software(self, owner: Actor) -> None:
        with pytest.raises(services.MembersNeedPerson):
            invite(software_of(owner))


@pytest.mark.django_db
class TestInvitationSend:
    def test_mails_a_token_and_keeps_its_hash_alone(self, owner: Actor) -> None:
        invitation = invite(owner)

        token = mailed(invitation)

        assert mail.outbox[0].to == [ADDRESS]
        row = Invitation.objects.filter(pk=invitation.pk).values().get()
        assert row["token_hash"] == token_hash(token)
        assert row["mailed_at"] is not None
        assert token not in str(row)
        assert token not in str(list(Event.objects.values()))

    def test_mails_once(self, owner: Actor) -> None:
        invitation = invite(owner)
        mailed(invitation)

        assert not services.invitation_send(invitation_id=invitation.pk)
        assert len(mail.outbox) == 1

    def test_leaves_what_has_ended(self, owner: Actor) -> None:
        revoked, expired = invite(owner), invite(owner, email="ivan@example.org")
        services.invitation_revoke(actor=owner, invitation=revoked)

        assert not services.invitation_send(invitation_id=revoked.pk)
        assert not services.invitation_send(invitation_id=expired.pk, now=expired.expires_at)
        assert mail.outbox == []

    def test_loses_nothing_when_the_mail_server_is_away(self, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        invitation = invite(owner)
        with monkeypatch.context() as patch:
            patch.setattr(mail.EmailMessage, "send", _refuse)
            with pytest.raises(MailNotSent):
                services.invitation_send(invitation_id=invitation.pk)

        row = Invitation.objects.get(pk=invitation.pk)
        assert (row.mailed_at, row.token_hash) == (None, invitation.token_hash)
        assert mailed(invitation)

    def test_speaks_the_language_of_the_invited_person(self, owner: Actor) -> None:
        person(language="uk")

        mailed(invite(owner))

        assert "запрошує вас" in mail.outbox[0].body

    @pytest.mark.parametrize(("language", "words"), [("uk", "запрошує вас"), ("en", "invites you")])
    def test_speaks_the_inviters_language_to_strangers(self, owner: Actor, language: str, words: str) -> None:
        User.objects.filter(pk=owner.user_id).update(language=language)

        mailed(invite(owner))

        assert words in mail.outbox[0].body

    def test_speaks_english_when_the_system_invites_a_stranger(self) -> None:
        organisation = OrganisationFactory()
        invitation = services.invitation_create(
            actor=Actor.system(), organisation=organisation, email=ADDRESS, roles=["owner"]
        )

        mailed(invitation)

        assert "invites you" in mail.outbox[0].body


def _refuse(*_: Any, **__: Any) -> None:
    raise ConnectionRefusedError(f"no mail for {ADDRESS}")


@pytest.mark.django_db
class TestInvitationAccept:
    def test_joins_with_the_roles(self, owner: Actor) -> None:
        user = person("Olena@Example.org".lower())
        invitation = invite(owner, "editor", "signatory", email="OLENA@example.org")
        token = mailed(invitation)

        membership = services.invitation_accept(actor=Actor(user_id=user.pk), token=token)

        assert (membership.user_id, membership.organisation_id) == (user.pk, owner.organisation_id)
        assert Membership.objects.get(user=user).roles == ["editor", "signatory"]
        invitation.refresh_from_db()
        assert (invitation.accepted_by_id, invitation.is_open) == (user.pk, False)
        data = {"user_id": str(user.pk), "roles": ["editor", "signatory"]}
        accepted = Event.objects.get(name="organisations.invitation.accepted")
        assert (accepted.data, accepted.organisation_id) == (data, owner.organisation_id)
        assert Event.objects.get(name="organisations.membership.added").data == data

    def test_works_with_a_second_confirmed_address_in_any_case(self, owner: Actor) -> None:
        user = person("main@example.org")
        EmailAddress.objects.create(user=user, email="Olena@Example.org", verified=True)

        services.invitation_accept(actor=Actor(user_id=user.pk), token=mailed(invite(owner)))

        assert Membership.objects.filter(user=user).exists()

    def test_adds_roles_to_a_member(self, owner: Actor) -> None:
        user = person()
        token = mailed(invite(owner, "editor"))
        member = MembershipFactory(user=user, organisation_id=owner.organisation_id, roles=["viewer"])

        services.invitation_accept(actor=Actor(user_id=user.pk), token=token)

        member.refresh_from_db()
        assert (member.roles, member.version) == (["editor", "viewer"], 2)
        assert Event.objects.get(name="organisations.membership.changed").data["to"] == ["editor", "viewer"]

    def test_takes_no_role_away(self, owner: Actor) -> None:
        user = person()
        token = mailed(invite(owner, "viewer"))
        member = MembershipFactory(user=user, organisation_id=owner.organisation_id, roles=["owner", "viewer"])

        services.invitation_accept(actor=Actor(user_id=user.pk), token=token)

        member.refresh_from_db()
        assert (member.roles, member.version) == (["owner", "viewer"], 1)

    def test_works_once(self, owner: Actor) -> None:
        user = person()
        token = mailed(invite(owner))
        services.invitation_accept(actor=Actor(user_id=user.pk), token=token)
        Membership.objects.filter(user=user).delete()

        with pytest.raises(services.InvitationNotUsable):
            services.invitation_accept(actor=Actor(user_id=user.pk), token=token)

        assert not Membership.objects.filter(user=user).exists()

    def test_works_until_the_last_moment(self, owner: Actor) -> None:
        user = person()
        invitation = invite(owner)
        token = mailed(invitation)
        actor = Actor(user_id=user.pk)

        with pytest.raises(services.InvitationNotUsable):
            services.invitation_accept(actor=actor, token=token, now=invitation.expires_at)
        services.invitation_accept(actor=actor, token=token, now=invitation.expires_at - dt.timedelta(seconds=1))

        assert Membership.objects.filter(user=user).exists()

    def test_ends_with_a_newer_one(self, owner: Actor) -> None:
        user = person()
        older = mailed(invite(owner))
        newer = mailed(invite(owner))

        with pytest.raises(services.InvitationNotUsable):
            services.invitation_accept(actor=Actor(user_id=user.pk), token=older)
        services.invitation_accept(actor=Actor(user_id=user.pk), token=newer)

        assert Membership.objects.filter(user=user).exists()

    @pytest.mark.parametrize("token", ["", "x", "é" * 43, "A" * 43])
    def test_refuses_forged_tokens(self, owner: Actor, token: str) -> None:
        user = person()
        invite(owner)

        with pytest.raises(services.InvitationNotUsable):
            services.invitation_accept(actor=Actor(user_id=user.pk), token=token)

    def test_refuses_the_hash_itself(self, owner: Actor) -> None:
        user = person()
        invitation = invite(owner)
        mailed(invitation)
        invitation.refresh_from_db()

        with pytest.raises(services.InvitationNotUsable):
            services.invitation_accept(actor=Actor(user_id=user.pk), token=invitation.token_hash)

    @pytest.mark.parametrize("verified", [True, False])
    def test_refuses_whoever_has_not_confirmed_the_address(self, owner: Actor, verified: bool) -> None:
        other = person("other@example.org") if verified else person(verified=False)
        token = mailed(invite(owner))

        with pytest.raises(services.InvitationNotUsable):
            services.invitation_accept(actor=Actor(user_id=other.pk), token=token)

        assert not Membership.objects.filter(user=other).exists()
        assert Invitation.objects.get().is_open

    def test_refuses_after_revocation(self, owner: Actor) -> None:
        user = person()
        invitation = invite(owner)
        token = mailed(invitation)

        services.invitation_revoke(actor=owner, invitation=invitation)

        with pytest.raises(services.InvitationNotUsable):
            services.invitation_accept(actor=Actor(user_id=user.pk), token=token)

    @pytest.mark.parametrize("change", ["demoted", "disabled", "gone", "suspended", "merged"])
    def test_refuses_when_the_inviter_may_invite_no_more(self, owner: Actor, change: str) -> None:
        user = person()
        token = mailed(invite(owner))
        inviter = membership_of(owner)
        if change == "demoted":
            Membership.objects.filter(pk=inviter.pk).update(roles=["editor"])
        elif change == "disabled":
            User.objects.filter(pk=inviter.user_id).update(is_active=False)
        elif change == "gone":
            inviter.delete()
        elif change == "suspended":
            Organisation.objects.filter(pk=inviter.organisation_id).update(standing=Standing.SUSPENDED)
        else:
            Organisation.objects.filter(pk=inviter.organisation_id).update(merged_into=OrganisationFactory())

        with pytest.raises(services.InvitationNotUsable):
            services.invitation_accept(actor=Actor(user_id=user.pk), token=token)

    def test_is_not_for_software(self, owner: Actor) -> None:
        token = mailed(invite(owner))

        for actor in (software_of(owner), Actor.anonymous()):
            with pytest.raises(services.AcceptingNeedsPerson):
                services.invitation_accept(actor=actor, token=token)


@pytest.mark.django_db
class TestInvitationRevoke:
    def test_revokes_once_and_tells_once(self, owner: Actor) -> None:
        invitation = invite(owner)

        first = services.invitation_revoke(actor=owner, invitation=invitation).revoked_at
        second = services.invitation_revoke(actor=owner, invitation=invitation).revoked_at

        assert first is not None
        assert first == second
        assert Event.objects.get(name="organisations.invitation.revoked").data == {}

    def test_refuses_what_was_accepted(self, owner: Actor) -> None:
        user = person()
        invitation = invite(owner)
        services.invitation_accept(actor=Actor(user_id=user.pk), token=mailed(invitation))

        with pytest.raises(services.InvitationAccepted):
            services.invitation_revoke(actor=owner, invitation=invitation)

        assert Invitation.objects.get().revoked_at is None

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory", "compliance"])
    def test_is_for_owners(self, owner: Actor, role: str) -> None:
        invitation = invite(owner)
        actor = actor_of(Organisation.objects.get(pk=owner.organisation_id), role)

        with pytest.raises(services.MembersNotYours):
            services.invitation_revoke(actor=actor, invitation=invitation)

    def test_is_for_the_own_organisation_only(self, owner: Actor) -> None:
        with pytest.raises(NotYours):
            services.invitation_revoke(actor=actor_of(OrganisationFactory()), invitation=invite(owner))

    def test_is_not_for_software(self, owner: Actor) -> None:
        with pytest.raises(services.MembersNeedPerson):
            services.invitation_revoke(actor=software_of(owner), invitation=invite(owner))


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_lets_one_of_two_at_once_in(self) -> None:
        for number in range(5):
            owner = actor_of(OrganisationFactory(kind="firm"))
            user = person(f"racer{number}@example.org")
            token = mailed(invite(owner, email=user.email))

            results = together(
                *[lambda: services.invitation_accept(actor=Actor(user_id=user.pk), token=token)] * 2  # noqa: B023
            )

            assert sorted(isinstance(item, services.InvitationNotUsable) for item in results) == [False, True]
            assert Membership.objects.filter(user=user).count() == 1
            accepted = Event.objects.filter(name="organisations.invitation.accepted", data__user_id=str(user.pk))
            assert accepted.count() == 1

    def test_leaves_no_member_behind_a_revocation_that_came_first(self) -> None:
        for number in range(5):
            owner = actor_of(OrganisationFactory(kind="firm"))
            user = person(f"racer{number}@example.org")
            invitation = invite(owner, email=user.email)
            token = mailed(invitation)

            results = together(
                lambda: services.invitation_accept(actor=Actor(user_id=user.pk), token=token),  # noqa: B023
                lambda: services.invitation_revoke(actor=owner, invitation=invitation),  # noqa: B023
            )

            refused = [isinstance(item, services.InvitationNotUsable | services.InvitationAccepted) for item in results]
            assert sorted(refused) == [False, True]
            assert Membership.objects.filter(user=user).exists() is refused[1]
