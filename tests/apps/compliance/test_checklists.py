"""The checklists: whole, in both languages, fitting every kind of organisation."""

import json
from pathlib import Path

import pytest

from apps.compliance.checklists import FILE, ChecklistMalformed, checklists, checklists_load
from apps.compliance.states import CaseCause, ItemNeed
from apps.permissions import Kind

VERIFIED_KINDS = [kind for kind in Kind if kind != Kind.OPERATOR]
CAUSES = [cause for cause in CaseCause if cause != CaseCause.IMPORTED]


class TestChecklists:
    @pytest.mark.parametrize("kind", VERIFIED_KINDS)
    @pytest.mark.parametrize("cause", CAUSES)
    def test_every_case_asks_for_something_and_has_the_officer_screen(self, kind: Kind, cause: CaseCause) -> None:
        items = checklists().items_for(kind=kind, cause=cause)

        assert any(item.need != ItemNeed.OFFICER for item in items)
        assert "screening_decided" in {item.code for item in items}

    @pytest.mark.parametrize(
        ("kind", "own"),
        [
            ("firm", {"export_registration", "ownership_complete", "articles"}),
            ("fund", {"fund_authorisation", "ownership_complete", "articles"}),
            ("authority", {"mandate_letter"}),
            ("attestor", {"mandate_letter"}),
        ],
    )
    def test_kinds_show_what_is_theirs(self, kind: str, own: set[str]) -> None:
        shared = {"register_extract", "signatories_identity", "register_compared", "screening_decided"}

        assert {item.code for item in checklists().items_for(kind=kind, cause="initial")} == shared | own

    def test_titles_come_in_both_languages(self) -> None:
        item = checklists().by_code()["mandate_letter"]

        assert item.title(language="en-gb").startswith("Letter")
        assert item.title(language="uk").startswith("Лист")


class TestChecklistsLoad:
    def write(self, folder: Path, change: object) -> Path:
        raw = json.loads(FILE.read_text(encoding="utf-8"))
        change(raw)  # type: ignore[operator]
        path = folder / "checklists.json"
        path.write_text(json.dumps(raw), encoding="utf-8")
        return path

    @pytest.mark.parametrize(
        "change",
        [
            lambda raw: raw["items"].append(raw["items"][0]),
            lambda raw: raw["items"][0].update(kinds=["club"]),
            lambda raw: raw["items"][0].update(needs="luck"),
            lambda raw: raw["items"][0]["title"].update(uk=""),
            lambda raw: raw.pop("as_of"),
        ],
    )
    def test_refuses_what_is_malformed(self, tmp_path: Path, change: object) -> None:
        with pytest.raises(ChecklistMalformed):
            checklists_load(path=self.write(tmp_path, change))
