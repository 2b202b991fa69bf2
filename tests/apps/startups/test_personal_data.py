"""What is exported and erased of people who attest."""

import pytest

from apps.accounts.models import User
from apps.accounts.personal_data import parts
from apps.startups.mailboxes import address_seal
from apps.startups.models import AttestorAddress
from apps.startups.services.attestations import attestation_give
from apps.startups.states import RequestStatus
from kernel.access import Actor
from tests.apps.startups.services.test_attestation_requests import ADDRESS, by_mail, mailed
from tests.apps.startups.services.test_attestations import by_link
from tests.factories.accounts import UserFactory
from tests.factories.startups import DevelopmentEventFactory, SeatFactory, asked, attestor_of

pytestmark = pytest.mark.django_db

PART = next(part for part in parts() if part.section == "attestations")


class TestExport:
    def test_tells_what_was_asked_and_said_by_mail_and_as_a_member(self) -> None:
        person = UserFactory(email=ADDRESS)
        by_link(mailed(by_mail()), reason="As stated.")
        by_mail(email="ivan@unit.example")
        seat = SeatFactory(sealed_address=address_seal(address=ADDRESS))
        request = asked(DevelopmentEventFactory())
        member = attestor_of(request)
        attestation_give(actor=member, request=request, verdict="refused")

        told, as_member = PART.export(person), PART.export(User.objects.get(pk=member.user_id))

        assert [item["status"] for item in told["requests_received"]] == ["decided"]
        assert [item["reason"] for item in told["given_by_mail"]] == ["As stated."]
        assert [item["id"] for item in told["seats_held"]] == [seat.pk]
        assert [item["verdict"] for item in as_member["given_in_organisation"]] == ["refused"]
        assert as_member["requests_received"] == []


class TestErase:
    def test_forgets_the_address_and_ends_what_is_open(self) -> None:
        person, stranger = UserFactory(email=ADDRESS), by_mail(email="ivan@unit.example")
        decided, waiting = by_mail(), by_mail()
        given = by_link(mailed(decided))
        seat = SeatFactory(sealed_address=address_seal(address=ADDRESS))

        PART.erase(person, Actor.system())

        for row in (decided, waiting, stranger, seat, given):
            row.refresh_from_db()
        assert (decided.sealed_address, waiting.sealed_address, seat.sealed_address) == (None, None, None)
        assert (decided.status, waiting.status) == (RequestStatus.DECIDED, RequestStatus.EXPIRED)
        assert (stranger.status, stranger.sealed_address is None) == (RequestStatus.OPEN, False)
        assert given.verdict == "confirmed"
        assert set(AttestorAddress.objects.filter(domain="").values_list("pk", flat=True)) == {
            decided.address_id,
            waiting.address_id,
        }
        assert by_mail(DevelopmentEventFactory(capability=decided.event.capability)).address != decided.address
