"""The teaser's bands, and how cells of few firms are made coarser until nobody can be told apart in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 5
"""Below so many firms a cell is made coarser."""
TRL_BANDS: Mapping[str, tuple[int, int]] = {"1-3": (1, 3), "4-6": (4, 6), "7-9": (7, 9)}
"""Research, development, deployment, each with its first and last level."""
STEPS = 3
"""First the size band is given up, then the TRL band, then the country; the area stays."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a teaser tells; None is "not stated" as well as "too few to tell"."""

    area: str
    country: str | None
    trl_band: str | None
    size_band: str | None

    def coarser(self, steps: int) -> Cell:
        """The cell that gave up so many of the `STEPS`."""
        return Cell(
            area=self.area,
            country=self.country if steps < STEPS else None,
            trl_band=self.trl_band if steps < 2 else None,
            size_band=self.size_band if steps < 1 else None,
        )


def shown_cells(*, counts: Mapping[Cell, int]) -> dict[Cell, Cell]:
    """For every cell what is shown of its firms; `counts` holds how many of each cell count, none where nobody does.

    At each step the cells that differ only in what is given up are siblings. The smallest of them give it up until
    `FEWEST` firms have done so, and every one with fewer does in any case: then neither those who keep it nor those who
    gave it up are fewer than `FEWEST`, unless all siblings together are, which the next step mends. Who gave up a step
    gave up the finer ones. So every distinct thing shown is shown of `FEWEST` firms or more, or of a whole area.
    """
    shown = {cell: cell for cell in counts}
    for step in range(STEPS):
        sizes: Counter[Cell] = Counter()
        for cell, count in counts.items():
            sizes[cell.coarser(step)] += count
        fallen = _fallen(sizes, step + 1)
        shown |= {cell: cell.coarser(step + 1) for cell in counts if cell.coarser(step) in fallen}
    return shown


def _fallen(sizes: Mapping[Cell, int], step: int) -> set[Cell]:
    """Those of the cells that take the step."""
    families: defaultdict[Cell, list[Cell]] = defaultdict(list)
    for cell in sorted(sizes, key=lambda cell: (sizes[cell], str(cell))):
        families[cell.coarser(step)].append(cell)
    fallen: set[Cell] = set()
    for siblings in families.values():
        given_up: int | None = None
        for cell in siblings:
            if sizes[cell] < FEWEST or (given_up is not None and given_up < FEWEST):
                given_up = sizes[cell] + (given_up or 0)
                fallen.add(cell)
    return fallen
