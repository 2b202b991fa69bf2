"""A new edition of the reference table changes what comes, never what was."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apps.matching import scoring_models
from apps.matching.models import MatchRun
from apps.matching.selectors import matches
from apps.matching.states import Side
from apps.reference import tables
from apps.reference.capital.savings import capital_saving
from tests.factories.matching import AS_OF, mandate_made, raise_made, run_drained

pytestmark = pytest.mark.django_db

NEWER = "reference-2025-02"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the packaged editions that the product reads instead, and to which one can be added."""
    copy = tmp_path / "data"
    shutil.copytree(tables.PACKAGED, copy)
    monkeypatch.setattr(tables, "PACKAGED", copy)
    caches = (tables.editions, scoring_models.engine_reference, scoring_models.engine_areas)
    for cached in caches:
        cached.cache_clear()
    yield copy
    for cached in caches:
        cached.cache_clear()


def edition_add(folder: Path) -> None:
    """A newer table, in force on the day of the runs: money costs more, and the country's premium is twice as high."""
    raw = json.loads((folder / "reference-2025-01.json").read_bytes())
    raw |= {"id": NEWER, "as_of": (AS_OF - dt.timedelta(days=1)).isoformat()}
    raw["cost_of_equity"]["risk_free"]["value"] = 0.06
    raw["country_risk_premium"]["values"]["UA"] = 0.32
    raw["cost_of_debt"]["margin"]["value"] = 0.05
    raw["inflation"]["UAH"] = 0.25
    (folder / f"{NEWER}.json").write_text(json.dumps(raw))
    for cached in (tables.editions, scoring_models.engine_reference, scoring_models.engine_areas):
        cached.cache_clear()


def told(run: MatchRun, mandate: Any, item: Any) -> list[Any]:
    return [
        matches.match_explain(run=run, mandate_id=mandate.pk, raise_id=item.pk, side=side)
        for side in (Side.INVESTOR, Side.STARTUP)
    ]


class TestNewEdition:
    def test_leaves_an_old_explanation_as_it_was(self, folder: Path) -> None:
        mandate, item = mandate_made(), raise_made()
        run = run_drained()
        before = told(run, mandate, item)

        edition_add(folder)

        run.refresh_from_db()
        assert told(run, mandate, item) == before
        assert run.reference_id == "reference-2025-01"
        assert run.reference_sha256 == tables.editions().table(run.reference_id).sha256

    def test_counts_from_the_next_run_on(self, folder: Path) -> None:
        mandate, item = mandate_made(), raise_made()
        old = run_drained()
        before = told(old, mandate, item)

        edition_add(folder)
        new = run_drained()

        assert (new.reference_id, new.reference_sha256) == (NEWER, tables.editions().table(NEWER).sha256)
        assert told(new, mandate, item) != before
        assert told(old, mandate, item) == before


class TestSaving:
    def test_of_an_explanation_is_that_of_a_quote(self) -> None:
        mandate = mandate_made(tenor_years="5", offered_cost_of_capital="0.090000")
        item = raise_made(amount="3000000.00", marginal_cost_of_capital="0.210700")
        run = run_drained()

        saving = told(run, mandate, item)[1].saving

        expected = capital_saving(amount=Decimal(3_000_000), years=Decimal(5), offered_bp=900, marginal_bp=2_107)
        assert saving is not None
        assert saving.basis_points == 1_207
        assert saving.per_year == float(expected.per_year)
        assert saving.worth_today == pytest.approx(float(expected.worth_today), abs=0.01)
