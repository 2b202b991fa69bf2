"""How Cyrillic practice writes Western and Chinese words by their sound: Vogel as Фогель, Boucher as Буше.

The rules are the main ones of the customary transcriptions, written here in Latin letters of English sound; word
endings and vowels that practice itself writes in several ways are left to the comparison, which forgives them.
"""

import re
from functools import lru_cache
from typing import Final

from apps.compliance.names.skeletons import sounded

GERMAN: Final = (
    ("tsch", "ч"), ("sch", "ш"), ("^s(?=[tp])", "ш"), ("ch", "х"), ("e[iy]|a[iy]", "ай"), ("eu|äu", "ой"), ("ie", "и"),
    ("(?<=[aeiouäöü])h", ""), ("ph|v|ff", "ф"), ("w", "в"), ("tz|z", "ц"), ("ß|ss", "с"), ("qu", "кв"), ("ck", "к"),
    ("(?<![a-z])s(?=[aeiouäöü])|(?<=[aeiouäöülrnm])s(?=[aeiouäöü])", "з"), ("ü", "ю"), ("[äö]", "е"), ("th", "т"),
    ("j", "й"),
)  # fmt: skip
ENGLISH: Final = (
    ("tch|ch", "ч"), ("sh", "ш"), ("th", "т"), ("ph", "ф"), ("igh", "ай"), ("wh|w", "у"), ("j|dg", "дж"), ("oo", "у"),
    ("ee|ea", "и"), ("ck", "к"), ("c(?=[eiy])", "с"), ("g(?=[eiy])", "дж"), ("(?<=[aeiou])h", ""), ("ow", "оу"),
    ("(?<=[a-zа-я])e$", ""), ("x", "кс"),
)  # fmt: skip
FRENCH: Final = (
    ("eaux?|aux?", "о"), ("ou", "у"), ("oi", "уа"), ("ch", "ш"), ("j|g(?=[eéiy])", "ж"), ("gn", "н"), ("qu", "к"),
    ("ph", "ф"), ("th", "т"), ("ç|c(?=[eéiy])", "с"), ("ai", "е"), ("er$|et$|ez$", "е"), ("(?<=[aeiouyа-я])nt$", "н"),
    ("es?$", ""), ("[stdxpz]$", ""), ("h", ""), ("u(?=[^aeiou])", "ю"), ("[éèêë]", "е"),
)  # fmt: skip
POLISH: Final = (
    ("szcz", "щ"), ("cz|ci(?=[aeou])|ć", "ч"), ("sz|(?<=[ptkc])rz", "ш"), ("rz|ż", "ж"), ("dz[iź]?(?=[aeou])", "дз"),
    ("ch", "х"), ("w", "в"), ("ł", "л"), ("ó", "у"), ("ą", "он"), ("ę", "ен"), ("c", "ц"), ("[śs]", "с"), ("j", "й"),
    ("[źz]", "з"),
)  # fmt: skip
ITALIAN: Final = (
    ("sc(?=[ei])", "ш"), ("cch|ch", "к"), ("c+i(?=[aou])|c+(?=[ei])", "ч"), ("g+i(?=[aou])|g+(?=[ei])", "дж"),
    ("gli?(?=[aeiou])", "ль"), ("gn", "н"), ("z+", "ц"), ("qu", "кв"), ("(?<=[aeiou])s(?=[aeiou])", "з"),
)  # fmt: skip
SPANISH: Final = (
    ("ch", "ч"), ("j|g(?=[ei])", "х"), ("ll", "ль"), ("ñ", "нь"), ("qu", "к"), ("z|c(?=[eií])", "с"), ("h", ""),
    ("x", "кс"),
)  # fmt: skip
ROMANIAN: Final = (
    ("ch", "к"), ("c(?=[ei])", "ч"), ("gh", "г"), ("g(?=[ei])", "дж"), ("j", "ж"), ("[șş]", "ш"), ("[țţ]", "ц"),
)  # fmt: skip
HUNGARIAN: Final = (
    ("sz", "с"), ("zs", "ж"), ("cs", "ч"), ("gy", "дь"), ("ny", "нь"), ("ly", "й"), ("s", "ш"), ("c", "ц"),
    ("(?<=[bdfgklmnprt])h", "х"),
)  # fmt: skip
TURKISH: Final = (("c", "дж"), ("ç", "ч"), ("ş", "ш"), ("ğ", ""), ("j", "ж"), ("[öü]", "ю"))
CHINESE: Final = (
    ("zh", "чж"), ("ch", "ч"), ("sh|x", "с"), ("j", "цз"), ("q", "ц"), ("z", "цз"), ("c", "ц"), ("r", "ж"),
    ("ng", "н"), ("w", "в"), ("ui", "уэй"), ("h", "х"),
)  # fmt: skip
LANGUAGES: Final = (
    GERMAN, ENGLISH, FRENCH, POLISH, ITALIAN, SPANISH, ROMANIAN, HUNGARIAN, TURKISH, CHINESE,
)  # fmt: skip
_RULES: Final = tuple(tuple((re.compile(old), new) for old, new in rules) for rules in LANGUAGES)


@lru_cache(maxsize=1 << 15)
def transcriptions(word: str) -> tuple[str, ...]:
    """Skeletons of a cleaned Latin word as the custom of each language would have it in Cyrillic."""
    found = []
    for rules in _RULES:
        written = word
        for old, new in rules:
            written = old.sub(new, written)
        found.append(sounded(written))
    return tuple(dict.fromkeys(reading for reading in found if len(reading) > 1))
