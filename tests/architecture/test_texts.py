"""Whatever a caller reads can be read in Ukrainian, too."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

from tests.texts import ROOT, catalogue, homes, load, texts

pytestmark = pytest.mark.long

PLACE = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="module", autouse=True)
def _everything_is_known() -> None:
    load()


@pytest.mark.parametrize("home", homes(), ids=lambda home: str(home.relative_to(ROOT)))
class TestCatalogue:
    def test_tells_every_text_and_no_other(self, home: Path) -> None:
        wanted, stray = texts(home)
        told = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue(home)))} if wanted else {}

        assert stray == []
        assert {text for text in wanted if not told.get(text)} == set()
        assert set(told) - wanted == set()

    def test_keeps_the_places(self, home: Path) -> None:
        entries = polib.pofile(str(catalogue(home))) if catalogue(home).exists() else []

        assert [
            entry.msgid for entry in entries if set(PLACE.findall(entry.msgid)) != set(PLACE.findall(entry.msgstr))
        ] == []

    def test_is_compiled_from_its_source(self, home: Path) -> None:
        path = catalogue(home)
        if path.exists():
            source = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr}
            compiled = {entry.msgid: entry.msgstr for entry in polib.mofile(str(path.with_suffix(".mo")))}

            assert compiled == source


class TestTexts:
    def test_are_many(self) -> None:
        assert sum(len(texts(home)[0]) for home in homes()) > 150
