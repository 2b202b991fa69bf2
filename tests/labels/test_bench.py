"""The name matching on the labelled pairs; which pairs it misses, `python -m tests.labels.bench` prints."""

import pytest

from tests.labels.bench import HALVES, Measured, measured
from tests.labels.screening_pairs import Half, labelled_pairs

SECOND: tuple[Half, ...] = ("development", "held_out")


class TestMeasured:
    @pytest.mark.long
    @pytest.mark.parametrize("half", HALVES)
    def test_precision_and_recall_are_at_least_95_percent(self, half: Half) -> None:
        figures = measured(half)

        assert (figures.precision >= 0.95, figures.recall >= 0.95) == (True, True), _shown(figures)

    @pytest.mark.long
    @pytest.mark.parametrize("half", HALVES)
    def test_keys_find_at_least_98_percent_of_what_a_full_scan_finds(self, half: Half) -> None:
        figures = measured(half)

        assert figures.key_recall >= 0.98, _shown(figures)


class TestLabelledPairs:
    def test_halves_of_the_second_set_share_nothing(self) -> None:
        development, held_out = ({pair.id for pair in labelled_pairs(half)} for half in SECOND)

        assert not development & held_out
        assert abs(len(development) - len(held_out)) <= 4

    def test_sets_hold_at_least_400_pairs_each(self) -> None:
        first = labelled_pairs("first")
        second = [*labelled_pairs("development"), *labelled_pairs("held_out")]

        assert min(len(first), len(second)) >= 400


def _shown(figures: Measured) -> str:
    return f"precision {figures.precision:.4f}, recall {figures.recall:.4f}, keys {figures.key_recall:.4f}"
