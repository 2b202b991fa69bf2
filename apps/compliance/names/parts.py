"""The parts of a name: one word in its skeleton, with what the tables know of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from apps.compliance.names.given_names import GivenName, father_of, given_known
from apps.compliance.names.skeletons import DOUBLES, frame, readable, readings, skeleton, sounds

MAX_FRAMES: Final = 3

_MALE_ENDINGS: Final = ("ovic", "evic", "avic", "ivic", "ic")
_FEMALE_ENDINGS: Final = ("ovna", "evna", "ivna", "avna", "inicna", "icna")


@dataclass(frozen=True, slots=True)
class Father:
    """A word read as a patronymic: stem, gender of the person, the father's name where the table has it."""

    stem: str
    gender: str
    given: GivenName | None


@dataclass(frozen=True, slots=True)
class Part:
    """A word: as people read it in Latin, as it was cleaned, its skeletons, its frames for keys, its throat and hissing
    sounds, and what the tables know of it."""

    text: str
    word: str
    skeleton: str
    readings: tuple[str, ...]
    frame: str
    frames: tuple[str, ...]
    given: GivenName | None
    given_share: float
    given_shares: tuple[tuple[int, float], ...]
    father: Father | None
    stem: str
    feminine: bool
    sounds: str

    def __hash__(self) -> int:
        return hash(self.word)  # parts are looked up in caches: hashing every field would cost more than it saves

    @property
    def initials(self) -> frozenset[str]:
        """The letters that this word may be abbreviated to, in skeletons and in plain Latin."""
        own = {reading[0] for reading in self.readings if reading} | {plain_initial(self.text)}
        return frozenset(own | self.given.initials if self.given else own)


def plain_initial(text: str) -> str:
    """The first letter of a readable word, where i, j and y count as one."""
    return "y" if text[:1] in {"i", "j", "y"} else text[:1]


def acronym(parts: Iterable[Part]) -> str:
    """The skeleton of the word that the first letters of these words make."""
    return DOUBLES.sub(r"\1", "".join(part.skeleton[0] for part in parts))


def _surname_stem(word: str) -> tuple[str, bool]:
    """A surname's skeleton in the masculine, and whether it stood in a feminine form."""
    if word.endswith(("ska", "cka")) and len(word) > 4:
        return word[:-1] + "i", True
    if word.endswith(("ova", "eva")) and len(word) > 4:
        return word[:-1], True
    if word.endswith("ina") and len(word) > 5:
        return word[:-1], True
    return word, False


def _father(skeletons: tuple[str, ...]) -> Father | None:
    for word in skeletons:
        for endings, gender in ((_FEMALE_ENDINGS, "f"), (_MALE_ENDINGS, "m")):
            stems = [word[: -len(ending)] for ending in endings if word.endswith(ending) and len(word) > len(ending)]
            if not stems:
                continue
            given = next((found for stem in reversed(stems) if (found := father_of(stem=stem))), None)
            given = next((found for stem in stems if (found := father_of(stem=stem))), given)
            if given or len(stems[0]) > 1:
                return Father(stems[0], gender, given)
    return None


def _frames(skeletons: tuple[str, ...], word: str) -> tuple[str, ...]:
    """The frames of the readings, MAX_FRAMES at most, of the word as print may have misread it too."""
    found = [frame(each) for each in skeletons]
    if "rn" in word or "cl" in word:
        found.append(frame(skeleton(word.replace("rn", "m").replace("cl", "d"))))
    return tuple(dict.fromkeys(found))[:MAX_FRAMES]


@lru_cache(maxsize=1 << 17)
def part(word: str) -> Part:
    """A cleaned word of one script as a part of a name."""
    text = readable(word)
    found = readings(word)
    skeletons = found if found[0] else (text or word,)
    known = given_known(readings=skeletons)
    stem, feminine = _surname_stem(skeletons[0])
    return Part(
        text=text,
        word=word,
        skeleton=skeletons[0],
        readings=skeletons,
        frame=frame(skeletons[0]),
        frames=_frames(skeletons, word),
        given=known.given if known else None,
        given_share=known.share if known else 0.0,
        given_shares=known.shares if known else (),
        father=_father(skeletons),
        stem=stem,
        feminine=feminine,
        sounds=sounds(word),
    )
