"""The choices of the deal flow."""

from apps.dealflow.selectors.watchlist import SUBJECTS
from apps.dealflow.states import Priority, SubjectKind


class TestChoices:
    def test_each_kind_of_subject_has_its_column(self) -> None:
        assert set(SUBJECTS) == set(SubjectKind.values)

    def test_priorities_rise(self) -> None:
        assert Priority.values == ["low", "normal", "high"]
