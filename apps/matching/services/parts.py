"""How the reading of a run's inputs is shared out, and put together again. Loads no engine: web processes plan, too."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

from django.db import connection

from apps.investors.models import Mandate
from apps.investors.states import MandateStatus
from apps.matching.models import MatchRun, RunPart
from apps.matching.states import InputKind
from apps.startups.models import Raise
from apps.startups.states import OPEN_RAISES

PART = {InputKind.MANDATE: 2_500, InputKind.RAISE: 5_000}
"""How many of each one chunk reads: a few seconds of work."""


def parts_plan(*, run_id: UUID) -> list[tuple[dict[str, Any], int]]:
    """The chunks that read the inputs, as (payload, weight): ranges of ids, each from after one up to another.

    The last range of either kind is open: what comes meanwhile has a larger id.
    """
    pools = (
        (InputKind.MANDATE, Mandate._meta.db_table, [MandateStatus.ACTIVE.value]),
        (InputKind.RAISE, Raise._meta.db_table, sorted(str(status) for status in OPEN_RAISES)),
    )
    planned: list[tuple[dict[str, Any], int]] = []
    with connection.cursor() as cursor:
        for kind, table, statuses in pools:
            cursor.execute(
                f"SELECT id::text FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM {table}"  # noqa: S608 - our own names
                " WHERE status = ANY(%s)) AS pool WHERE place %% %s = 0 ORDER BY id",
                [statuses, PART[kind]],
            )
            edges = [None, *(row[0] for row in cursor.fetchall()), None]
            planned.extend(
                ({"run": str(run_id), "kind": kind.value, "place": place, "after": after, "until": until}, PART[kind])
                for place, (after, until) in enumerate(itertools.pairwise(edges))
            )
    return planned


def versions_gather(*, run_id: UUID) -> tuple[int, int]:
    """Note on the run which versions its parts are, in the order of the parts; returns how many mandates and raises.

    A run whose inputs are not parts keeps those that it names.
    """
    counts = {}
    for kind, column in ((InputKind.MANDATE, "mandate_versions"), (InputKind.RAISE, "raise_versions")):
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH gathered AS (
                    SELECT array_agg(one.version ORDER BY part.place, one.place) AS versions
                      FROM {RunPart._meta.db_table} AS part,
                           unnest(part.version_ids) WITH ORDINALITY AS one (version, place)
                     WHERE part.run_id = %(run)s AND part.kind = %(kind)s)
                UPDATE {MatchRun._meta.db_table} SET {column} = COALESCE(gathered.versions, {column})
                  FROM gathered WHERE id = %(run)s
             RETURNING COALESCE(cardinality({column}), 0)
                """,  # noqa: S608 - our own names
                {"run": run_id, "kind": kind.value},
            )
            counts[kind] = int(cursor.fetchone()[0])
    return counts[InputKind.MANDATE], counts[InputKind.RAISE]
