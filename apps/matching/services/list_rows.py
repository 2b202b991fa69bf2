"""Lists as rows of COPY's binary format, made by whole arrays: value by value it would take longer than the scoring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.rank import Lists
from apps.matching.models import MatchList
from apps.matching.states import Section, Side

SECTIONS = (Section.RANKED, Section.NEEDS_DATA)
ARRAYS = (
    "score_investor",
    "score_startup",
    "score_mutual",
    "confidence_investor",
    "confidence_startup",
    "contributions_investor",
    "contributions_startup",
    "missing",
)
"""The parallel arrays beside the counterparts: one number a line, or one of each feature."""
COLUMNS = ("run_id", "side", "section", "owner_id", "organisation_id", "counterpart_ids", *ARRAYS)
STATEMENT = f"COPY {MatchList._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = b"\xff\xff"
LARGE = frozenset({"confidence_investor", "confidence_startup", "missing"})
UUID_OID, SMALL_OID, LARGE_OID = 2950, 21, 23


@dataclass(frozen=True, eq=False)
class Owned:
    """Whose lists they are and who is on them: ids and organisations as sixteen bytes each."""

    owners: NDArray[Any]
    organisations: NDArray[Any]
    others: NDArray[Any]


def list_rows(*, run_id: UUID, side: str, lists: Lists, owned: Owned) -> Iterator[bytes]:
    """The stream of a COPY of these lists, by STATEMENT."""
    scored = lists.scored
    counterpart = scored.raise_ if side == Side.INVESTOR else scored.mandate
    columns: dict[str, NDArray[Any]] = {
        "score_investor": scored.score_investor,
        "score_startup": scored.score_startup,
        "score_mutual": scored.score_mutual,
        "confidence_investor": scored.confidence_investor,
        "confidence_startup": scored.confidence_startup,
        "contributions_investor": scored.contributions_investor,
        "contributions_startup": scored.contributions_startup,
        "missing": scored.unknown,
    }
    starts = np.flatnonzero(np.diff(lists.owner.astype(np.int64) * len(SECTIONS) + lists.section, prepend=-1))
    lengths = np.diff(np.append(starts, len(lists.owner)))
    yield HEAD
    for number, section in enumerate(SECTIONS):
        of_section = lists.section[starts] == number
        for length in np.unique(lengths[of_section]).tolist():
            first = starts[of_section & (lengths == length)]
            rows = np.zeros(len(first), _row(side, section, length, columns))
            rows["fields"] = len(COLUMNS)
            owner = lists.owner[first]
            _fill(rows, "run_id", np.frombuffer(run_id.bytes, "V16")[0])
            _fill(rows, "side", np.frombuffer(str(side).encode(), f"V{len(side)}")[0])
            _fill(rows, "section", np.frombuffer(str(section).encode(), f"V{len(section)}")[0])
            _fill(rows, "owner_id", owned.owners[owner])
            _fill(rows, "organisation_id", owned.organisations[owner])
            lines = first[:, None] + np.arange(length)
            _fill_array(rows, "counterpart_ids", UUID_OID, 16, owned.others[counterpart[lines]])
            for name in ARRAYS:
                oid, width = (LARGE_OID, 4) if name in LARGE else (SMALL_OID, 2)
                _fill_array(rows, name, oid, width, columns[name][lines].reshape(len(first), -1))
            yield rows.tobytes()
    yield TAIL


def _row(side: str, section: str, length: int, columns: Mapping[str, NDArray[Any]]) -> np.dtype[Any]:
    """One row of the format: every field after its length in bytes, an array after its head."""
    parts: list[tuple[str, Any]] = [("fields", ">i2")]
    for name, size in (
        ("run_id", 16),
        ("side", len(side)),
        ("section", len(section)),
        ("owner_id", 16),
        ("organisation_id", 16),
    ):
        parts += [(f"{name}_length", ">i4"), (name, f"V{size}")]
    arrays = [("counterpart_ids", "V16", length)]
    for name in ARRAYS:
        width = columns[name].shape[1] if columns[name].ndim > 1 else 1
        arrays.append((name, ">i4" if name in LARGE else ">i2", length * width))
    for name, element, count in arrays:
        kind = np.dtype([("length", ">i4"), ("value", element)])
        parts += [
            (f"{name}_length", ">i4"),
            (f"{name}_head", np.dtype((">i4", (5,)))),
            (name, np.dtype((kind, (count,)))),
        ]
    return np.dtype(parts)


def _fill(rows: NDArray[Any], name: str, values: Any) -> None:
    rows[f"{name}_length"] = rows.dtype[name].itemsize
    rows[name] = values


def _fill_array(rows: NDArray[Any], name: str, oid: int, width: int, values: NDArray[Any]) -> None:
    """An array of one dimension without nulls, its first element numbered 1."""
    count = values.shape[1]
    rows[f"{name}_length"] = 20 + count * (4 + width)
    rows[f"{name}_head"] = (1, 0, oid, count, 1)
    rows[name]["length"] = width
    rows[name]["value"] = values
