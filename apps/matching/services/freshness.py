"""Keeping the current generation's lists at what mandates and raises are now: what was touched, re-scored in place.

The truth is in the database: who is touched, which versions the lists go by, how often they were brought up to date.
What a process keeps in memory is columns of those versions; it may be lost at any moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from apps.investors.models import Mandate
from apps.matching.engine.columns import in_pool
from apps.matching.engine.facts import from_json
from apps.matching.engine.model import AreaUnknown
from apps.matching.engine.pools import CLOSED, Against
from apps.matching.models import InputChange, MatchList, MatchRun, Touched
from apps.matching.scoring_models import scoring_model
from apps.matching.selectors.freshness import entities_of, is_behind, touched_since
from apps.matching.selectors.inputs import mandate_facts, raise_facts
from apps.matching.selectors.runs import INPUTS, run_current
from apps.matching.services.freshness_lists import OWNER, lists_follow, lists_make
from apps.matching.services.inputs import versions_record
from apps.matching.services.runs import RunAlreadyUnderWay, run_start
from apps.matching.services.warm import KINDS, Facts, Warm, contents_of, warm_drop, warm_of
from apps.matching.states import InputKind, RunStatus, Side
from apps.reference.areas import Area
from apps.reference.tables import editions
from apps.startups.models import Raise
from kernel.access import Actor

log = structlog.get_logger(__name__)

REFRESH_LOCK = 0x7A4D_0003
FROZEN_S = 60
"""A refresher that asks nothing of the database for so long is taken for dead; reading everything anew takes less."""
AT_ONCE = 50
"""Organisations that one transaction brings up to date."""
REFILLED_AT_ONCE = 20
TOO_MANY = 1_000
"""Above so many touched organisations a run over everything is the shorter way."""


class Overtaken(Exception):
    """Another generation, or another process's update, came between reading and writing."""


@dataclass(frozen=True, slots=True)
class Change:
    """A mandate or raise as the lists have it and as it is; None where it is not matched."""

    id: str
    before: Facts | None
    now: Facts | None


def lists_refresh() -> int:
    """Bring what was touched into the lists of the current generation; returns how many mandates and raises changed.

    One process at a time works; another returns at once, and who works looks again before it ends.
    """
    done = 0
    while is_behind():
        with _alone() as is_alone:
            if not is_alone:
                break
            changed = _work()
        if changed is None:
            break
        done += changed
    return done


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether this process is the one that refreshes; that ends with the connection, so writes are checked besides.

    A process that froze loses the connection, and with it its turn.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [REFRESH_LOCK])
        is_alone = bool(cursor.fetchone()[0])
        if is_alone:
            cursor.execute("SELECT set_config('idle_session_timeout', %s, false)", [f"{FROZEN_S}s"])
    try:
        yield is_alone
    finally:
        if is_alone:
            with suppress(OperationalError, InterfaceError), connection.cursor() as cursor:
                cursor.execute("RESET idle_session_timeout")
                cursor.execute("SELECT pg_advisory_unlock(%s)", [REFRESH_LOCK])


def _work() -> int | None:
    """Everything that waits, batch by batch; None when it is left to a run over everything."""
    done = 0
    while True:
        run = run_current()
        if run is None:
            return done
        waiting = touched_since(run=run)
        touched = list(waiting.order_by("since").values_list("organisation_id", "token")[:AT_ONCE])
        short = _short(run)
        if not touched and not short:
            return done
        if len(touched) == AT_ONCE and waiting.count() > TOO_MANY and _run_instead(run):
            return None
        try:
            done += _apply(run, touched) if touched else _refill(run, short)
        except Overtaken:
            continue
        except AreaUnknown:
            # An area that came after the run began: only the next one knows it.
            log.warning("area_newer_than_run", run=str(run.pk))
            _run_instead(run)
            return None
        except BaseException:
            warm_drop()
            raise


def _run_instead(run: MatchRun) -> bool:
    """Have a run over everything take what waits; False when one was tried since the current one and did not help."""
    newest = MatchRun.objects.filter(is_shadow=False).order_by("-id").values_list("pk", "status").first()
    if newest is not None and newest[0] != run.pk:
        return MatchRun.objects.filter(pk=newest[0], status__in=(RunStatus.QUEUED, RunStatus.RUNNING)).exists()
    with suppress(RunAlreadyUnderWay):
        run_start(actor=Actor.system())
    return True


def _changes(warm: Warm, organisations: Collection[UUID]) -> dict[str, list[Change]]:
    """What of these organisations is not as the lists have it, by kind."""
    run = warm.run
    model = scoring_model(run.model_id)
    reference = editions().table(run.reference_id)
    extra = [Area(code=code, parent=parent, label_en=code) for code, parent in warm.inputs.run.extra_areas]
    taxonomy = editions().taxonomy(run.areas_id).extended(areas=extra)
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            # One snapshot: what is read of a firm or fund and its surroundings belongs together.
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        ids = entities_of(organisation_ids=organisations)
        mandates = mandate_facts(as_of=run.as_of, model=model.raw, reference=reference, ids=ids[InputKind.MANDATE])
        raises = raise_facts(
            as_of=run.as_of, model=model.raw, reference=reference, taxonomy=taxonomy, ids=ids[InputKind.RAISE]
        )
    now: dict[str, dict[str, Facts]] = {
        InputKind.MANDATE: {item.id: item for item in mandates},
        InputKind.RAISE: {item.id: item for item in raises if in_pool(raise_=item, as_of=run.as_of)},
    }
    found = {}
    for kind, concerned in ids.items():
        versions = {str(pk): warm.versions[kind][str(pk)] for pk in concerned if str(pk) in warm.versions[kind]}
        contents = contents_of(versions=list(versions.values()))
        before = {pk: from_json(KINDS[kind], contents[version]) for pk, version in versions.items()}
        each = (Change(str(pk), before.get(str(pk)), now[kind].get(str(pk))) for pk in concerned)
        found[kind] = sorted((change for change in each if change.before != change.now), key=lambda change: change.id)
    return found


