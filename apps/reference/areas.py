"""The taxonomy of capability areas: its tree, its labels and the speed figures that an area states or inherits."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from kernel.errors import NotFound

PROFILE_UNSTATED = "iterating"

W = TypeVar("W", int, float)


class UnknownArea(NotFound):
    """The taxonomy has no area of this code."""


class AreaTreeBroken(ValueError):
    """An area's parent is missing, an area stands twice, the parents run in a circle, or a retired area has no heir."""


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A prior over days: `median` in days, `sigma` the spread of ln(days)."""

    median: float
    sigma: float

    def __post_init__(self) -> None:
        if not (self.median > 0 and self.sigma > 0):
            raise ValueError(f"median and sigma must be positive, not {self.median} and {self.sigma}")


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """How fast an area moves, in days; None where it states none (an area without countermeasures has no cycle)."""

    cycle: LogNormal | None = None
    half_life_days: float | None = None
    delivery_half_life_days: float | None = None
    european_iteration_days: float | None = None
    iteration: LogNormal | None = None
    feedback_to_fix: LogNormal | None = None
    countermeasure_response: LogNormal | None = None
    order_to_delivery: LogNormal | None = None
    profile: str = PROFILE_UNSTATED
    basis: str = ""


NO_FIGURES = AreaFigures()


@dataclass(frozen=True, slots=True)
class Area:
    """A node; `figures` is None when it states none and takes those of its nearest ancestor that has them."""

    code: str
    parent: str | None
    label_en: str
    label_uk: str = ""
    figures: AreaFigures | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Taxonomy:
    """An edition of the areas; `as_of` is None where the edition carries no date and so holds at any.

    `successors` are the areas that stand in the place of each one of earlier editions that this one lacks: one for an
    area that was moved, renamed or merged, several for one that was split. What pointed to it and can point to one
    only follows the first.
    """

    id: str
    as_of: dt.date | None
    sha256: str
    basis: str
    areas: Mapping[str, Area]
    successors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _paths: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "areas", MappingProxyType(dict(self.areas)))
        object.__setattr__(self, "successors", MappingProxyType(dict(self.successors)))
        for code, heirs in self.successors.items():
            if code in self.areas or not heirs or len(set(heirs)) < len(heirs) or not set(heirs) <= self.areas.keys():
                raise AreaTreeBroken(f"the retired area {code!r} does not lead to areas of the edition, each once")
        object.__setattr__(self, "_paths", MappingProxyType({code: _path(code, self.areas) for code in self.areas}))

    def area(self, code: str) -> Area:
        """The area of this code. Raises UnknownArea."""
        if code not in self.areas:
            raise UnknownArea("The edition {edition} has no area {code}.", edition=self.id, code=code)
        return self.areas[code]

    def path(self, code: str) -> tuple[str, ...]:
        """The codes from this area up to its root, itself first. Raises UnknownArea."""
        return self._paths[self.area(code).code]

    def figures(self, code: str) -> AreaFigures:
        """The figures of the area or of its nearest ancestor that states some, else NO_FIGURES. Raises UnknownArea."""
        stated = (self.areas[step].figures for step in self.path(code))
        return next((figures for figures in stated if figures is not None), NO_FIGURES)

    def extended(self, *, areas: Iterable[Area]) -> Taxonomy:
        """This edition with more areas, hashed anew over their codes and parents. Raises AreaTreeBroken."""
        more = sorted(areas, key=lambda area: area.code)
        if not more:
            return self
        together = collected([*self.areas.values(), *more])
        lines = "".join(f"{area.code}\t{area.parent or ''}\n" for area in more)
        sha256 = hashlib.sha256(f"{self.sha256}\n{lines}".encode()).hexdigest()
        return Taxonomy(
            id=self.id, as_of=self.as_of, sha256=sha256, basis=self.basis, areas=together, successors=self.successors
        )


def weights_followed(*, weights: Sequence[tuple[str, W]], moves: Mapping[str, Sequence[str]]) -> list[tuple[str, W]]:
    """Weighted areas after some were retired: each of these gives its weight to all its successors.

    Who wanted the whole wants its parts. Where two weights meet in one area the greater one stands.
    """
    followed: dict[str, W] = {}
    for code, weight in weights:
        for heir in moves.get(code, (code,)):
            followed[heir] = max(weight, followed.get(heir, weight))
    return list(followed.items())


def collected(areas: Iterable[Area]) -> dict[str, Area]:
    """The areas by code. Raises AreaTreeBroken when a code stands twice."""
    by_code: dict[str, Area] = {}
    for area in areas:
        if area.code in by_code:
            raise AreaTreeBroken(f"area {area.code!r} stands twice")
        by_code[area.code] = area
    return by_code


def _path(code: str, areas: Mapping[str, Area]) -> tuple[str, ...]:
    path = [code]
    while (parent := areas[path[-1]].parent) is not None:
        if parent not in areas:
            raise AreaTreeBroken(f"the parent {parent!r} of {path[-1]!r} does not exist")
        if parent in path:
            raise AreaTreeBroken(f"the parents of {code!r} run in a circle")
        path.append(parent)
    return tuple(path)
