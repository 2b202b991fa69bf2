"""Cells of few firms grow coarser until nobody can be told apart in them."""

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.startups.rules.teasers import FEWEST, Cell, shown_cells

CELLS = st.builds(
    Cell,
    area=st.sampled_from(["EW", "UMS"]),
    country=st.sampled_from(["EE", "PL", "UA"]),
    trl_band=st.sampled_from([None, "1-3", "4-6", "7-9"]),
    size_band=st.sampled_from([None, "1-9", "10-49", "250+"]),
)


def cell(size_band: str | None = "1-9", trl_band: str | None = "7-9", country: str = "UA", area: str = "UMS") -> Cell:
    return Cell(area=area, country=country, trl_band=trl_band, size_band=size_band)


def seen(counts: Mapping[Cell, int]) -> Counter[Cell]:
    """How many firms show each distinct thing."""
    found: Counter[Cell] = Counter()
    for own, face in shown_cells(counts=counts).items():
        found[face] += counts[own]
    return found


class TestShownCells:
    def test_of_five_firms_tell_everything(self) -> None:
        assert seen({cell(): 5}) == {cell(): 5}

    def test_of_four_firms_tell_the_area_alone(self) -> None:
        assert seen({cell(): 4}) == {Cell("UMS", None, None, None): 4}

    def test_give_up_the_size_first(self) -> None:
        assert seen({cell("1-9"): 3, cell("10-49"): 2}) == {cell(None): 5}

    def test_give_up_the_trl_band_second(self) -> None:
        assert seen({cell(trl_band="7-9"): 3, cell(trl_band="4-6"): 2}) == {cell(None, None): 5}

    def test_give_up_the_country_last(self) -> None:
        assert seen({cell(country="UA"): 3, cell(country="EE"): 2}) == {Cell("UMS", None, None, None): 5}

    def test_never_mix_areas(self) -> None:
        counts = {cell(area="UMS"): 3, cell(area="EW"): 3}

        assert seen(counts) == {Cell("UMS", None, None, None): 3, Cell("EW", None, None, None): 3}

    def test_a_single_firm_does_not_stand_alone_beside_its_siblings(self) -> None:
        assert seen({cell("1-9"): 40, cell("10-49"): 6, cell("250+"): 1}) == {cell("1-9"): 40, cell(None): 7}

    def test_a_large_sibling_keeps_what_it_tells_when_the_small_ones_are_enough(self) -> None:
        assert seen({cell("1-9"): 40, cell("10-49"): 4, cell("250+"): 1}) == {cell("1-9"): 40, cell(None): 5}

    def test_a_cell_of_nobody_who_counts_does_not_stand_alone(self) -> None:
        counts = {cell("1-9"): 5, cell("10-49"): 0}

        assert set(shown_cells(counts=counts).values()) == {cell(None)}

    def test_cells_of_nobody_who_counts_tell_the_area_alone(self) -> None:
        counts = {cell("1-9"): 0, cell("10-49"): 0}

        assert set(shown_cells(counts=counts).values()) == {Cell("UMS", None, None, None)}

    def test_what_is_not_stated_hides_nobody_else(self) -> None:
        assert seen({cell(None): 1, cell("1-9"): 6}) == {cell(None): 7}

    @pytest.mark.long
    @given(st.dictionaries(CELLS, st.integers(1, 12), max_size=30))
    def test_show_nothing_of_fewer_than_five_but_a_whole_area(self, counts: dict[Cell, int]) -> None:
        areas: Counter[str] = Counter()
        for own, count in counts.items():
            areas[own.area] += count

        for face, count in seen(counts).items():
            assert count >= FEWEST or (face == Cell(face.area, None, None, None) and areas[face.area] == count)

    @pytest.mark.long
    @given(st.dictionaries(CELLS, st.integers(1, 12), max_size=30))
    def test_tell_nothing_wrong(self, counts: dict[Cell, int]) -> None:
        for own, face in shown_cells(counts=counts).items():
            assert own.area == face.area
            assert face.country in {None, own.country}
            assert face.trl_band in {None, own.trl_band}
            assert face.size_band in {None, own.size_band}
