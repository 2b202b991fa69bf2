"""The report of problems."""

from apps.exchange.tables.problems import KEPT, Problems


class TestProblems:
    def test_keeps_the_first_and_counts_all(self):
        problems = Problems()

        for row in range(KEPT + 5):
            problems.add(table="funds", row=row, column="key", code="missing", message="key is required")

        assert (problems.count, len(list(problems))) == (KEPT + 5, KEPT)

    def test_a_copy_is_added_to_by_itself(self):
        problems = Problems()

        problems.copy().add(table="funds", row=2, column="key", code="missing", message="key is required")

        assert not problems
