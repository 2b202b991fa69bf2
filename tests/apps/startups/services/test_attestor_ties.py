"""Who is no attestor of a firm's events."""

import pytest
from allauth.account.models import EmailAddress

from apps.organisations.services import invitation_create
from apps.startups.models import SelfAttestation
from apps.startups.services.attestor_ties import (
    Attempt,
    SelfAttested,
    caller_require,
    self_attestation_note,
    tie_between,
    tie_of_address,
)
from apps.startups.states import Tie
from kernel.access import Actor
from kernel.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.compliance import PartyFactory, owns
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of
from tests.factories.startups import DevelopmentEventFactory

pytestmark = pytest.mark.django_db

ADDRESS = "olena@unit.example"


class TestTieBetween:
    def test_strangers_have_none(self) -> None:
        firm, attestor = OrganisationFactory(), OrganisationFactory(kind="attestor")
        owns(None, firm, name="Olena")
        owns(None, attestor, name="Ivan")

        assert tie_between(firm_id=firm.pk, attestor_id=attestor.pk) is None

    def test_a_firm_is_tied_to_itself(self) -> None:
        firm = OrganisationFactory()

        assert tie_between(firm_id=firm.pk, attestor_id=firm.pk) == Tie.ITSELF

    def test_a_shared_member_ties(self) -> None:
        firm, attestor = OrganisationFactory(), OrganisationFactory(kind="attestor")
        member = MembershipFactory(organisation=firm)
        MembershipFactory(organisation=attestor, user=member.user)

        assert tie_between(firm_id=firm.pk, attestor_id=attestor.pk) == Tie.MEMBERS

    def test_owning_ties_either_way_and_at_any_height(self) -> None:
        firm, attestor, between = OrganisationFactory(), OrganisationFactory(kind="attestor"), OrganisationFactory()
        owns(attestor, between)
        owns(between, firm)

        assert tie_between(firm_id=firm.pk, attestor_id=attestor.pk) == Tie.OWNERSHIP
        assert tie_between(firm_id=attestor.pk, attestor_id=firm.pk) == Tie.OWNERSHIP

    def test_a_common_owner_ties(self) -> None:
        firm, attestor, owner = OrganisationFactory(), OrganisationFactory(kind="attestor"), PartyFactory()
        owns(owner, firm)
        owns(owner, attestor)

        assert tie_between(firm_id=firm.pk, attestor_id=attestor.pk) == Tie.OWNERSHIP

    def test_a_state_above_both_does_not(self) -> None:
        firm, attestor = OrganisationFactory(), OrganisationFactory(kind="authority")
        state = PartyFactory(kind="entity", entity_type="state", legal_name="Ukraine")
        owns(state, firm)
        owns(state, attestor)

        assert tie_between(firm_id=firm.pk, attestor_id=attestor.pk) is None


class TestTieOfAddress:
    def test_a_stranger_has_none(self) -> None:
        UserFactory(email=ADDRESS)

        assert tie_of_address(firm_id=OrganisationFactory().pk, address=ADDRESS) is None

    def test_a_members_other_address_is_the_firms(self) -> None:
        member = MembershipFactory()
        EmailAddress.objects.create(user=member.user, email=ADDRESS, verified=True)

        assert tie_of_address(firm_id=member.organisation_id, address=ADDRESS) == Tie.ITSELF

    def test_whoever_is_invited_is_the_firms(self) -> None:
        firm = OrganisationFactory()
        invitation_create(actor=actor_of(firm), organisation=firm, email=ADDRESS, roles=["viewer"])

        assert tie_of_address(firm_id=firm.pk, address=ADDRESS) == Tie.ITSELF

    def test_somebody_of_an_owner_is_tied(self) -> None:
        firm, member = OrganisationFactory(), MembershipFactory(user=UserFactory(email=ADDRESS))
        owns(member.organisation, firm)

        assert tie_of_address(firm_id=firm.pk, address=ADDRESS) == Tie.OWNERSHIP


class TestCallerRequire:
    def test_nobody_who_is_signed_in_for_the_firm_uses_anothers_link(self) -> None:
        event = DevelopmentEventFactory()
        capability = event.capability
        elsewhere = MembershipFactory(organisation=capability.firm.organisation)

        for actor in (actor_of(capability.firm.organisation), Actor(user_id=elsewhere.user_id)):
            with pytest.raises(SelfAttested):
                caller_require(actor=actor, capability=capability, event_id=event.pk)

        caller_require(actor=Actor.anonymous(), capability=capability, event_id=event.pk)
        caller_require(actor=actor_of(OrganisationFactory()), capability=capability, event_id=event.pk)


class TestSelfAttestationNote:
    def test_keeps_the_attempt_for_officers(self) -> None:
        event, member = DevelopmentEventFactory(), MembershipFactory()
        firm_id = event.capability.firm.organisation_id

        self_attestation_note(
            attempt=Attempt(firm_id, event.capability_id, Tie.MEMBERS, event.pk, member.organisation_id, member.user_id)
        )

        noted = SelfAttestation.objects.get()
        assert (noted.organisation_id, noted.event, noted.attestor) == (firm_id, event, member.organisation)
        fact = Event.objects.get(name="startups.self_attestation.refused")
        assert (fact.actor, fact.actor_organisation_id, fact.data) == ("system", None, {"tie": "members"})
