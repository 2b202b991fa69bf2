"""Markings of classified information in names and texts: what counts as one, and what merely mentions one.

A marking stands apart: alone on its line, with copy numbers and the like beside it, in brackets, or parted from other
text by a wide gap. A sentence that speaks of one ("cleared up to NATO SECRET") does not count. Letters are compared by
shape, so letters of another alphabet, letter-spacing, soft hyphens and line breaks change nothing.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "markings.json"
LONGEST_TEXT = 400_000
_BESIDE = 300
"""Characters that are searched; banners stand on first pages."""

_SHAPES = str.maketrans(
    {
        # Letters of other alphabets and signs that look the same, by the Latin letter; capitals only.
        **dict(zip("АВЕЅІЈКМНОРСТУХҮԜԚ", "ABESIJKMHOPCTYXYWQ", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
        **dict(zip("0@$€", "OASE", strict=True)),
        "Є": "Є",
        "Ł": "L",
        "Đ": "D",
        "Ħ": "H",
        "Ø": "O",
        "Ӏ": "I",
    }
)
_WIDE = re.compile(r"\t|\s{3,}|[|—–]|//|\s[-•·*]\s")
_ABBREVIATED = frozenset({"KOMБIHAT", "KOMБIHATУ", "KOMБIHATY", "КOMПAHIЯ"})


@dataclass(frozen=True)
class Marking:
    """A marking that was found: as the list has it, its language and level, and where it stands in the law."""

    marking: str
    language: str
    level: str
    source: str


@dataclass(frozen=True)
class _Pattern:
    shape: str
    strength: str
    found: Marking


@dataclass(frozen=True)
class _Token:
    shape: str
    start: int
    stop: int
    line: int


def in_text(text: str) -> Marking | None:
    """The gravest marking that stands as a banner in a text."""
    text = _cleaned(text[:LONGEST_TEXT])
    return _gravest(text, is_name=False)


def in_name(name: str) -> Marking | None:
    """The gravest marking in a file name, with or without its ending."""
    stem, dot, ending = name.rpartition(".")
    text = _cleaned(stem if dot and stem and len(ending) <= 5 else name)
    return _gravest(re.sub(r"[_.+~,;=-]+", " ", text), is_name=True)


LEVELS = ("restricted", "confidential", "secret", "top_secret")


@cache
def _patterns() -> tuple[tuple[_Pattern, ...], frozenset[str]]:
    data = json.loads(DATA.read_text(encoding="utf-8"))
    patterns = tuple(
        _Pattern(
            "".join(token.shape for token in _tokens(_cleaned(row["marking"]))),
            row["strength"],
            Marking(row["marking"], row["language"], row["level"], row["source"]),
        )
        for row in data["markings"]
    )
    words = frozenset(token.shape for word in data["companions"] for token in _tokens(_cleaned(word)))
    return patterns, words


def _cleaned(text: str) -> str:
    """Without invisible characters and accents; line ends become one kind."""
    text = unicodedata.normalize("NFKD", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category in {"Mn", "Me", "Cf"}:
            continue
        kept.append("\n" if category in {"Zl", "Zp"} or character in "\x0b\x0c\x85" else character)
    return "".join(kept)


_LETTERS = re.compile(r"(?:[^\W\d_]|[@$€]|(?<=[^\W\d_])0|0(?=[^\W\d_]))+")


def _tokens(text: str) -> list[_Token]:
    breaks = [match.start() for match in re.finditer("\n", text)]
    return [
        _Token(_shape(match[0]), match.start(), match.end(), bisect_left(breaks, match.start()))
        for match in _LETTERS.finditer(text)
    ]


def _shape(letters: str) -> str:
    return letters.upper().translate(_SHAPES)


def _gravest(text: str, *, is_name: bool) -> Marking | None:
    tokens = _tokens(text)
    squeezed = "".join(token.shape for token in tokens)
    starts: list[int] = []
    at = 0
    for token in tokens:
        starts.append(at)
        at += len(token.shape)
    found: Marking | None = None
    for pattern in _patterns()[0]:
        if found is not None and _weight(pattern.found) <= _weight(found):
            continue
        position = squeezed.find(pattern.shape)
        while position >= 0:
            first = bisect_left(starts, position)
            last = bisect_right(starts, position + len(pattern.shape) - 1) - 1
            is_whole = (
                first < len(starts)
                and starts[first] == position
                and starts[last] + len(tokens[last].shape) == position + len(pattern.shape)
            )
            if is_whole and _stands_apart(text, tokens, first, last, pattern, is_name=is_name):
                found = pattern.found
                break
            position = squeezed.find(pattern.shape, position + 1)
    return found


def _weight(marking: Marking) -> tuple[int, int]:
    return LEVELS.index(marking.level), len(marking.marking)


def _stands_apart(text: str, tokens: list[_Token], first: int, last: int, pattern: _Pattern, *, is_name: bool) -> bool:
    start, stop = tokens[first].start, tokens[last].stop
    if stop - start > 6 * len(pattern.shape) + 20 or tokens[last].line - tokens[first].line > 3:
        return False
    before = text[max(0, start - _BESIDE) : start].rpartition("\n")[2]
    after = text[stop : stop + _BESIDE].partition("\n")[0]
    is_labelled = _LETTERS.search(before) is not None and _only_companions(before)
    if not is_name and not is_labelled and not _is_written_as_banner(text[start:stop], pattern.strength):
        return False
    if is_name:
        return _stands_apart_in_name(before, after, pattern.strength)
    return _is_apart(before, after)


def _is_written_as_banner(letters: str, strength: str) -> bool:
    cased = [letter for letter in letters if letter.isalpha()]
    if strength == "abbreviation":
        return sum(letter.islower() for letter in cased) <= 1
    return cased[0].isupper() or (strength == "phrase" and all(letter.islower() for letter in cased))


def _is_apart(before: str, after: str) -> bool:
    """Whether what stands on the same line leaves the marking a banner: nothing but companions, up to a wide gap."""
    near_before = _WIDE.split(before)[-1]
    near_after = _WIDE.split(after)[0]
    inner, outer = near_before.rstrip(), near_after.lstrip()
    if inner and outer and inner[-1] in "([{" and outer[0] in ")]}":
        # At the end of a heading, not behind the word that it abbreviates (a house-building works is a ДСК too).
        words = _tokens(inner)
        return _only_companions(outer[1:]) and len(words) <= 8 and not (words and words[-1].shape in _ABBREVIATED)
    if re.match(r"\s*[:,]?\s+[a-zа-яєіїґ]{2,}", near_after) and not _only_companions(near_after):
        return False
    return _only_companions(near_before) and _only_companions(near_after)


def _only_companions(text: str) -> bool:
    words = _patterns()[1]
    for number, match in enumerate(_LETTERS.finditer(text)):
        shape = _shape(match[0])
        if number >= 12 or (len(shape) > 1 and shape not in words):
            return False
    return True


def _stands_apart_in_name(before: str, after: str, strength: str) -> bool:
    if strength == "phrase":
        return True
    is_bracketed = before.rstrip()[-1:] in tuple("([{") and after.lstrip()[:1] in tuple(")]}")
    if strength == "abbreviation":
        is_number_next = bool(re.match(r"\s*[№#]?\s*\d", after))
        return is_bracketed or ((not before.strip() or not after.strip()) and not is_number_next)
    return is_bracketed or (_only_companions(before) and _only_companions(after))
