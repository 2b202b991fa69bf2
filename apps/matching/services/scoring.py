"""The work of a run: record what is scored, score blocks of it, publish the lists."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection

from apps.matching.engine.gates import GATES
from apps.matching.engine.pairs import INVESTOR_FEATURES, STARTUP_FEATURES, world
from apps.matching.engine.rank import Lists, rank
from apps.matching.models import MatchList, MatchRun
from apps.matching.services.inputs import Inputs, inputs_of
from apps.matching.states import RUN, Section, Side
from kernel.access import Actor
from kernel.clock import utc_now

SECTIONS = (Section.RANKED, Section.NEEDS_DATA)
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
        for size in (max(1, settings.MATCH_BLOCK_PAIRS // others),)
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
            for row in rows:
                copy.write_row(row)
        return {
            "lists": len(rows),
            "pairs": (last - first) * (len(inputs.raises) if side == Side.INVESTOR else len(inputs.mandates)),
            "kept": sum(len(row[5]) for row in rows),
            "failures": failures,
        }

    return store


def run_publish(*, run_id: UUID) -> Callable[[], dict[str, Any]]:
    """Hash the run's lists; the returned function makes them what readers see, all at once."""
    digest = lists_digest(run_id=run_id)

    def store() -> dict[str, Any]:
        run = MatchRun.objects.select_for_update().get(pk=run_id)
        run.digest = digest
        run.counts = run.job.result if run.job is not None else {}
        run.published_at = utc_now()
        run.save(update_fields=["digest", "counts", "published_at"])
        RUN.fire("publish", instance=run, actor=Actor.system(), data={"sha256": digest})
        previous = MatchRun.objects.filter(is_current=True).first()
        # Readers may be paging through the previous generation; nobody reads what is older.
        MatchList.objects.exclude(run__in=[run_id, *([previous.pk] if previous else [])]).delete()
        MatchRun.objects.filter(is_current=True).update(is_current=False)
        MatchRun.objects.filter(pk=run_id).update(is_current=True)
        return {}

    return store


def lists_digest(*, run_id: UUID) -> str:
    """sha256 over the sorted lines `mandate,raise,scores…,contributions…` of every pair in the run's lists."""
    lines = set()
    for row in MatchList.objects.filter(run=run_id).iterator():
        investor, startup = len(INVESTOR_FEATURES), len(STARTUP_FEATURES)
        for index, counterpart in enumerate(row.counterpart_ids):
            pair = (row.owner_id, counterpart) if row.side == Side.INVESTOR else (counterpart, row.owner_id)
            numbers = (
                row.score_investor[index],
                row.score_startup[index],
                row.score_mutual[index],
                *row.contributions_investor[index * investor : (index + 1) * investor],
                *row.contributions_startup[index * startup : (index + 1) * startup],
            )
            lines.add(f"{pair[0]},{pair[1]},{','.join(map(str, numbers))}\n")
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def _rows(
    inputs: Inputs, side: str, lists: Lists, mandates: tuple[str, ...], raises: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    """One row per list, in the order of LIST_COLUMNS."""
    scored = lists.scored
    owners, others = (mandates, raises) if side == Side.INVESTOR else (raises, mandates)
    counterpart = scored.raise_ if side == Side.INVESTOR else scored.mandate
    starts = np.flatnonzero(np.diff(lists.owner * len(SECTIONS) + lists.section, prepend=-1)).tolist()
    for start, end in pairwise([*starts, len(lists.owner)]):
        lines = slice(start, end)
        owner = owners[lists.owner[start]]
        yield (
            inputs.run.pk,
            side,
            SECTIONS[lists.section[start]].value,
            UUID(owner),
            inputs.owners[owner],
            [UUID(others[index]) for index in counterpart[lines]],
            scored.score_investor[lines].tolist(),
            scored.score_startup[lines].tolist(),
            scored.score_mutual[lines].tolist(),
            scored.confidence_investor[lines].tolist(),
            scored.confidence_startup[lines].tolist(),
            scored.contributions_investor[lines].ravel().tolist(),
            scored.contributions_startup[lines].ravel().tolist(),
            scored.unknown[lines].tolist(),
        )
