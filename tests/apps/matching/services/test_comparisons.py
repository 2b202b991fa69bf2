"""Comparing two generations over all lists."""

import pytest

from apps.matching.models import MatchList, RunComparison
from apps.matching.selectors.comparisons import comparison_status, run_before
from apps.matching.services.comparisons import ListsNotKept, comparison_request
from apps.matching.states import Section
from apps.startups.services import raise_update
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.errors import NotFound
from kernel.job_states import ChunkStatus
from kernel.models import Job
from tests.factories.matching import mandate_made, raise_made, run_drained

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def drained(comparison):
    while chunks := list(comparison.job.chunks.filter(status=ChunkStatus.QUEUED)):
        for chunk in chunks:
            chunk_run(chunk_id=chunk.pk)
    return RunComparison.objects.select_related("job").get(pk=comparison.pk)


@pytest.fixture
def generations():
    """Two runs: in the second a raise is new, and another's stage has changed."""
    mandate, item = mandate_made(stages=[["seed", 1.0], ["series_a", 0.5]]), raise_made(stage="seed")
    earlier = run_drained()
    raise_update(actor=SYSTEM, item=item, stage="series_a")
    new = raise_made(stage="seed")
    return {"mandate": mandate, "item": item, "new": new, "earlier": earlier, "later": run_drained()}


class TestComparisonRequest:
    def test_counts_who_entered_left_and_moved_and_names_the_features(self, generations):
        made = comparison_request(actor=SYSTEM, later=generations["later"], earlier=generations["earlier"])
        assert comparison_status(made) == "queued"

        done = drained(made)

        assert comparison_status(done) == "done"
        fund = done.tallies["investor"]
        assert (fund["lists"], fund["changed_lists"], fund["changes"]) == (1, 1, {"entered": 1, "moved": 1})
        (largest,) = fund["largest"]
        assert (largest["owner"], largest["counterpart"]) == (
            str(generations["mandate"].pk),
            str(generations["item"].pk),
        )
        assert [name for name, _ in largest["because"]] == ["stage_fit"]
        assert sum(points for _, points in largest["because"]) == largest["to_score"] - largest["from_score"]
        assert list(fund["points"]) == ["stage_fit"]
        assert done.tallies["startup"]["lists"] == 2

    def test_is_worked_out_once(self, generations):
        asked = {"actor": SYSTEM, "later": generations["later"], "earlier": generations["earlier"]}

        assert comparison_request(**asked).pk == comparison_request(**asked).pk
        assert Job.objects.filter(kind="matching.comparison").count() == 1

    def test_refuses_a_run_with_itself(self, generations):
        with pytest.raises(NotFound):
            comparison_request(actor=SYSTEM, later=generations["later"], earlier=generations["later"])

    def test_refuses_runs_whose_lists_are_gone(self, generations):
        MatchList.objects.filter(run=generations["earlier"]).delete()

        with pytest.raises(ListsNotKept):
            comparison_request(actor=SYSTEM, later=generations["later"], earlier=generations["earlier"])

    def test_the_same_generation_scored_again_has_no_changes(self):
        mandate_made()
        raise_made()
        earlier, later = run_drained(), run_drained()

        done = drained(comparison_request(actor=SYSTEM, later=later, earlier=earlier))

        assert [tally["changes"] for tally in done.tallies.values()] == [{}, {}]
        assert [tally["changed_lists"] for tally in done.tallies.values()] == [0, 0]
        assert MatchList.objects.filter(run=later, section=Section.RANKED).count() == 2


class TestRunBefore:
    def test_is_the_generation_that_readers_saw(self, generations):
        assert run_before(run=generations["later"]) == generations["earlier"]
        assert run_before(run=generations["earlier"]) is None
