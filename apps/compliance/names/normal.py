"""A name taken apart: the form in which names are keyed and compared."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from apps.compliance.names.common_words import Concept, abbreviation_of, concept_of
from apps.compliance.names.legal_forms import LegalForm, without_legal_forms
from apps.compliance.names.parts import Part, part, plain_initial
from apps.compliance.names.scripts import MAX_LENGTH, cleaned, one_script
from apps.compliance.names.skeletons import readable, skeleton

MAX_PARTS: Final = 12
"""Words of a name that count; what follows is ignored."""

_MISREAD: Final = re.compile(r"(?<=[^\W\d_])\d(?=[^\W\d_])|(?<![^\W_])[015](?=[^\W\d_]{4})")
_DIGIT: Final = re.compile(r"\d")
_QUOTES: Final = re.compile('["“”″]')
_MISREAD_AT_ALL: Final = re.compile(r"(?<=[^\W\d_])\d|\d(?=[^\W\d_])")
_INNER_QUOTE: Final = re.compile(r"(?<=[^\W\d_])[\"“”″](?=[^\W\d_])")
_SIGN_QUOTE: Final = re.compile(r"(?<=[^\W\d_])[\"“”″](?=[a-z\u0430-\u044f\u0454\u0456\u0457\u0491])")
"""The quotation mark that stands for a soft or hard sign; before a capital it opens the name of a firm."""
_UZBEK_O: Final = re.compile("([Oo])\u02bb")
_MISREAD_DIGITS: Final = {"0": "o", "1": "l", "3": "з", "4": "ч", "5": "s", "6": "б", "8": "в"}
_WORD: Final = re.compile(r"([^\W\d_]+)(\.?)")
_WORD_OR_NUMBER: Final = re.compile(r"[^\W\d_]+|\d+")
_DOTTED: Final = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.\s?){1,5}[^\W\d_])(?=\.?(?![^\W_]))")
_LONG_INITIALS: Final = frozenset(
    {
        "yu",
        "ya",
        "ye",
        "yo",
        "zh",
        "kh",
        "ch",
        "sh",
        "ts",
        "iu",
        "ia",
        "ie",
        "ju",
        "ja",
        "je",
        "tch",
        "sch",
        "tsch",
        "shch",
        "дж",
        "дз",
    }
)
_TITLES: Final = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "sir",
        "dame",
        "lord",
        "herr",
        "frau",
        "mme",
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
        "пан",
        "пані",
        "господин",
        "госпожа",
        "mgr",
        "ing",
        "inz",
        "dipl",
        "gen",
        "col",
        "maj",
        "capt",
        "lt",
        "general",
        "colonel",
        "major",
        "captain",
        "dott",
        "avv",
        "eng",
        "phd",
        "haji",
        "hajji",
        "sheikh",
        "shaykh",
        "mullah",
        "maulvi",
        "sayyid",
        "генерал",
        "полковник",
        "підполковник",
        "подполковник",
        "майор",
        "капітан",
        "капитан",
        "лейтенант",
        "адмирал",
        "адмірал",
        "професор",
        "профессор",
        "доктор",
        "шейх",
        "мулла",
        "хаджи",
        "оглы",
        "оглу",
        "кызы",
        "гызы",
        "oglu",
        "ogly",
        "kyzy",
        "qizi",
        "gizi",
    }
)
_PARTICLES: Final = frozenset(
    {
        "al",
        "el",
        "ul",
        "аль",
        "эль",
        "ель",
        "ібн",
        "ибн",
        "бін",
        "бин",
        "ibn",
        "bin",
        "bint",
        "binti",
        "van",
        "von",
        "der",
        "den",
        "de",
        "da",
        "dos",
        "di",
        "del",
        "della",
        "le",
        "la",
        "du",
        "zu",
        "zum",
        "ter",
        "as",
        "ash",
        "ar",
        "an",
        "at",
        "ad",
        "az",
        "es",
        "esh",
        "er",
        "en",
        "ed",
        "et",
        "ud",
        "аш",
        "ас",
        "ар",
        "ан",
        "ат",
        "ад",
        "аз",
        "эш",
        "дер",
        "фон",
        "ван",
        "дель",
        "y",
        "e",
        "i",
    }
)
_NAMES_TOO: Final = frozenset({"bin", "an", "en", "er", "бінь", "бинь", "бін", "бин", "ан"})
"""Particles that are Chinese and Korean syllables at the end of a name."""
_SERVANTS: Final = frozenset({"abd", "abdul", "abdel", "abdal", "abdu", "abdoul", "абд", "абдул", "абдель", "абду"})
_SERVANT_OF: Final = re.compile("^abd(?:o?[uea]l|o?[ua]r(?=r)|o?[uea](?=[rsznd]))(?=.{3})(?!l?ah$)")
_NO_VOWEL: Final = re.compile("[b-df-hj-np-tv-z]{2,5}")
_NUMBER_MARKS: Final = frozenset({"no", "nr", "num", "№", "number", "номер"})


class Kind(StrEnum):
    """What bears the name."""

    PERSON = "person"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Normal:
    """A name taken apart.

    `tokens`: skeletons of its words without legal form, initials and particles; `parts` the same words with what is
    known of them; `initials` plain and skeleton letters of each abbreviated name; `given` and `patronymic`: places in
    `parts`, None where not told; `concepts`: per part of an organisation's name; `numbers`: those in the name.
    """

    kind: Kind
    tokens: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    initials: tuple[frozenset[str], ...] = ()
    given: int | None = None
    patronymic: int | None = None
    legal_form: LegalForm | None = None
    concepts: tuple[Concept | None, ...] = ()
    numbers: tuple[str, ...] = ()


@lru_cache(maxsize=1 << 17)
def _repaired(word: str) -> str:
    return one_script(word)


def normalise(name: str, kind: Kind) -> Normal:
    """The name taken apart by its kind. Takes any text of any length; text without letters gives no tokens."""
    name = name[:MAX_LENGTH]
    if "\u02bb" in name:
        name = _UZBEK_O.sub("u", name)
    if kind == Kind.ENTITY and _QUOTES.search(name):
        name = _SIGN_QUOTE.sub("", name)
    text = cleaned(name)
    if _DIGIT.search(text):
        text = (_MISREAD_AT_ALL if kind == Kind.PERSON else _MISREAD).sub(_letter_misread, text)
    return _person(text) if kind == Kind.PERSON else _entity(text)


def _letter_misread(match: re.Match[str]) -> str:
    return _MISREAD_DIGITS.get(match.group(), "")


def _initial(word: str) -> frozenset[str]:
    letters = {plain_initial(readable(word)), skeleton(word)[:1]} - {""}
    return frozenset(letters if len(word) == 1 else {skeleton(word)[:1]})


def _person(text: str) -> Normal:
    words: list[str] = []
    initials: list[frozenset[str]] = []
    if _QUOTES.search(text):
        text = _INNER_QUOTE.sub("", text)
    for found, dot in _WORD.findall(text):
        word = _repaired(found)
        if word in _TITLES:
            continue
        if len(word) == 1 or (dot and len(word) <= 4 and word in _LONG_INITIALS):
            initials.append(_initial(word))
        else:
            words.append(word)
    if len(words) > 2:
        words = _without_particles(words)
    return person_of(
        parts=tuple(part(_served(word)) for word in words[:MAX_PARTS]), initials=tuple(initials[:MAX_PARTS])
    )


def person_of(*, parts: tuple[Part, ...], initials: tuple[frozenset[str], ...]) -> Normal:
    """The name of a person made of these parts and initials, with the given name and the patronymic told."""
    patronymic = _patronymic(parts)
    return Normal(
        kind=Kind.PERSON,
        tokens=tuple(each.skeleton for each in parts),
        parts=parts,
        initials=initials,
        given=None if len(parts) == 1 and initials else _given(parts, patronymic),
        patronymic=patronymic,
    )


def _without_particles(words: list[str]) -> list[str]:
    joined: list[str] = []
    servant = False
    for place, word in enumerate(words):
        if word in _SERVANTS:
            servant = True
        elif word not in _PARTICLES or (place == len(words) - 1 and word in _NAMES_TOO):
            joined.append("abd" + readable(word) if servant else word)
            servant = False
    return joined if len(joined) > 1 else words


@lru_cache(maxsize=1 << 14)
def _servant(word: str) -> str:
    return _SERVANT_OF.sub("abd", readable(word))


def _served(word: str) -> str:
    return _servant(word) if word.startswith(("abd", "абд")) else word


def _patronymic(parts: tuple[Part, ...]) -> int | None:
    """The place of the patronymic. Endings in -ich may also be surnames: two words leave those to the surname."""
    fathers = [(place, each.father) for place, each in enumerate(parts) if each.father]
    if not fathers or len(parts) < 2:
        return None
    feminine = [place for place, father in fathers if father.gender == "f"]
    if feminine:
        return feminine[-1]
    if len(parts) < 3:
        return None
    after_given = [place for place, _ in fathers if place and parts[place - 1].given]
    known = [place for place, father in fathers if father.given]
    both = [place for place in after_given if place in known]
    return (both or after_given or known or [fathers[-1][0]])[0]


def _given(parts: tuple[Part, ...], patronymic: int | None) -> int | None:
    if patronymic and parts[patronymic - 1].given:
        return patronymic - 1
    exact = [place for place, each in enumerate(parts) if each.given_share == 1 and place != patronymic]
    known = [place for place, each in enumerate(parts) if each.given and place != patronymic]
    return next(iter(exact or known), None)


def _entity(text: str) -> Normal:
    text = text.replace("r&d", "rd")
    if "." in text:
        text = _DOTTED.sub(lambda match: match.group().replace(".", "").replace(" ", ""), text)
    found = [_repaired(word) for word in _WORD_OR_NUMBER.findall(text)]
    numbers = tuple(dict.fromkeys(word.lstrip("0") or "0" for word in found if word.isdigit()))
    words = [
        word
        for place, word in enumerate(found)
        if not word.isdigit() and not (word in _NUMBER_MARKS and place + 1 < len(found) and found[place + 1].isdigit())
    ]
    words, legal_form = without_legal_forms(words=words) if words else (words, None)
    parts = tuple(part(word) for word in words[:MAX_PARTS])
    concepts = _with_abbreviations(
        tuple(
            concept_of(word=word, reading=each.skeleton) for word, each in zip(words[:MAX_PARTS], parts, strict=True)
        ),
        parts,
    )
    return Normal(
        kind=Kind.ENTITY,
        tokens=tuple(each.skeleton for each in parts),
        parts=parts,
        legal_form=legal_form,
        concepts=concepts,
        numbers=numbers[:MAX_PARTS],
    )


def _with_abbreviations(concepts: tuple[Concept | None, ...], parts: tuple[Part, ...]) -> tuple[Concept | None, ...]:
    """The concepts, where short words without a vowel beside another telling word are abbreviations: НВПК, MPP."""
    if sum(concept is None for concept in concepts) < 2:
        return concepts
    short = [
        concept is None and _NO_VOWEL.fullmatch(each.text) is not None
        for concept, each in zip(concepts, parts, strict=True)
    ]
    if all(is_short or concept for is_short, concept in zip(short, concepts, strict=True)):
        return concepts
    return tuple(
        abbreviation_of(each.word) if is_short else concept
        for is_short, concept, each in zip(short, concepts, parts, strict=True)
    )
