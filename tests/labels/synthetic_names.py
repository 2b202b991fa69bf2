"""Bearers of names composed from real parts of names, and the spellings in which one bearer may appear.

The romanisations here are written down apart from those of the product, so that they can tell where it is wrong.
"""

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from apps.compliance.names import Kind

_STOCK = {
    kind: words.split()
    for kind, words in (
        line.split("\t")
        for line in Path(__file__).with_name("name-stock.tsv").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
}

UKRAINIAN_MEN = _STOCK["ukrainian_men"]
UKRAINIAN_WOMEN = _STOCK["ukrainian_women"]
RUSSIAN_MEN = _STOCK["russian_men"]
RUSSIAN_WOMEN = _STOCK["russian_women"]
EUROPEAN = _STOCK["european"]
STEMS = _STOCK["stems"]
ENDINGS = (
    "енко",
    "чук",
    "ук",
    "ик",
    "ак",
    "ський",
    "цький",
    "ов",
    "ев",
    "ін",
    "ець",
    "ич",
    "евич",
    "івський",
    "аш",
    "юк",
)
WHOLE_SURNAMES = _STOCK["whole_surnames"]
COMPANY_WORDS = _STOCK["company_words"]
LATIN_COMPANY_WORDS = _STOCK["latin_company_words"]
COINED_STARTS = _STOCK["coined_starts"]
COINED_ENDS = _STOCK["coined_ends"]
COMMON_WORDS = _STOCK["common_words"]
LEGAL_FORMS = ("ТОВ «{}»", "ПП «{}»", "{} LLC", "АТ «{}»", "{} Ltd", "{} GmbH", "ООО «{}»", "{} Sp. z o.o.", "{}")

_KMU = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "y", "і": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ы": "y", "э": "e", "ё": "e", "'": "",
}  # fmt: skip
_SOFT_KMU = {"є": ("ye", "ie"), "ї": ("yi", "i"), "ю": ("yu", "iu"), "я": ("ya", "ia")}
ROMANISATIONS: dict[str, dict[str, str]] = {
    "kmu": _KMU,
    "bgn": _KMU | {"й": "y", "г": "h", "ё": "yo", "и": "y"},
    "russian": _KMU | {"г": "g", "и": "i", "й": "y", "ё": "e"},
    "scholarly": _KMU | {"г": "h", "ж": "ž", "й": "j", "х": "ch", "ц": "c", "ч": "č", "ш": "š", "щ": "šč",
                         "ь": "'", "ё": "ë"},
    "passport": _KMU | {"г": "g", "и": "i", "й": "i", "щ": "shch", "ы": "y"},
    "french": _KMU | {"г": "g", "у": "ou", "ч": "tch", "ш": "ch", "щ": "chtch", "й": "ï", "и": "i"},
    "german": _KMU | {"г": "g", "в": "w", "х": "ch", "ц": "z", "ч": "tsch", "ш": "sch", "щ": "schtsch",
                      "ж": "sch", "й": "j", "и": "y"},
    "polish": _KMU | {"в": "w", "х": "ch", "ц": "c", "ч": "cz", "ш": "sz", "щ": "szcz", "ж": "ż", "й": "j"},
}  # fmt: skip
_SOFT = {
    "kmu": _SOFT_KMU,
    "bgn": {"є": ("ye", "ye"), "ї": ("yi", "yi"), "ю": ("yu", "yu"), "я": ("ya", "ya")},
    "russian": {"є": ("ye", "ye"), "ї": ("yi", "yi"), "ю": ("yu", "yu"), "я": ("ya", "ya")},
    "scholarly": {"є": ("je", "je"), "ї": ("ji", "ji"), "ю": ("ju", "ju"), "я": ("ja", "ja")},
    "passport": {"є": ("ie", "ie"), "ї": ("i", "i"), "ю": ("iu", "iu"), "я": ("ia", "ia")},
    "french": {"є": ("ie", "ie"), "ї": ("ï", "ï"), "ю": ("iou", "iou"), "я": ("ia", "ia")},
    "german": {"є": ("je", "je"), "ї": ("ji", "ji"), "ю": ("ju", "ju"), "я": ("ja", "ja")},
    "polish": {"є": ("je", "ie"), "ї": ("ji", "ji"), "ю": ("ju", "iu"), "я": ("ja", "ia")},
}
USUAL = ("kmu", "bgn", "russian", "scholarly", "passport", "polish")
RARE = ("french", "german")
"""Their ц, ж and ш fall together with other letters; drawn one time in twenty."""


@dataclass(frozen=True, slots=True)
class Person:
    """A bearer of a personal name; `patronymic` is empty where there is none."""

    given: str
    patronymic: str
    surname: str


@dataclass(frozen=True, slots=True)
class Firm:
    words: tuple[str, ...]
    form: str
    number: str


def romanised(text: str, scheme: str) -> str:
    """A Cyrillic text in the letters of a scheme; other letters stay."""
    plain, soft = ROMANISATIONS[scheme], _SOFT[scheme]
    letters = []
    for place, letter in enumerate(text):
        low = letter.lower()
        starts = place == 0 or not text[place - 1].isalpha()
        found = soft[low][0 if starts else 1] if low in soft else plain.get(low, low)
        letters.append(found.capitalize() if letter.isupper() else found)
    return "".join(letters)


