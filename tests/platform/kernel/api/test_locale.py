"""The Ukrainian catalogue: complete, and compiled from its source."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import kernel
from kernel.errors import DomainError

FOLDER = Path(kernel.__file__).parent
CATALOGUE = FOLDER / "locale" / "uk" / "LC_MESSAGES"
ENTRY = re.compile(r'^msgid "(.+)"\nmsgstr "(.*)"$', re.MULTILINE)


def marked_texts() -> set[str]:
    """Every literal that the API's modules mark for translation."""
    found = set()
    for file in (FOLDER / "api").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_mark = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "_lazy"}
            if is_mark and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def kernel_errors(parent: type[DomainError] = DomainError) -> set[type[DomainError]]:
    """The errors of the kernel, whose docstrings are what they say."""
    children = {child for child in parent.__subclasses__() if child.__module__.startswith("kernel.")}
    return children.union(*(kernel_errors(child) for child in children))


class TestCatalogue:
    def test_translates_every_marked_text(self):
        with (CATALOGUE / "django.mo").open("rb") as file:
            translation = gettext.GNUTranslations(file)

        texts = marked_texts()
        missing = {text for text in texts if translation.gettext(text) == text}

        assert len(texts) > 40
        assert missing == set()

    def test_translates_what_the_errors_of_the_kernel_say(self):
        with (CATALOGUE / "django.mo").open("rb") as file:
            translation = gettext.GNUTranslations(file)

        said = {str(error.__doc__).strip().splitlines()[0] for error in kernel_errors()}

        assert {text for text in said if translation.gettext(text) == text} == set()

    def test_is_compiled_from_its_source(self):
        entries = dict(ENTRY.findall((CATALOGUE / "django.po").read_text(encoding="utf-8")))
        with (CATALOGUE / "django.mo").open("rb") as file:
            compiled = {
                key: value
                for key, value in gettext.GNUTranslations(file)._catalog.items()
                if key  # type: ignore[attr-defined]
            }

        assert entries == compiled
