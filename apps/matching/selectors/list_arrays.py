"""Many lists at once as numpy arrays, read in binary form: a tenth of the time that Python values take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format

from apps.matching.models import MatchList
from apps.matching.rules.list_arrays import ListArrays
from apps.matching.states import Section, Side

UUIDS = np.dtype([("length", ">i4"), ("value", "V16")])
SMALLINTS = np.dtype([("length", ">i4"), ("value", ">i2")])
HEADER = 20
"""Bytes before the elements of a one-dimensional array: dimensions, nulls, type, length, lower bound."""
AT_ONCE = 2_000


class _Raw(Loader):
    """Hands over what the server sent."""

    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


def list_arrays(
    *,
    run_id: UUID,
    side: str,
    section: str = Section.RANKED,
    shown: int | None = None,
    features: int = 0,
    part: tuple[int, int] = (0, 1),
) -> ListArrays:
    """The lists of a run, in the order of their owners' ids; of each the first `shown` lines.

    `features` is how many features a line has points of; 0 leaves them out. `part` (k, n) takes every n-th owner.
    """
    own = "investor" if side == Side.INVESTOR else "startup"
    most = "" if shown is None else f"[1:{shown:d}]"
    points = f"contributions_{own}{'' if shown is None else f'[1:{shown * features:d}]'}" if features else "NULL"
    text = (
        f"SELECT uuid_send(owner_id), uuid_send(organisation_id), counterpart_ids{most}, score_{own}{most}, {points}"  # noqa: S608 - our own names
        f" FROM {MatchList._meta.db_table} WHERE run_id = %s AND side = %s AND section = %s"
        " AND get_byte(uuid_send(owner_id), 15) %% %s = %s ORDER BY owner_id"
    )
    owners, organisations, lengths = [], [], [0]
    counterparts, scores, by_feature = [], [], []
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    # Django's own cursors put the values into the text and cannot ask for binary results.
    with psycopg.Cursor(raw) as cursor:
        for name in ("uuid[]", "int2[]"):
            cursor.adapters.register_loader(cursor.adapters.types.get_oid(name), _Raw)
        cursor.execute(text, [run_id, side, section, part[1], part[0]], binary=True)
        while rows := cursor.fetchmany(AT_ONCE):
            for owner, organisation, others, values, contributions in rows:
                found = _elements(others, UUIDS)
                owners.append(owner)
                organisations.append(organisation)
                lengths.append(len(found))
                counterparts.append(found)
                scores.append(_elements(values, SMALLINTS))
                if contributions is not None:
                    by_feature.append(_elements(contributions, SMALLINTS))
    return ListArrays(
        owner=np.array(owners, "V16"),
        organisation=np.array(organisations, "V16"),
        start=np.cumsum(lengths).astype(np.int64),
        counterpart=_joined(counterparts, "V16"),
        score=_joined(scores, ">i2").astype(np.int16),
        points=_joined(by_feature, ">i2").astype(np.int16).reshape(-1, max(1, features)),
    )


def _elements(array: bytes, kind: np.dtype[Any]) -> NDArray[Any]:
    """The values of an array; an empty one has no dimensions and is shorter than a header."""
    if len(array) <= HEADER:
        return np.empty(0, kind["value"])
    return np.frombuffer(array, kind, offset=HEADER)["value"]


def _joined(parts: Sequence[NDArray[Any]], kind: str) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, kind)
