"""The packaged editions, their registry, and files that are not what they should be."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apps.reference.areas import LogNormal
from apps.reference.tables import (
    PACKAGED,
    EditionMalformed,
    NoEditionYet,
    UnknownCurrency,
    UnknownEdition,
    UnknownPerimeter,
    editions,
    editions_load,
    reference_table_parse,
    taxonomy_parse,
)

TABLE = (PACKAGED / "reference-2025-01.json").read_bytes()
AREAS = (PACKAGED / "areas-1.json").read_bytes()


def edited(content: bytes, edit: Callable[[dict[str, Any]], object]) -> bytes:
    raw = json.loads(content)
    edit(raw)
    return json.dumps(raw).encode()


class TestReferenceTable:
    def test_is_hashed_over_its_bytes(self) -> None:
        table = editions().table("reference-2025-01")

        assert table.sha256 == hashlib.sha256(TABLE).hexdigest()
        assert table.as_of == dt.date(2025, 1, 5)

    def test_says_where_figures_come_from(self) -> None:
        table = editions().table("reference-2025-01")

        assert (table.beta.value, table.beta.basis) == (1.2, "assumption")
        assert table.country_risk_premia["UA"].value == 0.1602
        assert "Damodaran" in (table.country_risk_premia["UA"].source or "")
        assert table.expected_loss["E1"].value == 0.06
        assert set(table.inflation) == {"EUR", "UAH", "USD"}
        assert table.decision_priors["cash"] == LogNormal(210, 0.6)
        assert table.subsidised_loans["UA"].investment_uah == Decimal(500_000_000)
        assert table.war_risk_insurance["UA"].confidence == "B"

    def test_converts_money_exactly(self) -> None:
        table = editions().table("reference-2025-01")

        assert table.in_eur(Decimal("1000.10"), "UAH") == Decimal("22.902290")
        assert table.in_eur(Decimal("12.30"), "EUR") == Decimal("12.30")

    def test_refuses_a_currency_without_a_rate(self) -> None:
        with pytest.raises(UnknownCurrency, match="XXX"):
            editions().table("reference-2025-01").in_eur(Decimal(1), "XXX")

    def test_knows_the_perimeters(self) -> None:
        table = editions().table("reference-2025-01")
        union, area, with_ukraine = (table.perimeter(name) for name in ("EU", "EU+EEA", "EU+EEA+UA"))

        assert len(union) == 27
        assert area - union == {"IS", "LI", "NO"}
        assert with_ukraine - area == {"UA"}
        assert union < area < with_ukraine

    def test_refuses_another_perimeter(self) -> None:
        with pytest.raises(UnknownPerimeter, match="NATO"):
            editions().table("reference-2025-01").perimeter("NATO")


class TestTaxonomy:
    def test_is_hashed_over_its_bytes(self) -> None:
        taxonomy = editions().taxonomy("areas-1")

        assert taxonomy.sha256 == hashlib.sha256(AREAS).hexdigest()
        assert taxonomy.as_of is None

    def test_holds_ten_roots_with_labels_in_both_languages(self) -> None:
        areas = editions().taxonomy("areas-1").areas.values()

        assert sum(area.parent is None for area in areas) == 10
        assert all(area.label_en and area.label_uk for area in areas)

    def test_reads_figures(self) -> None:
        figures = editions().taxonomy("areas-1").figures("UMS.UAS.FPV")

        assert figures.cycle == LogNormal(60, 0.5)
        assert figures.iteration == LogNormal(91.2, 0.9)
        assert figures.order_to_delivery == LogNormal(30, 0.8)
        assert (figures.half_life_days, figures.delivery_half_life_days) == (90, 30)
        assert (figures.european_iteration_days, figures.profile) == (365, "iterating")

    def test_keeps_an_area_without_a_cycle_under_a_parent_with_one(self) -> None:
        taxonomy = editions().taxonomy("areas-1")

        assert taxonomy.figures("GCM").cycle is not None
        assert taxonomy.figures("GCM.DEM").cycle is None
        assert taxonomy.figures("GCM.DEM").countermeasure_response is None

    def test_leaves_an_area_that_states_nothing_to_its_ancestor(self) -> None:
        keys = ("prior", "profile", "countermeasure_cycle_days", "half_life_days")
        more = ("delivery_half_life_days", "european_iteration_days")

        taxonomy = taxonomy_parse(
            content=edited(AREAS, lambda raw: [raw["areas"][1].pop(key) for key in (*keys, *more)])
        )

        assert taxonomy.areas["UMS.UAS"].figures is None
        assert taxonomy.figures("UMS.UAS") == taxonomy.figures("UMS")


class TestEditions:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for edition, as_of in (("2025-01", "2025-01-05"), ("2025-07", "2025-07-05"), ("2026-01", "2026-01-05")):
            content = edited(TABLE, lambda raw, e=edition, d=as_of: raw.update(id=f"reference-{e}", as_of=d))
            (tmp_path / f"reference-{edition}.json").write_bytes(content)
        for number in (2, 10):
            content = edited(AREAS, lambda raw, n=number: raw.update(id=f"areas-{n}"))
            (tmp_path / f"areas-{number}.json").write_bytes(content)
        return tmp_path

    @pytest.mark.parametrize(
        ("on", "edition"),
        [
            (dt.date(2025, 1, 5), "reference-2025-01"),
            (dt.date(2025, 7, 4), "reference-2025-01"),
            (dt.date(2025, 7, 5), "reference-2025-07"),
            (dt.date(2030, 1, 1), "reference-2026-01"),
        ],
    )
    def test_gives_the_newest_table_at_a_date(self, folder: Path, on: dt.date, edition: str) -> None:
        assert editions_load(folder=folder).table_at(on).id == edition

    def test_refuses_a_date_before_every_table(self, folder: Path) -> None:
        with pytest.raises(NoEditionYet, match="2025-01-04"):
            editions_load(folder=folder).table_at(dt.date(2025, 1, 4))

    def test_gives_the_highest_number_of_undated_taxonomies(self, folder: Path) -> None:
        assert editions_load(folder=folder).taxonomy_at(dt.date(2025, 1, 1)).id == "areas-10"

    def test_prefers_a_dated_taxonomy_once_it_is_in_force(self, folder: Path) -> None:
        content = edited(AREAS, lambda raw: raw.update(id="areas-3", as_of="2025-03-01"))
        (folder / "areas-3.json").write_bytes(content)

        known = editions_load(folder=folder)

        assert known.taxonomy_at(dt.date(2025, 2, 28)).id == "areas-10"
        assert known.taxonomy_at(dt.date(2025, 3, 1)).id == "areas-3"

    def test_refuses_an_unknown_id(self) -> None:
        with pytest.raises(UnknownEdition, match="reference-1999"):
            editions().table("reference-1999")
        with pytest.raises(UnknownEdition, match="areas-0"):
            editions().taxonomy("areas-0")

    def test_refuses_a_file_under_another_name(self, tmp_path: Path) -> None:
        (tmp_path / "reference-2024-01.json").write_bytes(TABLE)

        with pytest.raises(EditionMalformed, match="must be the same"):
            editions_load(folder=tmp_path)

    def test_names_the_file_that_is_malformed(self, tmp_path: Path) -> None:
        (tmp_path / "reference-2024-01.json").write_bytes(b"{}")

        with pytest.raises(EditionMalformed, match=r"reference-2024-01\.json: 'cost_of_equity' is missing"):
            editions_load(folder=tmp_path)

    @pytest.mark.parametrize(("retired", "is_whole"), [([{"code": "A", "into": ["B"]}], True), ([], False)])
    def test_loses_no_area_of_an_earlier_edition(self, tmp_path: Path, retired: list[Any], is_whole: bool) -> None:
        area = {"code": "A", "parent": None, "label": {"en": "A"}}
        first = {"id": "areas-1", "basis": "test", "areas": [area]}
        second = {"id": "areas-2", "basis": "test", "areas": [{**area, "code": "B"}], "retired": retired}
        for edition in (first, second):
            (tmp_path / f"{edition['id']}.json").write_text(json.dumps(edition))

        if is_whole:
            assert editions_load(folder=tmp_path).taxonomy("areas-2").successors == {"A": ("B",)}
        else:
            with pytest.raises(EditionMalformed, match="neither has nor retires A"):
                editions_load(folder=tmp_path)


class TestReferenceTableParse:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"[]",
            b"\xff",
            TABLE.replace(b"0.1602", b"NaN"),
            TABLE.replace(b"0.1602", b'"0.1602"'),
            TABLE.replace(b"0.1602", b"true"),
            TABLE.replace(b"0.0229", b"-0.0229"),
            TABLE.replace(b'"2025-01-05"', b'"January"'),
            TABLE.replace(b'"EEA_only"', b'"EEA"'),
            TABLE.replace(b'"median": 210', b'"median": 0'),
        ],
        ids=["empty", "list", "not-utf8", "nan", "text", "flag", "negative-rate", "date", "no-group", "median"],
    )
    def test_refuses_a_malformed_file(self, content: bytes) -> None:
        with pytest.raises(EditionMalformed):
            reference_table_parse(content=content)


class TestTaxonomyParse:
    @pytest.mark.parametrize(
        "content",
        [
            edited(AREAS, lambda raw: raw["areas"][1].pop("prior")),
            edited(AREAS, lambda raw: raw["areas"][1].update(parent="ZZZ")),
            edited(AREAS, lambda raw: raw["areas"].append(raw["areas"][0])),
            edited(AREAS, lambda raw: raw["areas"][0]["label"].pop("en")),
            edited(AREAS, lambda raw: raw["areas"][0]["countermeasure_cycle_days"].update(sigma=0)),
        ],
        ids=["half-stated", "no-parent", "twice", "no-label", "no-spread"],
    )
    def test_refuses_a_malformed_file(self, content: bytes) -> None:
        with pytest.raises(EditionMalformed):
            taxonomy_parse(content=content)
