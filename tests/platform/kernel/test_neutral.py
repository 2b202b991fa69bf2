"""Cells that would be formulas."""

import pytest

from kernel.neutral import neutral, stated

FORMULAS = ["=1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "\n=1", '"=1', "'=1", "''-1", " ' \"@", "\ufeff=1", "＝1"]
TEXTS = ["", "a=1", "'quoted'", "O'Neil", "'", "1-2", "x\t="]


class TestNeutral:
    @pytest.mark.parametrize("text", FORMULAS)
    def test_marks_what_a_spreadsheet_would_compute(self, text):
        assert neutral(text) == f"'{text}"

    @pytest.mark.parametrize("text", TEXTS)
    def test_leaves_other_texts_alone(self, text):
        assert neutral(text) == text

    @pytest.mark.parametrize("text", FORMULAS + TEXTS)
    def test_is_undone_exactly(self, text):
        assert stated(neutral(text)) == text
