"""What changed between two generations, over HTTP."""

from decimal import Decimal

import pytest

from apps.startups.services import raise_update
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.models import Job
from tests.factories.matching import raise_made, run_drained

pytestmark = pytest.mark.django_db


class TestComparison:
    def test_operators_see_all_lists_summed_up(self, operator, world):
        earlier = run_drained()
        raise_made()
        later = run_drained()
        address = f"/api/v1/match-runs/{later.pk}/comparison"

        queued = operator.get(address)
        assert (queued.status_code, queued.data["status"], queued.data["earlier"]) == (200, "queued", str(earlier.pk))
        for chunk in Job.objects.get(pk=queued.data["job"]).chunks.all():
            chunk_run(chunk_id=chunk.pk)

        done = operator.get(f"{address}?with={earlier.pk}").data
        assert (done["status"], [side["side"] for side in done["sides"]]) == ("done", ["investor", "startup"])
        assert (done["sides"][0]["entered"], done["sides"][0]["left"]) == (1, 0)

    def test_nobody_else_does(self, world):
        run_drained()
        later = run_drained()

        for viewer in (world["fund"], world["firm"]):
            assert viewer.get(f"/api/v1/match-runs/{later.pk}/comparison").status_code == 403

    def test_the_first_generation_is_compared_with_nothing(self, operator, world):
        run = run_drained()

        answer = operator.get(f"/api/v1/match-runs/{run.pk}/comparison")

        assert (answer.status_code, answer.json()["code"]) == (409, "lists_not_kept")


class TestChanges:
    def test_ones_own_list_is_compared_with_the_generation_before(self, world):
        run_drained()
        raise_update(actor=Actor.system(), item=world["raise"], amount=Decimal(700_000), currency="EUR")
        new = raise_made()
        run_drained()

        answer = world["fund"].get(f"/api/v1/matches/changes?mandate={world['mandate'].pk}")

        found = {row["raise"]: row for row in answer.data["results"]}
        assert found[str(new.pk)]["change"] == "entered"
        moved = found[str(world["raise"].pk)]
        assert sum(item["points"] for item in moved["because"]) == moved["to_score"] - moved["from_score"]
        assert "ticket_fit" in {item["feature"] for item in moved["because"]}

    def test_before_there_are_two_it_is_empty(self, world):
        run_drained()

        answer = world["fund"].get(f"/api/v1/matches/changes?mandate={world['mandate'].pk}")

        assert (answer.status_code, answer.data["results"]) == (200, [])

    def test_is_paged_and_keeps_to_its_two_generations(self, world):
        run_drained()
        for _ in range(3):
            raise_made()
        run_drained()
        address = f"/api/v1/matches/changes?mandate={world['mandate'].pk}&page_size=2"
        first = world["fund"].get(address).data
        run_drained()

        second = world["fund"].get(first["next"].split("testserver")[-1]).data

        assert len(first["results"]) == 2
        names = [row["id"] for row in (*first["results"], *second["results"])]
        assert len(names) == len(set(names)) >= 3

    def test_another_owners_list_is_not_found(self, world):
        assert world["firm"].get(f"/api/v1/matches/changes?mandate={world['mandate'].pk}").status_code == 404
        assert world["fund"].get("/api/v1/matches/changes").status_code == 400


class TestPhases:
    def test_a_run_tells_how_long_each_took(self, operator, world):
        run = run_drained()

        shown = operator.get(f"/api/v1/match-runs/{run.pk}").data

        names = [phase["name"] for phase in shown["phases"]]
        assert names[0] == "record"
        assert {"score", "publish"} <= set(names)
        assert all(phase["seconds"] >= 0 for phase in shown["phases"])
        assert "phases" not in world["fund"].get(f"/api/v1/match-runs/{run.pk}").data
