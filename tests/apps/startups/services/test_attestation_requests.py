"""Asking for attestations, mailing the link, cancelling, expiry."""

import datetime as dt
import json
import re

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from apps.organisations.mails import MailNotSent
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from apps.organisations.states import Standing
from apps.startups.mailboxes import address_seal
from apps.startups.models import AttestationRequest, AttestorAddress, DevelopmentEvent
from apps.startups.services import attestation_requests as asking
from apps.startups.services.attestations import LinkNotUsable, attestation_give, link_open
from apps.startups.services.attestor_seats import SeatUnknown
from apps.startups.services.attestor_ties import SelfAttested
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.states import AddressStatus, CapabilityStatus, RequestStatus, Tie
from kernel.clock import utc_now
from kernel.models import Event
from kernel.states import NotNow
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of
from tests.factories.startups import CapabilityFactory, DevelopmentEventFactory, SeatFactory, asked, attestor_of

pytestmark = pytest.mark.django_db

ADDRESS = "olena@unit.example"
TOKEN = re.compile(r"^http://localhost:\d+/attest(?:/withdraw)?#([0-9a-f]{64})$", re.MULTILINE)
LATER = dt.timedelta(days=31)


def mailed(request: AttestationRequest) -> str:
    """The token as it stands in the mail."""
    assert asking.attestation_request_send(request_id=request.pk)
    found = TOKEN.search(str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def by_mail(event: DevelopmentEvent | None = None, email: str = ADDRESS) -> AttestationRequest:
    return asked(event or DevelopmentEventFactory(), email=email, role="customer")


class TestAttestationRequestCreate:
    def test_asks_a_seat_by_its_code(self) -> None:
        event, seat = DevelopmentEventFactory(), SeatFactory(role="test_range")

        request = asked(event, code=seat.code.lower())

        assert (request.event, request.seat, request.role) == (event, seat, "test_range")
        assert request.expires_at - request.created_at == dt.timedelta(days=30)
        fact = Event.objects.get(name="startups.attestation.requested")
        assert fact.organisation_id == event.capability.firm.organisation_id
        assert fact.data == {"event_id": str(event.pk), "role": "test_range"}

    def test_asks_a_person_whose_address_stands_nowhere_readable(self) -> None:
        request = by_mail()

        assert request.address is not None
        assert (request.address.status, request.address.domain) == (AddressStatus.WAITING, "unit.example")
        stored = json.dumps(
            [
                list(rows.values())
                for rows in (AttestationRequest.objects.all(), AttestorAddress.objects.all(), Event.objects.all())
            ],
            default=str,
        )
        assert "olena" not in stored

    def test_knows_an_address_again(self) -> None:
        first = by_mail()
        event = DevelopmentEventFactory(capability=first.event.capability)

        again = by_mail(event, email="Olena@Unit.example")

        assert again.address == first.address

    def test_vouches_for_no_other_firm(self) -> None:
        assert by_mail().address != by_mail().address

    def test_refuses_anothers_event(self) -> None:
        event, other = DevelopmentEventFactory(), actor_of(OrganisationFactory())

        with pytest.raises(NotYours):
            asking.attestation_request_create(actor=other, event=event, code=SeatFactory().code)

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"code": "", "email": ""}, "/code"),
            ({"code": "4", "email": ADDRESS, "role": "unit"}, "/code"),
            ({"email": ADDRESS}, "/role"),
            ({"email": "olena", "role": "unit"}, "/email"),
            ({"code": "4", "role": "unit"}, "/role"),
        ],
    )
    def test_names_what_is_wrong(self, values: dict[str, str], pointer: str) -> None:
        with pytest.raises(asking.AttestationRequestNotAcceptable) as refused:
            asked(DevelopmentEventFactory(), **values)

        assert pointer in [problem.pointer for problem in refused.value.errors]

    def test_tells_a_mistyped_code_from_an_unknown_one(self) -> None:
        event, code = DevelopmentEventFactory(), SeatFactory.build().code
        mistyped = code[:-1] + ("0" if code[-1] != "0" else "1")

        for text, found in ((mistyped, "invalid"), (code, "unknown")):
            with pytest.raises(SeatUnknown) as refused:
                asked(event, code=text)
            assert [problem.code for problem in refused.value.errors] == [found]

    @pytest.mark.parametrize(
        "changes", [{"standing": Standing.REGISTERED}, {"standing": Standing.SUSPENDED}, {"dark_since": utc_now()}]
    )
    def test_refuses_the_seat_of_an_attestor_that_is_not_verified_or_dark(self, changes: dict[str, object]) -> None:
        seat = SeatFactory()
        Organisation.objects.filter(pk=seat.organisation_id).update(**changes)

        with pytest.raises(SeatUnknown):
            asked(DevelopmentEventFactory(), code=seat.code)

    def test_refuses_a_disabled_seat(self) -> None:
        with pytest.raises(SeatUnknown):
            asked(DevelopmentEventFactory(), code=SeatFactory(disabled_at=utc_now()).code)

    def test_refuses_a_member_of_the_firm(self) -> None:
        event = DevelopmentEventFactory()
        MembershipFactory(organisation=event.capability.firm.organisation, user=UserFactory(email=ADDRESS))

        with pytest.raises(SelfAttested) as refused:
            by_mail(event)

        assert refused.value.attempt is not None
        assert refused.value.attempt.tie == Tie.ITSELF

    def test_asks_the_same_addressee_once_at_a_time(self) -> None:
        request = by_mail()

        with pytest.raises(asking.AskedAlready):
            by_mail(request.event)

    def test_asks_again_once_the_first_request_has_expired(self) -> None:
        request = by_mail()

        again = asked(request.event, email=ADDRESS, role="customer", now=utc_now() + LATER)

        request.refresh_from_db()
        assert (request.status, again.status) == (RequestStatus.EXPIRED, RequestStatus.OPEN)

    def test_asks_nobody_who_has_answered(self) -> None:
        request = asked(DevelopmentEventFactory())
        attestation_give(actor=attestor_of(request), request=request, verdict="refused")

        with pytest.raises(asking.AttestedAlready):
            asked(request.event, code=request.seat.code)

    def test_asks_about_what_stands(self) -> None:
        event = DevelopmentEventFactory()
        DevelopmentEventFactory(capability=event.capability, supersedes=event)

        with pytest.raises(asking.EventSuperseded):
            asked(event)

    def test_asks_nothing_about_an_archived_capability(self) -> None:
        capability = CapabilityFactory(status=CapabilityStatus.ARCHIVED)

        with pytest.raises(CapabilityArchived):
            asked(DevelopmentEventFactory(capability=capability))

    def test_is_limited_for_each_firm_and_day(self) -> None:
        event = DevelopmentEventFactory()
        organisation = event.capability.firm.organisation
        Organisation.objects.filter(pk=organisation.pk).update(standing=Standing.REGISTERED)
        for _ in range(asking.MOST_A_DAY[Standing.REGISTERED]):
            asked(event)

        with pytest.raises(asking.TooManyAttestationRequests):
            asked(event)

        assert asked(event, code=SeatFactory().code, now=utc_now() + dt.timedelta(hours=25))
        assert asked(DevelopmentEventFactory())


