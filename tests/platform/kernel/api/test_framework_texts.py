"""Whatever the REST framework says of a field is told in Ukrainian, too."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.utils import translation
from rest_framework import fields, relations, serializers, validators
from rest_framework.exceptions import APIException

from kernel.api.framework_texts import FRAMEWORK_TEXTS

CYRILLIC = re.compile(r"[а-щьюяґєії]", re.IGNORECASE)
MODULES = (fields, relations, serializers, validators)


def kinds(base: type) -> Iterator[type]:
    """The class and all that descend from it."""
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


def messages() -> dict[str, object]:
    """What fields, validators and exceptions say, by where it stands."""
    found: dict[str, object] = {}
    for field in kinds(serializers.Field):
        told = getattr(field, "default_error_messages", {})
        found |= {f"{field.__qualname__}.{code}": text for code, text in told.items()}
    for module in MODULES:
        for name, item in vars(module).items():
            if isinstance(item, type) and getattr(item, "message", None):
                found[f"{name}.message"] = item.message
    found |= {error.__qualname__: error.default_detail for error in kinds(APIException)}
    return {place: text for place, text in found.items() if str(text)}


class TestFrameworkTexts:
    def test_are_told_in_ukrainian(self) -> None:
        with translation.override("uk"):
            untold = {place: str(text) for place, text in messages().items() if not CYRILLIC.search(str(text))}

        assert untold == {}

    @pytest.mark.parametrize("text", FRAMEWORK_TEXTS)
    def test_are_those_of_the_framework(self, text: str) -> None:
        with translation.override("uk"):
            told = translation.gettext(text)

        assert told != text
        assert re.findall(r"\{.+?\}", told) == re.findall(r"\{.+?\}", text)
