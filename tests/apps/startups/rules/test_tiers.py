"""The tiers that evidence gives."""

import pytest

from apps.startups.rules.tiers import capability_tier, figures_tier


class TestFiguresTier:
    @pytest.mark.parametrize(
        ("given", "has_document", "tier"),
        [("", False, "E0"), ("", True, "E1"), ("E2", True, "E2"), ("E2", False, "E2")],
    )
    def test_is_the_better_of_document_and_import(self, given: str, has_document: bool, tier: str) -> None:
        assert figures_tier(given=given, has_document=has_document) == tier


class TestCapabilityTier:
    @pytest.mark.parametrize(
        ("given", "has_document", "has_codification", "best_event", "tier"),
        [
            ("", False, False, None, "E0"),
            ("", True, False, None, "E1"),
            ("", True, False, "E2", "E2"),
            ("", False, False, "E1", "E1"),
            ("", True, True, "E2", "E3"),
            ("E3", False, False, None, "E3"),
            ("E1", False, False, "E2", "E2"),
        ],
    )
    def test_is_the_best_that_any_evidence_reaches(
        self, given: str, has_document: bool, has_codification: bool, best_event: str | None, tier: str
    ) -> None:
        found = capability_tier(
            given=given, has_document=has_document, has_codification=has_codification, best_event=best_event
        )

        assert found == tier
