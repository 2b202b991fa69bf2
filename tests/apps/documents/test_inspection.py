from __future__ import annotations

from pathlib import Path

import pytest

from apps.documents.inspection import Verdict, inspect
from tests.hostile_files import samples


class TestInspect:
    @pytest.mark.parametrize(
        ("name", "data", "is_written_anew"),
        [
            ("a.pdf", samples.pdf(), True),
            ("a.jpg", samples.picture("JPEG"), False),
            ("a.png", samples.picture("PNG"), False),
            ("a.webp", samples.picture("WEBP"), False),
            ("a.docx", samples.docx(), False),
            ("a.xlsx", samples.xlsx(), False),
            ("a.pptx", samples.pptx(), False),
            ("a.odt", samples.odf(), False),
            ("a.zip", samples.packed({"a.txt": "hello"}), False),
            ("a.csv", b"a,b\n1,2\n", False),
        ],
    )
    def test_lets_ordinary_files_in(self, name: str, data: bytes, is_written_anew: bool, tmp_path: Path) -> None:
        path = tmp_path / "received"
        path.write_bytes(data)

        outcome = inspect(path, name=name, declared_type="application/octet-stream")

        assert (outcome.verdict, outcome.reasons, outcome.removed) == (Verdict.CLEAN, (), ())
        assert (outcome.sanitised is not None) is is_written_anew
        assert path.read_bytes() == data

    def test_keeps_the_orientation_of_a_photograph_and_nothing_else(self, tmp_path: Path) -> None:
        from PIL import Image

        path = tmp_path / "received"
        path.write_bytes(samples.located("JPEG"))

        outcome = inspect(path, name="photo.jpg", declared_type="image/jpeg")

        assert outcome.sanitised == tmp_path / "received.sanitised"
        with Image.open(outcome.sanitised) as picture:
            assert dict(picture.getexif()) == {0x0112: 6}
