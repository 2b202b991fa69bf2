"""Attestations over the interface: what each side is shown, links without an account, attempts that are kept."""

import json
from ipaddress import IPv4Address
from secrets import randbits
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.startups.models import Attestation, AttestationRequest, SelfAttestation
from apps.startups.services.attestations import attestation_give
from apps.startups.states import EventKind, RequestStatus
from tests.apps.startups.services.test_attestation_requests import ADDRESS, by_mail, mailed
from tests.apps.startups.services.test_attestations import by_link
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, client_of
from tests.factories.startups import (
    CapabilityFactory,
    DevelopmentEventFactory,
    SeatFactory,
    asked,
    attestor_of,
    client_for,
)

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/attestation-requests"


def answered(client: APIClient, request: AttestationRequest, verdict: str, **values: Any) -> Any:
    """The answer to a verdict, given with the entity tag of what was read."""
    tag = client.get(f"{PLACE}/{request.pk}").headers["ETag"]
    return client.post(f"{PLACE}/{request.pk}/{verdict}", values, headers={"If-Match": tag})


class TestEventAttestationRequests:
    def test_asks_and_shows_the_address_masked(self) -> None:
        event = DevelopmentEventFactory()
        client = client_for(event.capability.firm)
        place = f"/api/v1/development-events/{event.pk}/attestation-requests"

        made = client.post(place, {"email": ADDRESS, "role": "unit"})

        assert made.status_code == 201
        assert made.headers["Location"] == f"{PLACE}/{made.json()['id']}"
        listed = client.get(place).json()["results"]
        assert [(item["address"], item["code"], item["status"]) for item in listed] == [
            ("o•••@unit.example", None, "open")
        ]
        assert listed[0]["actions"] == ["cancel"]
        assert ADDRESS not in json.dumps(listed)

    def test_keeps_an_attempt_to_attest_for_oneself(self) -> None:
        event = DevelopmentEventFactory()
        firm = event.capability.firm
        seat = SeatFactory()
        member = MembershipFactory(organisation=firm.organisation)
        MembershipFactory(organisation=seat.organisation, user=member.user)

        refused = client_for(firm).post(
            f"/api/v1/development-events/{event.pk}/attestation-requests",
            {"code": seat.code},
            headers={"Idempotency-Key": "once"},
        )

        assert (refused.status_code, refused.json()["code"]) == (422, "self_attestation")
        noted = SelfAttestation.objects.get()
        assert (noted.organisation, noted.attestor, noted.tie) == (firm.organisation, seat.organisation, "members")
        assert not AttestationRequest.objects.exists()
        officer = client_of(actor_of(OrganisationFactory(kind="operator"), "compliance"))
        assert [item["tie"] for item in officer.get("/api/v1/self-attestations").json()["results"]] == ["members"]

    def test_is_not_there_for_another_firm(self) -> None:
        event = DevelopmentEventFactory()

        other = client_of(actor_of(OrganisationFactory()))

        for name in ("attestation-requests", "attestations"):
            assert other.get(f"/api/v1/development-events/{event.pk}/{name}").status_code == 404


