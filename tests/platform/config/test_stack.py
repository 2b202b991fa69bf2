"""What the stack keeps: secrets made once, for its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from config import env, stack


class TestKept:
    def test_is_made_once_and_private(self, tmp_path: Path) -> None:
        file = tmp_path / "var" / "document_master_keys"

        first, again = (stack._kept(file, stack._master_key) for _ in range(2))

        assert first == again == file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_master_key_is_one_that_the_settings_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = {stack._master_key() for _ in range(2)}
        monkeypatch.setenv("DOCUMENT_MASTER_KEYS", made.pop())

        keys = env.keys("DOCUMENT_MASTER_KEYS")

        assert list(keys) == ["embedded-1"]
        assert len(made) == 1


class TestPrograms:
    @pytest.mark.parametrize(
        ("is_demo", "serves", "expected"),
        [
            (False, True, {"web", "worker", "beat"}),
            (True, True, {"web", "worker", "beat", "demo"}),
            (True, False, {"web", "worker", "demo"}),
        ],
    )
    def test_are_what_serves(self, is_demo: bool, serves: bool, expected: set[str]) -> None:
        programs = stack._programs(is_demo=is_demo, data="", port="8000", serves=serves)

        assert {program.name for program in programs} == expected


class TestCommands:
    def test_of_a_demonstration_are_one_process(self, tmp_path: Path) -> None:
        (command,) = stack._commands(is_demo=True, data=str(tmp_path), port="8000")

        assert "--up" in command.argv
        assert str(tmp_path) in command.argv
