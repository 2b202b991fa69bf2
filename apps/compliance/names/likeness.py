"""How alike two words are: 1 for one word in two spellings, with typing errors and vowels forgiven in part."""

import re
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from apps.compliance.names.parts import Part
from apps.compliance.names.scripts import is_cyrillic
from apps.compliance.names.skeletons import coarse, consonants
from apps.compliance.names.transcription import transcriptions

ONLY_A_VOWEL: Final = 0.5
"""Part of what is lacking to 1 that is forgiven where one vowel is all that differs."""
ONLY_VOWELS: Final = 0.4
VOWELS_LENGTH: Final = 4
"""The same for surnames of VOWELS_LENGTH consonants and more with several other vowels: Volotkovich, Valatkovich."""
OTHER_FIRST_LETTER: Final = 0.04
OTHER_ENDING: Final = 0.7
"""At most so alike are surnames with two different usual endings: Kovalenko and Kovalchenko are two families."""
OTHER_GIVEN: Final = 0.15
MISREAD: Final = 0.9
"""Likeness of words that print may have been misread for each other."""
SWAPPED: Final = 0.88
OTHER_SOUND: Final = 0.8
"""At most so alike are words whose spellings stand for different sounds in one place, and those that differ in the
first letter: it is mistyped seldom and parts many families."""
VOWEL_LENGTH: Final = 6
"""Skeletons shorter than this hold too little beside their vowels to forgive one; ё, written e and o, always is."""
FAR: Final = 0.3
"""Longer words whose likeliest skeletons are less alike than this are strangers in their other readings too."""
TRANSCRIBED: Final = 0.95
TRANSCRIBED_FROM: Final = 0.3
"""Words of two scripts less alike than this are not looked at by their sound."""
_CONFUSED: Final = ({"a", "o"}, {"a", "e"}, {"e", "i"}, {"e", "o"}, {"i", "o"})
_YO: Final = ({"e", "o"},)
_MISREAD: Final = re.compile("rn|cl|vv|ii|[l1]")
_READ_AS: Final = {"rn": "m", "cl": "d", "vv": "w", "ii": "u", "l": "i", "1": "i"}
MISTYPED: Final = 0.88
"""At least so alike is a word one letter apart from a given name of the table, itself not in it."""

_ENDING: Final = re.compile(
    "(cenko|enko|ko|cuk|enuk|uk|cak|ak|ik|[oe]vic|ic|[oei]vski|inski|anski|ski|cki|(?:ak|ik|uk|enk)?[oei]v|kin|in|ec|an)$"
)
_OV: Final = re.compile("[ei]v")
"""Ковалів and Ковалев, Дяченківський and Дьяченковский: ov by another name."""


def likeness(one: Part, other: Part) -> float:
    """Likeness of two words, 0 to 1, over all their readings."""
    if one.skeleton == other.skeleton:
        return OTHER_SOUND if _sounds_differ(one, other) else 1.0
    if len(one.readings) == len(other.readings) == 1:
        alike = _of_skeletons(one.skeleton, other.skeleton)
    else:
        alike = _of_skeletons(one.skeleton, other.skeleton)
        if alike >= FAR or min(len(one.skeleton), len(other.skeleton)) < VOWEL_LENGTH:
            alike = max(_of_skeletons(mine, theirs) for mine in one.readings for theirs in other.readings)
    if alike < MISREAD and _misread(one, other):
        return MISREAD
    if alike < SWAPPED and _swapped(one.word, other.word):
        return SWAPPED
    if TRANSCRIBED_FROM < alike < TRANSCRIBED and is_cyrillic(one.word) != is_cyrillic(other.word):
        return max(alike, _transcribed(one, other))
    return alike


def _sounds_differ(one: Part, other: Part) -> bool:
    """Do two words of one skeleton have different throat or hissing sounds for certain? Харченко is not Гарченко."""
    mine, theirs = one.sounds, other.sounds
    if mine == theirs or len(mine) != len(theirs):
        return False
    return any(left != right and "?" not in (left, right) for left, right in zip(mine, theirs, strict=True))


def _misread(one: Part, other: Part) -> bool:
    if is_cyrillic(one.word) or is_cyrillic(other.word) or abs(len(one.text) - len(other.text)) > 2:
        return False
    return _as_misread(one.text) == _as_misread(other.text)


@lru_cache(maxsize=1 << 15)
def _as_misread(text: str) -> str:
    """A Latin word with letters made one that are misread for each other in print: rn and m, cl and d, vv and w."""
    return _MISREAD.sub(lambda match: _READ_AS[match.group()], text)


def _swapped(one: str, other: str) -> bool:
    """Are two neighbouring letters exchanged?"""
    return len(one) == len(other) > 3 and sorted(one) == sorted(other) and OSA.distance(one, other, score_cutoff=1) == 1


