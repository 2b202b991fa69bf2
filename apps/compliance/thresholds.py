"""The dated thresholds of ownership, from the file that the product carries."""

from __future__ import annotations

import datetime as dt
import functools
import json
from fractions import Fraction
from pathlib import Path

from apps.compliance.rules.graph import Counted
from apps.compliance.rules.ownership import Threshold

FILE = Path(__file__).parent / "data" / "ownership-thresholds.json"


@functools.cache
def thresholds() -> tuple[Threshold, ...]:
    """All thresholds, of the past and the future, too."""
    return tuple(
        Threshold(
            regime=row["regime"],
            share=Fraction(row["share"]),
            is_inclusive=row["inclusive"],
            counted=tuple(Counted(name) for name in row["counted"]),
            valid_from=dt.date.fromisoformat(row["valid_from"]),
            valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in json.loads(FILE.read_text(encoding="utf-8"))["thresholds"]
    )


def thresholds_at(*, day: dt.date) -> tuple[Threshold, ...]:
    """The thresholds in force on a day; `valid_to` is the first day on which one no longer is."""
    return tuple(
        item for item in thresholds() if item.valid_from <= day and (item.valid_to is None or day < item.valid_to)
    )
