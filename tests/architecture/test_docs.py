"""The documents name what exists, and the generated ones say what the code says."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
GENERATED_AT_RUN_TIME = ("var/", ".venv/")
TOP = ("platform/", "apps/", "tests/", "docs/", "deploy/", ".ci/", *GENERATED_AT_RUN_TIME)
LOOSE = re.compile(r"[A-Za-z.][\w.-]*\.(?:md|py|toml|txt|in)|Makefile|\.importlinter|\.gitignore")
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
BLOCK = re.compile(r"```.*?```", re.DOTALL)


def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])


def missing_paths(text: str) -> list[str]:
    """Paths in backticks, from the root, that are not there. `*` stands for any name, `<…>` for one to be chosen."""
    named = [code for code in CODE.findall(BLOCK.sub("", text)) if code.startswith(TOP) and " " not in code]
    named = [code for code in named if not code.startswith(GENERATED_AT_RUN_TIME) and "<" not in code]
    return [code for code in named if not list(ROOT.glob(code.rstrip("/")))]


def missing_links(page: Path, text: str) -> list[str]:
    """Relative links that lead nowhere."""
    targets = [link for link in LINK.findall(BLOCK.sub("", text)) if "://" not in link]
    return [target for target in targets if not (page.parent / target).exists()]


def missing_root_files(text: str) -> list[str]:
    """Files in backticks without a folder that stand neither in the root nor anywhere in the code."""
    named = {code for code in CODE.findall(BLOCK.sub("", text)) if LOOSE.fullmatch(code)}
    return sorted(name for name in named if name not in names())


def names() -> set[str]:
    folders = [ROOT / name for name in ("platform", "apps", "tests", "docs", "deploy")]
    return {path.name for path in ROOT.iterdir()} | {path.name for folder in folders for path in folder.rglob("*")}


class TestGenerated:
    def test_pages_say_what_the_code_says(self):
        call_command("write_docs", "--check")


class TestDocuments:
    @pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
    def test_name_only_what_exists(self, page: Path):
        text = page.read_text(encoding="utf-8")

        assert missing_paths(text) + missing_root_files(text) + missing_links(page, text) == []

    def test_a_missing_name_would_be_found(self):
        text = "`platform/kernel/gone.py`, `gone.toml`, [this](gone.md), `platform/kernel/ids.py`, `apps/<app>/x.py`."

        assert missing_paths(text) == ["platform/kernel/gone.py"]
        assert missing_root_files(text) == ["gone.toml"]
        assert missing_links(ROOT / "README.md", text) == ["gone.md"]

    def test_readme_fits_one_screen(self):
        assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 45


class TestDecisions:
    def test_are_all_indexed(self):
        folder = ROOT / "docs" / "decisions"
        index = (folder / "README.md").read_text(encoding="utf-8")

        assert [path.name for path in folder.glob("0*.md") if f"]({path.name})" not in index] == []

    def test_have_the_four_parts(self):
        incomplete = []
        for path in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
            headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            if headings != ["Context", "Decision", "Consequences", "Alternatives"]:
                incomplete.append((path.name, headings))

        assert incomplete == []
