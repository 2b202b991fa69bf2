"""Raises side by side: what a cell of the comparison says, where the raises differ, and the same as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

MOST_COMPARED = 6
"""Raises that are put side by side."""
UNKNOWN = "unknown"
"""What a table says of a figure that the viewer may read and that is not stated."""
STATED, EVENTS, BILL, FINANCIALS, RATE = BASES = ("stated", "events", "bill", "financials", "reference_rate")
"""What a figure rests on: what the firm states, its dated events, its bill of materials, a year's figures, and an
amount turned into EUR at the reference rate.
"""
PARTS = ("value", "unit", "as_of", "basis", "evidence")
"""What a table says of each figure of a raise, in as many columns."""

Value = str | int | float | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of one raise as its viewer may read it; `value` None is "not stated".

    `as_of` is a day or a year, empty where the figure has none of its own; `basis` a code; `evidence` E0 to E4, empty
    where nobody graded it.
    """

    value: Value
    unit: str = ""
    as_of: str = ""
    basis: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the comparison: from which tier it is read, and its cells by raise. Where the viewer's tier of a raise
    does not reach, there is no cell.
    """

    name: str
    tier: int
    cells: Mapping[UUID, Cell]

    @property
    def differs(self) -> bool | None:
        """Whether two raises differ in what is known; None where it is known of fewer than two."""
        known = [cell for cell in self.cells.values() if cell.value is not None]
        if len(known) < 2:
            return None
        return len({_key(cell) for cell in known}) > 1


def comparison_table(*, raises: Sequence[UUID], figures: Iterable[Figure]) -> list[list[str]]:
    """The comparison with a header: a line for each figure, for each raise in order its PARTS.

    What is not stated is UNKNOWN; what the viewer may not read is empty.
    """
    header = ["figure", "tier", "differs"]
    header += [f"{part}_{place}" for place in range(1, len(raises) + 1) for part in PARTS]
    lines = [header]
    for figure in figures:
        line = [figure.name, f"T{figure.tier}", {True: "yes", False: "no", None: ""}[figure.differs]]
        for raise_id in raises:
            cell = figure.cells.get(raise_id)
            line += [""] * len(PARTS) if cell is None else _parts(cell)
        lines.append(line)
    return lines


def _parts(cell: Cell) -> list[str]:
    return [_text(cell.value), cell.unit, cell.as_of, cell.basis, cell.evidence]


def _text(value: Value) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, list) else str(value)


def _key(cell: Cell) -> tuple[str, str]:
    value = sorted(cell.value) if isinstance(cell.value, list) else cell.value
    return repr(value), cell.unit
