"""Whatever is sent: a damaged file gives problems, never an exception, and no cell reaches the database unfit."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.exchange.services import import_run
from apps.exchange.tables import TABLES
from tests.factories.exchange import MARKET, as_csv, as_folder, as_workbook, as_zip, market, read

pytestmark = pytest.mark.long

CELLS = [
    *(
        "",
        "none",
        "0",
        "-1",
        "1e5",
        "1e99",
        "99999999999999999999",
        "0.0000001",
        "0.5",
        "NaN",
        "true",
        "a;b:c",
        ":",
        ";",
    ),
    *("2026-01-01", "1800-01-01", "2200-12-31T23:59:59-14:00", "2026-02-30", "UA", "EE;PL", "UA:1;EE:0", "UA-46", "XX"),
    *("equity", "loan;bond", "EUR", "E1", "UMS", "TST.ONE:0.5;UMS:2", "lead:yes!;max_stake:0.3", "state:0.5", "lethal"),
    *(
        "firm",
        "hold",
        "fund",
        "cap",
        "fix",
        "unit",
        "seed:0.2",
        "LEI",
        "UA-EDR",
        "32855961",
        "é" * 150,
        "x" * 300,
        "💥",
    ),
]
FILES = {
    "market.zip": as_zip(MARKET),
    "market.xlsx": as_workbook({"funds": [["key", "legal_name", "country"], ["a", "A", "DE"]]}),
    "funds.csv": as_csv(MARKET["funds"]).encode(),
}

changed_cells = st.lists(
    st.sampled_from([(table.name, column.name) for table in TABLES.values() for column in table.columns]).flatmap(
        lambda place: st.tuples(st.just(place), st.sampled_from(CELLS))
    ),
    min_size=1,
    max_size=5,
)


class TestDamage:
    @settings(max_examples=150, deadline=None)
    @given(
        name=st.sampled_from(sorted(FILES)), places=st.lists(st.floats(0, 1), min_size=1, max_size=8), junk=st.binary()
    )
    def test_of_a_file_is_never_an_exception(self, name, places, junk):
        content = bytearray(FILES[name])
        for place in places:
            at = int(place * (len(content) - 1))
            content[at : at + len(junk) // 2] = junk

        rows, problems = read(bytes(content), name=name)

        assert rows or problems

    @pytest.mark.django_db
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(changes=changed_cells, partial=st.booleans())
    def test_of_cells_is_found_before_the_database_finds_it(self, tmp_path, changes, partial):
        tables = market()
        for (table, column), cell in changes:
            tables[table][0][column] = cell

        report = import_run(path=as_folder(tables, tmp_path), partial=partial)

        assert "not_storable" not in {problem.code for problem in report.problems}
