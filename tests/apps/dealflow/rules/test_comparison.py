"""Cells, differences and the table of a comparison."""

from uuid import UUID

from apps.dealflow.rules.comparison import Cell, Figure, comparison_table

A, B, C = (UUID(int=number) for number in (1, 2, 3))


def figure(**cells: Cell) -> Figure:
    return Figure("trl", 1, {{"a": A, "b": B, "c": C}[name]: cell for name, cell in cells.items()})


class TestDiffers:
    def test_equal_figures_do_not(self):
        assert figure(a=Cell(7), b=Cell(7), c=Cell(None)).differs is False

    def test_other_values_and_other_units_do(self):
        assert figure(a=Cell(7), b=Cell(8)).differs is True
        assert figure(a=Cell("5", "EUR"), b=Cell("5", "USD")).differs is True

    def test_one_known_figure_differs_from_nothing(self):
        assert figure(a=Cell(7), b=Cell(None)).differs is None
        assert figure(a=Cell(7)).differs is None

    def test_lists_differ_by_what_they_hold_and_not_by_its_order(self):
        assert figure(a=Cell(["x", "y"]), b=Cell(["y", "x"])).differs is False
        assert figure(a=Cell(["x"]), b=Cell([])).differs is True

    def test_when_a_figure_was_taken_is_no_difference(self):
        assert figure(a=Cell(7, as_of="2026-01-01"), b=Cell(7, as_of="2026-02-01")).differs is False


class TestTable:
    def test_has_a_line_for_each_figure_and_its_parts_for_each_raise(self):
        cells = figure(a=Cell(7, "TRL", "2026-01-01", "stated", "E2"), b=Cell(8, "TRL"))

        header, line = comparison_table(raises=[A, B], figures=[cells])

        assert header[:5] == ["figure", "tier", "differs", "value_1", "unit_1"]
        assert header[8:10] == ["value_2", "unit_2"]
        assert line == ["trl", "T1", "yes", "7", "TRL", "2026-01-01", "stated", "E2", "8", "TRL", "", "", ""]

    def test_tells_what_is_not_stated_from_what_is_not_shown(self):
        line = comparison_table(raises=[A, B], figures=[figure(a=Cell(None, "TRL"))])[1]

        assert line[2:] == ["", "unknown", "TRL", "", "", "", "", "", "", "", ""]

    def test_writes_flags_and_lists(self):
        flag, some = figure(a=Cell(value=True)), figure(a=Cell(["x", "y"]))

        lines = comparison_table(raises=[A], figures=[flag, some])

        assert [line[3] for line in lines[1:]] == ["true", "x;y"]
