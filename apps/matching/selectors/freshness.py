"""What the current generation does not hold yet, and by which versions its lists go now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet

from apps.investors.models import Mandate
from apps.matching.models import InputChange, InputVersion, MatchList, MatchRun, Touched
from apps.matching.selectors.runs import run_current
from apps.matching.states import InputKind
from apps.startups.models import Raise
from kernel.clock import database_now

RECORDED = {InputKind.MANDATE: "mandate_versions", InputKind.RAISE: "raise_versions"}


def touched_since(*, run: MatchRun) -> QuerySet[Touched]:
    """What was touched after the run read its inputs and is not in its lists yet."""
    applied = Q(applied_run=run.pk, applied_token=F("token"))
    # `started_at` comes before the snapshot of the inputs: what was touched between both is looked at once more.
    return Touched.objects.filter(~applied | Q(applied_run=None), touched_at__gte=run.started_at or run.created_at)


def is_behind() -> bool:
    """Whether something waits to be brought into the lists that readers see."""
    run = run_current()
    return run is not None and (
        touched_since(run=run).exists() or MatchList.objects.filter(run=run, is_short=True).exists()
    )


def behind_since(*, run: MatchRun) -> dt.datetime | None:
    """Since when the oldest touch waits that the run's lists do not hold; None while they hold all."""
    oldest = None
    for since, token, applied in touched_since(run=run).values_list("since", "token", "applied_token"):
        # What the generation before this one held waits since this one is read.
        waits = run.published_at if token == applied and run.published_at is not None else since
        oldest = waits if oldest is None else min(oldest, waits)
    return oldest


def entities_of(*, organisation_ids: Collection[UUID]) -> dict[str, list[UUID]]:
    """The mandates and raises that facts of these organisations may concern, matched or not, by kind.

    A firm's raises, those that it issues, and those that keep it out; a fund's mandates.
    """
    ids = list(organisation_ids)
    concerned = Q(firm__organisation__in=ids) | Q(issuer__in=ids) | Q(blocked_organisations__overlap=ids)
    return {
        InputKind.MANDATE: list(Mandate.objects.filter(fund__organisation__in=ids).values_list("pk", flat=True)),
        InputKind.RAISE: list(Raise.objects.filter(concerned).values_list("pk", flat=True)),
    }


def versions_of(*, run: MatchRun, kind: str, entity_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The versions by which the run's lists go now, by mandate or raise; what is not matched is left out."""
    column = RECORDED[InputKind(kind)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT version.entity_id, version.id FROM {InputVersion._meta.db_table} version
             WHERE kind = %s AND entity_id = ANY(%s)
               AND id = ANY((SELECT {column} FROM {MatchRun._meta.db_table} WHERE id = %s)::uuid[])
            """,  # noqa: S608 - our own names
            [kind, list(entity_ids), run.pk],
        )
        found: dict[UUID, UUID] = dict(cursor.fetchall())
    for change in _newest(InputChange.objects.filter(run=run.pk, kind=kind, entity_id__in=entity_ids)):
        found.pop(change.entity_id, None)
        if change.version_id is not None:
            found[change.entity_id] = change.version_id
    return found


def changes_of(*, run: MatchRun, after: int = 0, until: int | None = None) -> list[InputChange]:
    """The newest change of every mandate and raise that changed above revision `after`, up to `until`."""
    rows = InputChange.objects.filter(run=run.pk, revision__gt=after)
    return _newest(rows if until is None else rows.filter(revision__lte=until))


def _newest(rows: QuerySet[InputChange]) -> list[InputChange]:
    return list(rows.order_by("kind", "entity_id", "-revision").distinct("kind", "entity_id"))


def behind_seconds(*, run: MatchRun) -> float:
    """How long the oldest touch has been waiting that the run's lists do not hold, in seconds; 0 with none."""
    since = behind_since(run=run)
    return 0.0 if since is None else max(0.0, (database_now() - since).total_seconds())
