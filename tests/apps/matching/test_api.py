"""Runs, matches and scoring models over HTTP."""

import datetime as dt

import pytest

from apps.organisations.models import Organisation
from tests.factories.matching import drain, mandate_made, raise_made, run_drained
from tests.factories.organisations import OrganisationFactory, actor_of, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return client_of(actor_of(OrganisationFactory(kind="operator", country="EE")))


@pytest.fixture
def world():
    mandate, item = mandate_made(), raise_made()
    return {
        "mandate": mandate,
        "raise": item,
        "fund": client_of(actor_of(mandate.fund.organisation)),
        "firm": client_of(actor_of(item.firm.organisation)),
    }


class TestMatchRuns:
    def test_an_operator_starts_one(self, operator, world):
        answer = operator.post("/api/v1/match-runs", {"as_of": "2026-11-15"})

        assert answer.status_code == 202
        assert answer["Location"] == f"/api/v1/jobs/{answer.data['job']}"
        assert answer.data["status"] == "queued"
        assert answer.data["actions"] == ["cancel"]

    def test_its_progress_and_its_end_can_be_read(self, operator, world):
        run = run_drained()

        answer = operator.get(f"/api/v1/match-runs/{run.pk}")

        assert answer.data["status"] == "published"
        assert answer.data["progress"] == 1.0
        assert answer.data["counts"]["pairs"] == 2
        assert len(answer.data["sha256"]) == 64
        assert operator.get(f"/api/v1/match-runs/{run.pk}/").status_code == 404

    def test_the_same_key_starts_one_run(self, operator, world):
        first, second = (
            operator.post("/api/v1/match-runs", {"as_of": "2026-11-15"}, headers={"Idempotency-Key": "once-0001"})
            for _ in range(2)
        )

        assert first.json()["id"] == second.json()["id"]
        assert second["Idempotency-Replayed"] == "true"

    def test_a_second_one_is_refused(self, operator, world):
        operator.post("/api/v1/match-runs", {})

        answer = operator.post("/api/v1/match-runs", {})

        assert (answer.status_code, answer.json()["code"]) == (409, "run_already_under_way")

    def test_a_date_to_come_is_refused(self, operator):
        tomorrow = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=2)

        answer = operator.post("/api/v1/match-runs", {"as_of": tomorrow.isoformat()})

        assert (answer.status_code, answer.json()["code"]) == (422, "as_of_in_future")

    def test_it_can_be_cancelled(self, operator, world):
        started = operator.post("/api/v1/match-runs", {}).data

        answer = operator.post(f"/api/v1/match-runs/{started['id']}/cancel")

        assert (answer.status_code, answer.data["status"]) == (200, "cancelled")
        assert operator.post(f"/api/v1/match-runs/{started['id']}/cancel").status_code == 409

    def test_what_depends_on_everybody_is_for_operators(self, operator, world):
        run = run_drained()
        inner = {"counts", "reasons", "seconds", "sha256", "job"}

        assert inner <= set(operator.get(f"/api/v1/match-runs/{run.pk}").data)
        for viewer in (world["fund"], world["firm"]):
            assert inner.isdisjoint(viewer.get(f"/api/v1/match-runs/{run.pk}").data)

    def test_a_fund_may_not_start_one(self, world):
        assert world["fund"].post("/api/v1/match-runs", {}).status_code == 403

    def test_lists_cost_a_constant_number_of_queries(self, operator, world, django_assert_max_num_queries):
        run_drained()
        with django_assert_max_num_queries(1):
            operator.get("/api/v1/match-runs")
        run_drained()
        with django_assert_max_num_queries(1):
            assert len(operator.get("/api/v1/match-runs").data["results"]) == 2


