"""Countries at war: dated, sourced, and read strictly."""

import datetime as dt
import json
from pathlib import Path

import pytest

from apps.reference.tables import EditionMalformed
from apps.reference.wars import War, countries_at_war, wars, wars_load

ROW = {"country": "UA", "since": "2022-02-24", "until": None, "source": "a decree"}


def file_of(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "wars.json"
    path.write_text(json.dumps({"countries": rows}), encoding="utf-8")
    return path


class TestCountriesAtWar:
    @pytest.mark.parametrize(
        ("on", "known"),
        [
            (dt.date(2026, 1, 1), set()),
            (dt.date(2026, 1, 2), {"EE"}),
            (dt.date(2026, 1, 3), {"EE"}),
            (dt.date(2026, 1, 4), set()),
        ],
    )
    def test_holds_from_the_first_to_the_last_day(self, on: dt.date, known: set[str]) -> None:
        war = War(country="EE", since=dt.date(2026, 1, 2), until=dt.date(2026, 1, 3), source="a law")

        assert countries_at_war(on=on, known=[war]) == known

    def test_knows_ukraine(self) -> None:
        assert countries_at_war(on=dt.date(2022, 2, 23)) == set()
        assert countries_at_war(on=dt.date(2022, 2, 24)) == {"UA"}
        assert "UA" in countries_at_war(on=dt.date(2026, 11, 22))

    def test_every_row_names_its_source(self) -> None:
        assert [war for war in wars() if len(war.source) < 20] == []


class TestWarsLoad:
    def test_reads_a_row(self, tmp_path: Path) -> None:
        found = wars_load(path=file_of(tmp_path, {**ROW, "until": "2027-01-01"}))

        assert found == (War("UA", dt.date(2022, 2, 24), dt.date(2027, 1, 1), "a decree"),)

    @pytest.mark.parametrize(
        "change",
        [
            {"country": "XX"},
            {"since": "yesterday"},
            {"since": None},
            {"until": "2021-01-01"},
            {"source": ""},
        ],
    )
    def test_refuses_what_cannot_be_relied_on(self, tmp_path: Path, change: dict[str, object]) -> None:
        path = file_of(tmp_path, {**ROW, **change})

        with pytest.raises(EditionMalformed):
            wars_load(path=path)

    @pytest.mark.parametrize("missing", sorted(ROW))
    def test_refuses_a_row_without_a_part(self, tmp_path: Path, missing: str) -> None:
        path = file_of(tmp_path, {name: value for name, value in ROW.items() if name != missing})

        with pytest.raises(EditionMalformed):
            wars_load(path=path)