def _apply(run: MatchRun, touched: Sequence[tuple[UUID, UUID]]) -> int:
    """Bring a batch into the lists, all of it in one transaction; returns how many mandates and raises changed.

    Raises Overtaken and AreaUnknown, with nothing written.
    """
    warm = warm_of(run=run)
    changes = _changes(warm, [organisation for organisation, _ in touched])
    for kind, each in changes.items():
        warm.columns(kind, [change.now for change in each if change.now is not None])
    changed = sum(len(each) for each in changes.values())
    with transaction.atomic():
        _hold(warm)
        if changed:
            _bring(warm, changes)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                UPDATE {Touched._meta.db_table} known SET applied_run_id = %s, applied_token = done.token,
                       since = CASE WHEN known.token = done.token THEN known.since ELSE known.touched_at END
                  FROM unnest(%s::uuid[], %s::uuid[]) AS done (organisation_id, token)
                 WHERE known.organisation_id = done.organisation_id
                """,  # noqa: S608 - our own names
                [run.pk, *(list(column) for column in zip(*touched, strict=True))],
            )
    return changed


def _hold(warm: Warm) -> None:
    """Lock the generation against its being replaced. Raises Overtaken unless it is the one that was read."""
    run = MatchRun.objects.select_for_update().defer(*INPUTS).get(pk=warm.run.pk)
    if not run.is_current or run.revision != warm.revision:
        raise Overtaken


def _bring(warm: Warm, changes: Mapping[str, Sequence[Change]]) -> None:
    """Record the versions and bring them into all lists: raises first, then mandates against raises as they are now."""
    run_id, revision = warm.run.pk, warm.revision + 1
    for kind in (InputKind.RAISE, InputKind.MANDATE):
        each = changes[kind]
        if not each:
            continue
        stated: list[Any] = [change.now for change in each if change.now is not None]
        versions = dict(zip([item.id for item in stated], versions_record(kind=kind, facts=stated), strict=True))
        InputChange.objects.bulk_create(
            InputChange(
                run_id=run_id,
                kind=kind,
                entity_id=UUID(change.id),
                version_id=versions.get(change.id),
                revision=revision,
            )
            for change in each
        )
        organisations = organisations_of(kind, [change.id for change in each])
        before = warm.scored(kind, [change.before for change in each if change.before is not None])
        now = warm.scored(kind, stated)
        for change in each:
            was = None if change.before is None else next(before)
            found = None if change.now is None else next(now)
            pool = next(item for item in (found, was) if item is not None)
            lists_follow(
                run_id=run_id,
                kind=kind,
                entity_id=change.id,
                before=was or _closed(pool),
                now=found or _closed(pool),
                kept=warm.kept,
                organisations=organisations_of,
            )
            lists_make(
                run_id=run_id,
                kind=kind,
                entity_id=change.id,
                found=found,
                kept=warm.kept,
                organisation_id=organisations.get(change.id),
            )
        warm.replace(
            kind,
            {change.id: None if change.now is None else (versions[change.id], change.now) for change in each},
        )
    MatchRun.objects.filter(pk=run_id).update(revision=revision, refreshed_at=Now())
    warm.revision = revision


def _closed(other: Against) -> Against:
    """What does not stand on any list, against the same pool as another."""
    return other._replace(section=np.full_like(other.section, CLOSED))


def _short(run: MatchRun) -> list[tuple[str, UUID]]:
    """Owners of lists that lost so many entries that they have to be made anew."""
    rows = MatchList.objects.filter(run=run, is_short=True).order_by("id")
    return list(rows.values_list("side", "owner_id")[:REFILLED_AT_ONCE])


def _refill(run: MatchRun, short: Sequence[tuple[str, UUID]]) -> int:
    """Make the lists of these owners anew. Raises Overtaken."""
    warm = warm_of(run=run)
    with transaction.atomic():
        _hold(warm)
        for kind in KINDS:
            ids = sorted({str(owner) for side, owner in short if OWNER[Side(side)] == kind})
            known = [identifier for identifier in ids if identifier in warm.versions[kind]]
            contents = contents_of(versions=[warm.versions[kind][identifier] for identifier in known])
            facts = [from_json(KINDS[kind], contents[warm.versions[kind][identifier]]) for identifier in known]
            scored = dict(zip(known, warm.scored(kind, facts), strict=True))
            organisations = organisations_of(kind, known)
            for identifier in ids:
                lists_make(
                    run_id=run.pk,
                    kind=kind,
                    entity_id=identifier,
                    found=scored.get(identifier),
                    kept=warm.kept,
                    organisation_id=organisations.get(identifier),
                )
        MatchRun.objects.filter(pk=run.pk).update(revision=warm.revision + 1, refreshed_at=Now())
        warm.revision += 1
    return 0


def organisations_of(kind: str, ids: Sequence[str]) -> dict[str, UUID]:
    """The organisation of each mandate or raise."""
    rows = (
        Mandate.objects.filter(pk__in=ids).values_list("pk", "fund__organisation_id")
        if kind == InputKind.MANDATE
        else Raise.objects.filter(pk__in=ids).values_list("pk", "firm__organisation_id")
    )
    return {str(pk): organisation for pk, organisation in rows}
