"""Columns as bytes and back, so that what was computed once is loaded by every process that scores it.

A part is a run of `.npy` arrays and one JSON document with what is no number. Nothing in it is executed when read.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.columns import MANDATE, RAISE, Mandates, Raises, ranks
from apps.matching.engine.facts import Answer, Decline, LeverFacts, Term
from apps.matching.engine.gates import FundProfile
from apps.matching.engine.model import Areas
from apps.matching.engine.relations import Coded

KNOWN: Mapping[str, type] = {kind.__name__: kind for kind in (Decline, FundProfile, LeverFacts, Term)}
"""The facts that stand as values of a relation, by the names under which they are written."""


class PartForeign(ValueError):
    """Bytes that are not a part of these columns."""


def pack_raises(columns: Raises) -> bytes:
    """A block of raises as bytes."""
    strengths, which = np.unique(columns.strengths, axis=0, return_inverse=True)
    arrays = {
        "rows": columns.rows,
        "gates": columns.gates.codes,
        "features": columns.features.codes,
        "strengths": strengths,
        "which": which.reshape(-1).astype(np.int32),
    }
    return _written(
        arrays,
        {
            "ids": columns.ids,
            "firms": columns.firms,
            "changed_on": [None if day is None else day.isoformat() for day in columns.changed_on],
            "gates": _plain(columns.gates.values),
            "features": _plain(columns.features.values),
        },
    )


def unpack_raises(parts: Sequence[bytes], *, areas: Areas) -> Raises:
    """The raises of all parts, in order. Raises PartForeign, IdsRepeat."""
    arrays, texts = _read(parts, rows=RAISE)
    ids = _joined(texts, "ids")
    return Raises(
        facts=(),
        ids=ids,
        order=ranks(ids),
        rows=np.concatenate([part["rows"] for part in arrays]) if arrays else np.zeros(0, RAISE),
        gates=_coded(arrays, texts, "gates"),
        features=_coded(arrays, texts, "features"),
        strengths=np.concatenate(
            [np.zeros((0, len(areas.codes))), *(part["strengths"][part["which"]] for part in arrays)]
        ),
        areas={code: index for index, code in enumerate(areas.codes)},
        firms=_joined(texts, "firms"),
        changed_on=tuple(
            None if day is None else dt.date.fromisoformat(day) for part in texts for day in part["changed_on"]
        ),
    )


def pack_mandates(columns: Mandates) -> bytes:
    """A block of mandates as bytes."""
    arrays = {
        "rows": columns.rows,
        "gates": columns.gates.codes,
        "features": columns.features.codes,
        "area_count": np.diff(columns.area_start),
        "area_index": columns.area_index,
        "area_weight": columns.area_weight,
    }
    return _written(
        arrays,
        {
            "ids": columns.ids,
            "declines": _plain(columns.declines),
            "gates": _plain(columns.gates.values),
            "features": _plain(columns.features.values),
        },
    )


def unpack_mandates(parts: Sequence[bytes]) -> Mandates:
    """The mandates of all parts, in order. Raises PartForeign, IdsRepeat."""
    arrays, texts = _read(parts, rows=MANDATE)
    ids = _joined(texts, "ids")
    counts = np.concatenate([np.zeros(1, np.int64), *(part["area_count"] for part in arrays)])
    return Mandates(
        facts=(),
        ids=ids,
        order=ranks(ids),
        rows=np.concatenate([part["rows"] for part in arrays]) if arrays else np.zeros(0, MANDATE),
        gates=_coded(arrays, texts, "gates"),
        features=_coded(arrays, texts, "features"),
        area_start=np.cumsum(counts),
        area_index=np.concatenate([np.zeros(0, np.int64), *(part["area_index"] for part in arrays)]),
        area_weight=np.concatenate([np.zeros(0), *(part["area_weight"] for part in arrays)]),
        declines=tuple(_value(item) for part in texts for item in part["declines"]["()"]),
    )


def _written(arrays: Mapping[str, NDArray[Any]], texts: Mapping[str, Any]) -> bytes:
    made = io.BytesIO()
    document = json.dumps({"arrays": list(arrays), **texts}, separators=(",", ":"), ensure_ascii=False).encode()
    np.save(made, np.frombuffer(document, np.uint8), allow_pickle=False)
    for array in arrays.values():
        np.save(made, array, allow_pickle=False)
    return made.getvalue()


def _read(parts: Sequence[bytes], *, rows: np.dtype[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    arrays, texts = [], []
    for part in parts:
        source = io.BytesIO(part)
        text = json.loads(np.load(source, allow_pickle=False).tobytes())
        found = {name: np.load(source, allow_pickle=False) for name in text["arrays"]}
        if found["rows"].dtype.names != rows.names:
            raise PartForeign
        found["rows"] = found["rows"].astype(rows)
        arrays.append(found)
        texts.append(text)
    return arrays, texts


def _joined(texts: Iterable[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    return tuple(item for part in texts for item in part[name])


def _coded(arrays: Sequence[Mapping[str, Any]], texts: Sequence[Mapping[str, Any]], name: str) -> Coded:
    """The parts' codes by one numbering of the values of all."""
    if not arrays:
        return Coded(codes=np.zeros((0, 0), np.int32), values=())
    relations = len(texts[0][name]["()"])
    values: list[dict[Hashable, int]] = [{} for _ in range(relations)]
    codes = []
    for part, text in zip(arrays, texts, strict=True):
        joint = np.empty_like(part[name], np.int32)
        for k, own in enumerate(text[name]["()"]):
            seen = values[k]
            known = np.array([seen.setdefault(_value(item), len(seen)) for item in own["()"]], np.int32)
            joint[:, k] = known[part[name][:, k]]
        codes.append(joint)
    return Coded(codes=np.concatenate(codes), values=tuple(tuple(seen) for seen in values))


def _plain(value: Any) -> Any:
    """A value as JSON: tuples, dates, answers and facts under their names."""
    if isinstance(value, tuple):
        return {"()": [_plain(item) for item in value]}
    if isinstance(value, Answer):
        return {"answer": value.value}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            "is": type(value).__name__,
            "of": [_plain(getattr(value, item.name)) for item in dataclasses.fields(value)],
        }
    return value


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "()" in value:
        return tuple(_value(item) for item in value["()"])
    if "is" in value:
        return KNOWN[value["is"]](*(_value(item) for item in value["of"]))
    read: Callable[[str], Any] = dt.date.fromisoformat if "date" in value else Answer
    return read(next(iter(value.values())))
