"""Screenings and their hits over the interface."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.compliance.models import Hit, ScreeningRun
from apps.compliance.rules.screening import canonical_json
from apps.compliance.services.screening import screening_run
from apps.compliance.states import ScreeningCause
from apps.organisations.models import Organisation
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.job_states import ChunkStatus
from kernel.models import Chunk, Job
from tests.factories.compliance import entry_made, list_version_made
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, client_of, key_of

pytestmark = pytest.mark.django_db

LISTED, ALIKE = "Вікентій Бурзолович Залютвор", "Vikentiy Zalyutvor"
SCREENINGS, HITS = "/api/v1/screenings", "/api/v1/screening-hits"


@pytest.fixture
def officer() -> APIClient:
    return client_of(actor_of(OrganisationFactory(kind=Kind.OPERATOR, country="EE"), Role.COMPLIANCE))


def firm(name: str = ALIKE) -> Organisation:
    organisation: Organisation = MembershipFactory(
        user__name=name, organisation__legal_name="Bryzhvan Aero LLC"
    ).organisation
    return organisation


def ran(organisation: Organisation) -> ScreeningRun:
    return screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)


@pytest.fixture
def hit() -> Hit:
    entry_made(list_version_made(), LISTED, source_id="eu-77")
    return ran(firm()).hits.get()


def drained(job: Job) -> Job:
    waiting = Chunk.objects.filter(job=job, status=ChunkStatus.QUEUED).order_by("stage", "position")
    while (chunk := waiting.first()) is not None:
        chunk_run(chunk_id=chunk.pk)
    job.refresh_from_db()
    return job


class TestScreenings:
    def test_lists_those_of_an_organisation(self, officer: APIClient) -> None:
        list_version_made()
        one, other = firm(), firm()
        run = ran(one)
        ran(other)

        found = officer.get(SCREENINGS, {"organisation": str(one.pk)}).json()["results"]

        assert [item["id"] for item in found] == [str(run.pk)]
        assert found[0]["organisation"] == str(one.pk)
        assert "query" not in found[0]

    def test_lists_by_result_and_by_what_waits(self, officer: APIClient, hit: Hit) -> None:
        clear = ran(firm("Taras Bryzhvan"))

        def ids(**given: str) -> list[str]:
            return [item["id"] for item in officer.get(SCREENINGS, given).json()["results"]]

        assert ids(result="clear") == [str(clear.pk)]
        assert ids(pending="true") == [str(hit.run_id)]
        assert ids(pending="false") == [str(clear.pk)]

    def test_list_asks_the_database_as_often_for_many(
        self, officer: APIClient, hit: Hit, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(1):
            officer.get(SCREENINGS)
        for _ in range(4):
            ran(firm("Taras Bryzhvan"))

        with django_assert_num_queries(1):
            assert len(officer.get(SCREENINGS).json()["results"]) == 5

    def test_shows_query_lists_candidates_and_why(self, officer: APIClient, hit: Hit) -> None:
        shown = officer.get(f"{SCREENINGS}/{hit.run_id}").json()

        assert shown["result"] == "review"
        assert shown["is_pending"] is True
        assert shown["lists"][0]["code"] == "eu"
        assert {item["role"] for item in shown["query"]} == {"organisation", "member"}
        assert shown["candidates"][hit.subject_key] == [{"entry": str(hit.entry_id), "score": round(hit.score, 4)}]
        assert shown["hits"][0]["source_id"] == "eu-77"
        assert shown["hits"][0]["features"]["surname"]["value"] == 1.0
        assert shown["hits"][0]["actions"] == ["decide"]

    def test_queues_a_job_and_shows_its_end(self, officer: APIClient) -> None:
        organisation = firm()
        entry_made(list_version_made(), LISTED)

        asked = officer.post(SCREENINGS, {"organisation": str(organisation.pk)}, format="json")

        assert asked.status_code == 202
        assert asked["Location"] == f"/api/v1/jobs/{asked.json()['job']}"
        assert officer.get(asked["Location"]).json()["status"] == "queued"
        job = drained(Job.objects.get(pk=asked.json()["job"]))
        assert (job.status, job.result) == ("succeeded", {"screened": 1, "review": 1})
        assert ScreeningRun.objects.get().job == job

    def test_a_queued_one_can_be_cancelled(self, officer: APIClient) -> None:
        list_version_made()
        asked = officer.post(SCREENINGS, {"organisation": str(firm().pk)}, format="json")

        assert officer.post(f"{asked['Location']}/cancel").status_code in {200, 202}

        assert drained(Job.objects.get(pk=asked.json()["job"])).status == "cancelled"
        assert not ScreeningRun.objects.exists()

    def test_refuses_a_second_request_meanwhile(self, officer: APIClient) -> None:
        body = {"organisation": str(firm().pk)}
        officer.post(SCREENINGS, body, format="json")

        refused = officer.post(SCREENINGS, body, format="json")

        assert (refused.status_code, refused.json()["code"]) == (409, "screening_under_way")

    def test_refuses_an_organisation_that_is_not_there(self, officer: APIClient) -> None:
        body = {"organisation": "00000000-0000-7000-8000-000000000000", "more": 1}

        refused = officer.post(SCREENINGS, body, format="json")

        assert refused.status_code == 422
        assert {item["pointer"] for item in refused.json()["errors"]} >= {"/organisation"}

    def test_exports_everything_as_canonical_json(self, officer: APIClient, hit: Hit) -> None:
        answer = officer.get(f"{SCREENINGS}/{hit.run_id}/export")

        content = json.loads(answer.content)
        assert answer["Content-Disposition"] == f'attachment; filename="screening-{hit.run_id}.json"'
        assert answer.content == canonical_json(content=content)
        assert content["lists"][0]["sha256"] == hit.run.lists[0]["sha256"]
        assert content["query"][0]["names"]
        assert content["candidates"][hit.subject_key][0]["entry"] == str(hit.entry_id)
        assert content["hits"][0]["features"]
        assert content["hits"][0]["status"] == "pending"
        assert content["algorithm"]


class TestScreeningHits:
    def test_lists_what_waits(self, officer: APIClient, hit: Hit) -> None:
        ran(Organisation.objects.get(pk=hit.screened_id))

        found = officer.get(HITS, {"status": "pending"}).json()["results"]

        assert len(found) == 1
        assert found[0]["id"] != str(hit.pk)
        assert officer.get(HITS, {"status": "superseded"}).json()["results"][0]["id"] == str(hit.pk)

    def test_is_decided_once(self, officer: APIClient, hit: Hit) -> None:
        body = {"verdict": "false_positive", "reason": "Born in 1990."}

        decided = officer.post(f"{HITS}/{hit.pk}/decide", body, format="json")
        again = officer.post(f"{HITS}/{hit.pk}/decide", body, format="json")

        assert decided.status_code == 200
        assert (decided.json()["status"], decided.json()["reason"]) == ("false_positive", "Born in 1990.")
        assert decided.json()["actions"] == []
        assert (again.status_code, again.json()["code"]) == (409, "not_now")

    @pytest.mark.parametrize(
        "body",
        [
            {"verdict": "false_positive"},
            {"verdict": "false_positive", "reason": " "},
            {"verdict": "pending", "reason": "Later."},
            {"reason": "No."},
        ],
    )
    def test_wants_a_verdict_and_a_reason(self, officer: APIClient, hit: Hit, body: dict[str, str]) -> None:
        assert officer.post(f"{HITS}/{hit.pk}/decide", body, format="json").status_code == 422

    def test_wants_a_fresh_second_factor(self, hit: Hit) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.OPERATOR), Role.COMPLIANCE)
        stale = client_of(Actor(**{**_values(actor), "second_factor_at": None}))

        refused = stale.post(f"{HITS}/{hit.pk}/decide", {"verdict": "true_match", "reason": "Yes."}, format="json")

        assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")

    def test_is_not_decided_by_software(self, hit: Hit) -> None:
        actor = actor_of(OrganisationFactory(kind=Kind.OPERATOR), Role.COMPLIANCE)
        client = APIClient(headers={"Authorization": f"Bearer {key_of(actor).token}"})

        refused = client.post(f"{HITS}/{hit.pk}/decide", {"verdict": "true_match", "reason": "Yes."}, format="json")

        assert refused.status_code == 403
        hit.refresh_from_db()
        assert hit.status == "pending"


def _values(actor: Actor) -> dict[str, Any]:
    return {name: getattr(actor, name) for name in Actor.__dataclass_fields__}


class TestOthers:
    @pytest.mark.parametrize(
        ("kind", "role"),
        [
            (Kind.FIRM, Role.OWNER),
            (Kind.FIRM, Role.COMPLIANCE),
            (Kind.FUND, Role.COMPLIANCE),
            (Kind.AUTHORITY, Role.OFFICER),
            (Kind.OPERATOR, Role.OWNER),
            (Kind.OPERATOR, Role.EDITOR),
            (Kind.OPERATOR, Role.VIEWER),
        ],
    )
    def test_see_and_do_nothing(self, hit: Hit, kind: Kind, role: Role) -> None:
        client = client_of(actor_of(OrganisationFactory(kind=kind), role))

        answers = [
            client.get(SCREENINGS),
            client.get(f"{SCREENINGS}/{hit.run_id}"),
            client.get(f"{SCREENINGS}/{hit.run_id}/export"),
            client.get(HITS),
            client.get(f"{HITS}/{hit.pk}"),
            client.post(SCREENINGS, {"organisation": str(hit.screened_id)}, format="json"),
            client.post(f"{HITS}/{hit.pk}/decide", {"verdict": "true_match", "reason": "Yes."}, format="json"),
        ]

        assert {answer.status_code for answer in answers} == {403}

    def test_the_organisation_itself_reads_nothing_of_it_in_its_trail(self, hit: Hit) -> None:
        organisation = Organisation.objects.get(pk=hit.screened_id)
        client = client_of(actor_of(organisation, Role.OWNER))

        names = {item["name"] for item in client.get("/api/v1/events").json()["results"]}

        assert not any(name.startswith("compliance.screening") for name in names)

    def test_a_suspended_operator_sees_nothing(self, hit: Hit) -> None:
        operator = OrganisationFactory(kind=Kind.OPERATOR, standing="suspended")
        client = client_of(actor_of(operator, Role.COMPLIANCE))

        assert client.get(f"{SCREENINGS}/{hit.run_id}").status_code in {403, 404}
