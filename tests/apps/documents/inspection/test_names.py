from __future__ import annotations

import pytest

from apps.documents.inspection import names
from apps.documents.inspection.outcome import Reason


class TestProblem:
    @pytest.mark.parametrize("name", ["a.txt", "Статут ТОВ «Їжак» (2).pdf", "a b-c_d.tar.zip", "año.pdf", "№ 5.pdf"])
    def test_leaves_ordinary_names_alone(self, name: str) -> None:
        assert names.problem(name) is None

    @pytest.mark.parametrize(("name", "reason"), [("a\u202eb", Reason.NAME_DIRECTION), ("a\0", Reason.NAME_CONTROL)])
    def test_tells_what_is_wrong(self, name: str, reason: Reason) -> None:
        assert names.problem(name) is reason


class TestExtension:
    @pytest.mark.parametrize(("name", "extension"), [("a.PDF", "pdf"), ("a.pdf.exe", "exe"), ("a", ""), (".pdf", "")])
    def test_is_what_follows_the_last_dot(self, name: str, extension: str) -> None:
        assert names.extension(name) == extension
