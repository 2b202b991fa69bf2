"""Verification over HTTP: the organisation's own case, the officers' files, and what neither shows of the other."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.compliance.models import DeclaredInterest, VerificationCase
from apps.compliance.services.cases import case_answer
from apps.compliance.services.reviews import case_ask, case_item_judge, case_note
from apps.compliance.services.suspensions import suspend, suspend_on_hit
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import ROLE_PERMISSIONS, Kind, Role
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.cases import (
    NOTE,
    case_accepted,
    case_drafted,
    case_in_review,
    case_submitted,
    case_verified,
    clean_document,
    notice_given,
    officer_made,
    registered,
)
from tests.factories.compliance import imported_clear
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, client_of

pytestmark = pytest.mark.django_db

CASES = "/api/v1/verification-cases"
WEEK = dt.timedelta(days=7)


def own_place(organisation: Organisation, part: str = "") -> str:
    return f"/api/v1/organisations/{organisation.pk}/verification{part}"


def post(actor: Actor, place: str, **body: Any) -> Any:
    return client_of(actor).post(place, body, format="json")


class TestOwn:
    def test_from_draft_to_submitted(self) -> None:
        organisation, owner = registered(Kind.ATTESTOR)

        opened = post(owner, own_place(organisation))
        assert (opened.status_code, opened["Location"]) == (201, own_place(organisation))
        assert opened.json()["actions"] == ["provide"]
        items = [
            {"code": item["code"], "documents": [str(clean_document(organisation).pk)]}
            for item in opened.json()["items"]
        ]
        provided = post(owner, own_place(organisation, "/items"), items=items)
        assert (provided.status_code, provided.json()["actions"]) == (200, ["provide", "submit"])
        submitted = post(owner, own_place(organisation, "/submit"))
        assert (submitted.status_code, submitted.json()["status"], submitted.json()["actions"]) == (
            200,
            "submitted",
            [],
        )
        shown = client_of(owner).get(own_place(organisation)).json()
        assert [item["documents"] for item in shown["items"]] == [item["documents"] for item in items]

    def test_says_what_is_missing(self) -> None:
        organisation, owner = registered(Kind.ATTESTOR)
        post(owner, own_place(organisation))

        refused = post(owner, own_place(organisation, "/submit"))

        assert (refused.status_code, refused.json()["code"]) == (422, "case_incomplete")
        assert [row["pointer"] for row in refused.json()["errors"]] == [
            "/items/register_extract",
            "/items/signatories_identity",
            "/items/mandate_letter",
        ]

    def test_one_at_a_time(self) -> None:
        organisation, owner = registered()
        post(owner, own_place(organisation))

        again = post(owner, own_place(organisation))

        assert (again.status_code, again.json()["code"]) == (409, "case_under_way")

    def test_titles_follow_the_language(self) -> None:
        organisation, owner = registered()
        post(owner, own_place(organisation))

        shown = client_of(owner).get(own_place(organisation), HTTP_ACCEPT_LANGUAGE="uk").json()

        assert shown["items"][0]["title"].startswith("Витяг")

    def test_strangers_find_nothing(self) -> None:
        organisation, owner = registered()
        case_drafted(owner)
        for actor in (actor_of(OrganisationFactory()), actor_of(OrganisationFactory(kind=Kind.FUND))):
            client = client_of(actor)
            for answer in (
                client.get(own_place(organisation)),
                client.post(own_place(organisation)),
                client.post(own_place(organisation, "/submit")),
                client.post(own_place(organisation, "/items"), {"items": [{"code": "articles"}]}, format="json"),
                client.post(own_place(organisation, "/answers"), {"answer": "!"}, format="json"),
                client.get("/api/v1/organisations/not-an-id/verification"),
            ):
                assert answer.status_code == 404

    @pytest.mark.parametrize(("kind", "role"), sorted(ROLE_PERMISSIONS))
    def test_is_for_owners_and_compliance(self, kind: Kind, role: Role) -> None:
        organisation = OrganisationFactory(kind=kind)
        client = client_of(actor_of(organisation, role))

        is_allowed = kind != Kind.OPERATOR and role in {Role.OWNER, Role.COMPLIANCE}
        assert client.get(own_place(organisation)).status_code == (404 if is_allowed else 403)
        assert client.post(own_place(organisation)).status_code == (201 if is_allowed else 403)

    def test_shows_nothing_of_the_officers_side(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)
        case_note(actor=officer, case=case, text="Secret note")
        case_item_judge(actor=officer, case=case, code="screening_decided", state="rejected", note="Secret hit")
        case_item_judge(actor=officer, case=case, code="articles", state="rejected", note="Out of date")
        case_ask(actor=officer, case=case, text="The articles?", due_on=utc_today() + WEEK)

        shown = client_of(owner).get(own_place(organisation)).json()

        told = json.dumps(shown)
        assert [
            word for word in ("Secret", str(officer.user_id), "screening", "officer", "clearance") if word in told
        ] == []
        assert {item["code"]: item["note"] for item in shown["items"]}["articles"] == "Out of date"
        assert shown["requests"][0]["text"] == "The articles?"
        assert shown["actions"] == ["provide", "answer"]

    def test_a_suspension_by_a_list_says_nothing_of_the_list(self) -> None:
        organisation = OrganisationFactory()
        suspend_on_hit(organisation_id=organisation.pk)
        owner = actor_of(Organisation.objects.get(pk=organisation.pk))

        shown = client_of(owner).get(own_place(organisation)).json()

        assert (shown["status"], shown["suspension_cause"], shown["suspension_reason"]) == ("suspended", "decision", "")

    def test_the_suspended_may_be_verified_again(self) -> None:
        organisation = OrganisationFactory()
        suspend(actor=officer_made(), organisation_id=organisation.pk, reason="False papers.")
        owner = actor_of(Organisation.objects.get(pk=organisation.pk))

        assert client_of(owner).get(own_place(organisation)).json()["suspension_reason"] == "False papers."
        assert post(owner, own_place(organisation)).status_code == 201

    def test_reads_reason_and_remedy_of_a_refusal(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        case = notice_given(case_in_review(owner, officer), officer)
        case_answer(actor=owner, case=case, answer="No more.")
        assert post(officer, f"{CASES}/{case.pk}/refuse", reason="Papers", remedy="A court").status_code == 200

        shown = client_of(owner).get(own_place(organisation)).json()

        assert (shown["status"], shown["reason"], shown["remedy"]) == ("refused", "Papers", "A court")


class TestOfficers:
    def test_lists_with_filters_in_constant_queries(self) -> None:
        officer = officer_made()
        for kind in (Kind.FIRM, Kind.FUND, Kind.FUND):
            case_submitted(registered(kind)[1])
        case_drafted(registered()[1])
        late = case_submitted(registered()[1])
        VerificationCase.objects.filter(pk=late.pk).update(due_on=utc_today() - WEEK)
        client = client_of(officer)

        def count(**query: str) -> int:
            answer = client.get(CASES, query)
            assert answer.status_code == 200, answer.json()
            return len(answer.json()["results"])

        assert [count(), count(kind="fund"), count(status="draft"), count(status="submitted")] == [4, 2, 0, 4]
        assert [count(overdue="true"), count(overdue="false"), count(cause="yearly")] == [1, 3, 0]
        assert client.get(CASES, {"colour": "red"}).status_code == 400
        with CaptureQueriesContext(connection) as few:
            client.get(CASES, {"page_size": "1"})
        with CaptureQueriesContext(connection) as many:
            client.get(CASES)
        assert len(few) == len(many)

    def test_shows_the_file_and_records_that(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)
        case_note(actor=officer, case=case, text="Call them.")

        shown = client_of(officer).get(f"{CASES}/{case.pk}").json()

        assert (shown["officer"], shown["clearance"]) == (str(officer.user_id), "unknown")
        assert shown["open_branches"] == [str(organisation.pk)]
        assert [note["text"] for note in shown["notes"]] == ["Call them."]
        assert shown["actions"] == ["ask", "judge", "note"]
        read = Event.objects.get(name="organisations.disclosure.read")
        assert read.actor_organisation_id == officer.organisation_id

    def test_acts(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        case = case_submitted(owner)
        place = f"{CASES}/{case.pk}"

        assert client_of(officer).get(place).json()["actions"] == ["take", "note"]
        assert post(officer, f"{place}/take").json()["status"] == "in_review"
        asked = post(officer, f"{place}/ask", text="?", due_on=str(utc_today() + WEEK), items=["articles"])
        assert asked.json()["status"] == "info_requested"
        case_answer(actor=owner, case=VerificationCase.objects.get(pk=case.pk), answer="!")
        for item in case.items.all():
            judged = post(officer, f"{place}/judge", code=item.code, state="accepted")
            assert judged.status_code == 200
        assert judged.json()["actions"] == ["ask", "judge", "note", "verify"]
        refused = post(officer, f"{place}/verify", reason="!")
        assert {row["pointer"] for row in refused.json()["errors"]} == {"/screening", "/ownership_note"}
        imported_clear(organisation)
        verified = post(officer, f"{place}/verify", reason="!", ownership_note=NOTE)
        assert (verified.status_code, verified.json()["status"]) == (200, "verified")
        assert verified.json()["actions"] == ["note", "suspend"]
        assert post(officer, f"{place}/suspend", reason="!").json()["actions"] == ["note", "reinstate"]
        assert post(officer, f"{place}/reinstate", reason="!").json()["status"] == "verified"

    @pytest.mark.parametrize("act", ["verify", "refuse", "suspend", "reinstate"])
    def test_grave_acts_want_a_fresh_factor(self, act: str) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_accepted(owner, officer)
        stale = dataclasses.replace(officer, second_factor_at=utc_now() - dt.timedelta(minutes=10))

        refused = post(stale, f"{CASES}/{case.pk}/{act}", reason="!")

        assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")

    @pytest.mark.parametrize(("kind", "role"), sorted(ROLE_PERMISSIONS))
    def test_are_the_operators_compliance_alone(self, kind: Kind, role: Role) -> None:
        case = case_submitted(registered()[1])
        client = client_of(actor_of(OrganisationFactory(kind=kind), role))

        is_allowed = (kind, role) == (Kind.OPERATOR, Role.COMPLIANCE)
        assert client.get(CASES).status_code == (200 if is_allowed else 403)
        assert client.get(f"{CASES}/{case.pk}").status_code == (200 if is_allowed else 403)
        assert client.post(f"{CASES}/{case.pk}/take").status_code == (200 if is_allowed else 403)

    def test_the_conflicted_find_nothing(self) -> None:
        organisation, owner = registered()
        case = case_submitted(owner)
        member, interested = officer_made(), officer_made()
        MembershipFactory(organisation=organisation, user_id=member.user_id)
        DeclaredInterest.objects.create(
            operator_id=interested.organisation_id, user_id=interested.user_id, organisation=organisation, reason="x"
        )

        for actor in (member, interested):
            assert client_of(actor).get(CASES).json()["results"] == []
            assert client_of(actor).get(f"{CASES}/{case.pk}").status_code == 404
            assert post(actor, f"{CASES}/{case.pk}/take").status_code == 404

    def test_a_suspended_operator_finds_nothing(self) -> None:
        case_submitted(registered()[1])
        operator = OrganisationFactory(kind=Kind.OPERATOR, standing=Standing.SUSPENDED)

        assert client_of(actor_of(operator, "compliance")).get(CASES).json()["results"] == []

    def test_suspends_by_the_organisation(self) -> None:
        organisation = OrganisationFactory()
        place = f"/api/v1/organisations/{organisation.pk}/suspend"

        assert post(actor_of(OrganisationFactory()), place, reason="!").status_code == 403
        answer = post(officer_made(), place, reason="!")
        assert (answer.status_code, answer.json()["status"], answer.json()["cause"]) == (200, "suspended", "imported")
        assert post(officer_made(), place, reason="!").status_code == 409
        assert post(officer_made(), f"/api/v1/organisations/{uuid7()}/suspend", reason="!").status_code == 404


class TestInterests:
    def test_are_declared_and_listed(self) -> None:
        officer, organisation = officer_made(), OrganisationFactory()

        declared = post(officer, "/api/v1/declared-interests", organisation=str(organisation.pk), reason="Shares")

        assert (declared.status_code, declared.json()["user"]) == (201, str(officer.user_id))
        assert len(client_of(officer).get("/api/v1/declared-interests").json()["results"]) == 1
        assert client_of(officer_made()).get("/api/v1/declared-interests").json()["results"] == []
        assert client_of(actor_of(organisation)).get("/api/v1/declared-interests").status_code == 403
        assert post(officer, "/api/v1/declared-interests", organisation=str(uuid7()), reason="x").status_code == 422


class TestTrail:
    def test_of_the_organisation_names_no_officer(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case_verified(owner, officer)

        rows = client_of(owner).get("/api/v1/events", {"page_size": "200"}).json()["results"]

        assert str(officer.user_id) not in json.dumps(rows)
        assert "operator" in {row["actor"] for row in rows if row["name"] == "compliance.case.verified"}


class TestAnonymous:
    def test_signs_in_first(self) -> None:
        assert APIClient().get(CASES).status_code == 401
        assert APIClient().get(own_place(OrganisationFactory())).status_code == 401
