"""The export control lists: whole, and strict about what a code is."""

import json
from collections import Counter
from pathlib import Path

import pytest

from apps.reference.export_classes import (
    FILE,
    code_covers,
    export_class_of,
    export_classes,
    export_classes_load,
)
from apps.reference.tables import EditionMalformed


class TestExportClasses:
    def test_hold_both_lists(self) -> None:
        found = Counter(row.control_list for row in export_classes().classes.values())

        assert found == {"military": 22, "dual_use": 50}

    def test_each_says_where_it_comes_from(self) -> None:
        assert {(row.source != "", row.confidence, row.as_of.year) for row in export_classes().classes.values()} == {
            (True, "B", 2026)
        }


class TestExportClassOf:
    @pytest.mark.parametrize(
        ("code", "found"),
        [
            ("ML1", "ML1"),
            ("ML10", "ML10"),
            ("ML22", "ML22"),
            ("ML10.c", "ML10"),
            ("ML10.c.1", "ML10"),
            ("ML10.c.1.a", "ML10"),
            ("9A012", "9A"),
            ("9A012.a.1", "9A"),
            ("0E001", "0E"),
        ],
    )
    def test_knows_the_codes_of_the_lists(self, code: str, found: str) -> None:
        row = export_class_of(code=code)

        assert row is not None
        assert row.code == found

    @pytest.mark.parametrize(
        "code",
        [
            "",
            "none",
            "ML0",
            "ML23",
            "ML010",
            "ml10",
            "ML10.",
            "ML10.C",
            "ML10c",
            "9F001",
            "9A12",
            "9A0123",
            "A9012",
            "ML10\n",
            " ML10",
            "ML１０",
            "9A012.a.1.a.1",
            "ML10.c.123456789012345",
        ],
    )
    def test_refuses_anything_else(self, code: str) -> None:
        assert export_class_of(code=code) is None


class TestCodeCovers:
    @pytest.mark.parametrize(
        ("code", "item", "is_covered"),
        [("ML1", "ML1", True), ("ML1", "ML1.a", True), ("ML1", "ML10", False), ("ML10.c", "ML10", False)],
    )
    def test_covers_itself_and_what_stands_below(self, code: str, item: str, is_covered: bool) -> None:
        assert code_covers(code=code, item=item) == is_covered


class TestExportClassesLoad:
    @pytest.mark.parametrize(
        "change",
        [
            lambda raw: raw["military"]["classes"].append(raw["military"]["classes"][0]),
            lambda raw: raw["military"]["classes"][0]["title"].update(uk=""),
            lambda raw: raw["dual_use"].pop("groups"),
            lambda raw: raw["dual_use"].update(pattern="["),
            lambda raw: raw.update(as_of="soon"),
            lambda raw: raw["military"].update(source=""),
        ],
    )
    def test_refuses_what_is_malformed(self, tmp_path: Path, change: object) -> None:
        raw = json.loads(FILE.read_text(encoding="utf-8"))
        change(raw)  # type: ignore[operator]
        path = tmp_path / "export-classes-9.json"
        path.write_text(json.dumps(raw), encoding="utf-8")

        with pytest.raises(EditionMalformed):
            export_classes_load(path=path)
