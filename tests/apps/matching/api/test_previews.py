"""Previews and unlocks over HTTP."""

import pytest

from kernel.chunks import chunk_run
from kernel.models import Job
from tests.factories.matching import run_drained

pytestmark = pytest.mark.django_db

PREVIEW = "/api/v1/matches/preview"


def work(job_id):
    for chunk in Job.objects.get(pk=job_id).chunks.all():
        chunk_run(chunk_id=chunk.pk)


class TestPreview:
    def test_is_worked_out_after_the_answer(self, world):
        run = run_drained()
        asked = {"mandate": {"id": str(world["mandate"].pk), "terms": {"trl_min": 2}}}

        answer = world["fund"].post(PREVIEW, asked)

        assert (answer.status_code, answer.data["status"], answer.data["ranked"]) == (202, "queued", [])
        assert answer["Location"] == f"{PREVIEW}/{answer.data['id']}"
        waiting = world["fund"].get(answer["Location"])
        assert (waiting.data["status"], waiting["Retry-After"]) == ("queued", "1")

        work(answer.data["job"])

        done = world["fund"].get(answer["Location"]).data
        assert (done["status"], done["run"], done["owner"]) == ("done", str(run.pk), str(world["mandate"].pk))
        assert [line["raise"]["id"] for line in done["ranked"]] == [str(world["raise"].pk)]
        assert done["counts"]["ranked"] == {"at_least": 0, "below": 3}
        assert done["changes"][0]["top"][0]["counterpart"] == str(world["raise"].pk)

    def test_a_firm_tries_a_raise(self, world):
        run_drained()

        answer = world["firm"].post(PREVIEW, {"raise": {"id": str(world["raise"].pk), "terms": {"tenor_years": "4"}}})
        work(answer.data["job"])

        shown = world["firm"].get(answer["Location"]).data
        assert [line["mandate"]["id"] for line in shown["ranked"]] == [str(world["mandate"].pk)]
        assert "places" not in str(shown)

    def test_is_for_the_own_organisation(self, world):
        run_drained()
        made = world["fund"].post(PREVIEW, {"mandate": {"id": str(world["mandate"].pk)}})

        assert world["firm"].get(made["Location"]).status_code == 404
        assert world["firm"].post(PREVIEW, {"mandate": {"id": str(world["mandate"].pk)}}).status_code == 403
        assert world["fund"].post(PREVIEW, {"raise": {"id": str(world["raise"].pk)}}).status_code == 403

    def test_anothers_mandate_is_not_found(self, world):
        from tests.factories.matching import mandate_made

        run_drained()
        other = mandate_made()

        assert world["fund"].post(PREVIEW, {"mandate": {"id": str(other.pk)}}).status_code == 404

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"mandate": {"terms": {"trl_min": 3}}},
            {"mandate": {"id": "nonsense"}},
            {"mandate": {"terms": {}}, "raise": {"terms": {}}},
            {"mandate": {"id": "00000000-0000-7000-8000-000000000000", "changes": [{}]}},
        ],
    )
    def test_nonsense_is_refused(self, world, asked):
        run_drained()

        assert world["fund"].post(PREVIEW, asked).status_code == 422

    def test_a_draft_states_its_terms(self, world):
        run_drained()
        terms = {
            "areas": [{"area": "UMS", "weight": 1}],
            "ticket_min": {"amount": "100000", "currency": "EUR"},
            "ticket_max": {"amount": "9000000", "currency": "EUR"},
            "instruments": ["equity"],
        }

        answer = world["fund"].post(PREVIEW, {"mandate": {"terms": terms, "changes": [{"trl_min": 9}]}})
        work(answer.data["job"])

        shown = world["fund"].get(answer["Location"]).data
        assert (shown["owner"], shown["probes"], len(shown["changes"])) == (None, 1, 1)
        assert [line["raise"]["id"] for line in shown["ranked"]] == [str(world["raise"].pk)]

    def test_reading_costs_a_constant_number_of_queries(self, world, django_assert_max_num_queries):
        run_drained()
        answer = world["fund"].post(PREVIEW, {"mandate": {"id": str(world["mandate"].pk)}})
        work(answer.data["job"])

        with django_assert_max_num_queries(4):
            world["fund"].get(answer["Location"])


class TestUnlocks:
    def test_are_queued_when_first_asked_for(self, world):
        run_drained()
        address = f"/api/v1/unlocks?raise={world['raise'].pk}"

        first = world["firm"].get(address)
        assert (first.status_code, first.data["status"], first["Retry-After"]) == (200, "queued", "1")
        work(Job.objects.get(kind="matching.preview").pk)

        done = world["firm"].get(address)
        assert (done.data["status"], done.data["unlocks"]) == ("done", [])
        assert Job.objects.filter(kind="matching.preview").count() == 1

    def test_are_ones_own(self, world):
        run_drained()

        assert world["firm"].get(f"/api/v1/unlocks?mandate={world['mandate'].pk}").status_code == 404
        assert world["fund"].get("/api/v1/unlocks").status_code == 400

    def test_before_the_first_generation_there_is_nothing_to_open(self, world):
        answer = world["fund"].get(f"/api/v1/unlocks?mandate={world['mandate'].pk}")

        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_published")