class TestInbox:
    def test_shows_the_event_and_no_more(self) -> None:
        question = DevelopmentEventFactory(capability__title="Interceptor", note="Jammed at once.")
        event = DevelopmentEventFactory(
            capability=question.capability, kind=EventKind.FIX_FIELDED, answers=question, note="Version 4."
        )
        request = asked(event)

        [shown] = client_of(attestor_of(request)).get(PLACE).json()["results"]

        assert shown["answers"] == {"kind": "feedback_reported", "occurred_at": "2026-01-05T00:00:00Z"}
        assert (shown["capability_title"], shown["note"]) == ("Interceptor", "Version 4.")
        assert shown["firm_name"].startswith("Firm ")
        assert shown["actions"] == ["confirm", "refuse", "amend"]
        told = json.dumps(shown)
        capability = event.capability
        for hidden in (
            capability.pk,
            capability.description,
            capability.firm_id,
            capability.firm.organisation_id,
            capability.firm.organisation.legal_name,
            question.note,
            question.pk,
        ):
            assert str(hidden) not in told

    def test_shows_the_name_where_the_firm_says_so(self) -> None:
        request = asked(DevelopmentEventFactory(), code=SeatFactory().code, shows_name=True)

        shown = client_of(attestor_of(request)).get(f"{PLACE}/{request.pk}").json()

        assert shown["firm_name"] == request.event.capability.firm.organisation.legal_name

    def test_lists_at_a_constant_number_of_queries(self, django_assert_num_queries: Any) -> None:
        seat = SeatFactory()
        for _ in range(5):
            asked(DevelopmentEventFactory(), code=seat.code)
        client = client_of(actor_of(seat.organisation))

        with django_assert_num_queries(1):
            assert len(client.get(PLACE).json()["results"]) == 5

    @pytest.mark.parametrize(
        ("name", "values", "verdict"),
        [
            ("confirm", {}, "confirmed"),
            ("refuse", {"reason": "Not seen here."}, "refused"),
            ("amend", {"occurred_at": "2026-01-08T00:00:00Z"}, "amended"),
        ],
    )
    def test_is_answered(self, name: str, values: dict[str, str], verdict: str) -> None:
        request = asked(DevelopmentEventFactory())

        answer = answered(client_of(attestor_of(request)), request, name, **values)

        assert (answer.status_code, answer.json()["status"], answer.json()["actions"]) == (200, "decided", [])
        assert Attestation.objects.get(event=request.event).verdict == verdict

    def test_wants_to_know_what_was_read(self) -> None:
        request = asked(DevelopmentEventFactory())
        client = client_of(attestor_of(request))

        assert client.post(f"{PLACE}/{request.pk}/confirm").status_code == 428
        stale = client.post(f"{PLACE}/{request.pk}/confirm", headers={"If-Match": '"stale"'})

        assert stale.status_code == 412
        request.refresh_from_db()
        assert request.status == RequestStatus.OPEN

    def test_is_cancelled_by_the_firm(self) -> None:
        request = by_mail()

        answer = client_for(request.event.capability.firm).post(f"{PLACE}/{request.pk}/cancel")

        assert (answer.status_code, answer.json()["status"], answer.json()["address"]) == (200, "cancelled", None)


class TestAttestations:
    def test_tell_the_firm_role_and_month_alone(self) -> None:
        request = asked(DevelopmentEventFactory())
        actor = attestor_of(request)
        given = attestation_give(actor=actor, request=request, verdict="refused", reason="Not seen here.")
        firm = client_for(request.event.capability.firm)

        [shown] = firm.get(f"/api/v1/development-events/{request.event_id}/attestations").json()["results"]

        assert (shown["role"], shown["month"]) == ("unit", f"{given.attested_on:%Y-%m}")
        assert (shown["code"], shown["attested_on"], shown["verdict"]) == (None, None, "refused")
        assert str(actor.organisation_id) not in json.dumps(shown)
        assert firm.post(f"/api/v1/attestations/{given.pk}/withdraw", {"reason": "No."}).status_code == 403

    def test_are_withdrawn_by_whoever_gave_them(self) -> None:
        request = asked(DevelopmentEventFactory())
        given = attestation_give(actor=attestor_of(request), request=request, verdict="confirmed")
        client, place = client_of(attestor_of(request)), f"/api/v1/attestations/{given.pk}"
        shown = client.get(place)

        answer = client.post(f"{place}/withdraw", {"reason": "No."}, headers={"If-Match": shown.headers["ETag"]})

        assert shown.json()["attested_on"] == given.attested_on.isoformat()
        assert (answer.status_code, answer.json()["is_withdrawn"]) == (200, True)

    def test_are_nobody_elses(self) -> None:
        request = asked(DevelopmentEventFactory())
        given = attestation_give(actor=attestor_of(request), request=request, verdict="confirmed")

        for organisation in (OrganisationFactory(), OrganisationFactory(kind="attestor")):
            client = client_of(actor_of(organisation))
            assert client.get(f"/api/v1/attestations/{given.pk}").status_code == 404
            assert client.get("/api/v1/attestations").json()["results"] == []


