"""Decisions of a pipeline: the stages that a fund begins with, how tags are read, which order of stages is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

MOST_STAGES = 20
"""Stages in use of one fund, at once."""
MOST_STAGES_EVER = 100
"""Archived ones counted in."""
MOST_ENTRIES = 5_000
"""Entries of one fund's watch-list."""
MOST_NOTES = 500
"""Notes on one entry."""
MOST_EDITS = 50
"""Earlier texts of one note."""
MOST_REMINDERS = 50
"""Reminders of one entry that are still to come."""


def tags_of(*, given: Iterable[str]) -> list[str]:
    """The tags with their spaces put right, each once whatever its case, in the order given; blank ones are none."""
    found: dict[str, str] = {}
    for text in given:
        tag = " ".join(text.split())
        if tag:
            found.setdefault(tag.casefold(), tag)
    return list(found.values())


def is_order_of(*, wanted: Sequence[UUID], present: Iterable[UUID]) -> bool:
    """Whether `wanted` names each of `present` once and nothing else."""
    return len(wanted) == len(set(wanted)) and set(wanted) == set(present)
