"""Rows: headers, cells, keys."""

from apps.exchange import rows as rows_module
from apps.exchange.rows import identity_key
from tests.factories.exchange import as_zip, found, market, read


def read_csv(text: str, table: str = "funds"):
    return read(text.encode(), name=f"{table}.csv")


class TestRowsRead:
    def test_a_sound_market_has_no_problem(self):
        rows, problems = read(as_zip(market()))

        assert (problems.count, len(rows)) == (0, 14)

    def test_counts_rows_as_a_spreadsheet_does(self):
        _, problems = read_csv("key,legal_name,country\na,A,DE\n\n,,\nb,B,XX\n")

        assert found(problems) == [("funds", 5, "country", "bad_country")]

    def test_reports_every_problem_of_a_row(self):
        _, problems = read_csv("key,legal_name,country,investor_countries\na,,XX,YY\n")

        assert found(problems) == [
            ("funds", 2, "country", "bad_country"),
            ("funds", 2, "investor_countries", "bad_country"),
            ("funds", 2, "legal_name", "missing"),
        ]

    def test_reports_unknown_missing_and_repeated_columns_once(self):
        _, problems = read_csv("key,legal_name,legal_name,colour\na,A,A,red\nb,B,B,blue\n")

        assert found(problems) == [
            ("funds", 1, "legal_name", "duplicate_column"),
            ("funds", 1, "colour", "unknown_column"),
            ("funds", 1, "country", "missing_column"),
        ]

    def test_rows_of_a_table_without_a_required_column_are_bad(self):
        rows, _ = read_csv("key,legal_name\na,A\n")

        assert [row.is_bad for row in rows["funds"].all] == [True]

    def test_a_repeated_key_is_a_problem_of_the_second_row(self):
        rows, problems = read_csv("key,legal_name,country\na,A,DE\na,B,DE\n")

        assert found(problems) == [("funds", 3, "key", "duplicate_key")]
        assert [row.is_bad for row in rows["funds"].all] == [False, True]

    def test_more_cells_than_columns_are_a_problem(self):
        _, problems = read_csv("key,legal_name,country\na,A,DE,surplus\n")

        assert found(problems) == [("funds", 2, "", "extra_cell")]

    def test_a_control_character_is_a_problem(self):
        _, problems = read_csv("key,legal_name,country\na,A\x00,DE\n")

        assert found(problems) == [("funds", 2, "legal_name", "bad_character")]

    def test_an_empty_file_has_no_header(self):
        _, problems = read_csv("")

        assert found(problems) == [("funds", 1, "", "missing")]

    def test_an_optional_reference_may_state_that_there_is_none(self):
        rows, problems = read(as_zip(market(raises={"issuer_key": "none"})))

        assert problems.count == 0
        assert "issuer_key" not in rows["raises"].all[0].values

    def test_stops_at_the_limit_of_rows(self, monkeypatch):
        monkeypatch.setattr(rows_module, "MAX_ROWS", 2)

        rows, problems = read_csv("key,legal_name,country\n" + "".join(f"k{n},A,DE\n" for n in range(5)))

        assert found(problems) == [("funds", 4, "", "too_many_rows")]
        assert len(rows["funds"].all) == 3


class TestKeys:
    def test_the_same_deal_twice_is_two_deals(self):
        tables = market()
        tables["deals"] *= 2

        rows, problems = read(as_zip(tables))

        assert problems.count == 0
        assert len({row.key for row in rows["deals"].all}) == 2

    def test_a_year_twice_is_a_problem(self):
        tables = market()
        tables["financials"] *= 2

        _, problems = read(as_zip(tables))

        assert found(problems) == [("financials", 3, "startup_key", "duplicate_key")]

    def test_an_event_without_a_key_is_known_by_what_it_says(self):
        tables = market(development_events={"key": ""})
        tables["development_events"][1]["answers"] = ""

        rows, problems = read(as_zip(tables))

        assert problems.count == 0
        assert rows["development_events"].all[0].key.startswith('["cap", "feedback_reported"')

    def test_a_long_identity_is_hashed(self):
        assert len(identity_key(["a" * 150, "b" * 150])) == 64
