"""The weekly digests: made once a week of the generation that readers see, under a cap per counterpart, and told."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from django.db import IntegrityError, connection, transaction
from django.db.models import Func, IntegerField, QuerySet
from django.db.models.functions import Coalesce

from apps.accounts.cadences import Cadence
from apps.investors.models import Mandate
from apps.investors.states import MandateStatus
from apps.matching import events
from apps.matching.models import DigestList, DigestRound, MatchRun
from apps.matching.rules.exposure import Pairs, cap_for, digest_pairs, exposure, uncapped_pairs
from apps.matching.rules.list_arrays import ListArrays, hashes
from apps.matching.selectors.runs import run_current
from apps.matching.states import Side
from apps.organisations.models import Membership
from apps.startups.models import Raise
from apps.startups.states import OPEN_RAISES
from kernel.access import Actor
from kernel.bulk_events import publish_many
from kernel.clock import database_now, utc_today
from kernel.events import publish
from kernel.ids import uuid7
from kernel.job_kinds import Planned
from kernel.jobs import job_enqueue
from kernel.models import Job

KIND = "matching.digests"
ENTRIES = 10
"""Most entries of a digest."""
SLACK = 3.0
"""How often a counterpart may be shown, as a multiple of what an even share would be."""
WEEKS_KEPT = dt.timedelta(weeks=8)
LISTS_PER_CHUNK = 500
LISTING, MANDATE = "startups.listing", "investors.mandate"
COLUMNS = ("id", "round_id", "side", "owner_id", "organisation_id", "counterpart_ids", "scores")


def week_of(*, day: dt.date) -> dt.date:
    """The Monday of the day's ISO week."""
    return day - dt.timedelta(days=day.weekday())


def round_open(*, now: dt.datetime | None = None) -> DigestRound | None:
    """Once for each ISO week (UTC), whoever comes first: queue the digests of the current generation.

    None where the week has its round, or nothing was ever published: then it is made as soon as something is. Digests
    of weeks long past are removed.
    """
    week = week_of(day=utc_today(now or database_now()))
    run = run_current()
    if run is None or DigestRound.objects.filter(week=week).exists():
        return None
    system = Actor.system()
    try:
        with transaction.atomic():
            made = DigestRound.objects.create(week=week, run=run, entries=ENTRIES)
            publish(events.DIGEST_ROUND_OPENED, actor=system, subject=made, data={"week": week.isoformat()})
            made.job = job_enqueue(kind=KIND, actor=system, payload={"round": str(made.pk)})
            made.save(update_fields=["job"])
            DigestList.objects.filter(round__week__lt=week - WEEKS_KEPT).delete()
    except IntegrityError:
        # Another clock was faster.
        return None
    return made


def sides_chunks(*, job_id: UUID) -> list[Planned]:
    """The two sides: whom mandates are pointed to, and whom raises are."""
    digest_round = _round_of(job_id)
    return [Planned({"round": str(digest_round.pk), "side": side}) for side in Side.values]


def digests_make(*, payload: Mapping[str, Any], check: Callable[[], None]) -> Callable[[], dict[str, int]]:
    """Choose the digests of a side; the returned function stores them and how evenly they show."""
    from apps.matching.selectors.list_arrays import list_arrays

    digest_round, side = DigestRound.objects.get(pk=payload["round"]), payload["side"]
    arrays = list_arrays(run_id=digest_round.run_id, side=side)
    check()
    pairs = pairs_of(arrays=arrays, pool=_pool(digest_round.run_id, side))
    cap = cap_for(owners=pairs.owners, counterparts=pairs.counterparts, entries=digest_round.entries, slack=SLACK)
    chosen = digest_pairs(pairs=pairs, entries=digest_round.entries, cap=cap)
    check()
    before = exposure(
        counterpart=pairs.counterpart[uncapped_pairs(pairs=pairs, entries=digest_round.entries)],
        counterparts=pairs.counterparts,
    )
    after = exposure(counterpart=pairs.counterpart[chosen], counterparts=pairs.counterparts)
    rows = list(_rows(digest_round.pk, side, arrays, pairs, chosen))
    told = {
        "cap": cap,
        "lists": len(rows),
        "pool": pairs.counterparts,
        "before": asdict(before),
        "after": asdict(after),
    }

    def store() -> dict[str, int]:
        row = DigestRound.objects.select_for_update().get(pk=digest_round.pk)
        row.exposure[side] = told
        row.save(update_fields=["exposure"])
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {DigestList._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN") as copy,
        ):
            copy.write("".join(rows))
        return {"lists": len(rows), "entries": len(chosen)}

    return store


