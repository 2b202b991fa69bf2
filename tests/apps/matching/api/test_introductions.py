"""Introductions over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.matching.models import Introduction
from apps.matching.services.introductions import introductions_expire
from apps.matching.states import Side
from apps.organisations.models import Organisation
from apps.startups.models import Raise
from apps.startups.states import RaiseStatus
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from tests.factories.introductions import DAY, Couple
from tests.factories.organisations import OrganisationFactory, actor_of, client_of

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/introductions"


def get(actor: Actor, place: str = PLACE, **query: Any) -> Any:
    return client_of(actor).get(place, query)


def at(introduction: Any) -> str:
    return f"{PLACE}/{introduction.pk}"


def post(actor: Actor, place: str, body: Any = None, tag: str | None = None, **headers: str) -> Any:
    given = {"Idempotency-Key": uuid4().hex, **({"If-Match": tag} if tag else {}), **headers}
    return client_of(actor).post(place, body or {}, format="json", headers=given)


def act(actor: Actor, introduction: Any, action: str, body: Any = None) -> Any:
    """The action, with what the actor read just before."""
    return post(actor, f"{at(introduction)}/{action}", body, get(actor, at(introduction))["ETag"])


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]]


class TestCreate:
    def test_shows_each_side_its_own(self) -> None:
        couple = Couple()
        body = {"mandate": str(couple.mandate.pk), "raise": str(couple.raise_item.pk), "message": "Let us talk."}

        made = post(couple.fund, PLACE, body)

        assert made.status_code == 201, made.json()
        own, across = made.json(), get(couple.firm, made["Location"]).json()
        row = Introduction.objects.get()
        assert (own["own_side"], own["score"]) == ("investor", row.score_investor)
        assert (across["own_side"], across["score"]) == ("startup", row.score_startup)
        assert own["message"] == across["message"] == "Let us talk."
        assert own["raise"]["id"] == across["raise"]["id"] == str(couple.raise_item.pk)
        assert own["firm"]["is_pseudonym"]
        assert across["fund"]["name"] == couple.mandate.fund.organisation.legal_name
        assert (own["actions"], across["actions"]) == (["withdraw"], ["accept", "decline"])

    def test_is_repeated_under_its_key_and_refused_without_one(self) -> None:
        couple = Couple()
        body = {"mandate": str(couple.mandate.pk), "raise": str(couple.raise_item.pk)}

        first = post(couple.firm, PLACE, body, **{"Idempotency-Key": "one"})
        again = post(couple.firm, PLACE, body, **{"Idempotency-Key": "one"})
        without = client_of(couple.firm).post(PLACE, body, format="json")

        assert first.json() == again.json()
        assert again["Idempotency-Replayed"] == "true"
        assert without.status_code == 400
        assert Introduction.objects.count() == 1

    def test_says_how_many_wait(self, settings: Any) -> None:
        settings.INTRODUCTIONS_WAITING = 0
        couple = Couple()

        answer = post(couple.fund, PLACE, {"mandate": str(couple.mandate.pk), "raise": str(couple.raise_item.pk)})

        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_waiting")
        assert answer.json()["detail"].startswith("0 of your interests")

    def test_answers_an_unknown_raise_as_one_that_is_not_seen(self) -> None:
        couple, hidden = Couple(), Couple()
        Raise.objects.filter(pk=hidden.raise_item.pk).update(status=RaiseStatus.DRAFT)
        blocked = Couple()
        Raise.objects.filter(pk=blocked.raise_item.pk).update(blocked_countries=["DE"])

        answers = []
        for unknown in (uuid4(), hidden.raise_item.pk, blocked.raise_item.pk):
            answer = post(couple.fund, PLACE, {"mandate": str(couple.mandate.pk), "raise": str(unknown)})
            answers.append({name: value for name, value in answer.json().items() if name != "request_id"})

        assert answers[0] == answers[1] == answers[2]
        assert answers[0]["status"] == 422

    def test_meets_the_other_side(self) -> None:
        couple = Couple()
        couple.express(Side.STARTUP)

        met = post(couple.fund, PLACE, {"mandate": str(couple.mandate.pk), "raise": str(couple.raise_item.pk)})

        assert (met.status_code, met.json()["status"]) == (201, "mutual")
        assert met.json()["firm"]["name"] == couple.raise_item.firm.organisation.legal_name


class TestRead:
    def test_is_of_the_parties_alone(self) -> None:
        couple = Couple()
        made = couple.mutual()

        for kind in ("fund", "firm"):
            other = actor_of(OrganisationFactory(kind=kind))
            assert get(other, at(made)).status_code == 404
            assert ids(get(other)) == []
        assert get(actor_of(OrganisationFactory(kind="operator")), at(made)).status_code == 403

    def test_tells_nothing_of_a_side_that_has_gone_dark(self) -> None:
        couple = Couple()
        made = couple.express(Side.STARTUP, message="Let us talk.")
        Organisation.objects.filter(pk=couple.raise_item.firm.organisation_id).update(dark_since=utc_now())

        shown = get(couple.fund, at(made)).json()

        assert shown["firm"] == shown["raise"] == {"is_visible": False}
        assert "message" not in shown
        assert ids(get(couple.fund, PLACE, **{"raise": str(couple.raise_item.pk)})) == []
        assert get(couple.firm, at(made)).json()["message"] == "Let us talk."

    def test_keeps_a_reason_and_a_note_with_the_side_that_ended_it(self) -> None:
        couple, open_minded = Couple(), Couple()
        kept = couple.decline(couple.express(Side.STARTUP), "risk", note="Too hot.")
        told = open_minded.decline(open_minded.express(Side.STARTUP), "risk", is_reason_told=True, note="Too hot.")

        own, across = get(couple.fund, at(kept)).json(), get(couple.firm, at(kept)).json()
        read = get(open_minded.firm, at(told)).json()

        assert (own["reason"], own["note"], own["is_reason_told"]) == ("risk", "Too hot.", False)
        assert {"reason", "note", "is_reason_told"} & set(across) == set()
        assert read["reason"] == "risk"
        assert {"note", "is_reason_told"} & set(read) == set()

    def test_keeps_reasons_out_of_the_other_side_s_trail(self) -> None:
        couple = Couple()
        couple.decline(couple.express(Side.STARTUP), "never")

        trail = client_of(couple.firm).get("/api/v1/events", {"about": "matching.introduction"}).json()["results"]

        assert {row["name"].rpartition(".")[2] for row in trail} >= {"expressed", "declined", "decline_told"}
        assert "never" not in str(trail)
        people = {str(couple.fund.user_id), str(couple.mandate.fund.organisation.memberships.first().user_id)}
        assert not any(person in str(trail) for person in people)

    def test_records_no_reading(self) -> None:
        couple = Couple()
        made = couple.mutual()
        before = Event.objects.count()

        get(couple.fund, at(made))

        assert Event.objects.count() == before


class TestList:
    def test_is_filtered(self) -> None:
        couple = Couple()
        waiting = couple.express(Side.STARTUP)
        second = Couple(mandate=couple.mandate)
        met = second.mutual(Side.INVESTOR)
        third = Couple(mandate=couple.mandate)
        gone = third.withdraw(third.express(Side.INVESTOR))
        fund = couple.fund

        assert ids(get(fund)) == [str(row.pk) for row in (gone, met, waiting)]
        assert ids(get(fund, status="mutual")) == [str(met.pk)]
        assert ids(get(fund, side="startup")) == [str(waiting.pk)]
        assert ids(get(fund, awaiting_answer="true")) == [str(waiting.pk)]
        assert ids(get(fund, open="false")) == [str(gone.pk)]
        assert ids(get(fund, **{"raise": str(third.raise_item.pk)})) == [str(gone.pk)]
        assert len(ids(get(fund, mandate=str(couple.mandate.pk)))) == 3
        assert ids(get(fund, mandate=str(uuid4()))) == []

    def test_asks_the_same_number_of_queries_for_any_number(self) -> None:
        couple = Couple()
        couple.mutual()
        counts = []
        for _ in range(2):
            get(couple.fund)
            with CaptureQueriesContext(connection) as queries:
                get(couple.fund)
            counts.append(len(queries))
            Couple(mandate=couple.mandate).mutual()

        assert counts[0] == counts[1]


class TestAnswer:
    def test_is_held_to_what_was_read(self) -> None:
        couple = Couple()
        made = couple.express(Side.STARTUP)

        assert post(couple.fund, f"{at(made)}/accept").status_code == 428
        assert post(couple.fund, f"{at(made)}/accept", tag='"stale"').status_code == 412
        met = act(couple.fund, made, "accept")

        assert (met.status_code, met.json()["status"]) == (200, "mutual")
        assert met.json()["steps"][0]["step"] == "first_response"
        assert met.json()["steps_open"] == ["term_sheet", "pass"]
        assert met.json()["actions"] == ["record_step"]

    def test_says_no(self) -> None:
        couple = Couple()
        made = couple.express(Side.STARTUP)

        unknown = act(couple.fund, made, "decline", {"reason": "no such"})
        declined = act(couple.fund, made, "decline", {"reason": "too_early", "note": "In spring."})

        assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/reason")
        assert (declined.status_code, declined.json()["status"]) == (200, "declined")
        assert declined.json()["closed_by"] == "investor"

    def test_takes_back(self) -> None:
        couple = Couple()
        made = couple.express(Side.STARTUP)

        refused = act(couple.fund, made, "withdraw")
        gone = act(couple.firm, made, "withdraw", {"reason": "mistake"})

        assert (refused.status_code, refused.json()["code"]) == (409, "not_now")
        assert (gone.status_code, gone.json()["status"], gone.json()["reason"]) == (200, "withdrawn", "mistake")

    def test_comes_too_late(self) -> None:
        couple = Couple()
        made = couple.express(Side.STARTUP, now=utc_now() - 31 * DAY)
        late = act(couple.fund, made, "accept")
        introductions_expire()

        ended = act(couple.fund, made, "accept")

        assert (late.status_code, late.json()["code"]) == (409, "no_answer_any_more")
        assert (ended.status_code, ended.json()["code"]) == (409, "not_now")


class TestSteps:
    def test_lead_from_terms_to_money(self) -> None:
        couple = Couple()
        made = couple.mutual()
        today = utc_today().isoformat()

        claimed = act(couple.fund, made, "steps", {"step": "term_sheet", "on": today})
        confirmed = act(couple.firm, made, "steps", {"step": "term_sheet", "on": today})
        paid = act(couple.firm, made, "steps", {"step": "cash", "on": today})

        assert [answer.status_code for answer in (claimed, confirmed, paid)] == [201, 201, 201]
        terms = [
            {row["tier"] for row in answer.json()["steps"] if row["step"] == "term_sheet"}
            for answer in (claimed, confirmed)
        ]
        assert terms == [{"E1"}, {"E2"}]
        assert paid.json()["closed_at"] is not None
        assert paid.json()["actions"] == paid.json()["steps_open"] == []

    def test_of_the_other_side_are_refused(self) -> None:
        couple = Couple()
        made = couple.mutual()

        answer = act(couple.fund, made, "steps", {"step": "cash", "on": utc_today().isoformat()})

        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_yours")
