"""What stands compiled on disk is not loaded only to find that out."""

from __future__ import annotations

from pathlib import Path

import numba
import pytest

from apps.matching.engine import compile as compiling


@pytest.fixture(autouse=True)
def warmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often everything was compiled, into a folder that is not there yet."""
    calls: list[str] = []
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "engine"))
    monkeypatch.setattr(compiling, "warm_up", lambda: calls.append("compiled") or 1.25)
    return calls


class TestCompileOnce:
    def test_compiles_and_remembers(self, warmed: list[str]) -> None:
        said = [compiling.compile_once() for _ in range(2)]

        assert said == ["The engine is compiled (1.2 s).", "The engine is compiled."]
        assert warmed == ["compiled"]

    def test_compiles_again_for_another_processor(self, warmed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        compiling.compile_once()
        monkeypatch.setattr("llvmlite.binding.get_host_cpu_name", lambda: "other")

        compiling.compile_once()

        assert len(warmed) == 2

    def test_does_without_a_place_to_remember(
        self, warmed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_text("")
        monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "file" / "engine"))

        compiling.compile_once()
        compiling.compile_once()

        assert len(warmed) == 2
