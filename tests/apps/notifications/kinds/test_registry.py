"""Every kind has its words in both languages, with the same places."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

import pytest

from apps.notifications.kinds import KINDS, LANGUAGES
from apps.notifications.kinds.registry import nothing
from kernel.access import Actor
from kernel.ids import uuid7


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
class TestMessageKind:
    def test_has_words_with_the_same_places_in_each_language(self, kind: Any) -> None:
        assert set(kind.texts) == set(LANGUAGES)
        for part in ("title", "text"):
            found = {language: places(getattr(kind.texts[language], part)) for language in LANGUAGES}
            assert found["en"] == found["uk"]
        for texts in kind.texts.values():
            assert places(texts.name) | places(texts.without) == set()

    def test_speaks_ukrainian_in_ukrainian_alone(self, kind: Any) -> None:
        for language, foreign in (("en", r"[а-яіїєґ]"), ("uk", r"[a-z]{2,}")):
            texts = kind.texts[language]
            told = f"{texts.name} {texts.title} {texts.text} {texts.without}"
            assert re.findall(foreign, re.sub(r"\{\w+\}", "", told), re.IGNORECASE) == []

    def test_leads_to_an_address_of_this_site(self, kind: Any) -> None:
        assert kind.link.startswith("/api/v1/")
        assert kind.home.startswith("/api/v1/")
        assert places(kind.home) == set()


class TestNothing:
    def test_lets_every_subject_be_told(self) -> None:
        subject = uuid7()

        assert nothing([subject], Actor.anonymous()) == {subject: {}}