class TestMatches:
    def test_a_fund_sees_its_list(self, world):
        run_drained()

        answer = world["fund"].get("/api/v1/matches", {"mandate": world["mandate"].pk})

        (match,) = answer.data["results"]
        assert match["id"] == f"{world['mandate'].pk}~{world['raise'].pk}"
        assert match["rank"] == 1
        assert match["score"] == sum(match["contributions"].values())
        assert match["raise"]["amount"] == {"amount": "2000000.00", "currency": "EUR"}
        assert match["raise"]["firm"]["name"].startswith("Firm ")
        assert "cost_saving" not in match["contributions"]

    def test_a_firm_sees_its_own(self, world):
        run_drained()

        answer = world["firm"].get("/api/v1/matches", {"raise": world["raise"].pk})

        (match,) = answer.data["results"]
        assert match["mandate"]["fund"]["name"] == world["mandate"].fund.organisation.legal_name
        assert "cost_saving" in match["contributions"]

    def test_not_the_other_sides(self, world):
        run_drained()

        assert world["firm"].get("/api/v1/matches", {"mandate": world["mandate"].pk}).status_code == 404
        assert world["fund"].get("/api/v1/matches", {"raise": world["raise"].pk}).status_code == 404

    def test_nobody_signed_in_sees_none(self, world, client):
        assert client.get("/api/v1/matches").status_code == 401

    @pytest.mark.parametrize("query", ["", "mandate=x", "mandate=&raise=1", "section=odd", "colour=red"])
    def test_bad_queries_are_refused(self, world, query):
        own = f"mandate={world['mandate'].pk}&" if query and "mandate" not in query else ""

        assert world["fund"].get(f"/api/v1/matches?{own}{query}").status_code == 400

    def test_before_the_first_run_there_is_nothing(self, world):
        assert world["fund"].get("/api/v1/matches", {"mandate": world["mandate"].pk}).data["results"] == []

    def test_a_page_stays_with_its_run(self, world):
        raise_made()
        run_drained()
        first = world["fund"].get("/api/v1/matches", {"mandate": world["mandate"].pk, "page_size": 1}).data
        for _ in range(3):
            raise_made()
        run_drained()

        second = world["fund"].get(first["next"]).data

        assert len(second["results"]) == 1
        assert second["next"] is None
        assert second["results"][0]["run"] == first["results"][0]["run"]

    def test_a_page_of_a_forgotten_run_says_so(self, world):
        raise_made()
        run_drained()
        first = world["fund"].get("/api/v1/matches", {"mandate": world["mandate"].pk, "page_size": 1}).data
        for _ in range(2):
            run_drained()

        assert world["fund"].get(first["next"]).status_code == 400

    def test_a_chosen_field_comes_alone(self, world):
        run_drained()

        answer = world["fund"].get("/api/v1/matches", {"mandate": world["mandate"].pk, "fields": "id,raise"})

        assert set(answer.data["results"][0]) == {"id", "raise"}


class TestExplanation:
    def test_adds_up(self, world):
        run_drained()
        (match,) = world["fund"].get("/api/v1/matches", {"mandate": world["mandate"].pk}).data["results"]

        answer = world["fund"].get(f"/api/v1/matches/{match['id']}/explanation")

        assert answer.status_code == 200
        assert answer.json()["score"] == match["score"]
        assert sum(feature["contribution"] for feature in answer.json()["features"]) == match["score"]

    def test_says_by_which_editions_and_run(self, world):
        earlier = run_drained()
        run_drained()
        place = f"/api/v1/matches/{world['mandate'].pk}~{world['raise'].pk}/explanation"

        answer = world["fund"].get(place, {"run": earlier.pk}).json()

        assert answer["run"] == str(earlier.pk)
        assert answer["model"]["basis"] == "assumption"
        assert answer["reference"]["basis"].startswith("as of 2025-01-05")

    def test_is_hidden_from_strangers(self, world):
        run_drained()
        stranger = client_of(actor_of(Organisation.objects.get(pk=raise_made().firm.organisation_id)))

        answer = stranger.get(f"/api/v1/matches/{world['mandate'].pk}~{world['raise'].pk}/explanation")

        assert answer.status_code == 404

    @pytest.mark.parametrize("identifier", ["x", "0" * 36 + "~" + "0" * 36])
    def test_a_malformed_id_is_not_found(self, world, identifier):
        run_drained()

        assert world["fund"].get(f"/api/v1/matches/{identifier}/explanation").status_code == 404


class TestScoringModels:
    def test_are_shown_with_their_numbers(self, world):
        listed = world["fund"].get("/api/v1/scoring-models").data["results"]
        shown = world["fund"].get(f"/api/v1/scoring-models/{listed[0]['id']}").data

        assert listed[0]["id"] == "tandem-1.0.0"
        assert shown["content"]["weights"]["investor"]["common"]["area_overlap"] == 2200
        assert world["fund"].get("/api/v1/scoring-models/none").status_code == 404


class TestJobs:
    def test_a_run_is_a_job_of_the_operator(self, operator, world):
        started = operator.post("/api/v1/match-runs", {"as_of": "2026-11-15"})
        from apps.matching.models import MatchRun

        drain(MatchRun.objects.get(pk=started.data["id"]))

        job = operator.get(started["Location"])

        assert (job.status_code, job.data["status"], job.data["progress"]) == (200, "succeeded", 1.0)
        assert world["fund"].get(started["Location"]).status_code == 404
