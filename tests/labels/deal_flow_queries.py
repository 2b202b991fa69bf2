"""The labelled queries that judge the deal flow search on the sample data: one half to develop on, one held out."""

import csv
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

FILE = Path(__file__).with_suffix(".tsv")
COLUMNS = ("id", "query", "kind", "right", "half")
SEED = 20261119

Kind = Literal["english", "ukrainian", "romanised", "misspelt", "synonym", "mixed"]
Half = Literal["development", "held_out"]

KINDS: tuple[Kind, ...] = get_args(Kind)
HALVES: tuple[Half, ...] = get_args(Half)


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    id: str
    text: str
    kind: Kind
    right: frozenset[str]
    """Keys of the firms any of which may stand first; several only where their readable texts answer alike."""
    half: Half


def labelled_queries(half: Half) -> list[LabelledQuery]:
    """The queries of one half, in the order of the file."""
    return [query for query in map(_query, _rows(FILE)) if query.half == half]


def drawn_halves(*, kinds: Mapping[str, str]) -> dict[str, Half]:
    """Draw a half for each id: within every kind at random by the fixed seed, an odd one goes to development.

    `kinds` names the kind of each id; its order does not matter.
    """
    strata: dict[str, list[str]] = defaultdict(list)
    for key in sorted(kinds):
        strata[kinds[key]].append(key)
    draw = random.Random(SEED)
    halves: dict[str, Half] = {}
    for kind in sorted(strata):
        keys = strata[kind]
        draw.shuffle(keys)
        middle = (len(keys) + 1) // 2
        for place, key in enumerate(keys):
            halves[key] = "development" if place < middle else "held_out"
    return halves


def write_halves(*, file: Path) -> None:
    """Fill the column `half` of `file` by the draw; every other cell stays as it is."""
    rows = _rows(file)
    halves = drawn_halves(kinds={row["id"]: row["kind"] for row in rows})
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(row | {"half": halves[row["id"]]} for row in rows)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _query(row: dict[str, str]) -> LabelledQuery:
    kind = next(kind for kind in KINDS if kind == row["kind"])
    half = next(half for half in HALVES if half == row["half"])
    return LabelledQuery(
        id=row["id"], text=row["query"], kind=kind, right=frozenset(row["right"].split("|")), half=half
    )
