"""The job of a match run."""

from apps.matching.jobs import RUN
from kernel.job_kinds import kind_of


class TestRun:
    def test_is_known_under_its_name(self):
        assert kind_of("matching.run") is RUN

    def test_goes_to_its_own_queue(self):
        assert RUN.queue == "matching"

    def test_records_scores_and_publishes(self):
        assert [stage.name for stage in RUN.stages] == ["record", "score", "publish"]
