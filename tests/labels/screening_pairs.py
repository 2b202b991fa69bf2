"""The labelled pairs of names: the first set to develop on, the second in a half to develop on and one held out."""

import csv
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from apps.compliance.names import Kind, Side

FOLDER = Path(__file__).with_name("screening")
FIRST = FOLDER / "name-pairs.csv"
SECOND = FOLDER / "name-pairs-2.csv"
SEED = 20261123

KINDS = {"person": Kind.PERSON, "company": Kind.ENTITY}

Half = Literal["first", "development", "held_out"]
"""The whole first set, and the two halves of the second."""


@dataclass(frozen=True, slots=True)
class LabelledPair:
    id: str
    query: Side
    entry: Side
    match: bool
    script_group: str
    why: str


def labelled_pairs(half: Half) -> list[LabelledPair]:
    """The first set, or one half of the second; both halves hold the same share of each kind and verdict."""
    if half == "first":
        return [_pair(row) for row in _rows(FIRST)]
    strata: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in _rows(SECOND):
        strata[row["kind"], row["match"]].append(row)
    draw = random.Random(SEED)
    chosen = []
    for key in sorted(strata):
        rows = sorted(strata[key], key=lambda row: row["id"])
        draw.shuffle(rows)
        middle = (len(rows) + 1) // 2
        chosen += rows[:middle] if half == "development" else rows[middle:]
    return [_pair(row) for row in chosen]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _pair(row: dict[str, str]) -> LabelledPair:
    aliases = _list(row["entry_aliases"])
    return LabelledPair(
        id=row["id"],
        query=_side(row, "query", ()),
        entry=_side(row, "entry", aliases),
        match=row["match"].strip().lower() in {"1", "true", "yes", "y"},
        script_group=row["script_group"],
        why=row["why"],
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.replace("|", ";").split(";") if item.strip())


def _side(row: dict[str, str], side: str, aliases: tuple[str, ...]) -> Side:
    return Side(
        kind=KINDS[row["kind"]],
        names=(row[f"{side}_name"], *aliases),
        countries=_list(row[f"{side}_country"]),
        date=row[f"{side}_date"].strip() or None,
        identifiers=tuple(_identifier(text) for text in _list(row[f"{side}_identifier"])),
    )


def _identifier(text: str) -> tuple[str, str]:
    scheme, colon, value = text.partition(":")
    return (scheme, value) if colon else ("", text)
