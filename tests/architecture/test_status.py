"""A status column moves through its machine and by no other way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEDGER = {f"platform/kernel/{name}.py" for name in ("chunks", "jobs", "ledger", "states")}
"""The job ledger moves its rows by fenced UPDATEs of its own, and `fire` is the one assignment of all others."""


def assignments(tree: ast.AST) -> list[int]:
    found = []
    for node in ast.walk(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        found += [
            t.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr == "status" and not _is_response(t)
        ]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            found += [node.lineno for keyword in node.keywords if keyword.arg == "status"]
    return found


def _is_response(target: ast.Attribute) -> bool:
    return isinstance(target.value, ast.Name) and target.value.id in {"response", "view"}


class TestStatus:
    @pytest.mark.long
    def test_is_assigned_nowhere_else(self):
        strays = []
        for base in ("platform", "apps"):
            for path in sorted((ROOT / base).rglob("*.py")):
                name = str(path.relative_to(ROOT))
                if "migrations" in path.parts or name in LEDGER:
                    continue
                strays += [f"{name}:{line}" for line in assignments(ast.parse(path.read_text()))]

        assert strays == []

    def test_an_assignment_would_be_found(self):
        code = "room.status = 'open'\nRoom.objects.filter(pk=1).update(status='open')\n"

        assert assignments(ast.parse(code)) == [1, 2]
