"""Noting whom a change may concern: the only thing that is done when a fact arrives."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db import connection, transaction

from apps.investors.models import Fund, Mandate
from apps.matching.models import MatchRun, Touched
from apps.matching.selectors.freshness import is_behind
from apps.matching.services.runs import RunAlreadyUnderWay, run_start
from kernel.access import Actor
from kernel.nudges import send
from kernel.sweeping import lookout

TASK = "matching.refresh"
QUEUE = "freshness"


@transaction.atomic
def organisations_touch(*, organisation_ids: Iterable[UUID]) -> None:
    """Note that mandates or raises of these organisations may be other than the current lists have them.

    Whoever refreshes the lists is woken once that is committed.
    """
    ids = sorted({identifier for identifier in organisation_ids if identifier is not None})
    if not ids:
        return
    with connection.cursor() as cursor:
        # By the clock of the database, never back: what is touched is compared with when a run read its inputs.
        cursor.execute(
            f"""
            INSERT INTO {Touched._meta.db_table} AS known (organisation_id, token, touched_at, since)
            SELECT id, gen_random_uuid(), clock_timestamp(), clock_timestamp() FROM unnest(%s::uuid[]) AS id
                ON CONFLICT (organisation_id) DO UPDATE
               SET token = excluded.token,
                   touched_at = greatest(known.touched_at, excluded.touched_at),
                   since = CASE WHEN known.token = known.applied_token THEN excluded.since ELSE known.since END
            """,  # noqa: S608 - our own names
            [ids],
        )
    transaction.on_commit(refresh_nudge, robust=True)


def lever_touch(*, lever_id: UUID) -> None:
    """Note the funds whose mandates use the lever."""
    funds = Mandate.objects.filter(lever=lever_id).values_list("fund__organisation_id", flat=True)
    organisations_touch(organisation_ids=funds)


def fund_touch(*, fund_id: UUID) -> None:
    """Note the organisation of a fund."""
    organisations_touch(organisation_ids=Fund.objects.filter(pk=fund_id).values_list("organisation_id", flat=True))


def everything_touch() -> None:
    """Have everything scored again where there is a generation: something that all depend on has changed."""
    if MatchRun.objects.filter(is_current=True).exists():
        with suppress(RunAlreadyUnderWay):
            run_start(actor=Actor.system())


@lookout
def refresh_remind() -> None:
    """Wake it once more while something waits: a message may have been lost, or its reader killed."""
    if is_behind():
        refresh_nudge()


def refresh_nudge() -> None:
    """Wake a process that keeps lists fresh."""
    send(TASK, queue=QUEUE)
