"""Which countries are at war: dated and sourced, read from a file that the product carries."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from apps.reference.codes import country_codes
from apps.reference.tables import PACKAGED, EditionMalformed

FILE = PACKAGED / "wars-1.json"


@dataclass(frozen=True, slots=True)
class War:
    """A country (ISO 3166-1 alpha-2) at war from the day `since` up to and with the day `until`, open when None."""

    country: str
    since: dt.date
    until: dt.date | None
    source: str


def wars_load(*, path: Path) -> tuple[War, ...]:
    """The rows of the file. Raises EditionMalformed where one lacks a date, a source or a known country."""
    try:
        raw = json.loads(path.read_bytes())
        wars = tuple(
            War(
                country=str(row["country"]),
                since=dt.date.fromisoformat(row["since"]),
                until=None if row["until"] is None else dt.date.fromisoformat(row["until"]),
                source=str(row["source"]),
            )
            for row in raw["countries"]
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise EditionMalformed(f"{path.name}: {problem}") from problem
    for war in wars:
        if war.country not in country_codes() or not war.source or (war.until is not None and war.until < war.since):
            raise EditionMalformed(f"{path.name}: {war.country} has no source, no order of dates or is no country")
    return wars


@functools.cache
def wars() -> tuple[War, ...]:
    """The wars that the product knows. Raises EditionMalformed."""
    return wars_load(path=FILE)


def countries_at_war(*, on: dt.date, known: Iterable[War] | None = None) -> frozenset[str]:
    """The countries (ISO 3166-1 alpha-2) at war on that day, by the product's own file unless `known` is given."""
    rows = wars() if known is None else known
    return frozenset(war.country for war in rows if war.since <= on and (war.until is None or on <= war.until))
