"""The tree: `platform/` is a source root, tests mirror the code."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MIRRORED = ("services", "rules", "states", "api", "selectors", "handlers", "tasks", "jobs")


def sources() -> list[Path]:
    found = []
    for base in ("platform", "apps"):
        for path in sorted((ROOT / base).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts and path.name != "__init__.py" and any(name in parts for name in MIRRORED):
                found.append(path.relative_to(ROOT))
    return found


class TestPlatform:
    def test_is_no_package(self):
        assert not (ROOT / "platform" / "__init__.py").exists()

    def test_holds_only_package_folders(self):
        inside = [path for path in (ROOT / "platform").iterdir() if not path.name.startswith((".", "__"))]

        assert inside
        assert [path.name for path in inside if not (path / "__init__.py").exists()] == []

    def test_packages_shadow_nothing(self):
        names = [path.name for path in (ROOT / "platform").iterdir() if not path.name.startswith((".", "__"))]

        assert [name for name in names if name in sys.stdlib_module_names] == []
        for name in names:
            spec = importlib.util.find_spec(name)
            assert spec is not None
            assert spec.origin is not None
            assert Path(spec.origin).is_relative_to(ROOT / "platform")

    def test_holds_no_tests(self):
        assert list((ROOT / "platform").rglob("test_*.py")) == []
        assert list((ROOT / "platform").rglob("conftest.py")) == []

    def test_the_standard_library_wins_in_the_root(self):
        child = subprocess.run(
            [sys.executable, "-c", "import platform; print(platform.system())"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )

        assert child.stdout.strip() == "Linux"


def is_tested_by_resource(source: Path) -> bool:
    """What an interface answers is tested by resource, not by file."""
    if "api" not in source.parts:
        return False
    app = ROOT / "tests" / Path(*source.parts[: source.parts.index("api")])
    return (app / "test_api.py").exists() or any((app / "api").glob("test_*.py"))


class TestMirror:
    @pytest.mark.parametrize("source", sources(), ids=str)
    def test_has_a_twin(self, source: Path):
        folder = ROOT / "tests" / source.parent
        twin = folder / f"test_{source.name}"
        package = folder.parent / f"test_{source.parent.name}.py"

        assert twin.exists() or package.exists() or is_tested_by_resource(source), (
            f"{twin.relative_to(ROOT)} is missing"
        )

    def test_every_test_folder_is_a_package(self):
        folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}

        assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


class TestNames:
    def test_no_file_is_named_for_nothing(self):
        vague = {"utils.py", "helpers.py", "common.py", "misc.py"}

        assert [
            str(path) for base in ("platform", "apps") for path in (ROOT / base).rglob("*.py") if path.name in vague
        ] == []