@cache
def surnames() -> tuple[str, ...]:
    """More than 1,500 surnames: stems with the usual endings, and whole ones of other countries."""
    return tuple(dict.fromkeys(stem.removesuffix("ь") + ending for stem in STEMS for ending in ENDINGS)) + tuple(
        WHOLE_SURNAMES
    )


@cache
def given_names() -> tuple[str, ...]:
    """All given names, each once."""
    return tuple(dict.fromkeys((*UKRAINIAN_MEN, *UKRAINIAN_WOMEN, *RUSSIAN_MEN, *RUSSIAN_WOMEN, *EUROPEAN)))


def bearers(*, count: int, kind: Kind, seed: int) -> list[Person] | list[Firm]:
    """Bearers drawn with popular names first, as in life: the share of a name falls with its place."""
    draw = random.Random(seed)
    if kind == Kind.PERSON:
        return [_person(draw) for _ in range(count)]
    return [_firm(draw) for _ in range(count)]


def _popular(draw: random.Random, names: list[str] | tuple[str, ...]) -> str:
    return names[int(len(names) * draw.random() ** 1.5)]


def _person(draw: random.Random) -> Person:
    origin = draw.random()
    if origin < 0.15:
        return Person(_popular(draw, EUROPEAN), "", draw.choice(WHOLE_SURNAMES))
    women = draw.random() < 0.35
    russian = origin < 0.45
    stock = ((UKRAINIAN_MEN, UKRAINIAN_WOMEN), (RUSSIAN_MEN, RUSSIAN_WOMEN))[russian][women]
    given = _popular(draw, stock)
    father = _popular(draw, RUSSIAN_MEN if russian else UKRAINIAN_MEN)
    surname = surnames()[draw.randrange(len(surnames()) - len(WHOLE_SURNAMES))]
    if women:
        surname = _feminine(surname)
    return Person(given, _patronymic(father, russian=russian, women=women), surname)


def _feminine(surname: str) -> str:
    if surname.endswith(("ський", "цький")):
        return surname[:-2] + "а"
    return surname + "а" if surname.endswith(("ов", "ев", "ін")) else surname


def _patronymic(father: str, *, russian: bool, women: bool) -> str:
    stem = father
    if stem[-1] in "йоьая":
        stem = stem[:-1]
    soft = father[-1] in "йья"
    if russian:
        return stem + (("евна" if soft else "овна") if women else ("евич" if soft else "ович"))
    return stem + (("ївна" if father[-1] == "й" else "івна") if women else ("йович" if father[-1] == "й" else "ович"))


def _firm(draw: random.Random) -> Firm:
    stock = COMPANY_WORDS if draw.random() < 0.6 else LATIN_COMPANY_WORDS
    words = [draw.choice(COINED_STARTS) + draw.choice(COINED_ENDS) if draw.random() < 0.6 else draw.choice(stock)]
    if draw.random() < 0.8:
        words.append(draw.choice(surnames()) if draw.random() < 0.7 else draw.choice(stock))
    if draw.random() < 0.6:
        words.insert(draw.randrange(len(words) + 1), draw.choice(COMMON_WORDS))
    return Firm(tuple(words), draw.choice(LEGAL_FORMS), str(draw.randrange(1, 99)) if draw.random() < 0.1 else "")


def spelt(bearer: Person | Firm, *, seed: int, varied: bool = False) -> str:
    """One spelling of the bearer's name; `varied` draws another romanisation, order, a dropped patronymic or a typo."""
    draw = random.Random(seed)
    scheme = draw.choice((*USUAL, "")) if draw.random() < 0.95 else draw.choice(RARE)
    if isinstance(bearer, Firm):
        return _firm_spelt(bearer, draw, scheme, varied)
    words = [bearer.given, bearer.patronymic, bearer.surname]
    if scheme:
        words = [romanised(word, scheme) for word in words]
    if varied:
        if draw.random() < 0.4:
            words[1] = ""
        chance = draw.random()
        if chance < 0.15 and bearer.patronymic:
            words = [words[0][0] + ".", words[1][:1] + "." if words[1] else "", words[2]]
        elif chance < 0.5:
            place = 2 if draw.random() < 0.7 else 0
            words[place] = _mistyped(words[place], draw)
    if draw.random() < 0.5:
        words = [words[2], words[0], words[1]]
    text = " ".join(word for word in words if word)
    return text.upper() if draw.random() < 0.3 else text


def _firm_spelt(firm: Firm, draw: random.Random, scheme: str, varied: bool) -> str:
    words = [romanised(word, scheme) if scheme else word for word in firm.words]
    if varied and draw.random() < 0.35:
        place = max(range(len(words)), key=lambda place: len(words[place]))
        words[place] = _mistyped(words[place], draw)
    form = draw.choice(LEGAL_FORMS) if varied else firm.form
    return form.format(" ".join([*words, *([firm.number] if firm.number else [])]))


def _mistyped(word: str, draw: random.Random) -> str:
    """One letter after the first left out, doubled by another, exchanged with the next, or another in its place."""
    if len(word) < 5:
        return word
    place = draw.randrange(1, len(word) - 1)
    letter = draw.choice(
        "abdeiklmnoprstuv" if not any("а" <= sign <= "ї" for sign in word.lower()) else "абдеиклмнопрсту"
    )
    return draw.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + letter + word[place + 1 :],
        )
    )
