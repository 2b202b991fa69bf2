"""The canonical skeleton of a word, in which the usual romanisations of one Cyrillic word meet.

Letters of a skeleton: the vowels a e i o u and the consonants b c d f h k l m n p r s t v z, where h stands for г, ґ
and х, c for ц and ч, s for с, ш and щ, z for з and ж. Sources of the readings: Ukrainian Cabinet resolution 55 of
27.01.2010, BGN/PCGN 1965 and 1947, ISO 9:1995, GOST 7.79-2000 and the passport rules of ICAO Doc 9303, ALA-LC, and the
customary French, German and Polish spellings.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from apps.compliance.names.scripts import is_cyrillic, latin_folded

ENGLISH: Final = Path(__file__).with_name("data") / "english_sounds.tsv"

CYRILLIC: Final = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "h", "д": "d", "е": "e", "є": "e", "ё": "e", "ж": "z", "з": "z",
        "и": "i", "і": "i", "ї": "i", "й": "i", "ы": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
        "р": "r", "с": "s", "т": "t", "у": "u", "ў": "v", "ф": "f", "х": "h", "ц": "c", "ч": "c", "ш": "s", "щ": "s",
        "ь": "", "э": "e", "ю": "iu", "я": "ia", "ђ": "dz", "ј": "i", "љ": "l", "њ": "n", "ћ": "c", "џ": "dz", "ѓ": "h",
        "ќ": "k", "ѕ": "dz", "ѐ": "e", "ѝ": "i", "қ": "k", "ғ": "h", "ң": "n", "ү": "u", "ұ": "u", "ә": "a", "ө": "o",
        "һ": "h", "ѣ": "e", "ѳ": "f", "ѵ": "i",
    }
)  # fmt: skip

READABLE: Final = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ye", "ё": "yo", "ж": "zh",
        "з": "z", "и": "y", "і": "i", "ї": "yi", "й": "y", "ы": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch",
        "ш": "sh", "щ": "shch", "ь": "", "ъ": "", "э": "e", "ю": "yu", "я": "ya", "ђ": "dj", "ј": "j", "љ": "lj",
        "њ": "nj", "ћ": "c", "џ": "dz",
    }
)  # fmt: skip

_BULGARIAN_VOWEL: Final = re.compile("(?<=[бвгджзклмнпрстфхцчшщ])ъ(?=[бвгджзклмнпрстфхцчшщ])")

_GROUPS: Final = {
    "schtsch": "s", "chtch": "s", "shtch": "s", "stsch": "s", "szcz": "s", "shch": "s", "shh": "s", "stch": "s",
    "schsch": "z",
    "dzh": "dz", "dsch": "dz", "dj": "dz", "tsch": "c", "tch": "c", "tzsch": "c", "cz": "c", "cs": "c", "zgh": "zh",
    "zh": "z", "kh": "h", "sch": "s", "sh": "s", "sz": "s", "ph": "f", "th": "t", "gh": "h", "tz": "c", "ts": "c",
    "tc": "c",
    "ou": "u", "qu": "k", "q": "k", "x": "ks", "w": "v", "g": "h", "y": "i", "j": "i",
}  # fmt: skip
_LATIN: Final = re.compile(
    "tions?$|"
    + "|".join(sorted((key for key in _GROUPS if len(key) > 2), key=len, reverse=True))
    + "|ch|ck(?=[iy]|a(?:$|ya|ia|ja))|ck|sc(?=[eiyj])|c(?=[eiyj])|(?<=[iye])c$|c(?![hksz])|(?<=[oe])ff?$"
    + "|(?<=[b-df-hk-np-tv-xz])[yj]o|(?<=[ln])j$|"
    + "|".join(key for key in _GROUPS if len(key) < 3 and len(key) > 1)
    + "|gu(?=[ei])|[qxwgyj]"
)
_SPECIAL: Final = {
    "ch": "c",
    "ck": "k",
    "sc": "s",
    "f": "v",
    "ff": "v",
    "gu": "h",
    "yo": "e",
    "jo": "e",
    "tion": "cia",
    "tions": "cia",
}

_SOFT_DZ: Final = re.compile("дз(?=[іиеєяюь])")
_BARE_C: Final = re.compile("(?<![st])c(?![hksz])")

_VARIANTS: Final = tuple(
    (hint, re.compile(trigger), re.compile(old or trigger), new, ch)
    for hint, trigger, old, new, ch in (
        ("ch", "ch", "(?!)", "", "h"),  # Polish, Czech, German: х
        ("ch", "ch", "(?!)", "", "s"),  # French: ш
        ("ch", "(?<![sdt])s(?=[aeiouy])", "", "z", "h"),  # German: s for з beside ch for х
        ("c", _BARE_C.pattern, "", "k", "c"),
        ("c", _BARE_C.pattern, "", "ts", "c"),  # the hook lost: ц or ч
        ("q", "q", "", "g", "c"),  # Persian gh
        ("q", "^q(?:i|ua?n?$)", "^q", "ch", "c"),  # pinyin
        ("x", "^x(?=[iu])", "^x", "s", "c"),
        ("hs", "^hs", "^hs", "s", "c"),  # Wade-Giles
        ("j", "(?:(?<=[aeiouy])|^)j(?=[a-z])", "", "zh", "s"),  # French, Turkish, Romanian: ж
        ("j", "^j(?=[aeiou])", "", "dzh", "c"),  # English
        ("j", "^j(?![aeiou])", "", "kh", "c"),  # Spanish
        ("x", "x(?!i)", "x", "kh", "c"),  # linguistic, Uzbek, Azerbaijani: х
        ("sch", "(?<!t)sch(?!tsch)", "", "zh", "h"),  # German: ж
        ("z", "^z(?!h)|w.*z|z.*w", "(?<![dstcr])z(?!h)", "ts", "h"),  # German: ц
        ("ds", "ds(?=[aeiouyj])", "", "dz", "h"),  # German: дз
        ("th", "th", "", "s", "c"),  # Arabic: ث
        ("u", "(?<=[aeo])u(?![aeiouy])", "", "v", "c"),  # Belarusian: ў
        ("dz", "dz(?=[ieyj])", "", "d", "c"),  # Belarusian: дзе for де
        ("oo", "oo", "", "u", "c"),  # English: long vowels
        ("ee", "ee", "", "i", "c"),
        ("h", "[ae]h$|[ao]h[b-df-hj-np-tv-z]", "(?<=[aeo])h(?![aeiouy])", "", "c"),  # a mute h
        ("l", "^[ae]l(?=[b-df-hk-np-tv-z]).{5}", "^[ae]l", "", "c"),  # the Arabic article
        ("o", "^[yji]o(?=[bdghklmnprstvzc])", "^[yji]o", "e", "c"),  # ё
        ("rz", "rz(?=.)", "", "zh", "h"),  # Polish: ж
    )
)
"""Letters that stand for other sounds in some country, each for a further reading of the word: letters that the word
holds, where it applies, what is replaced there by what, and the reading of ch."""

_MARKED: Final = (("đ", "d"), ("û", "iu"), ("â", "ia"), ("ø", "oe"), ("å", "o"), ("ğ", ""), ("ß", "b"))
MAX_READINGS: Final = 6

_GLIDES: Final = re.compile("(?<!^)i+(?=[aeou])|^i+(?=[eo])")
_UMLAUTS: Final = re.compile("([aou])e")
DOUBLES: Final = re.compile(r"(.)\1+")
_VOWELS: Final = str.maketrans("", "", "aeiou")
_COARSE: Final = str.maketrans("chzf", "sssv")
_FRAME: Final = str.maketrans("chzf", "sssv", "aeiou")


def _read(match: re.Match[str], ch: str) -> str:
    found = match.group()
    if found == "ch":
        return ch
    if found == "ck":
        return "ck" if match.string[match.end() : match.end() + 1] in {"i", "y", "a"} else "k"
    if found == "c":
        following = match.string[match.end() : match.end() + 1]
        at_end_after_vowel = not following and match.start() > 0 and match.string[match.start() - 1] in "iye"
        return "c" if at_end_after_vowel or (following and following in "eiyj") else "k"
    if found == "j" and match.end() == len(match.string) and match.start() and match.string[match.start() - 1] in "ln":
        return ""
    return _SPECIAL.get(found) or _GROUPS[found]


def _settled(letters: str) -> str:
    letters = letters.replace("ts", "c").replace("tc", "c").replace("sc", "s")
    if "i" in letters:
        letters = _GLIDES.sub("", letters)
    if "e" in letters:
        letters = _UMLAUTS.sub(r"\1", letters)
    return DOUBLES.sub(r"\1", letters)


def _read_latin(word: str, ch: str) -> str:
    return _settled(_LATIN.sub(lambda match: _read(match, ch), word))


def readings(word: str) -> tuple[str, ...]:
    """Skeletons of a cleaned word in one script, the likeliest first, MAX_READINGS at most.

    More than one where letters stand for different sounds by country: ch for ч (English), х (German, Polish,
    scholarly) or ш (French); c for к or, its hook lost, for ц and ч; j for й, ж, дж or х; x for кс or х.
    """
    if is_cyrillic(word):
        letters = _BULGARIAN_VOWEL.sub("а", word).replace("ъ", "").translate(CYRILLIC)
        found = [_settled(latin_folded(letters))]
        if "дз" in word:
            found.append(_settled(latin_folded(_SOFT_DZ.sub("д", word).translate(CYRILLIC))))
        return tuple(dict.fromkeys(found))
    folded = latin_folded(word)
    found = [_read_latin(folded, "c")]
    for hint, trigger, old, new, ch in _VARIANTS:
        if hint in folded and trigger.search(folded):
            found.append(_read_latin(old.sub(new, folded), ch))
    if len(folded) > 2:
        found += _by_sound(folded)
    if not word.isascii():
        found += [_read_latin(latin_folded(word.replace(mark, plain)), "c") for mark, plain in _MARKED if mark in word]
    return tuple(dict.fromkeys(reading for reading in found if reading))[:MAX_READINGS] or (found[0],)


@lru_cache(maxsize=1 << 16)
def skeleton(word: str) -> str:
    """The likeliest skeleton of a cleaned word in one script."""
    if is_cyrillic(word):
        return readings(word)[0]
    return _read_latin(latin_folded(word), "c") or readings(word)[0]


def sounded(word: str) -> str:
    """The skeleton of a word partly written in Cyrillic by its sound, the rest in Latin letters as they stand."""
    letters = latin_folded(word.translate(CYRILLIC))
    return _settled(letters.replace("w", "v").replace("y", "i").replace("g", "h").replace("q", "k").replace("x", "ks"))


@cache
def _english() -> tuple[dict[str, list[str]], re.Pattern[str]]:
    words = {}
    for line in ENGLISH.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            word, spellings = line.split("\t")
            words[word] = [_settled(spelling.replace("'", "").translate(CYRILLIC)) for spelling in spellings.split()]
    either = "|".join(sorted(words, key=len, reverse=True))
    return words, re.compile(f"^(?:{either})|(?:{either})$")


def _by_sound(word: str) -> list[str]:
    """Skeletons of a Latin word with the English words at its ends as Cyrillic spells their sound."""
    words, either = _english()
    found = [""]
    last = 0
    for match in either.finditer(word):
        before = _read_latin(word[last : match.start()], "c")
        found = [start + before + spelling for start in found for spelling in words[match.group()]]
        last = match.end()
    return [_settled(start + _read_latin(word[last:], "c")) for start in found] if last else []


def readable(word: str) -> str:
    """A cleaned word in the letters a to z for people to read; a Cyrillic one roughly by resolution 55."""
    return latin_folded(word.translate(READABLE) if is_cyrillic(word) else word)


_SURE: Final = str.maketrans(
    {"г": "g", "ґ": "g", "х": "x", "ц": "c", "ч": "q", "с": "s", "ш": "w", "щ": "w", "з": "z", "ж": "j"}
)
_SOUND: Final = re.compile("[гґхцчсшщзж?]")
_TWO_SOUNDS: Final = re.compile("[шсзж]ч")
_OPEN_SOUNDS: Final = re.compile("т[сц]|дж|дз")
_LATIN_SOUND: Final = re.compile(
    "shch|szcz|schtsch|chtch|shtch|tsch|tch|sch|sh|sz|zh|kh|gh|ch|cz|ts|tz|tc|dzh|dz|[cghjqsxz]"
)
_SOFT: Final = re.compile("[iyj][aou]")
"""After s: a soft с, since ш and щ are followed by no such vowel. Marusiak is Марусяк, not Марущак.
At the start of a word Lithuanian has Šia, its hook often lost."""
_SURE_LATIN: Final = {
    "shch": "w", "szcz": "w", "schtsch": "w", "chtch": "w", "shtch": "w", "tch": "q", "sh": "w", "sz": "w", "zh": "j",
    "kh": "x", "g": "g", "ts": "c",
}  # fmt: skip


@lru_cache(maxsize=1 << 16)
def sounds(word: str) -> str:
    """The throat and hissing sounds of a cleaned word in order, "?" where its spelling leaves them open.

    They tell words apart that share a skeleton: Харченко and Гарченко, Лисенко and Лищенко.
    """
    if is_cyrillic(word):
        return "".join(_SOUND.findall(_OPEN_SOUNDS.sub("?", _TWO_SOUNDS.sub("щ", word)))).translate(_SURE)
    folded = latin_folded(word)
    return "".join(
        "s"
        if found.group() == "s" and found.start() and _SOFT.match(folded, found.end())
        else _SURE_LATIN.get(found.group(), "?")
        for found in _LATIN_SOUND.finditer(folded)
    )


def consonants(of_skeleton: str) -> str:
    """The consonants of a skeleton, in order."""
    return of_skeleton.translate(_VOWELS)


def coarse(of_skeleton: str) -> str:
    """A skeleton in which hissing and throat sounds count as one, as their spellings overlap most."""
    return DOUBLES.sub(r"\1", of_skeleton.translate(_COARSE))


def frame(of_skeleton: str) -> str:
    """The coarse consonants that keys are made of. A skeleton of fewer than two keeps its vowels."""
    consonants_only = DOUBLES.sub(r"\1", of_skeleton.translate(_FRAME))
    return consonants_only if len(consonants_only) > 1 else of_skeleton
