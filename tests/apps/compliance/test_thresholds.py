"""The thresholds of ownership by day."""

import datetime as dt
from collections import Counter
from fractions import Fraction

import pytest

from apps.compliance.thresholds import thresholds, thresholds_at


class TestThresholds:
    def test_are_fractions_with_a_source_and_how_far_it_is_trusted(self) -> None:
        for item in thresholds():
            assert 0 < item.share < 1
            assert item.counted
            assert item.source
            assert item.confidence in {"A", "B", "C"}


class TestThresholdsAt:
    @pytest.mark.parametrize(
        "day", [dt.date(2024, 8, 1), dt.date(2027, 7, 9), dt.date(2027, 7, 10), dt.date(2035, 1, 1)]
    )
    def test_has_one_for_each_regime(self, day: dt.date) -> None:
        assert set(Counter(item.regime for item in thresholds_at(day=day)).values()) == {1}

    @pytest.mark.parametrize(("day", "inclusive"), [(dt.date(2027, 7, 9), False), (dt.date(2027, 7, 10), True)])
    def test_changes_with_the_law(self, day: dt.date, inclusive: bool) -> None:
        found = {item.regime: item for item in thresholds_at(day=day)}["eu_aml"]

        assert (found.share, found.is_inclusive) == (Fraction(1, 4), inclusive)
