"""Weekly digests and how evenly they show, over HTTP."""

import pytest

from apps.matching.services.digests import round_open
from apps.startups.states import RAISE
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.job_states import ChunkStatus
from tests.factories.matching import run_drained

pytestmark = pytest.mark.django_db


@pytest.fixture
def digest_round(world):
    run_drained()
    made = round_open()
    while chunks := list(made.job.chunks.filter(status=ChunkStatus.QUEUED)):
        for chunk in chunks:
            chunk_run(chunk_id=chunk.pk)
    return made


class TestMatchDigests:
    def test_point_to_counterparts_best_first(self, world, digest_round):
        (brief,) = world["fund"].get("/api/v1/match-digests").data["results"]
        assert (brief["owner"], brief["week"]) == (str(world["mandate"].pk), digest_round.week.isoformat())

        shown = world["fund"].get(f"/api/v1/match-digests/{brief['id']}").data

        (entry,) = shown["entries"]
        assert (entry["rank"], entry["raise"]["id"]) == (1, str(world["raise"].pk))
        assert "score_mutual" not in entry

    def test_each_sees_its_own(self, world, digest_round):
        (own,) = world["firm"].get("/api/v1/match-digests").data["results"]
        (funds,) = world["fund"].get("/api/v1/match-digests").data["results"]

        assert own["owner"] == str(world["raise"].pk)
        assert world["firm"].get(f"/api/v1/match-digests/{funds['id']}").status_code == 404

    def test_are_filtered_by_owner_and_week(self, world, digest_round):
        address = "/api/v1/match-digests"

        assert len(world["fund"].get(f"{address}?owner={world['mandate'].pk}").data["results"]) == 1
        assert world["fund"].get(f"{address}?owner={world['raise'].pk}").data["results"] == []
        assert len(world["fund"].get(f"{address}?week={digest_round.week.isoformat()}").data["results"]) == 1

    def test_what_was_withdrawn_is_in_none(self, world, digest_round):
        RAISE.fire("withdraw", instance=world["raise"], actor=Actor.system())
        (brief,) = world["fund"].get("/api/v1/match-digests").data["results"]

        assert world["fund"].get(f"/api/v1/match-digests/{brief['id']}").data["entries"] == []

    def test_cost_a_constant_number_of_queries(self, world, digest_round, django_assert_max_num_queries):
        (brief,) = world["fund"].get("/api/v1/match-digests").data["results"]

        with django_assert_max_num_queries(2):
            world["fund"].get("/api/v1/match-digests")
        with django_assert_max_num_queries(4):
            world["fund"].get(f"/api/v1/match-digests/{brief['id']}")


class TestDigestRounds:
    def test_operators_see_how_evenly_they_show(self, operator, world, digest_round):
        (shown,) = operator.get("/api/v1/digest-rounds").data["results"]

        assert (shown["week"], shown["entries"]) == (digest_round.week.isoformat(), 10)
        for side in shown["exposure"]:
            assert (side["pool"], side["before"]["never"], side["after"]["gini"]) == (1, 0.0, 0.0)
        assert operator.get(f"/api/v1/digest-rounds/{digest_round.pk}").data == shown

    def test_nobody_else_does(self, world, digest_round):
        for viewer in (world["fund"], world["firm"]):
            assert viewer.get("/api/v1/digest-rounds").status_code == 403