def pairs_of(*, arrays: ListArrays, pool: int) -> Pairs:
    """The lists as numbered pairs. `pool` is how many counterparts there are, also those on no list."""
    _, counterpart = np.unique(hashes(arrays.counterpart), return_inverse=True)
    listed = int(counterpart.max()) + 1 if len(counterpart) else 0
    return Pairs(
        owners=len(arrays.owner),
        counterparts=max(pool, listed),
        owner=arrays.list_of.astype(np.int32),
        counterpart=counterpart.astype(np.int32),
        score=arrays.score,
        rank=arrays.rank.astype(np.int16),
    )


def lists_chunks(*, job_id: UUID) -> list[Planned]:
    """The digests to tell of, some at a time."""
    digest_round = _round_of(job_id)
    ids = list(digest_round.lists.order_by("pk").values_list("pk", flat=True))
    portions = [ids[start : start + LISTS_PER_CHUNK] for start in range(0, len(ids), LISTS_PER_CHUNK)]
    return [
        Planned({"round": str(digest_round.pk), "first": str(portion[0]), "last": str(portion[-1])}, len(portion))
        for portion in portions
    ]


def digests_tell(*, payload: Mapping[str, Any]) -> Callable[[], dict[str, int]]:
    """The returned function publishes, for each digest of a chunk whose mandate or raise is still matched, the fact
    that its organisation's members are told of.
    """
    rows = list(
        DigestList.objects.filter(round=payload["round"], pk__gte=payload["first"], pk__lte=payload["last"]).order_by(
            "pk"
        )
    )

    def store() -> dict[str, int]:
        matched = _matched_owners(rows)
        people = _people({row.organisation_id for row in rows})
        organisations = _organisations(rows)
        told = [row for row in rows if row.owner_id in matched and people[row.organisation_id]]
        publish_many(
            events.DIGEST_PUBLISHED,
            actor=Actor.system(),
            subjects=[(DigestList._meta.label_lower, row.pk, row.organisation_id) for row in told],
            data=[
                {
                    "people": dict.fromkeys(people[row.organisation_id], str(Cadence.WEEKLY)),
                    "about": [
                        {
                            "organisation": str(organisations[pk]),
                            "type": LISTING if row.side == Side.INVESTOR else MANDATE,
                            "id": str(pk),
                        }
                        for pk in row.counterpart_ids
                        if pk in organisations
                    ],
                }
                for row in told
            ],
        )
        return {"told": len(told)}

    return store


def _round_of(job_id: UUID) -> DigestRound:
    return DigestRound.objects.get(pk=Job.objects.values_list("payload", flat=True).get(pk=job_id)["round"])


def _pool(run_id: UUID, side: str) -> int:
    """How many counterparts the side has in the run."""
    column = "raise_versions" if side == Side.INVESTOR else "mandate_versions"
    size = Coalesce(Func(column, function="cardinality", output_field=IntegerField()), 0)
    return int(MatchRun.objects.filter(pk=run_id).values_list(size, flat=True).get())


def _rows(round_id: UUID, side: str, arrays: ListArrays, pairs: Pairs, chosen: Any) -> Iterator[str]:
    """One line of COPY's text format for each digest, columns as in COLUMNS, best entry first."""
    grouped = chosen[np.argsort(pairs.owner[chosen], kind="stable")]
    owners = pairs.owner[grouped]
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    for start, end in pairwise([*starts.tolist(), len(grouped)]):
        lines, owner = grouped[start:end], int(owners[start])
        counterparts = ",".join(bytes(value).hex() for value in arrays.counterpart[lines])
        cells = (
            str(uuid7()),
            str(round_id),
            side,
            bytes(arrays.owner[owner]).hex(),
            bytes(arrays.organisation[owner]).hex(),
            f"{{{counterparts}}}",
            f"{{{','.join(map(str, arrays.score[lines].tolist()))}}}",
        )
        yield "\t".join(cells) + "\n"


def _matched_owners(rows: Sequence[DigestList]) -> set[UUID]:
    """The mandates and raises of the digests that are still matched."""
    owners = [row.owner_id for row in rows]
    mandates = Mandate.objects.filter(pk__in=owners, status=MandateStatus.ACTIVE)
    raises = Raise.objects.filter(pk__in=owners, status__in=OPEN_RAISES)
    return {*mandates.values_list("pk", flat=True), *raises.values_list("pk", flat=True)}


def _people(organisations: set[UUID]) -> Mapping[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    members: QuerySet[Membership] = Membership.objects.filter(organisation__in=organisations, user__is_active=True)
    for organisation, user in members.order_by("pk").values_list("organisation_id", "user_id"):
        found[organisation].append(str(user))
    return found


def _organisations(rows: Sequence[DigestList]) -> dict[UUID, UUID]:
    """Whose the counterparts of the digests are."""
    named = {pk for row in rows for pk in row.counterpart_ids}
    raises = Raise.objects.filter(pk__in=named).values_list("pk", "firm__organisation_id")
    mandates = Mandate.objects.filter(pk__in=named).values_list("pk", "fund__organisation_id")
    return dict([*raises, *mandates])
