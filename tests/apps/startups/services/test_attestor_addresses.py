"""An officer's word on mail addresses."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson, interest_declare
from apps.startups.mailboxes import address_seal, address_unseal
from apps.startups.models import Attestation, AttestorAddress
from apps.startups.services import attestor_addresses as judging
from apps.startups.states import AddressStatus
from kernel.access import Actor
from kernel.models import Event
from kernel.states import NotNow
from tests.apps.startups.services.test_attestation_requests import by_mail, mailed
from tests.apps.startups.services.test_attestations import by_link
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of
from tests.factories.startups import DevelopmentEventFactory, SeatFactory

pytestmark = pytest.mark.django_db


def officer() -> Actor:
    return actor_of(OrganisationFactory(kind="operator", country="EE"), "compliance")


def confirmed() -> Attestation:
    """A confirmation by a mailed link, not counting yet."""
    return by_link(mailed(by_mail()))


class TestAttestorAddressVouch:
    def test_makes_what_was_attested_count(self) -> None:
        given, other = confirmed(), confirmed()
        before = Event.objects.filter(name="startups.attestation.applied").count()

        judging.attestor_address_vouch(actor=officer(), address=given.address, reason="Called the test range.")

        given.refresh_from_db()
        other.refresh_from_db()
        assert (given.counts, other.counts) == (True, False)
        assert given.address.status == AddressStatus.VOUCHED
        assert Event.objects.filter(name="startups.attestation.applied").count() == before + 1

    def test_makes_what_is_attested_later_count_at_once(self) -> None:
        given = confirmed()
        judging.attestor_address_vouch(actor=officer(), address=given.address, reason="Known.")

        later = by_link(mailed(by_mail(DevelopmentEventFactory(capability=given.event.capability))))

        assert (later.address, later.counts) == (given.address, True)

    def test_wants_a_reason(self) -> None:
        with pytest.raises(judging.AddressJudgementNotAcceptable):
            judging.attestor_address_vouch(actor=officer(), address=by_mail().address, reason=" ")

    def test_is_done_once(self) -> None:
        address = by_mail().address
        judging.attestor_address_vouch(actor=officer(), address=address, reason="Known.")

        with pytest.raises(NotNow):
            judging.attestor_address_vouch(actor=officer(), address=address, reason="Known.")

    def test_is_no_software_and_no_firm(self) -> None:
        address = by_mail().address
        for actor in (Actor.system(), actor_of(address.organisation)):
            with pytest.raises(OfficerNeedsPerson):
                judging.attestor_address_vouch(actor=actor, address=address, reason="Known.")

    def test_is_nobody_with_an_interest_in_the_firm(self) -> None:
        address, member, declared = by_mail().address, officer(), officer()
        MembershipFactory(organisation=address.organisation, user_id=member.user_id)
        interest_declare(actor=declared, organisation_id=address.organisation_id, reason="A cousin.")

        for actor in (member, declared):
            with pytest.raises(ConflictOfInterest):
                judging.attestor_address_vouch(actor=actor, address=address, reason="Known.")
            with pytest.raises(DatabaseError), transaction.atomic():
                AttestorAddress.objects.filter(pk=address.pk).update(decided_by_id=actor.user_id)


class TestAttestorAddressRefuse:
    def test_takes_back_what_counted(self) -> None:
        given = confirmed()
        judging.attestor_address_vouch(actor=officer(), address=given.address, reason="Known.")

        judging.attestor_address_refuse(actor=officer(), address=given.address, reason="It was the firm's own.")

        given.refresh_from_db()
        assert (given.counts, given.address.status) == (False, AddressStatus.REFUSED)
        assert given.address.reason == "It was the firm's own."


class TestAddressesReseal:
    def test_lets_the_old_secret_go(self, settings: Any) -> None:
        request = by_mail()
        seat = SeatFactory(sealed_address=address_seal(address="range@example.org"))
        SeatFactory()
        address = address_unseal(sealed=request.sealed_address)
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret of some length"

        assert judging.addresses_reseal() == 2

        settings.SECRET_KEY_FALLBACKS = []
        request.refresh_from_db()
        seat.refresh_from_db()
        assert address_unseal(sealed=request.sealed_address) == address
        assert address_unseal(sealed=seat.sealed_address) == "range@example.org"
