"""The direction of imports holds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class TestContracts:
    @pytest.mark.long
    def test_are_kept(self):
        run = subprocess.run(
            [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
            capture_output=True,
            text=True,
            timeout=120,
        )

        assert run.returncode == 0, run.stdout + run.stderr


class TestDoors:
    """An app's api, handlers, tasks and jobs are entered by frameworks only."""

    def test_are_imported_by_nobody(self):
        doors = {"api", "handlers", "tasks", "jobs"}
        intruders = []
        for path in sorted((ROOT / "apps").rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            for line in path.read_text().splitlines():
                words = line.split()
                if len(words) > 1 and words[0] == "from" and words[1].startswith("apps."):
                    target = words[1].split(".")
                    imported = words[3].strip("(),") if len(target) == 2 and len(words) > 3 else ""
                    door = target[2] if len(target) > 2 else imported
                    if door in doors and not (len(parts) > 2 and parts[1] == target[1] and parts[2] == door):
                        intruders.append(f"{path.relative_to(ROOT)}: {line}")

        assert intruders == []
