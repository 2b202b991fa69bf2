"""The work of a run: record what is scored, score blocks of it, publish the lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection

from apps.matching.engine.gates import GATES
from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES, world
from apps.matching.engine.rank import Lists, digest, rank
from apps.matching.models import MatchList, MatchRun
from apps.matching.services.inputs import Inputs, inputs_of
from apps.matching.states import RUN, Section, Side
from kernel.access import Actor
from kernel.clock import utc_now

SECTIONS = (Section.RANKED, Section.NEEDS_DATA)
BLOCKS_AT_LEAST = 4
"""Per side, so that a small run too is shared by several workers."""
LIST_COLUMNS = (
    "run_id",
    "side",
    "section",
    "owner_id",
    "organisation_id",
    "counterpart_ids",
    "score_investor",
    "score_startup",
    "score_mutual",
    "confidence_investor",
    "confidence_startup",
    "contributions_investor",
    "contributions_startup",
    "missing",
)
DIGESTED = (
    "counterpart_ids",
    "score_investor",
    "score_startup",
    "score_mutual",
    "contributions_investor",
    "contributions_startup",
)


def blocks_plan(*, run_id: UUID) -> list[tuple[dict[str, Any], int]]:
    """The blocks to score, as (payload, number of pairs): mandates for the funds' lists, raises for the firms'."""
    run = MatchRun.objects.get(pk=run_id)
    mandates, raises = len(run.mandate_versions), len(run.raise_versions)
    if not mandates or not raises:
        return []
    return [
        (
            {"side": side, "first": first, "last": min(first + size, owners)},
            (min(first + size, owners) - first) * others,
        )
        for side, owners, others in ((Side.INVESTOR, mandates, raises), (Side.STARTUP, raises, mandates))
        for size in (max(1, min(settings.MATCH_BLOCK_PAIRS, mandates * raises // BLOCKS_AT_LEAST) // others),)
        for first in range(0, owners, size)
    ]


def lists_score(
    *, run_id: UUID, side: str, first: int, last: int, check: Callable[[], None] = lambda: None
) -> Callable[[], dict[str, Any]]:
    """Score the block of owners `first`..`last` against all counterparts; the returned function stores their lists."""
    inputs = inputs_of(run_id=run_id)
    check()
    block = world(
        mandates=inputs.mandates_block(first, last) if side == Side.INVESTOR else inputs.all_mandates,
        raises=inputs.raises_block(first, last) if side == Side.STARTUP else inputs.all_raises,
        model=inputs.model,
        reference=inputs.reference,
        as_of=inputs.run.as_of,
    )
    check()
    lists = rank(world=block, side=side, kept=inputs.model.parameters["list_kept"])
    check()
    rows = list(_rows(inputs, side, lists, block.mandates.ids, block.raises.ids))
    failures = (
        dict(zip(GATES, (int(count) for count in lists.failures.sum(axis=0)), strict=True))
        if side == Side.INVESTOR
        else {}
    )

    def store() -> dict[str, Any]:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {MatchList._meta.db_table} ({', '.join(LIST_COLUMNS)}) FROM STDIN") as copy,
        ):
            copy.write("".join(rows))
        return {
            "lists": len(rows),
            "pairs": (last - first) * (len(inputs.raises) if side == Side.INVESTOR else len(inputs.mandates)),
            "kept": len(lists.owner),
            "failures": failures,
        }

    return store


def run_publish(*, run_id: UUID) -> Callable[[], dict[str, Any]]:
    """Hash the run's lists; the returned function makes them what readers see, all at once."""
    sha256 = lists_digest(run_id=run_id)

    def store() -> dict[str, Any]:
        run = MatchRun.objects.select_for_update().get(pk=run_id)
        run.digest = sha256
        run.counts = run.job.result if run.job is not None else {}
        run.published_at = utc_now()
        run.save(update_fields=["digest", "counts", "published_at"])
        RUN.fire("publish", instance=run, actor=Actor.system(), data={"sha256": sha256})
        previous = MatchRun.objects.filter(is_current=True).first()
        # Readers may be paging through the previous generation; nobody reads what is older.
        MatchList.objects.exclude(run__in=[run_id, *([previous.pk] if previous else [])]).delete()
        MatchRun.objects.filter(is_current=True).update(is_current=False)
        MatchRun.objects.filter(pk=run_id).update(is_current=True)
        return {}

    return store


def lists_digest(*, run_id: UUID) -> str:
    """sha256 over the sorted lines `mandate,raise,scores…,contributions…` of every pair in the run's lists."""
    investor, startup = len(INVESTOR_FEATURES), len(STARTUP_FEATURES)
    lines = set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT side, owner_id::text, {', '.join(f'{name}::text' for name in DIGESTED)}"  # noqa: S608 - our own names
            f" FROM {MatchList._meta.db_table} WHERE run_id = %s",
            [run_id],
        )
        for side, owner, *arrays in cursor:
            others, *scores, of_investor, of_startup = (array[1:-1].split(",") for array in arrays)
            for place, numbers in enumerate(zip(*scores, strict=True)):
                pair = (owner, others[place]) if side == Side.INVESTOR else (others[place], owner)
                parts = (
                    *pair,
                    *numbers,
                    *of_investor[place * investor : (place + 1) * investor],
                    *of_startup[place * startup : (place + 1) * startup],
                )
                lines.add(",".join(parts))
    return digest(lines=lines)


def _rows(inputs: Inputs, side: str, lists: Lists, mandates: tuple[str, ...], raises: tuple[str, ...]) -> Iterator[str]:
    """One line of COPY's text format per list, columns as in LIST_COLUMNS; nothing in them needs escaping.

    Written as text here: the driver's own conversion of integer arrays takes several times as long as the scoring.
    """
    scored = lists.scored
    owners, others = (mandates, raises) if side == Side.INVESTOR else (raises, mandates)
    counterpart = scored.raise_ if side == Side.INVESTOR else scored.mandate
    starts = np.flatnonzero(np.diff(lists.owner * len(SECTIONS) + lists.section, prepend=-1)).tolist()
    for start, end in pairwise([*starts, len(lists.owner)]):
        lines = slice(start, end)
        owner = owners[lists.owner[start]]
        cells = (
            str(inputs.run.pk),
            side,
            SECTIONS[lists.section[start]].value,
            owner,
            str(inputs.owners[owner]),
            f"{{{','.join([others[index] for index in counterpart[lines]])}}}",
            *(
                f"{{{','.join(map(str, column[lines].ravel().tolist()))}}}"
                for column in (
                    scored.score_investor,
                    scored.score_startup,
                    scored.score_mutual,
                    scored.confidence_investor,
                    scored.confidence_startup,
                    scored.contributions_investor,
                    scored.contributions_startup,
                    scored.unknown,
                )
            ),
        )
        yield "\t".join(cells) + "\n"
