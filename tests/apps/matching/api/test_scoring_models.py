"""Scoring models over HTTP."""

import pytest

from apps.matching.models import Impression, MatchRun, ModelPromotion
from apps.matching.scoring_models import CURRENT, model_current
from tests.factories.matching import drain, run_drained
from tests.factories.scoring_models import evaluation_made, model_content, model_made

pytestmark = pytest.mark.django_db


class TestScoringModels:
    def test_are_shown_with_their_numbers(self, world):
        listed = world["fund"].get("/api/v1/scoring-models").data["results"]
        shown = world["fund"].get(f"/api/v1/scoring-models/{listed[0]['id']}").data

        assert listed[0]["id"] == "tandem-1.0.0"
        assert listed[0]["is_current"] is True
        assert shown["content"]["weights"]["investor"]["common"]["area_overlap"] == 2200
        assert world["fund"].get("/api/v1/scoring-models/none").status_code == 404

    def test_are_listed_in_a_constant_number_of_queries(self, operator, django_assert_max_num_queries):
        counts = []
        for number in (1, 5):
            for k in range(number):
                model_made(f"tandem-{number}.{k}.1")
            with django_assert_max_num_queries(20) as captured:
                operator.get("/api/v1/scoring-models")
            counts.append(len(captured))

        assert counts[0] == counts[1]

    def test_are_registered_by_operators(self, operator, world):
        content = model_content("tandem-2.0.0")

        made = operator.post("/api/v1/scoring-models", {"content": content})

        assert made.status_code == 201, made.data
        assert made.headers["Location"] == "/api/v1/scoring-models/tandem-2.0.0"
        assert made.data["content"] == content
        assert made.data["is_current"] is False
        assert operator.post("/api/v1/scoring-models", {"content": content}).status_code == 409
        assert operator.post("/api/v1/scoring-models", {"content": {"id": "x"}}).status_code == 422
        assert world["fund"].post("/api/v1/scoring-models", {"content": content}).status_code == 403


class TestPromotion:
    def path(self):
        return "/api/v1/scoring-models/tandem-2.0.0/promote"

    def test_rests_on_an_evaluation(self, operator):
        model_made()
        better = evaluation_made("tandem-2.0.0", is_better=True)

        promoted = operator.post(self.path(), {"evaluation": str(better.pk)})

        assert promoted.status_code == 200, promoted.data
        assert promoted.data["is_current"] is True
        assert model_current().id == "tandem-2.0.0"

    def test_is_refused_without_proof(self, operator):
        model_made()
        worse = evaluation_made("tandem-2.0.0")

        refused = operator.post(self.path(), {"evaluation": str(worse.pk)})

        assert (refused.status_code, refused.json()["code"]) == (409, "not_shown_better")
        assert operator.post(self.path(), {}).status_code == 422
        assert not ModelPromotion.objects.exists()


class TestEvaluations:
    def test_are_for_operators(self, operator, world):
        row = evaluation_made(model_made(), is_better=True)

        listed = operator.get("/api/v1/model-evaluations", {"candidate": "tandem-2.0.0"}).data["results"]
        shown = operator.get(f"/api/v1/model-evaluations/{row.pk}").data

        assert [item["id"] for item in listed] == [str(row.pk)]
        assert shown["figures"]["startup"]["NDCG@10"]["low"] > 0
        assert (shown["rests_on"], shown["is_better"]) == ("folder", True)
        assert world["firm"].get("/api/v1/model-evaluations").status_code == 403
        assert world["firm"].get(f"/api/v1/model-evaluations/{row.pk}").status_code == 403


class TestShadows:
    def test_agree_with_what_they_shadow(self, operator, world):
        run_drained()
        model_made()

        started = operator.post("/api/v1/scoring-models/tandem-2.0.0/shadow")

        assert started.status_code == 202, started.data
        shadow = MatchRun.objects.get(is_shadow=True)
        drain(shadow)
        found = operator.get("/api/v1/scoring-models/tandem-2.0.0/agreement").data
        assert found["run"] == str(shadow.pk)
        assert [item["overlap"][0] for item in found["agreements"]] == [{"top": 10, "share": 1.0}] * 2
        assert world["fund"].get("/api/v1/scoring-models/tandem-2.0.0/agreement").status_code == 403
        listed = world["fund"].get("/api/v1/match-runs").data["results"]
        assert str(shadow.pk) not in {item["id"] for item in listed}
        assert world["fund"].get(f"/api/v1/match-runs/{shadow.pk}").status_code == 404

    def test_of_a_model_without_one_are_absent(self, operator):
        assert operator.get(f"/api/v1/scoring-models/{CURRENT}/agreement").status_code == 404


class TestImpressionsOfMatches:
    def test_are_recorded_page_by_page(self, world):
        run = run_drained()
        query = {"mandate": world["mandate"].pk}

        for _ in range(2):
            world["fund"].get("/api/v1/matches", query)

        row = Impression.objects.get()
        assert (row.kind, row.side, row.section, row.first_rank) == ("list", "investor", "ranked", 1)
        assert (row.run_id, row.owner_id) == (run.pk, world["mandate"].pk)
        assert row.counterpart_ids == [world["raise"].pk]
        assert row.organisation == world["mandate"].fund.organisation

    def test_tell_what_was_opened(self, world):
        run_drained()

        answer = world["firm"].get(f"/api/v1/matches/{world['mandate'].pk}~{world['raise'].pk}/explanation")

        assert answer.status_code == 200
        row = Impression.objects.get()
        assert (row.kind, row.side, row.owner_id) == ("explanation", "startup", world["raise"].pk)
        assert row.counterpart_ids == [world["mandate"].pk]

    def test_of_nothing_are_none(self, world):
        world["fund"].get("/api/v1/matches", {"mandate": world["mandate"].pk})

        assert not Impression.objects.exists()
