"""What an exported table is: its columns with what they are read from, and its rows with how much the viewer sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.exchange.exporting.cells import cell_text
from apps.organisations.disclosure import Tier
from kernel.access import Actor
from kernel.api.reads import Disclosed

Read = Callable[[Any], Any]
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an export: its columns, its rows as cells, and whose guarded rows they show."""

    columns: list[str]
    rows: list[list[str]]
    disclosed: list[Disclosed]


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: how it is read from a row, and the tier from which a viewer may read it."""

    read: Read
    tier: Tier = Tier.T0


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table of an export: who may ask for it, its rows, its columns, and for a row the tiers that are others."""

    permission: str
    rows: Callable[[Actor, Mapping[str, Any]], Iterable[Any]]
    columns: Mapping[str, Shown]
    tiers_of: Callable[[Any], Mapping[str, Tier]] | None = None


def part_read(*, table: ExportTable, actor: Actor, filters: Mapping[str, Any], check: Callable[[], None]) -> Part:
    """The rows that the actor may read now, each cell only where the actor's tier of the row reaches the column's.

    A column that no stranger ever reads is left out by whoever lists the columns. `check` is called between rows and
    may raise.
    """
    rows, disclosed = [], []
    for number, row in enumerate(table.rows(actor, filters)):
        if number % 500 == 0:
            check()
        rows.append(list(_cells(table, row)))
        viewed = _disclosed(actor, row)
        if viewed is not None:
            disclosed.append(viewed)
    return Part(list(table.columns), rows, disclosed)


def _cells(table: ExportTable, row: Any) -> Iterator[str]:
    others = {} if table.tiers_of is None else table.tiers_of(row)
    seen = getattr(row, "viewer_tier", Tier.T4)
    for name, column in table.columns.items():
        value = column.read(row) if others.get(name, column.tier) <= seen else None
        yield value if isinstance(value, str) else cell_text(value)


def _disclosed(actor: Actor, row: Any) -> Disclosed | None:
    tier, subject = getattr(row, "viewer_tier", Tier.T4), getattr(row, "disclosed_by", None)
    if subject is None or subject == actor.organisation_id or tier < Tier.T2:
        return None
    return Disclosed(row._meta.label_lower, row.pk, subject, int(tier))
