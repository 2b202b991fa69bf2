"""The templates of evidence: whole, and strict about their file."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.reference.evidence_templates import (
    FILE,
    evidence_template_of,
    evidence_templates,
    evidence_templates_load,
)
from apps.reference.tables import EditionMalformed
from apps.startups.states import EventKind


class TestEvidenceTemplates:
    def test_show_every_kind_of_event_and_no_other(self) -> None:
        templates = evidence_templates().templates.values()

        assert {kind for row in templates for kind in row.kinds} == set(EventKind.values)

    def test_give_documents_e1_and_only_confirmed_ones_more(self) -> None:
        templates = evidence_templates().templates

        assert {row.tier_documented for row in templates.values()} == {"E1"}
        assert templates["state_contract"].tier_confirmed == templates["codification_act"].tier_confirmed == "E3"
        assert templates["marketplace_order"].tier_confirmed == templates["acceptance_act"].tier_confirmed == "E2"
        assert templates["other_document"].tier_confirmed == "E1"


class TestEvidenceTemplateOf:
    def test_finds_by_code(self) -> None:
        found = evidence_template_of(code="state_contract")

        assert found is not None
        assert (found.kinds, found.edition) == ({"order_received"}, "evidence-templates-1")
        assert evidence_template_of(code="napkin") is None


class TestEvidenceTemplatesLoad:
    @pytest.mark.parametrize(
        "fault",
        [
            {"kinds": []},
            {"required": ["colour"]},
            {"tier_documented": "E0"},
            {"tier_documented": "E2", "tier_confirmed": "E1"},
            {"tier_confirmed": "E9"},
            {"confidence": "D"},
            {"source": ""},
            {"title": {"en": "Act"}},
            {"code": "acceptance_act"},
        ],
    )
    def test_refuses_what_is_not_whole(self, tmp_path: Path, fault: dict[str, Any]) -> None:
        raw = json.loads(FILE.read_text())
        raw["templates"][0] |= fault
        path = tmp_path / "evidence-templates-9.json"
        path.write_text(json.dumps(raw))

        with pytest.raises(EditionMalformed, match=r"evidence-templates-9\.json"):
            evidence_templates_load(path=path)
