"""Confirming, refusing, amending, entering and withdrawing."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from apps.organisations.states import Standing
from apps.startups.models import Attestation, AttestationRequest, DevelopmentEvent
from apps.startups.services import attestation_requests as asking
from apps.startups.services import attestations as giving
from apps.startups.services.attestor_seats import NoAttestor, attestor_admission_end, attestor_admit
from apps.startups.services.attestor_ties import SelfAttested
from apps.startups.services.development import DevelopmentEventNotAcceptable
from apps.startups.states import EventKind, EventSource, RequestStatus, Verdict
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from kernel.states import NotNow
from tests.apps.startups.services.test_attestation_requests import LATER, TOKEN, by_mail, mailed
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of
from tests.factories.startups import (
    CapabilityFactory,
    DevelopmentEventFactory,
    SeatFactory,
    asked,
    attestor_of,
)

pytestmark = pytest.mark.django_db

NOBODY = Actor.anonymous()
WHEN = dt.datetime(2026, 1, 9, tzinfo=dt.UTC)


def by_link(token: str, verdict: str = Verdict.CONFIRMED, **values: object) -> Attestation:
    return giving.attestation_give_by_link(actor=NOBODY, token=token, verdict=verdict, **values)


def applied() -> list[dict[str, str]]:
    """What the firm's trail says of attestations that changed an event."""
    facts = Event.objects.filter(name="startups.attestation.applied").order_by("id")
    assert {(fact.actor, fact.actor_organisation_id) for fact in facts} <= {("system", None)}
    return [fact.data for fact in facts]


class TestAttestationGive:
    def test_confirms_and_counts_at_once(self) -> None:
        request = asked(DevelopmentEventFactory())
        actor = attestor_of(request)

        given = giving.attestation_give(actor=actor, request=request, verdict="confirmed")

        assert (given.event, given.attestor, given.token) == (
            request.event,
            request.seat.organisation,
            request.seat.code,
        )
        assert (given.role, given.counts, given.attested_on) == ("unit", True, utc_today())
        request.refresh_from_db()
        assert request.status == RequestStatus.DECIDED
        capability = request.event.capability
        assert applied() == [{"event_id": str(request.event_id), "capability_id": str(capability.pk)}]

    def test_names_the_attestor_in_its_own_trail_alone(self) -> None:
        request = asked(DevelopmentEventFactory())
        actor = attestor_of(request)

        giving.attestation_give(actor=actor, request=request, verdict="confirmed")

        own = Event.objects.get(name="startups.attestation.given")
        assert own.organisation_id == actor.organisation_id
        firm_id = request.event.capability.firm.organisation_id
        for fact in Event.objects.filter(organisation_id=firm_id):
            told = f"{fact.actor} {fact.actor_organisation_id} {fact.data}"
            for hidden in (actor.organisation_id, actor.user_id, request.seat_id, request.seat.code):
                assert str(hidden) not in told

    def test_amends_by_an_event_of_its_own(self) -> None:
        question = DevelopmentEventFactory(occurred_at=WHEN - dt.timedelta(days=30))
        stated = DevelopmentEventFactory(
            capability=question.capability, kind=EventKind.FIX_FIELDED, answers=question, occurred_at=WHEN
        )
        request = asked(stated)
        when = WHEN + dt.timedelta(days=3)

        giving.attestation_give(actor=attestor_of(request), request=request, verdict="amended", occurred_at=when)

        amended = DevelopmentEvent.objects.get(supersedes=stated)
        assert (amended.occurred_at, amended.kind, amended.answers) == (when, stated.kind, question)
        assert (amended.source, amended.tier) == (EventSource.ATTESTOR, "E0")
        words = Attestation.objects.filter(request=request).values_list("event", "verdict", "counts")
        assert set(words) == {(stated.pk, "amended", True), (amended.pk, "confirmed", True)}
        assert len(applied()) == 2

    @pytest.mark.parametrize(
        ("verdict", "values"),
        [
            ("amended", {}),
            ("amended", {"kind": EventKind.FEEDBACK_REPORTED}),
            ("confirmed", {"occurred_at": WHEN}),
            ("refused", {"kind": EventKind.FIELD_TEST}),
        ],
    )
    def test_only_an_amendment_says_what_is_different(self, verdict: str, values: dict[str, object]) -> None:
        request = asked(DevelopmentEventFactory())

        with pytest.raises(giving.VerdictNotAcceptable):
            giving.attestation_give(actor=attestor_of(request), request=request, verdict=verdict, **values)

    def test_what_cannot_be_entered_leaves_the_request_open(self) -> None:
        request = asked(DevelopmentEventFactory())
        future = utc_now() + dt.timedelta(days=1)

        with pytest.raises(DevelopmentEventNotAcceptable):
            giving.attestation_give(actor=attestor_of(request), request=request, verdict="amended", occurred_at=future)

        request.refresh_from_db()
        assert request.status == RequestStatus.OPEN

    def test_is_given_once(self) -> None:
        request = asked(DevelopmentEventFactory())
        giving.attestation_give(actor=attestor_of(request), request=request, verdict="confirmed")

        with pytest.raises(NotNow):
            giving.attestation_give(actor=attestor_of(request), request=request, verdict="refused")

    def test_two_seats_of_one_organisation_each_have_their_word(self) -> None:
        seat = SeatFactory()
        other = SeatFactory(organisation=seat.organisation)
        event = DevelopmentEventFactory()

        for code, verdict in ((seat.code, "confirmed"), (other.code, "refused")):
            request = asked(event, code=code)
            giving.attestation_give(actor=attestor_of(request), request=request, verdict=verdict)

        assert Attestation.objects.filter(event=event).count() == 2

    def test_is_not_anothers(self) -> None:
        request = asked(DevelopmentEventFactory())

        with pytest.raises(NotYours):
            giving.attestation_give(actor=attestor_of(asked(request.event)), request=request, verdict="confirmed")

    @pytest.mark.parametrize("changes", [{"standing": Standing.REGISTERED}, {"standing": Standing.SUSPENDED}])
    def test_only_the_verified_attest(self, changes: dict[str, str]) -> None:
        request = asked(DevelopmentEventFactory())
        Organisation.objects.filter(pk=request.seat.organisation_id).update(**changes)

        with pytest.raises(NoAttestor):
            giving.attestation_give(
                actor=actor_of(Organisation.objects.get(pk=request.seat.organisation_id)),
                request=request,
                verdict="confirmed",
            )

    def test_a_tie_that_came_up_meanwhile_is_found(self) -> None:
        request = asked(DevelopmentEventFactory())
        member = MembershipFactory(organisation=request.event.capability.firm.organisation)
        MembershipFactory(organisation=request.seat.organisation, user=member.user)

        with pytest.raises(SelfAttested):
            giving.attestation_give(actor=attestor_of(request), request=request, verdict="confirmed")

    def test_a_firm_that_went_dark_is_asked_about_no_more(self) -> None:
        request = asked(DevelopmentEventFactory())
        firm_id = request.event.capability.firm.organisation_id
        Organisation.objects.filter(pk=firm_id).update(dark_since=utc_now())

        with pytest.raises(NotNow):
            giving.attestation_give(actor=attestor_of(request), request=request, verdict="confirmed")


