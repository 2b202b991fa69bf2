"""What older generations leave behind is removed, a bounded portion at a time."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from apps.matching.models import InputChange, InputVersion, MatchList, MatchRun, RunPart
from apps.matching.selectors.scoring_models import anchors
from apps.matching.services.runs import START_LOCK
from apps.matching.states import RunStatus
from kernel.clock import database_now

GENERATIONS = 2
"""The one that readers see and the one before, through which some may still be paging."""
LISTS_AT_ONCE, VERSIONS_AT_ONCE = 20_000, 20_000
YOUNG = dt.timedelta(hours=1)
"""Versions of this age may belong to what is being written."""
LIVE = (RunStatus.QUEUED, RunStatus.RUNNING)


def generations_prune(*, portions: int = 50) -> dict[str, int]:
    """Remove the lists, parts and input versions that only older generations used; how many of each.

    The two newest published generations, the newest shadow run and runs under way keep theirs; the first generation of
    each quarter keeps its inputs, by which models are judged. Each portion is a
    transaction of its own; what is left waits for the next time.
    """
    counts = {"lists": 0, "parts": 0, "versions": 0}
    for _ in range(portions):
        removed = _portion()
        for name, count in removed.items():
            counts[name] += count
        if not any(removed.values()):
            break
    return counts


def _portion() -> dict[str, int]:
    with transaction.atomic():
        connection.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [START_LOCK])
        if MatchRun.objects.filter(status__in=LIVE).exists():
            # A run under way may take up versions that nobody names yet.
            return {}
        kept = _kept()
        lists = MatchList.objects.exclude(run__in=kept)
        removed = {"lists": lists.filter(pk__in=lists.order_by().values("pk")[:LISTS_AT_ONCE]).delete()[0]}
        if removed["lists"]:
            return removed
        removed["parts"] = RunPart.objects.exclude(run__in=kept).delete()[0]
        InputChange.objects.exclude(run__in=kept).delete()
        MatchRun.objects.exclude(pk__in=[*kept, *anchors()]).exclude(mandate_versions=[], raise_versions=[]).update(
            mandate_versions=[], raise_versions=[]
        )
        removed["versions"] = _versions_prune()
        return removed


def _kept() -> list[UUID]:
    """The runs whose lists and inputs are kept."""
    published = MatchRun.objects.filter(status=RunStatus.PUBLISHED).order_by("-published_at")
    seen = published.filter(is_shadow=False).order_by("-is_current", "-published_at")
    return [
        *seen.values_list("pk", flat=True)[:GENERATIONS],
        *published.filter(is_shadow=True).values_list("pk", flat=True)[:1],
        *MatchRun.objects.filter(Q(status__in=LIVE)).values_list("pk", flat=True),
    ]


def _versions_prune() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            DELETE FROM {InputVersion._meta.db_table} WHERE id IN (
                SELECT id FROM {InputVersion._meta.db_table} AS version
                 WHERE created_at < %s
                   AND NOT EXISTS (
                       SELECT FROM (SELECT unnest(mandate_versions || raise_versions) AS id
                                      FROM {MatchRun._meta.db_table}) AS named WHERE named.id = version.id)
                   AND NOT EXISTS (
                       SELECT FROM {InputChange._meta.db_table} AS change WHERE change.version_id = version.id)
                 LIMIT %s)
            """,  # noqa: S608 - our own names
            [database_now() - YOUNG, VERSIONS_AT_ONCE],
        )
        return int(cursor.rowcount)
