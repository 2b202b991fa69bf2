"""JSON Lines as an import."""

import io
import json
import zipfile

import pytest

from apps.exchange.readers.json_lines import MAX_LINE
from tests.factories.exchange import as_csv, found, market, read


def lines(*rows) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


class TestJsonLines:
    def test_say_what_csv_says(self):
        rows = market()["financials"]

        as_json, problems = read(lines(*rows), name="financials.jsonl")
        as_text, _ = read(as_csv(rows).encode(), name="financials.csv")

        assert not problems
        assert [row.values for row in as_json["financials"].all] == [row.values for row in as_text["financials"].all]

    def test_take_values_of_json(self):
        row = {
            "startup_key": "f",
            "year": 2025,
            "currency": "EUR",
            "revenue": 0.1,
            "audited": True,
            "debt": None,
            "customers": {"state": 0.6},
        }

        tables, problems = read(lines(row), name="financials.jsonl")

        assert not problems
        values = tables["financials"].all[0].values
        assert (str(values["revenue"]), values["audited"], values["customers"]) == ("0.10", True, {"state": 0.6})
        assert "debt" not in values

    def test_may_name_their_table(self):
        both = [{"table": name, **row} for name in ("funds", "capabilities") for row in market()[name]]

        tables, problems = read(lines(*both), name="all.jsonl")

        assert (sorted(tables), problems.count) == (["capabilities", "funds"], 0)

    def test_are_read_in_a_zip(self):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("funds.jsonl", lines(*market()["funds"]))

        tables, problems = read(content.getvalue())

        assert (list(tables), problems.count) == (["funds"], 0)

    def test_give_row_and_column_of_a_problem(self):
        good = market()["funds"][0]

        _, problems = read(lines(good, {**good, "key": "other", "country": "Nowhere"}), name="funds.jsonl")

        assert found(problems) == [("funds", 3, "country", "bad_country")]

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"{", "broken_json"),
            (b"[1]\n", "broken_json"),
            (b"\xff\n", "not_utf8"),
            (b'{"key": "' + b"x" * MAX_LINE + b'"}', "too_long"),
            (b"[" * 100_000, "broken_json"),
        ],
    )
    def test_that_are_none_are_refused(self, content, code):
        _, problems = read(content, name="funds.jsonl")

        assert [problem.code for problem in problems] == [code]
