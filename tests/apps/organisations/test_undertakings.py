"""The text of the undertaking in force."""

import hashlib
import json
import re
from pathlib import Path

import pytest

import apps.organisations
from apps.organisations.disclosure import UNDERTAKING
from apps.organisations.undertakings import LANGUAGES, undertaking_sha256, undertaking_text

FILE = Path(apps.organisations.__file__).parent / "data" / f"undertaking-{UNDERTAKING}.json"
CYRILLIC = re.compile("[а-яіїєґ]", re.IGNORECASE)


class TestUndertakingText:
    def test_is_of_the_version_in_force(self) -> None:
        assert {undertaking_text(language=language).version for language in LANGUAGES} == {UNDERTAKING}

    def test_has_the_same_clauses_in_both_languages(self) -> None:
        numbers = {
            language: re.findall(r"^(\d+)\. ", undertaking_text(language=language).text, re.MULTILINE)
            for language in LANGUAGES
        }

        assert numbers["en"] == numbers["uk"] == [str(number) for number in range(1, 19)]

    def test_speaks_its_language(self) -> None:
        english, ukrainian = (undertaking_text(language=language) for language in ("en", "uk"))

        assert not CYRILLIC.search(english.title + english.text)
        assert all(CYRILLIC.search(clause) for clause in [ukrainian.title, *ukrainian.text.split("\n\n")])

    @pytest.mark.parametrize("language", ["", "de", "EN"])
    def test_is_english_where_the_language_is_not_known(self, language: str) -> None:
        assert undertaking_text(language=language) == undertaking_text(language="en")


class TestUndertakingSha256:
    def test_is_of_the_file_in_all_its_languages(self) -> None:
        content = FILE.read_bytes()

        assert undertaking_sha256() == hashlib.sha256(content).hexdigest()
        assert undertaking_text(language="uk").sha256 == undertaking_sha256()
        assert set(json.loads(content)["languages"]) == set(LANGUAGES)