class TestAttestorEvents:
    def test_are_entered_and_confirmed_at_once(self) -> None:
        request = asked(DevelopmentEventFactory())

        made = client_of(attestor_of(request)).post(
            "/api/v1/attestor-events",
            {
                "request": str(request.pk),
                "kind": "fix_fielded",
                "occurred_at": "2026-01-09T08:00:00Z",
                "answers": str(request.event_id),
            },
        )

        assert made.status_code == 201, made.json()
        assert (made.json()["kind"], made.json()["verdict"]) == ("fix_fielded", "confirmed")
        assert Attestation.objects.get().event.answers_id == request.event_id


class TestAttestationLinks:
    @pytest.mark.parametrize(
        ("language", "kind", "title"),
        [("en", "feedback reported", "Interceptor"), ("uk", "надано зворотний зв’язок", "Перехоплювач")],
    )
    def test_show_the_event_in_the_readers_language(self, language: str, kind: str, title: str) -> None:
        capability = CapabilityFactory(title="Interceptor", title_uk="Перехоплювач")
        token = mailed(by_mail(DevelopmentEventFactory(capability=capability)))

        shown = APIClient().post(
            "/api/v1/attestation-links/open", {"token": token}, headers={"Accept-Language": language}
        )

        assert shown.status_code == 200
        assert shown.headers["Cache-Control"] == "no-store"
        assert (shown.json()["kind_label"], shown.json()["capability_title"]) == (kind, title)
        assert "id" not in shown.json()

    def test_decide_once_and_answer_the_same_ever_after(self) -> None:
        token, client = mailed(by_mail()), APIClient()

        first = client.post("/api/v1/attestation-links/decide", {"token": token, "verdict": "confirmed"})

        assert (first.status_code, first.json()["verdict"]) == (200, "confirmed")
        again = [
            client.post(f"/api/v1/attestation-links/{name}", {"token": text, **more})
            for text in (token, "unknown")
            for name, more in (("open", {}), ("decide", {"verdict": "refused"}), ("withdraw", {"reason": "No."}))
        ]
        assert {answer.status_code for answer in again} == {422}
        assert {(answer.json()["code"], answer.json()["detail"]) for answer in again} == {
            ("link_not_usable", again[0].json()["detail"])
        }

    def test_are_rate_limited(self, settings: Any) -> None:
        settings.API_RATES = {"attestation": "2/hour"}
        client = APIClient(REMOTE_ADDR=str(IPv4Address(randbits(32))))

        told = [client.post("/api/v1/attestation-links/open", {"token": str(n)}).status_code for n in range(3)]

        assert told == [422, 422, 429]

    def test_keep_the_attempt_of_somebody_of_the_firm(self) -> None:
        request = by_mail()
        token = mailed(request)

        refused = client_for(request.event.capability.firm).post(
            "/api/v1/attestation-links/decide", {"token": token, "verdict": "confirmed"}
        )

        assert refused.json()["code"] == "self_attestation"
        assert SelfAttestation.objects.get().event == request.event
        assert not Attestation.objects.exists()


class TestAttestorAddresses:
    def test_show_an_officer_the_domain_and_what_speaks_against_it(self) -> None:
        request, alike = by_mail(), by_mail()
        member = MembershipFactory(organisation=alike.event.capability.firm.organisation)
        type(member.user).objects.filter(pk=member.user_id).update(email="ivan@unit.example")
        client = client_of(actor_of(OrganisationFactory(kind="operator", country="EE"), "compliance"))

        shown = client.get("/api/v1/attestor-addresses", {"status": "waiting"}).json()["results"]

        assert [(item["domain"], item["shares_domain"]) for item in shown] == [
            ("unit.example", False),
            ("unit.example", True),
        ]
        assert "olena" not in json.dumps(shown)
        given = by_link(mailed(request))
        vouched = client.post(f"/api/v1/attestor-addresses/{shown[0]['id']}/vouch", {"reason": "Called them."})
        assert (vouched.status_code, vouched.json()["status"]) == (200, "vouched")
        given.refresh_from_db()
        assert given.counts
