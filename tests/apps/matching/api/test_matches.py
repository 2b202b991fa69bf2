"""Matches and explanations over HTTP."""

import pytest

from apps.matching.services.pruning import generations_prune
from apps.organisations.models import Organisation
from tests.factories.matching import raise_made, run_drained
from tests.factories.organisations import actor_of, client_of

pytestmark = pytest.mark.django_db


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
        generations_prune()

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
