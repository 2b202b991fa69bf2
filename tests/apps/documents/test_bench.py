"""The measuring does what it measures."""

from pathlib import Path

import pytest

from apps.documents.bench import compare


class TestCompare:
    def test_goes_all_ways(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        speed = compare(megabytes=1, rounds=2, folder=tmp_path)

        assert min(speed.values()) > 0
        assert len(capsys.readouterr().out.splitlines()) == 4
        # One content is left; quarantine is emptied.
        assert len([path for path in (tmp_path / "kept").rglob("*") if path.is_file()]) == 1
