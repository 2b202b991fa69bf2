"""What a firm's own import may name: its tables, itself, and its own objects by the sender's keys or by their ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from apps.exchange.loading.known import known_objects
from apps.exchange.loading.plan import Counts
from apps.exchange.loading.targets import TARGETS
from apps.exchange.rows import Row, Rows
from apps.exchange.tables.problems import Problems
from apps.reference.evidence import EvidenceTier
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.errors import DomainError

OWN_TABLES = ("startups", "financials", "capabilities", "components", "development_events", "raises")
"""What a firm states of itself, in the order of loading."""
SELF = "self"
"""The key by which a sender names its own firm."""
NOT_YOURS = "a firm imports what is its own; write self or leave the row out"


@dataclass
class Scope:
    """The rows of a firm's import, what its keys stand for, and what became of each row."""

    actor: Actor
    firm: Firm
    tables: Mapping[str, Rows]
    problems: Problems
    counts: dict[str, Counts] = field(default_factory=dict)
    keys: dict[str, dict[str, UUID]] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        """Under whose name the keys are remembered."""
        return str(self.firm.organisation_id)

    def usable(self, table: str) -> list[Row]:
        """The rows of a table with nothing wrong."""
        return [row for row in self.tables[table].all if not row.is_bad] if table in self.tables else []

    def stated(self, table: str, row: Row, columns: Iterable[str]) -> dict[str, Any]:
        """What the row says of those columns that the file has: None where the cell is empty."""
        header = self.tables[table].header
        return {name: row.values.get(name) for name in columns if name in header}

    def refuse(self, table: str, row: Row, column: str, code: str, message: str) -> None:
        """Note a problem of a row, which is thereby bad."""
        row.is_bad = True
        self.problems.add(table=table, row=row.number, column=column, code=code, message=message)

    def refuse_error(self, table: str, row: Row, reason: DomainError, columns: Mapping[str, str]) -> None:
        """Note what a service has against a row; `columns` are those that are called otherwise than its fields."""
        known = self.tables[table].table.by_name
        if not reason.errors:
            self.refuse(table, row, "", reason.code, str(reason))
        for problem in reason.errors:
            steps = [step for step in problem.pointer.split("/") if step]
            names = [columns.get(step, step) for step in reversed(steps)]
            column = next((name for name in names if name in known), "")
            self.refuse(table, row, column, problem.code, problem.detail.format_map(problem.values))

    def refuse_foreign(self) -> None:
        """Tables and rows that are not the firm's to import."""
        for name, rows in self.tables.items():
            if name not in OWN_TABLES:
                message = f"a firm imports {', '.join(OWN_TABLES)}"
                self.problems.add(table=name, row=0, column="", code="not_yours", message=message)
                for row in rows.all:
                    row.is_bad = True
                continue
            column = "key" if name == "startups" else "startup_key"
            for row in rows.all:
                key = row.values.get(column)
                if key is not None and not self.is_self(key):
                    self.refuse(name, row, column, "not_yours", NOT_YOURS)

    def is_self(self, key: str) -> bool:
        """Whether a key stands for the firm itself."""
        return key.casefold() == SELF or uuid_of(key) == self.firm.pk

    def look_up(self, table: str, rows: models.QuerySet[Any], keys: Collection[str]) -> dict[str, UUID]:
        """Which of the firm's own `rows` the keys stand for: as remembered of earlier imports, else by their ids."""
        remembered = known_objects(sender=self.sender, target=TARGETS[table], keys=keys)
        ids = {key: known.object_id for key, known in remembered.items()}
        ids = {**{key: pk for key in keys if (pk := uuid_of(key)) is not None}, **ids}
        own = set(rows.filter(pk__in=set(ids.values())).values_list("pk", flat=True))
        found = {key: pk for key, pk in ids.items() if pk in own}
        self.keys[table] = found
        return found

    def count(self, table: str, **added: int) -> None:
        """Count what became of rows of a table."""
        counts = self.counts.setdefault(table, Counts())
        for name, number in added.items():
            setattr(counts, name, getattr(counts, name) + number)

    def is_given(self, tier: str | None, *, present: str = "") -> bool:
        """Whether a cell claims a tier that neither is self-declared nor stands there already."""
        return tier not in {None, EvidenceTier.E0, present}


def uuid_of(key: str) -> UUID | None:
    """The id that a key is, if it is one in the usual spelling."""
    try:
        found = UUID(key)
    except ValueError:
        return None
    return found if str(found) == key.casefold() else None
