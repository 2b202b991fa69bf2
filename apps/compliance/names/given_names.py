"""Given names that stand for one another: Ukrainian, Russian and Belarusian forms, European equivalents."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from apps.compliance.names.scripts import cleaned, one_script
from apps.compliance.names.skeletons import skeleton

EQUIVALENT: Final = 0.9
DIMINUTIVE: Final = 0.82
TABLE: Final = Path(__file__).with_name("data") / "given_names.tsv"


@dataclass(frozen=True, slots=True)
class GivenName:
    """One name in all its forms. `number` is its place in the table, `initials` the first letters of its forms."""

    number: int
    name: str
    gender: str
    initials: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What a word says as a given name. `share`: 1 for a form of the name, less for an equivalent or a diminutive;
    `shares`: of all names that the word may stand for by number, as Женя does for Євген and Євгенія."""

    given: GivenName
    share: float
    shares: tuple[tuple[int, float], ...]


@cache
def _tables() -> tuple[dict[str, Known], dict[str, GivenName], tuple[GivenName, ...]]:
    found: dict[str, list[tuple[float, GivenName]]] = {}
    stems: dict[str, GivenName] = {}
    groups: list[GivenName] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        gender, names, equivalents, diminutives, irregular = line.split("\t")
        forms = _skeletons(names)
        given = GivenName(len(groups), names.split()[0], gender, frozenset(form[0] for form in forms[:2]))
        groups.append(given)
        for form in forms:
            found.setdefault(form, []).append((1.0, given))
        for share, others in ((EQUIVALENT, equivalents), (DIMINUTIVE, diminutives)):
            for form in _skeletons(others):
                found.setdefault(form, []).append((share, given))
        stems |= dict.fromkeys(_skeletons(irregular), given)
    return {form: _known(rows) for form, rows in found.items()}, stems, tuple(groups)


def _known(rows: list[tuple[float, GivenName]]) -> Known:
    share, given = max(rows, key=lambda row: row[0])
    shares: dict[int, float] = {}
    for each, name in rows:
        shares[name.number] = max(each, shares.get(name.number, 0.0))
    return Known(given, share, tuple(shares.items()))


def _skeletons(names: str) -> list[str]:
    return [skeleton(one_script(cleaned(name))) for name in names.split()]


def given_names() -> tuple[GivenName, ...]:
    """All groups of the table, in its order."""
    return _tables()[2]


def given_known(*, readings: tuple[str, ...]) -> Known | None:
    """The given name that one of a word's skeletons is, None for a word that the table lacks."""
    known = _tables()[0]
    for reading in readings:
        if found := known.get(reading):
            return found
    return None


def father_of(*, stem: str) -> GivenName | None:
    """The given name that a patronymic without its ending comes from, None where the table lacks it."""
    known, irregular, _ = _tables()
    for ending in ("i", "ei", "ai", "a", "o", ""):
        found = known.get(stem + ending)
        if found and found.share == 1 and found.given.gender == "m":
            return found.given
    return irregular.get(stem)
