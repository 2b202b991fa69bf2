"""Names of organisations: in Latin letters, and as they are compared with one another."""

from __future__ import annotations

import re
import unicodedata

_LATIN = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "h",
    "ґ": "g",
    "д": "d",
    "е": "e",
    "є": "ie",
    "ж": "zh",
    "з": "z",
    "и": "y",
    "і": "i",
    "ї": "i",
    "й": "i",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ь": "",
    "ю": "iu",
    "я": "ia",
}
_LATIN_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
"""How these are written where a word begins."""
_APOSTROPHES = "'’ʼ‘`´′"
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_WORD = re.compile(rf"[\u0400-\u04ff]+(?:[{_APOSTROPHES}][\u0400-\u04ff]+)*")

_FOLDED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
    | dict.fromkeys(_APOSTROPHES, "")
)
_INITIAL = re.compile(r"(?<![^\W_])([^\W_])\.")
"""A letter with a full stop: one of `S.p.A.`, which is read as one word."""
_BETWEEN = re.compile(r"[\W_]+")
_FORMS = frozenset(
    tuple(form.split())
    for form in (
        # Ukraine: abbreviations and full names, as they are romanised
        *("tov", "tdv", "pp", "at", "vat", "zat", "pat", "prat", "dp", "kp", "fop", "tzov", "tovarystvo"),
        "tovarystvo z obmezhenoiu vidpovidalnistiu",
        "tovarystvo z dodatkovoiu vidpovidalnistiu",
        "pryvatne pidpryiemstvo",
        "derzhavne pidpryiemstvo",
        "aktsionerne tovarystvo",
        "pryvatne aktsionerne tovarystvo",
        "publichne aktsionerne tovarystvo",
        "fizychna osoba pidpryiemets",
        # written out in English
        *("limited", "ltd", "co ltd", "company limited", "private limited company", "public limited company"),
        *("limited liability company", "limited liability partnership", "joint stock company", "private enterprise"),
        *("llc", "llp", "lp", "plc", "pte ltd", "pty ltd", "jsc", "pjsc", "prjsc", "cjsc", "ojsc"),
        *("inc", "incorporated", "corp", "corporation", "company", "co"),
        # Germany, Austria, Switzerland
        *("gmbh", "gmbh co kg", "ag", "kg", "ug", "ug haftungsbeschrankt", "og", "ohg", "gesmbh", "mbh", "ev"),
        # France, Belgium, Luxembourg, Italy, Spain, Portugal
        *("sa", "sas", "sasu", "sarl", "sca", "eurl", "srl", "spa", "sl", "slu", "lda", "snc", "sprl", "bvba"),
        # Netherlands and Nordic countries
        *("bv", "nv", "cv", "ab", "ab publ", "as", "asa", "aps", "a s", "oy", "oyj", "hf", "ehf", "publ"),
        # Poland, Czechia, Slovakia, Hungary, Slovenia, Croatia, Romania, Bulgaria
        *("sp z o o", "sp z oo", "spz oo", "spolka z ograniczona odpowiedzialnoscia", "spolka akcyjna", "sp k", "sp j"),
        *("s r o", "sro", "kft", "zrt", "nyrt", "bt", "doo", "dd", "ood", "ad", "eood", "ead"),
        # Baltic countries
        *("ou", "osauhing", "aktsiaselts", "mtu", "sia", "uab", "mb", "osakeyhtio", "aktiebolag"),
        # the European Union
        *("se", "sce", "eeig"),
    )
)
_LONGEST_FORM = max(len(form) for form in _FORMS)
_LONGEST_PART = 199
PARTS = "|"
"""Stands between the keys of an organisation's two names; no key holds it."""


def romanised(text: str) -> str:
    """Ukrainian text in Latin letters by the resolution of the Cabinet of Ministers No. 55 of 27 January 2010.

    The soft sign and the apostrophe are left out. A word in capitals stays in capitals. What is not Ukrainian stays.
    """
    return _WORD.sub(lambda match: _word(match.group()), unicodedata.normalize("NFC", text))


def name_romanised(*, legal_name: str, legal_name_uk: str) -> str | None:
    """The native name in Latin letters; None where the organisation has stated none in Cyrillic."""
    for name in (legal_name_uk, legal_name):
        if _CYRILLIC.search(name):
            return romanised(name)
    return None


def name_keys(*, legal_name: str, legal_name_uk: str) -> list[str]:
    """What is compared of an organisation's names: one key for each, without repetition and without empty ones.

    A key is romanised and lower-case, without accents, punctuation and legal forms at either end.
    """
    keys = [_key(name)[:_LONGEST_PART].rstrip() for name in (legal_name, legal_name_uk)]
    return list(dict.fromkeys(key for key in keys if key))


def name_key(*, legal_name: str, legal_name_uk: str) -> str:
    """The keys of an organisation's names as its row keeps them; at most 400 characters."""
    return PARTS.join(name_keys(legal_name=legal_name, legal_name_uk=legal_name_uk))


def _word(word: str) -> str:
    letters = re.sub(f"[{_APOSTROPHES}]", "", word)
    is_shouted = len(letters) > 1 and letters.isupper()
    written = []
    for place, letter in enumerate(letters):
        low = letter.lower()
        latin = _LATIN_FIRST.get(low) if place == 0 else None
        if latin is None:
            latin = _LATIN.get(low, letter)
        if low == "г" and letters[place - 1 : place].lower() == "з":
            latin = "gh"  # «зг» is told from «ж»
        if is_shouted:
            latin = latin.upper()
        elif letter.isupper():
            latin = latin.capitalize()
        written.append(latin)
    return "".join(written)


def _key(name: str) -> str:
    text = unicodedata.normalize("NFKD", romanised(name).casefold())
    text = "".join(char for char in text if not unicodedata.combining(char)).translate(_FOLDED)
    words = _BETWEEN.sub(" ", _INITIAL.sub(r"\1", text)).split()
    return " ".join(_without_forms(words) or words)


def _without_forms(words: list[str]) -> list[str]:
    """The words without legal forms at the beginning and the end, the longest first."""
    for length in range(min(_LONGEST_FORM, len(words)), 0, -1):
        if tuple(words[:length]) in _FORMS:
            return _without_forms(words[length:])
        if tuple(words[-length:]) in _FORMS:
            return _without_forms(words[:-length])
    return words
