"""The work of a run between reading and publishing: blocks of owners scored against all others, their lists stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection
from numpy.typing import NDArray

from apps.matching.engine.gates import GATES
from apps.matching.engine.rank import Lists, rank
from apps.matching.models import RunPart
from apps.matching.selectors.matches import SHOWN
from apps.matching.services.inputs import Inputs, id_keys, inputs_of
from apps.matching.services.list_rows import STATEMENT, Owned, list_rows
from apps.matching.services.parts import versions_gather
from apps.matching.states import InputKind, Side

BLOCKS_AT_LEAST = 4
"""Per side, so that a small run too is shared by several workers."""
OWNERS_AT_MOST = 5_000
"""Lists that a worker holds at once; more cost hundreds of megabytes."""


def blocks_plan(*, run_id: UUID) -> list[tuple[dict[str, Any], int]]:
    """The blocks to score, as (payload, number of pairs): mandates for the funds' lists, raises for the firms'."""
    mandates, raises = versions_gather(run_id=run_id)
    if not mandates or not raises:
        return []
    pairs = min(settings.MATCH_BLOCK_PAIRS, mandates * raises // BLOCKS_AT_LEAST)
    return [
        (
            {"side": side, "first": first, "last": min(first + size, owners)},
            (min(first + size, owners) - first) * others,
        )
        for side, owners, others in ((Side.INVESTOR, mandates, raises), (Side.STARTUP, raises, mandates))
        for size in (max(1, min(OWNERS_AT_MOST, pairs // others)),)
        for first in range(0, owners, size)
    ]


def lists_score(
    *, run_id: UUID, side: str, first: int, last: int, check: Callable[[], None] = lambda: None
) -> Callable[[], dict[str, Any]]:
    """Score the block of owners `first`..`last` against all counterparts; the returned function stores their lists."""
    inputs = inputs_of(run_id=run_id)
    check()
    is_fund = side == Side.INVESTOR
    block = inputs.whole.mandates_part(first, last) if is_fund else inputs.whole.raises_part(first, last)
    check()
    parameters = inputs.model.parameters
    # Blocks are what cores share; a block of its own threads would take those of its neighbours.
    lists = rank(world=block, side=side, kept=parameters["list_kept"], threads=1)
    check()
    own, other = (InputKind.MANDATE, InputKind.RAISE) if is_fund else (InputKind.RAISE, InputKind.MANDATE)
    owned = Owned(
        owners=id_keys((block.mandates if is_fund else block.raises).ids),
        organisations=inputs.organisations[own][first:last],
        others=_keys_of(inputs, other),
    )
    rows = list(list_rows(run_id=run_id, side=side, lists=lists, owned=owned))
    pairs = shown_pairs(lists=lists, first=first, shown=SHOWN)
    failures = dict(zip(GATES, (int(count) for count in lists.failures.sum(axis=0)), strict=True)) if is_fund else {}

    def store() -> dict[str, Any]:
        with connection.cursor() as cursor, cursor.copy(STATEMENT) as copy:
            for portion in rows:
                copy.write(portion)
        RunPart.objects.create(run_id=run_id, kind=side, place=first, content=pairs.tobytes())
        return {
            "lists": int(np.count_nonzero(lists.position == 0)),
            "pairs": (last - first) * len(owned.others),
            "kept": len(lists.owner),
            "failures": failures,
        }

    return store


def shown_pairs(*, lists: Lists, first: int, shown: int) -> NDArray[np.uint64]:
    """The pairs within the first `shown` lines of each list, of a block whose owners begin at `first`: the mandate's
    number in the whole run, then the raise's.
    """
    is_shown = lists.position < shown
    mandate, raise_ = (side[is_shown].astype(np.uint64) for side in (lists.scored.mandate, lists.scored.raise_))
    if lists.side == Side.INVESTOR:
        mandate += np.uint64(first)
    else:
        raise_ += np.uint64(first)
    return (mandate << np.uint64(32)) | raise_


_keys: dict[str, tuple[Inputs, NDArray[Any]]] = {}


def _keys_of(inputs: Inputs, kind: str) -> NDArray[Any]:
    """The ids of all mandates or raises as bytes, made once per process and run."""
    known = _keys.get(kind)
    if known is None or known[0] is not inputs:
        columns = inputs.all_mandates if kind == InputKind.MANDATE else inputs.all_raises
        known = _keys[kind] = (inputs, id_keys(columns.ids))
    return known[1]