class TestAttestationGiveByLink:
    def test_records_what_does_not_count_before_an_officer_vouches(self) -> None:
        request = by_mail()

        given = by_link(mailed(request), reason=" As stated. ")

        assert (given.attestor, given.address, given.role) == (None, request.address, "customer")
        assert (given.counts, given.reason) == (False, "As stated.")
        assert not Event.objects.filter(name="startups.attestation.given").exists()
        assert len(applied()) == 1

    def test_a_seats_word_counts_at_once(self) -> None:
        seat = SeatFactory(sealed_address=asking.address_seal(address="unit@unit.example"))

        given = by_link(mailed(asked(DevelopmentEventFactory(), code=seat.code)))

        assert (given.attestor, given.counts, given.given_by) == (seat.organisation, True, None)

    def test_a_link_is_used_once(self) -> None:
        token = mailed(by_mail())
        by_link(token)

        with pytest.raises(giving.LinkNotUsable):
            by_link(token)
        with pytest.raises(giving.LinkNotUsable):
            giving.link_open(token=token)

    def test_looking_does_not_use_it_up(self) -> None:
        token = mailed(by_mail())
        for _ in range(3):
            giving.link_open(token=token)

        assert by_link(token)

    def test_says_the_same_of_every_link_that_is_none(self) -> None:
        requests = [by_mail() for _ in range(4)]
        expired, cancelled, dark, used = (mailed(request) for request in requests)
        AttestationRequest.objects.filter(pk=requests[0].pk).update(expires_at=utc_now())
        owner = actor_of(requests[1].event.capability.firm.organisation)
        asking.attestation_request_cancel(actor=owner, request=requests[1])
        Organisation.objects.filter(pk=requests[2].event.capability.firm.organisation_id).update(dark_since=utc_now())
        by_link(used)

        said = set()
        for token in (expired, cancelled, dark, used, "x" * 43, "", "ключ"):
            with pytest.raises(giving.LinkNotUsable) as refused:
                by_link(token)
            said.add((refused.value.detail, refused.value.code, tuple(refused.value.errors)))

        assert len(said) == 1

    def test_a_link_of_a_disabled_seat_is_dead(self) -> None:
        seat = SeatFactory(sealed_address=asking.address_seal(address="unit@unit.example"))
        token = mailed(asked(DevelopmentEventFactory(), code=seat.code))
        type(seat).objects.filter(pk=seat.pk).update(disabled_at=utc_now(), sealed_address=None)

        with pytest.raises(giving.LinkNotUsable):
            by_link(token)

    def test_is_not_used_by_somebody_of_the_firm(self) -> None:
        request = by_mail()
        token = mailed(request)
        owner = actor_of(request.event.capability.firm.organisation)

        with pytest.raises(SelfAttested):
            giving.attestation_give_by_link(actor=owner, token=token, verdict="confirmed")

        assert by_link(token)

    def test_one_address_has_one_word_on_an_event(self) -> None:
        request = by_mail()
        by_link(mailed(request))

        with pytest.raises(asking.AttestedAlready):
            by_mail(request.event)


