"""The platform's confidentiality undertaking: its text in each language and what identifies it."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apps.organisations.disclosure import UNDERTAKING

LANGUAGES = ("en", "uk")
_TEXTS = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class UndertakingText:
    """The undertaking in one language: `text` is its numbered clauses."""

    version: str
    sha256: str
    language: str
    title: str
    text: str


def undertaking_text(*, language: str) -> UndertakingText:
    """The undertaking in force in `language`; in English where the language is none of `LANGUAGES`."""
    texts = _texts(UNDERTAKING)
    return texts.get(language, texts["en"])


def undertaking_sha256() -> str:
    """SHA-256 of the file that holds the undertaking in force in all its languages: accepting one accepts all."""
    return undertaking_text(language="en").sha256


@functools.cache
def _texts(version: str) -> Mapping[str, UndertakingText]:
    content = (_TEXTS / f"undertaking-{version}.json").read_bytes()
    document = json.loads(content)
    return {
        language: UndertakingText(
            version=document["version"],
            sha256=hashlib.sha256(content).hexdigest(),
            language=language,
            title=document["languages"][language]["title"],
            text="\n\n".join(
                f"{number}. {clause['heading']}. {clause['text']}"
                for number, clause in enumerate(document["languages"][language]["clauses"], 1)
            ),
        )
        for language in LANGUAGES
    }