def _transcribed(one: Part, other: Part) -> float:
    """Likeness of a Western word and a Cyrillic one that may write it by its sound."""
    latin, cyrillic = (other, one) if is_cyrillic(one.word) else (one, other)
    alike = max((_of_skeletons(found, cyrillic.skeleton) for found in transcriptions(latin.word)), default=0.0)
    return min(alike, TRANSCRIBED)


def _of_skeletons(one: str, other: str) -> float:
    if one == other:
        return 1.0
    distance = OSA.distance(one, other)
    alike = 1 - distance / max(len(one), len(other))
    if one[0] != other[0]:
        return min(alike, OTHER_SOUND) if one[1:] == other[1:] else alike - OTHER_FIRST_LETTER
    if distance == 1 and len(one) == len(other) and _vowels_confused(one, other, _YO):
        return alike + (1 - alike) * ONLY_A_VOWEL
    if distance == 1 and max(len(one), len(other)) >= VOWEL_LENGTH and consonants(one) == consonants(other):
        confused = len(one) != len(other) or _vowels_confused(one, other, _CONFUSED)
        return alike + (1 - alike) * ONLY_A_VOWEL if confused else alike
    return alike


def _vowels_confused(one: str, other: str, pairs: tuple[set[str], ...]) -> bool:
    """Do words of one length differ only in vowels that languages and romanisations exchange?"""
    return len(one) == len(other) and all(
        left == right or {left, right} in pairs for left, right in zip(one, other, strict=True)
    )


def given_likeness(one: Part, other: Part) -> float:
    """Likeness of two given names: forms of one name are the same, two known names are not, however near in letters."""
    if one.given and other.given:
        theirs = dict(other.given_shares)
        shares = [share * theirs[number] for number, share in one.given_shares if number in theirs]
        if not shares:
            return OTHER_GIVEN
        return 1.0 if one.skeleton == other.skeleton else max([*shares, likeness(one, other)])
    alike = likeness(one, other)
    one_letter = (one.given or other.given) and OSA.distance(one.skeleton, other.skeleton, score_cutoff=1) == 1
    return max(alike, MISTYPED) if one_letter and len(one.skeleton) > 3 else alike


def surname_likeness(one: Part, other: Part) -> tuple[float, bool]:
    """Likeness of two surnames with the endings of gender made one, and whether the genders of the forms differ."""
    if one.skeleton == other.skeleton:
        return likeness(one, other), False
    if one.stem == other.stem:
        return OTHER_SOUND if _sounds_differ(one, other) else 1.0, True
    if _by_gender(one.skeleton, other.skeleton) or _by_gender(other.skeleton, one.skeleton):
        return 1.0, True
    alike = max(likeness(one, other), _of_skeletons(one.stem, other.stem))
    if alike < 1 and _two_endings(one, other):
        return min(alike, OTHER_ENDING), False
    mine, theirs = consonants(one.stem), consonants(other.stem)
    if mine == theirs and len(mine) >= VOWELS_LENGTH and one.skeleton[0] == other.skeleton[0]:
        if len(one.stem) == len(other.stem) and not _vowels_confused(one.stem, other.stem, _CONFUSED):
            return alike, False
        alike = max(alike, min(alike + (1 - alike) * ONLY_VOWELS, 0.95))
    return alike, False


def _by_gender(man: str, woman: str) -> bool:
    """Chornyi and Chorna, Novák and Nováková, Vlček and Vlčková, Kazlauskas and Kazlauskienė: one family."""
    if len(man) < 4 or len(woman) < 4:
        return False
    if man[-1] == "i" and woman[-1] == "a" and man[:-1] == woman[:-1]:
        return True
    if woman.endswith("ova") and woman[:-3] in {man, man[:-1] if man[-1] in "aeo" else man, _without_moving_e(man)}:
        return True
    root = man[:-2] if man.endswith(("as", "is", "us")) else ""
    return bool(root) and woman in {root + ending for ending in ("ene", "iene", "aite", "ite", "ute")}


def _without_moving_e(man: str) -> str:
    return man[:-2] + man[-1] if man[-2:] in {"ek", "ec"} else man


@lru_cache(maxsize=1 << 16)
def _endings(surname: Part) -> frozenset[str]:
    """The usual endings of a surname in its readings, none where a reading has none."""
    sound = coarse(surname.skeleton)
    stems = (surname.stem, *(reading for reading in surname.readings if coarse(reading) != sound))
    found = [_ENDING.search(stem) for stem in stems]
    endings = [_OV.sub("ov", match.group()) for match in found if match]
    return frozenset(endings) if len(endings) == len(found) else frozenset()


def _two_endings(one: Part, other: Part) -> bool:
    mine, theirs = _endings(one), _endings(other)
    return bool(mine and theirs) and not mine & theirs