class TestReceiptSend:
    def test_mails_a_link_that_withdraws_once(self) -> None:
        request = by_mail()
        given = by_link(mailed(request))

        assert giving.receipt_send(request_id=request.pk)

        sent = mail.outbox[-1]
        assert "підтверджено" in str(sent.body)
        token = TOKEN.search(str(sent.body))
        assert token is not None
        giving.attestation_withdraw_by_link(token=token[1], reason="Not ours.")
        given.refresh_from_db()
        assert given.withdrawn_at is not None
        with pytest.raises(giving.LinkNotUsable):
            giving.attestation_withdraw_by_link(token=token[1], reason="Not ours.")

    def test_is_sent_once(self) -> None:
        request = by_mail()
        by_link(mailed(request))
        giving.receipt_send(request_id=request.pk)

        assert not giving.receipt_send(request_id=request.pk)

    def test_is_sent_to_nobody_who_did_not_answer(self) -> None:
        assert not giving.receipt_send(request_id=by_mail().pk)

    def test_its_link_ends_after_a_year(self) -> None:
        request = by_mail()
        by_link(mailed(request))
        giving.receipt_send(request_id=request.pk)
        token = re.findall(TOKEN, str(mail.outbox[-1].body))[0]

        with pytest.raises(giving.LinkNotUsable):
            giving.attestation_withdraw_by_link(token=token, reason="No.", now=utc_now() + 12 * LATER)


class TestAttestorEventRecord:
    def test_opens_and_closes_on_a_capability_that_it_was_asked_about(self) -> None:
        request = asked(DevelopmentEventFactory(kind=EventKind.FEEDBACK_REPORTED))

        given = giving.attestor_event_record(
            actor=attestor_of(request),
            request_id=request.pk,
            kind=EventKind.FIX_FIELDED,
            occurred_at=WHEN,
            answers=request.event_id,
        )

        entered = given.event
        assert (entered.capability, entered.source) == (request.event.capability, EventSource.ATTESTOR)
        assert entered.answers_id == request.event_id
        assert (given.verdict, given.counts, given.token) == ("confirmed", True, request.seat.code)

    def test_enters_where_the_firm_admitted_its_seat(self) -> None:
        capability, seat = CapabilityFactory(), SeatFactory()
        owner = actor_of(capability.firm.organisation)
        admission = attestor_admit(actor=owner, capability=capability, code=seat.code)
        values = {"admission_id": admission.pk, "kind": EventKind.FIELD_TEST, "occurred_at": WHEN}

        assert giving.attestor_event_record(actor=actor_of(seat.organisation), **values).event.capability == capability

        attestor_admission_end(actor=owner, admission=admission)
        with pytest.raises(giving.AttestorEventNotAcceptable):
            giving.attestor_event_record(actor=actor_of(seat.organisation), **values)

    def test_enters_nothing_by_anothers_leave(self) -> None:
        request = asked(DevelopmentEventFactory())

        with pytest.raises(giving.AttestorEventNotAcceptable):
            giving.attestor_event_record(
                actor=attestor_of(asked(request.event)),
                request_id=request.pk,
                kind=EventKind.FIELD_TEST,
                occurred_at=WHEN,
            )

    def test_enters_nothing_by_a_request_that_was_taken_back(self) -> None:
        request = asked(DevelopmentEventFactory())
        actor = attestor_of(request)
        asking.attestation_request_cancel(actor=actor_of(request.event.capability.firm.organisation), request=request)

        with pytest.raises(giving.AttestorEventNotAcceptable):
            giving.attestor_event_record(
                actor=actor, request_id=request.pk, kind=EventKind.FIELD_TEST, occurred_at=WHEN
            )

    def test_wants_one_reason_to_know_the_capability(self) -> None:
        with pytest.raises(giving.AttestorEventNotAcceptable):
            giving.attestor_event_record(
                actor=actor_of(SeatFactory().organisation), kind=EventKind.FIELD_TEST, occurred_at=WHEN
            )

    def test_is_not_a_firms(self) -> None:
        request = asked(DevelopmentEventFactory())

        with pytest.raises(NoAttestor):
            giving.attestor_event_record(
                actor=actor_of(request.event.capability.firm.organisation),
                request_id=request.pk,
                kind=EventKind.FIELD_TEST,
                occurred_at=WHEN,
            )


