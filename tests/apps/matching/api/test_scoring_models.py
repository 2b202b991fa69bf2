"""Scoring models over HTTP."""

import pytest

pytestmark = pytest.mark.django_db


class TestScoringModels:
    def test_are_shown_with_their_numbers(self, world):
        listed = world["fund"].get("/api/v1/scoring-models").data["results"]
        shown = world["fund"].get(f"/api/v1/scoring-models/{listed[0]['id']}").data

        assert listed[0]["id"] == "tandem-1.0.0"
        assert shown["content"]["weights"]["investor"]["common"]["area_overlap"] == 2200
        assert world["fund"].get("/api/v1/scoring-models/none").status_code == 404
