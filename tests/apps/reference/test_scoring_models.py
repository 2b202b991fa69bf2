"""The scoring models' files."""

import hashlib
from pathlib import Path

import pytest

from apps.reference import scoring_models
from apps.reference.scoring_models import CURRENT, model_files
from apps.reference.tables import PACKAGED


class TestModelFiles:
    def test_are_hashed_over_their_bytes(self) -> None:
        file = model_files()[CURRENT]

        assert file.id == file.raw["id"] == CURRENT
        assert file.sha256 == hashlib.sha256((PACKAGED / f"{CURRENT}.json").read_bytes()).hexdigest()

    def test_the_model_in_force_is_the_one_that_runs_were_scored_with(self) -> None:
        assert model_files()[CURRENT].sha256 == "68a6177e939280d300f88b1b765b241f81f92ee7b129f348c684ed9fa0b55b8d"

    def test_are_named_as_their_models(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "tandem-9.json").write_text('{"id": "tandem-8"}')
        monkeypatch.setattr(scoring_models, "PACKAGED", tmp_path)

        with pytest.raises(ValueError, match=r"tandem-9\.json holds the model 'tandem-8'"):
            model_files.__wrapped__()