class TestAttestationWithdraw:
    def test_takes_an_amendment_back_as_a_whole(self) -> None:
        request = asked(DevelopmentEventFactory())
        actor = attestor_of(request)
        given = giving.attestation_give(actor=actor, request=request, verdict="amended", occurred_at=WHEN)

        giving.attestation_withdraw(actor=actor, attestation=given, reason="A mistake.")

        rows = Attestation.objects.filter(request=request)
        assert {(row.withdrawn_reason, row.withdrawn_by_id) for row in rows} == {("A mistake.", actor.user_id)}
        assert len(applied()) == 4

    def test_lets_the_seat_be_asked_again(self) -> None:
        request = asked(DevelopmentEventFactory())
        actor = attestor_of(request)
        given = giving.attestation_give(actor=actor, request=request, verdict="confirmed")
        giving.attestation_withdraw(actor=actor, attestation=given, reason="A mistake.")

        again = asked(request.event, code=request.seat.code)

        assert giving.attestation_give(actor=actor, request=again, verdict="refused")

    def test_is_done_once_and_with_a_reason(self) -> None:
        request = asked(DevelopmentEventFactory())
        actor = attestor_of(request)
        given = giving.attestation_give(actor=actor, request=request, verdict="confirmed")

        with pytest.raises(giving.VerdictNotAcceptable):
            giving.attestation_withdraw(actor=actor, attestation=given, reason=" ")
        giving.attestation_withdraw(actor=actor, attestation=given, reason="A mistake.")
        with pytest.raises(giving.WithdrawnAlready):
            giving.attestation_withdraw(actor=actor, attestation=given, reason="A mistake.")

    def test_is_not_the_firms(self) -> None:
        request = asked(DevelopmentEventFactory())
        given = giving.attestation_give(actor=attestor_of(request), request=request, verdict="refused")

        with pytest.raises(NotYours):
            giving.attestation_withdraw(
                actor=actor_of(request.event.capability.firm.organisation), attestation=given, reason="No."
            )


class TestTheDatabase:
    @pytest.mark.parametrize(
        "changes",
        [
            {"verdict": "refused"},
            {"attested_on": dt.date(2020, 1, 1)},
            {"reason": "Another."},
            {"counts": False},
            {"attestor": None},
            {"role": "authority"},
        ],
    )
    def test_changes_no_attestation(self, changes: dict[str, object]) -> None:
        request = asked(DevelopmentEventFactory())
        given = giving.attestation_give(actor=attestor_of(request), request=request, verdict="confirmed")

        with pytest.raises(DatabaseError), transaction.atomic():
            Attestation.objects.filter(pk=given.pk).update(**changes)

    def test_brings_nothing_withdrawn_back_and_removes_nothing(self) -> None:
        request = asked(DevelopmentEventFactory())
        actor = attestor_of(request)
        given = giving.attestation_give(actor=actor, request=request, verdict="confirmed")
        giving.attestation_withdraw(actor=actor, attestation=given, reason="A mistake.")

        with pytest.raises(DatabaseError), transaction.atomic():
            Attestation.objects.filter(pk=given.pk).update(withdrawn_at=None)
        with pytest.raises(DatabaseError), transaction.atomic():
            Attestation.objects.filter(pk=given.pk).delete()

    def test_takes_the_least_that_an_import_says(self) -> None:
        event, attestor = DevelopmentEventFactory(), OrganisationFactory(kind="attestor")
        Attestation.objects.create(event=event, attestor=attestor, verdict="confirmed", attested_on=utc_today())

        stored = Attestation.objects.get()

        assert (stored.counts, stored.role, stored.token) == (True, "", "")
