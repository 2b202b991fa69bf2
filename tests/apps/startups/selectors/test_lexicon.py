"""Stems are PostgreSQL's, and concepts are read once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.startups.rules.words import words_of
from apps.startups.selectors.lexicon import lexicon_of

pytestmark = pytest.mark.django_db


class TestLexiconOf:
    def test_stems_english_words_and_empties_stop_words(self) -> None:
        lexicon = lexicon_of(texts=[words_of(text="The munitions, дрони, M2")])

        assert {"munitions": "munit", "the": ""}.items() <= lexicon.stems.items()
        assert not {"дрони", "m2"} & lexicon.stems.keys()

    def test_knows_the_forms_of_concepts_by_their_stems(self) -> None:
        lexicon = lexicon_of(texts=[])

        assert "loitering" in lexicon.forms[("loiter", "munit")].own

    def test_asks_once_for_any_number_of_texts(self) -> None:
        with CaptureQueriesContext(connection) as none:
            lexicon_of(texts=[])
        with CaptureQueriesContext(connection) as many:
            lexicon_of(texts=[words_of(text="quiet relays")] * 9)

        assert len(none) == len(many) == 1
