"""Text before any reading of names: which script a word is written in, look-alike letters repaired, marks folded."""

import re
import unicodedata
from typing import Final

MAX_LENGTH: Final = 512
"""Characters of a name that are read. The longest real names of firms stay well below."""

LOOKALIKES: Final = (
    ("a", "а"), ("b", "в"), ("c", "с"), ("e", "е"), ("h", "н"), ("i", "і"), ("j", "ј"), ("k", "к"), ("m", "м"),
    ("o", "о"), ("p", "р"), ("s", "ѕ"), ("t", "т"), ("x", "х"), ("y", "у"), ("ï", "ї"),
)  # fmt: skip
"""Latin and Cyrillic letters that look the same, as capitals at least."""

_TO_CYRILLIC: Final = {ord(latin): cyrillic for latin, cyrillic in LOOKALIKES}
_TO_LATIN: Final = {ord(cyrillic): latin for latin, cyrillic in LOOKALIKES}
_LATIN: Final = re.compile("[a-z\u00df-\u024f]")
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_APOSTROPHES: Final = "'’ʼ‘`´ʹʺ′″ˈ\u02bf\u02be"
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_DROPPED: Final = dict.fromkeys([*map(ord, _APOSTROPHES + _INVISIBLE), *range(0x300, 0x370)])

_LATIN_LETTERS: Final = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "dj", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h",
        "ŋ": "n", "ĸ": "k", "ŧ": "t", "ə": "a", "š": "sh", "ş": "sh", "ș": "sh", "ŝ": "sh", "č": "tch", "ć": "tch",
        "ç": "tch", "ĉ": "tch", "ž": "zh", "ż": "zh", "ț": "ts", "ţ": "ts", "ǧ": "g", "ğ": "g", "ġ": "g", "ḫ": "h",
        "ĵ": "zh", "ŭ": "v", "ǆ": "dzh", "ǉ": "l", "ǌ": "n",
    }
)  # fmt: skip


def cleaned(text: str) -> str:
    """The text in one Unicode form and lower case, without apostrophes and invisible signs, cut to MAX_LENGTH."""
    if text.isascii():
        return text[:MAX_LENGTH].lower().translate(_DROPPED)
    text = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).lower()[:MAX_LENGTH]
    return text.translate(_DROPPED)


def is_cyrillic(word: str) -> bool:
    """Does a cleaned word hold a Cyrillic letter?"""
    return _CYRILLIC.search(word) is not None


def one_script(word: str) -> str:
    """A cleaned word whose Latin and Cyrillic letters are mixed, written in the one script that explains it best."""
    if word.isascii():
        return word
    cyrillic, latin = _CYRILLIC.findall(word), _LATIN.findall(word)
    if not cyrillic or not latin:
        return word
    latin_foreign = all(ord(letter) in _TO_CYRILLIC for letter in latin)
    cyrillic_foreign = all(ord(letter) in _TO_LATIN for letter in cyrillic)
    if latin_foreign and (not cyrillic_foreign or len(cyrillic) >= len(latin)):
        return word.translate(_TO_CYRILLIC)
    if cyrillic_foreign or len(latin) > len(cyrillic):
        return word.translate(_TO_LATIN)
    return word.translate(_TO_CYRILLIC)


def latin_folded(word: str) -> str:
    """A Latin word in the letters a to z: special letters spelt out, marks dropped. Other scripts stay."""
    if word.isascii():
        return word
    word = word.translate(_LATIN_LETTERS)
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
