"""Workbooks."""

import datetime as dt
import io
import zipfile

import pytest

from apps.exchange.readers.workbooks import cell_text
from tests.factories.exchange import as_workbook, found, read

FUNDS = [["key", "legal_name", "country"], ["a", "A", "DE"]]


def rewritten(content: bytes, name: str, member: str) -> bytes:
    """The workbook with one of its parts replaced."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, member if part == name else old.read(part))
    return changed.getvalue()


class TestWorkbook:
    def test_has_one_sheet_per_table(self):
        content = as_workbook({"funds": FUNDS, "outcomes": [["anything"]]})

        rows, problems = read(content, name="any.xlsx")

        assert problems.count == 0
        assert rows["funds"].all[0].values == {"key": "a", "legal_name": "A", "country": "DE"}

    def test_takes_numbers_dates_and_truth_values_for_what_they_are(self):
        content = as_workbook(
            {
                "startups": [
                    ["key", "legal_name", "country", "staff", "founded_on"],
                    [7, "A", "UA", 12.0, dt.date(2020, 5, 1)],
                ],
                "financials": [
                    ["startup_key", "year", "largest_customer_share", "audited"],
                    ["7", 2025, 0.1 + 0.2, True],
                ],
            }
        )

        rows, problems = read(content)

        assert problems.count == 0
        startup, year = rows["startups"].all[0].values, rows["financials"].all[0].values
        assert (startup["key"], startup["staff"], startup["founded_on"]) == ("7", 12, dt.date(2020, 5, 1))
        assert (str(year["largest_customer_share"]), year["audited"]) == ("0.300000", True)

    def test_counts_rows_as_the_spreadsheet_shows_them(self):
        _, problems = read(as_workbook({"funds": [*FUNDS, [], ["b", "B", "XX"]]}))

        assert found(problems) == [("funds", 4, "country", "bad_country")]

    def test_of_an_unknown_sheet_only_is_a_problem(self):
        assert [problem[3] for problem in found(read(as_workbook({"Sheet1": FUNDS}))[1])] == [
            "unknown_table",
            "no_tables",
        ]

    def test_with_expanding_entities_is_refused(self):
        hostile = (
            '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
            '<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
        )

        _, problems = read(rewritten(as_workbook({"funds": FUNDS}), "xl/worksheets/sheet1.xml", hostile))

        assert "broken_file" in {problem[3] for problem in found(problems)}

    @pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
    def test_that_is_damaged_is_a_problem_and_no_exception(self, part):
        _, problems = read(rewritten(as_workbook({"funds": FUNDS}), part, "<broken"))

        assert "broken_file" in {problem[3] for problem in found(problems)}


class TestCellText:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (None, ""),
            (True, "true"),
            (5.0, "5"),
            (1e-7, "0.0000001"),
            (dt.datetime(2026, 3, 1), "2026-03-01"),  # noqa: DTZ001 - a workbook's moments carry no zone
            (dt.datetime(2026, 3, 1, 12, 30), "2026-03-01T12:30:00Z"),  # noqa: DTZ001
            (12, "12"),
        ],
    )
    def test_is_what_a_csv_file_would_hold(self, cell, text):
        assert cell_text(cell) == text
