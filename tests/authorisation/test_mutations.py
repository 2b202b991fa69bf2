"""The tool that counts which changes of the table the hand-written tests notice."""

import subprocess
import sys
from pathlib import Path

from apps.permissions import ROLE_PERMISSIONS, Kind, Permission, Role
from tests.authorisation.mutations import Table, described, mutations

ROOT = Path(__file__).resolve().parents[2]
OWNER, VIEWER = (Kind.FIRM, Role.OWNER), (Kind.FIRM, Role.VIEWER)


class TestMutations:
    def test_flip_every_permission_of_every_row(self) -> None:
        assert len(mutations()) == len(set(mutations())) == len(ROLE_PERMISSIONS) * len(Permission)
        assert {row for row, _ in mutations(kind="fund", role="owner")} == {(Kind.FUND, Role.OWNER)}

    def test_are_told_in_words(self) -> None:
        assert described((VIEWER, Permission.RAISE_OPEN)) == "firm viewer gains startups.raise.open"
        assert described((OWNER, Permission.RAISE_OPEN)) == "firm owner loses startups.raise.open"


class TestTable:
    def test_notes_the_rows_that_are_looked_up(self) -> None:
        table = Table({OWNER: frozenset(), VIEWER: frozenset()})

        assert set(table) == {OWNER, VIEWER}
        assert table.looked_up == set()
        assert table.get((Kind.FIRM, Role.OFFICER)) is None
        assert table[OWNER] == frozenset()
        assert table.looked_up == {OWNER, (Kind.FIRM, Role.OFFICER)}
        assert len(table.values()) == len(table.items()) == 2
        assert table.looked_up >= {OWNER, VIEWER}


class TestRun:
    def test_tells_what_is_noticed_from_what_is_not(self, tmp_path: Path) -> None:
        judging = tmp_path / "test_judging.py"
        judging.write_text(
            "from apps import permissions as table\n"
            "def test_reads_one_permission():\n"
            "    held = table.ROLE_PERMISSIONS[table.Kind.FIRM, table.Role.VIEWER]\n"
            "    assert table.Permission.RAISE_OPEN not in held\n"
        )
        arguments = ["--kind", "firm", "--role", "viewer", "--least", "0", str(judging)]

        run = subprocess.run(
            [sys.executable, "-m", "tests.authorisation.mutations", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )

        assert run.returncode == 0, run.stderr
        assert f"1 of {len(Permission)} mutations noticed" in run.stdout
        assert "survives: firm viewer gains startups.raise.open" not in run.stdout
