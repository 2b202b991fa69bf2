"""Match runs over HTTP."""

import datetime as dt

import pytest

from tests.factories.matching import drain, run_drained

pytestmark = pytest.mark.django_db


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


class TestJobs:
    def test_a_run_is_a_job_of_the_operator(self, operator, world):
        started = operator.post("/api/v1/match-runs", {"as_of": "2026-11-15"})
        from apps.matching.models import MatchRun

        drain(MatchRun.objects.get(pk=started.data["id"]))

        job = operator.get(started["Location"])

        assert (job.status_code, job.data["status"], job.data["progress"]) == (200, "succeeded", 1.0)
        assert world["fund"].get(started["Location"]).status_code == 404
