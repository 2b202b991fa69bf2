"""What an organisation shows to be verified, by its kind and the cause: data in an edition of its own."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apps.compliance.states import CaseCause, ItemNeed
from apps.permissions import Kind

FILE = Path(__file__).parent / "data" / "checklists.json"


class ChecklistMalformed(ValueError):
    """The file of checklists is not what its format says."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """Something to be shown or found. What the officer alone finds is no business of the organisation."""

    code: str
    title_en: str
    title_uk: str
    kinds: frozenset[Kind]
    causes: frozenset[CaseCause]
    need: ItemNeed

    def title(self, *, language: str) -> str:
        """The title in Ukrainian where that is asked for, else in English."""
        return self.title_uk if language.startswith("uk") else self.title_en


@dataclass(frozen=True, slots=True)
class Checklists:
    """An edition of all items in their order."""

    id: str
    as_of: dt.date
    items: tuple[ChecklistItem, ...]

    def items_for(self, *, kind: str, cause: str) -> tuple[ChecklistItem, ...]:
        """What an organisation of this kind shows in a case of this cause."""
        return tuple(item for item in self.items if kind in item.kinds and cause in item.causes)

    def by_code(self) -> Mapping[str, ChecklistItem]:
        """The items by their codes."""
        return {item.code: item for item in self.items}


def checklists_load(*, path: Path) -> Checklists:
    """The edition in a file. Raises ChecklistMalformed."""
    try:
        raw = json.loads(path.read_bytes())
        found = Checklists(
            id=str(raw["id"]),
            as_of=dt.date.fromisoformat(raw["as_of"]),
            items=tuple(
                ChecklistItem(
                    code=str(row["code"]),
                    title_en=str(row["title"]["en"]),
                    title_uk=str(row["title"]["uk"]),
                    kinds=frozenset(Kind(kind) for kind in row["kinds"]),
                    causes=frozenset(CaseCause(cause) for cause in row["causes"]),
                    need=ItemNeed(row["needs"]),
                )
                for row in raw["items"]
            ),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ChecklistMalformed(f"{path.name}: {problem}") from problem
    if len(found.by_code()) != len(found.items) or not all(item.title_en and item.title_uk for item in found.items):
        raise ChecklistMalformed(f"{path.name}: an item stands twice or lacks a title")
    return found


@functools.cache
def checklists() -> Checklists:
    """The edition that new cases go by. Raises ChecklistMalformed."""
    return checklists_load(path=FILE)
