"""Legal forms of organisations: split off a name wherever they stand, told by class across countries."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from apps.compliance.names.common_words import latin_abbreviations
from apps.compliance.names.scripts import cleaned, is_cyrillic, latin_folded, one_script
from apps.compliance.names.skeletons import readable, skeleton

TABLE: Final = Path(__file__).with_name("data") / "legal_forms.tsv"
_SKELETON_LENGTH: Final = 6
"""Letters from which a word is known in any romanisation."""
_SPELT: Final = str.maketrans(
    {
        "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "g": "г", "h": "х", "i": "и", "k": "к", "l": "л", "m": "м",
        "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "z": "з",
    }
)  # fmt: skip
"""GmbH as ГмбХ: short Latin forms written in Cyrillic letters."""
_LONG_WORD: Final = 7
"""Letters from which a form of one word is taken for one in the middle of a name too."""


_SURE: Final = re.compile("[b-df-hj-np-tv-z]{3,5}|doo|ooo|oao|zao|pao|tov|prat")
"""Short forms that are hardly ever a word: known in the middle of a name too."""


@dataclass(frozen=True, slots=True)
class LegalForm:
    """The class of a legal form (limited, stock, state …) and the words that told it."""

    form: str
    words: str


@lru_cache(maxsize=1 << 16)
def keyed(word: str) -> str:
    """A cleaned word as the table keys it: long ones by their skeleton, short ones in plain Latin letters."""
    if len(word) >= _SKELETON_LENGTH:
        return "~" + skeleton(word)
    return readable(word) if is_cyrillic(word) else latin_folded(word)


def _spellings(spelling: str) -> list[tuple[str, ...]]:
    """The words of a form as keys; a short Cyrillic form in the letters of several countries too."""
    words = [one_script(word) for word in cleaned(spelling).split()]
    found = [tuple(keyed(word) for word in words)]
    if len(words) == 1 and is_cyrillic(words[0]) and len(words[0]) < _SKELETON_LENGTH:
        found += [(latin,) for latin in latin_abbreviations(words[0])]
    elif len(words) == 1 and len(words[0]) > 1:
        found.append((keyed(words[0].translate(_SPELT)),))
    return found


@cache
def _forms() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """First word → (words, class), the longest first."""
    found: dict[tuple[str, ...], str] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        form, _, spellings = line.split("\t")
        for spelling in spellings.split("|"):
            for words in _spellings(spelling.replace("-", " ").replace("&", " ")):
                if words:
                    found.setdefault(words, form)
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words, form in sorted(found.items(), key=lambda row: -len(row[0])):
        by_first.setdefault(words[0], []).append((words, form))
    return {first: tuple(rows) for first, rows in by_first.items()}


def _at(words: list[str], start: int) -> tuple[int, str] | None:
    for spelling, form in _forms().get(words[start], ()):
        if tuple(words[start : start + len(spelling)]) == spelling:
            return len(spelling), form
    return None


def without_legal_forms(*, words: list[str]) -> tuple[list[str], LegalForm | None]:
    """The words of a name without its legal forms, and the first form found. A name of nothing else stays whole."""
    keys = [keyed(word) for word in words]
    taken = [False] * len(words)
    legal_form = None
    forms = _forms()
    for start, key in enumerate(keys):
        if key not in forms or taken[start] or not (found := _at(keys, start)):
            continue
        length, form = found
        at_edge = all(taken[:start]) or start + length == len(keys) or _only_forms_follow(keys, start + length)
        if not at_edge and length == 1 and len(words[start]) < _LONG_WORD and not _SURE.fullmatch(key):
            continue
        taken[start : start + length] = [True] * length
        legal_form = legal_form or LegalForm(form, " ".join(words[start : start + length]))
    if all(taken):
        return words, None
    return [word for word, gone in zip(words, taken, strict=True) if not gone], legal_form


def _only_forms_follow(keys: list[str], start: int) -> bool:
    while start < len(keys):
        found = _at(keys, start)
        if not found:
            return False
        start += found[0]
    return True
