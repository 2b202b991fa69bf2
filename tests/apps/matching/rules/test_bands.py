"""Bands of counts."""

from itertools import pairwise

from apps.matching.rules.bands import EDGES, CountBand, count_band


class TestCountBand:
    def test_nobody_one_and_two_are_told_alike(self):
        assert count_band(0) == count_band(1) == count_band(2) == CountBand(0, 3)

    def test_every_count_lies_in_its_band(self):
        for count in range(300):
            band = count_band(count)

            assert band.at_least <= count < band.below

    def test_the_last_is_open(self):
        assert count_band(10**9) == CountBand(EDGES[-1], None)

    def test_bands_follow_one_another(self):
        for low, high in pairwise(EDGES):
            assert count_band(low) == CountBand(low, high)
