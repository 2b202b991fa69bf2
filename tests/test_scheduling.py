"""Tests that share something run on one worker, and the long ones first."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.scheduling import SCHEDULINGS, longest_first


def item(file: str, name: str, *, process: bool = False) -> Any:
    mark = pytest.mark.process.mark
    return SimpleNamespace(
        path=Path(file), name=name, get_closest_marker=lambda wanted: mark if process and wanted == "process" else None
    )


class TestLongestFirst:
    def test_sorts_processes_then_files_by_their_number_of_tests(self) -> None:
        items = [
            item("few.py", "a"),
            item("many.py", "b"),
            item("other.py", "c"),
            item("many.py", "d"),
            item("last.py", "e", process=True),
        ]

        longest_first(items)

        assert [each.name for each in items] == ["e", "b", "d", "a", "c"]


class TestScopes:
    def scopes(self, dist: str, *nodeids: str) -> list[str]:
        scheduling = SCHEDULINGS[dist].__new__(SCHEDULINGS[dist])
        return [scheduling._split_scope(nodeid) for nodeid in nodeids]

    def test_by_file(self) -> None:
        first, second, third = self.scopes("loadfile", "tests/a.py::A::x[1::2]", "tests/a.py::B::y", "tests/b.py::A::x")

        assert first == second != third

    def test_by_class(self) -> None:
        first, second, third = self.scopes("loadscope", "tests/a.py::A::x", "tests/a.py::A::y", "tests/a.py::B::y")

        assert first == second != third

    @pytest.mark.parametrize("dist", SCHEDULINGS)
    def test_of_one_installation_are_one(self, dist: str) -> None:
        first, second = self.scopes(dist, "tests/journeys/test_a.py::A::x", "tests/journeys/test_b.py::B::y")

        assert first == second
