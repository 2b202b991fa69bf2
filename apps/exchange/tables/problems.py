"""What is wrong with an import: problems by table, row and column, collected up to a limit and counted beyond it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

KEPT = 1_000
"""Problems that are kept word for word; the rest is only counted."""


class CellInvalid(ValueError):
    """A cell's text is not what its column asks for; `code` says in which way."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `row` counts as a spreadsheet does, the header being 1; 0 stands for the file as a whole."""

    table: str
    row: int
    column: str
    code: str
    message: str

    def as_json(self) -> dict[str, str | int]:
        """The problem as the report stores and shows it."""
        return {
            "table": self.table,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "message": self.message,
        }


@dataclass(slots=True)
class Problems:
    """The report of one check: the first problems, how many there are in all."""

    kept: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, *, table: str, row: int, column: str, code: str, message: str) -> None:
        """Note one problem."""
        self.count += 1
        if len(self.kept) < KEPT:
            self.kept.append(Problem(table, row, column, code, message))

    def copy(self) -> Problems:
        """The same report, to be added to."""
        return Problems(list(self.kept), self.count)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.kept)

    def __bool__(self) -> bool:
        return self.count > 0