class TestAttestationRequestSend:
    def test_mails_a_link_in_both_languages_that_names_neither_firm_nor_event(self) -> None:
        request = by_mail()

        token = mailed(request)

        sent = mail.outbox[-1]
        assert sent.to == [ADDRESS]
        assert "customer" in str(sent.body)
        assert "замовник" in str(sent.body)
        capability = request.event.capability
        for hidden in (capability.title, capability.firm.organisation.legal_name, request.event.kind):
            assert hidden not in f"{sent.subject}{sent.body}"
        request.refresh_from_db()
        assert request.token_hash == asking.token_hash(token)
        assert link_open(token=token) == request

    def test_mails_a_seats_address(self) -> None:
        seat = SeatFactory(sealed_address=address_seal(address=ADDRESS))

        mailed(asked(DevelopmentEventFactory(), code=seat.code))

        assert mail.outbox[-1].to == [ADDRESS]

    def test_mails_nobody_where_the_seat_has_no_address(self) -> None:
        request = asked(DevelopmentEventFactory())

        assert not asking.attestation_request_send(request_id=request.pk)
        assert mail.outbox == []

    def test_mails_once(self) -> None:
        request = by_mail()
        mailed(request)

        assert not asking.attestation_request_send(request_id=request.pk)
        assert len(mail.outbox) == 1

    def test_mails_nothing_that_has_ended(self) -> None:
        request = by_mail()
        owner = actor_of(request.event.capability.firm.organisation)
        asking.attestation_request_cancel(actor=owner, request=request)

        assert not asking.attestation_request_send(request_id=request.pk)

    def test_tells_a_refusing_server_without_the_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        request = by_mail()

        def refuse(*_: object) -> None:
            raise OSError(f"no such mailbox: {ADDRESS}")

        monkeypatch.setattr(EmailBackend, "send_messages", refuse)

        with pytest.raises(MailNotSent) as refused:
            asking.attestation_request_send(request_id=request.pk)

        assert ADDRESS not in str(refused.value)
        request.refresh_from_db()
        assert request.mailed_at is None


class TestAttestationRequestCancel:
    def test_ends_the_link_and_erases_the_address(self) -> None:
        request = by_mail()
        token = mailed(request)
        owner = actor_of(request.event.capability.firm.organisation)

        asking.attestation_request_cancel(actor=owner, request=request)

        request.refresh_from_db()
        assert (request.status, request.sealed_address) == (RequestStatus.CANCELLED, None)
        with pytest.raises(LinkNotUsable):
            link_open(token=token)

    def test_refuses_what_was_answered(self) -> None:
        request = asked(DevelopmentEventFactory())
        attestation_give(actor=attestor_of(request), request=request, verdict="confirmed")

        with pytest.raises(NotNow):
            asking.attestation_request_cancel(
                actor=actor_of(request.event.capability.firm.organisation), request=request
            )

    def test_is_the_firms_alone(self) -> None:
        request = asked(DevelopmentEventFactory())

        with pytest.raises(NotYours):
            asking.attestation_request_cancel(actor=attestor_of(request), request=request)


class TestAttestationRequestsTidy:
    def test_expires_what_nobody_answered(self) -> None:
        request, fresh = by_mail(), by_mail()
        AttestationRequest.objects.filter(pk=fresh.pk).update(expires_at=utc_now() + 2 * LATER)

        asking.attestation_requests_tidy(now=utc_now() + LATER)

        request.refresh_from_db()
        fresh.refresh_from_db()
        assert (request.status, request.sealed_address) == (RequestStatus.EXPIRED, None)
        assert fresh.status == RequestStatus.OPEN

    def test_erases_the_address_some_time_after_the_decision(self) -> None:
        request = by_mail()
        asking.request_end(
            "decide",
            request=request,
            actor=asking.Actor.system(),
            now=utc_now() - asking.ADDRESS_KEPT,
            keeps_address=True,
        )
        recent = by_mail()
        asking.request_end("decide", request=recent, actor=asking.Actor.system(), now=utc_now(), keeps_address=True)

        asking.attestation_requests_tidy()

        request.refresh_from_db()
        recent.refresh_from_db()
        assert request.sealed_address is None
        assert recent.sealed_address is not None
