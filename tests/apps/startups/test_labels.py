"""What things are called in both languages."""

import pytest

from apps.startups.labels import KINDS, LANGUAGES, ROLES, VERDICTS, language_of
from apps.startups.states import AttestorRole, EventKind, Verdict


class TestLabels:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_there_is_one_for_everything_and_no_two_are_the_same(self, language: str) -> None:
        for labels, choices in ((KINDS, EventKind), (ROLES, AttestorRole), (VERDICTS, Verdict)):
            assert set(labels[language]) == set(choices)
            assert len(set(labels[language].values())) == len(choices)


class TestLanguageOf:
    @pytest.mark.parametrize(("code", "spoken"), [("uk", "uk"), ("uk-ua", "uk"), ("de", "en"), (None, "en")])
    def test_is_english_for_any_other(self, code: str | None, spoken: str) -> None:
        assert language_of(code) == spoken
