"""Keys under which names are found again: true variants of a name share at least one, and few others do."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, islice
from struct import unpack
from typing import Final

from apps.compliance.names.normal import Kind, Normal
from apps.compliance.names.parts import Part, acronym
from apps.compliance.names.skeletons import coarse, frame

ALGORITHM: Final = "tandem-names"
VERSION: Final = "2"
"""A change of normalisation, keys or score that can change an answer is a new version; keys are then made anew."""

MAX_KEYS: Final = 32
MAX_GIVEN: Final = 3
_HASHER: Final = blake2b(digest_size=8, salt=f"{ALGORITHM}/{VERSION}".encode()[:16])
_WORDS_PAIRED: Final = 5
FRAME_LENGTH: Final = 4
END_LENGTH: Final = 2
"""Consonants at an end of a word; one more beside a word that very many names hold."""
MAX_GAPS: Final = 9
ACRONYM_LENGTH: Final = 6
TRADE_WEIGHT: Final = 0.15
_ANY_VOWEL: Final = frozenset("aeiou")


def _keys(texts: Iterable[str]) -> tuple[int, ...]:
    digests = []
    for text in texts:
        hasher = _HASHER.copy()
        hasher.update(text.encode("utf-8", "surrogatepass"))
        digests.append(hasher.digest())
    return unpack(f">{len(digests)}q", b"".join(digests))


def identifier_keys(identifiers: tuple[tuple[str, str], ...]) -> frozenset[int]:
    """Keys of identifiers as (scheme, value), so that a bearer whose name is written quite otherwise is found too."""
    pairs = ((scheme.strip().lower(), identifier_plain(value)) for scheme, value in identifiers)
    return frozenset(_keys(f"#{scheme}:{value}" for scheme, value in pairs if value))


def identifier_plain(value: str) -> str:
    """An identifier without signs, case and leading zeros, as it is compared."""
    return "".join(sign for sign in value[:128].lower() if sign.isalnum()).lstrip("0")


def blocking_keys(normal: Normal) -> frozenset[int]:
    """Signed 64-bit keys of a name, at most MAX_KEYS, stable within a version. No tokens, no keys."""
    texts = _person_texts(normal) if normal.kind == Kind.PERSON else _entity_texts(normal)
    return frozenset(_keys(islice(dict.fromkeys(texts), MAX_KEYS)))


@lru_cache(maxsize=1 << 16)
def _names_of(part: Part) -> tuple[str, ...]:
    """What stands for a word in a pair: the given names it may be, else its frames."""
    return tuple(f"={number}" for number, _ in part.given_shares[:MAX_GIVEN]) or part.frames


def _name_of(part: Part) -> str:
    return _names_of(part)[0]


@lru_cache(maxsize=1 << 16)
def _coarse(part: Part) -> str:
    """The skeleton of a surname without its ending of gender, hissing and throat sounds as one."""
    return coarse(part.stem.rstrip("aeiou") or part.stem)


@lru_cache(maxsize=1 << 16)
def _shortened(part: Part) -> tuple[str, ...]:
    """The frame itself and with each consonant left out: two spellings one typing error apart share one.

    Frames of few consonants are too common so: there a letter of the whole skeleton is left out.
    """
    if len(part.frame) > FRAME_LENGTH:
        return _with_gaps(part.frame)
    return (part.frame, *_with_gaps(_coarse(part)))


def _ends(part: Part, length: int) -> tuple[str, str]:
    """Both ends of the frame: a typing error in one leaves the other."""
    return part.frame[:length] + "<", ">" + part.frame[-length:]


def _with_gaps(text: str) -> tuple[str, ...]:
    if len(text) < 3:
        return ()
    gone = (text[:place] + text[place + 1 :] for place in range(min(len(text), MAX_GAPS)))
    return tuple(dict.fromkeys([text, *gone]))


@lru_cache(maxsize=1 << 16)
def _letters(part: Part) -> tuple[str, ...]:
    """Classes of the letters that a word may be abbreviated to."""
    letters = {part.skeleton[0], *(part.given.initials if part.given else ())}
    return tuple(sorted({"s" if letter in "chz" else letter for letter in letters}))


def _initial_letters(initial: frozenset[str]) -> list[str]:
    letters = set(initial)
    if "y" in letters:
        letters = (letters - {"y"}) | _ANY_VOWEL
    return sorted({"s" if letter in "chz" else letter for letter in letters})


def _person_texts(normal: Normal) -> list[str]:
    parts = [each for place, each in enumerate(normal.parts) if place != normal.patronymic][:_WORDS_PAIRED]
    if len(parts) == 1:
        return _lone_texts(normal, parts[0])
    texts = [pair for one, other in combinations(parts, 2) for pair in _pairs(_names_of(one), _names_of(other))]
    if len(parts) == 2:
        texts += _mistyped_texts(*parts)
    elif len(parts) == 3:
        first, second, third = parts
        texts.append(_pair(frame(first.skeleton + second.skeleton), _name_of(third)))
        texts.append(_pair(_name_of(first), frame(second.skeleton + third.skeleton)))
    for short, long in ((parts[0], parts[-1]), (parts[-1], parts[0])) if parts else ():
        if not long.given or short.given:
            texts += [f"i{letter}{_coarse(long)}" for letter in _letters(short)]
    return texts


def _lone_texts(normal: Normal, part: Part) -> list[str]:
    """Keys of one word, with initials or a patronymic beside it at most."""
    texts = [f"1{part.frame}"]
    for initial in normal.initials[:1]:
        texts += [f"i{letter}{_coarse(part)}" for letter in _initial_letters(initial)]
    if normal.patronymic is not None:
        texts.append(_pair(_name_of(part), _name_of(normal.parts[normal.patronymic])))
    return texts


def _pairs(ours: tuple[str, ...], theirs: tuple[str, ...]) -> list[str]:
    """Pairs of what stands for two words: of the likeliest, and of each further one with the likeliest other."""
    return [
        _pair(ours[0], theirs[0]),
        *(_pair(mine, theirs[0]) for mine in ours[1:]),
        *(_pair(ours[0], other) for other in theirs[1:]),
    ]


def _pair(one: str, other: str) -> str:
    return f"p{one}+{other}" if one < other else f"p{other}+{one}"


def _mistyped_texts(one: Part, other: Part) -> list[str]:
    """Keys of two words of which one may be mistyped; a known given name is taken for well written beside another."""
    texts = []
    for fixed, typed in ((one, other), (other, one)):
        if not typed.given or fixed.given:
            texts += [f"d{_name_of(fixed)}+{short}" for short in _shortened(typed)]
    return texts


def _entity_texts(normal: Normal) -> list[str]:
    words = list(zip(normal.parts, normal.concepts, strict=True))
    telling = [each for each, concept in words if concept is None or concept.is_often]
    if len(telling) < 2:
        places = [each for each, concept in words if concept and concept.is_place]
        telling += places if telling or len(places) > 1 else []
    texts = _numbered_texts(normal)
    if len(normal.parts) > len(telling):
        texts.append("j" + frame("".join(normal.tokens)))
    if not telling:
        return texts + _common_texts(normal)
    whole = "".join(each.skeleton for each in telling)
    texts.append("j" + frame(whole))
    telling = telling[:_WORDS_PAIRED]
    if len(telling) == 1:
        for reading in telling[0].readings[:2]:
            often = any(concept and each is telling[0] for each, concept in words)
            texts += [f"e{short}" for short in ((coarse(reading),) if often else _with_gaps(coarse(reading)))]
        if len(telling[0].text) <= ACRONYM_LENGTH:
            texts.append(f"a{telling[0].skeleton}")
    texts += [pair for one, other in combinations(telling, 2) for pair in _pairs(one.frames, other.frames)]
    if len(telling) == 2:
        known = {each for each, concept in words if concept}
        for fixed, typed in (telling, telling[::-1]):
            length = END_LENGTH + (fixed in known)
            texts += [f"d{fixed.frame}+{end}" for end in _ends(typed, length)]
    return texts + _acronym_texts(normal)


def _numbered_texts(normal: Normal) -> list[str]:
    """Keys of a numbered plant: the numbers with each common word."""
    if not normal.numbers:
        return []
    numbers = "+".join(sorted(normal.numbers))
    return [f"n{numbers}+{each.name}" for each in normal.concepts if each and TRADE_WEIGHT <= each.weight < 1]


def _acronym_texts(normal: Normal) -> list[str]:
    if len(normal.parts) < 4:
        return []
    words = zip(normal.parts, normal.concepts, strict=True)
    initials = acronym(part for part, concept in words if not concept or concept.weight)
    return [f"a{initials}"] if 3 < len(initials) <= ACRONYM_LENGTH else []


def _common_texts(normal: Normal) -> list[str]:
    """Keys of a name of common words only: all of them together, with its numbers."""
    names = sorted(
        {concept.name for concept in normal.concepts if concept and concept.weight}
        or {each.skeleton for each in normal.parts}
    )
    if not names and not normal.numbers:
        return []
    return ["c" + "+".join(names) + "#" + "+".join(sorted(normal.numbers)), *_acronym_texts(normal)]
