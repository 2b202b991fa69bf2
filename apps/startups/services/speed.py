"""Keeping speed profiles, their history and the flags of logs as the events say; all of it can be made again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from apps.startups import events
from apps.startups.models import Firm, SpeedFlag, SpeedPoint, SpeedProfile
from apps.startups.rules.evidence import EventFact
from apps.startups.rules.speed_flags import flags_find
from apps.startups.rules.speed_subjects import (
    Figures,
    Made,
    Subject,
    figures_over,
    inputs_sha256,
    lead_choose,
    month_ends,
    subjects_of,
)
from apps.startups.selectors.development import event_logs
from apps.startups.selectors.speed import Measure, firms_made, firms_raised_for, measure_at, recordings
from apps.startups.services.listings import listings_refresh
from kernel.access import Actor
from kernel.bulk_events import publish_many
from kernel.clock import utc_now, utc_today
from kernel.ids import uuid7
from kernel.job_kinds import Planned
from kernel.jobs import job_enqueue
from kernel.models import Event, Job
from kernel.periodic import slot_take

KIND = "startups.speed"
FIRMS_AT_ONCE = 50
"""Firms measured in one transaction: its locks hold their editing up for a fraction of a second."""
FIRMS_PER_CHUNK = 400
DAILY = dt.timedelta(days=1)
TOUCHED = "exchange.import.touched"
BATCH = 1000


@dataclass(slots=True)
class _Outcome:
    """What is to be written of some firms."""

    profiles: list[SpeedProfile] = field(default_factory=list)
    points: list[tuple[UUID, dt.date, Figures]] = field(default_factory=list)
    renewed: list[UUID] = field(default_factory=list)
    """Profiles whose history is made anew."""
    changed: dict[UUID, dict[str, list[str]]] = field(default_factory=dict)
    """By firm: the figures that moved for another reason than the date, by capability, the firm's own under ""."""
    relogged: list[UUID] = field(default_factory=list)
    """Firms whose log changed."""
    kept: set[UUID] = field(default_factory=set)
    """Profiles that still have a subject."""


def speed_recompute(*, firm_id: UUID, now: dt.datetime | None = None) -> bool:
    """Bring a firm's profiles, history and flags to what its log says now; whether any row changed."""
    return speeds_recompute(firm_ids=[firm_id], now=now) > 0


@transaction.atomic
def speeds_recompute(*, firm_ids: Collection[UUID], now: dt.datetime | None = None) -> int:
    """The same for some firms, in a constant number of queries; how many profiles were written.

    As of today (UTC): an event of today enters tomorrow, as it does in a match run. The firms stay locked, so that
    whoever reads the log last writes last. What moved a figure other than the date is published.
    """
    moment = now or utc_now()
    as_of = utc_today(moment)
    firms = dict(
        Firm.objects.select_for_update(no_key=True)
        .filter(pk__in=firm_ids)
        .order_by("pk")
        .values_list("pk", "organisation_id")
    )
    measure = measure_at(on=as_of)
    logs = event_logs(firm_ids=firms)
    made, raised_for = firms_made(firm_ids=firms), firms_raised_for(firm_ids=firms)
    known = _known(firms)
    outcome = _Outcome()
    for firm in firms:
        _measure(
            outcome,
            firm=firm,
            log=logs.get(firm, ()),
            capabilities=made.get(firm, ()),
            raised_for=raised_for.get(firm, ()),
            known=known,
            measure=measure,
            moment=moment,
        )
    _write(outcome, first=month_ends(as_of=as_of)[0])
    gone = {profile.pk for profile in known.values()} - outcome.kept
    if gone:
        SpeedProfile.objects.filter(pk__in=gone).delete()
    _relist(outcome, known)
    if outcome.relogged:
        _flags_keep(outcome.relogged, logs, as_of)
    _publish(outcome, firms)
    return len(outcome.profiles)


def speed_follow(*, organisation_id: UUID, now: dt.datetime | None = None) -> None:
    """Measure the organisation's firm again, if it has one."""
    firm_id = Firm.objects.filter(organisation_id=organisation_id).values_list("pk", flat=True).first()
    if firm_id is not None:
        speed_recompute(firm_id=firm_id, now=now)


@transaction.atomic
def speed_import_follow(*, import_id: UUID) -> Job | None:
    """Queue the measuring of all firms that an import touched; once for each import. None where it touched none."""
    if not _touched(str(import_id)).exists():
        return None
    asked = {"import": str(import_id)}
    present = Job.objects.filter(kind=KIND, payload=asked).order_by("pk").first()
    return present or job_enqueue(kind=KIND, actor=Actor.system(), payload=asked)


@transaction.atomic
def speed_refresh(*, now: dt.datetime | None = None) -> Job | None:
    """Queue the measuring of all firms as of today; once a day, whoever comes first."""
    moment = now or utc_now()
    if not slot_take(name=KIND, every=DAILY, now=moment):
        return None
    return speed_queue()


@transaction.atomic
def speed_queue() -> Job:
    """Queue the measuring of all firms."""
    return job_enqueue(kind=KIND, actor=Actor.system(), payload={})


def speed_chunks(*, job_id: UUID) -> list[Planned]:
    """The parts of a measuring job: ranges of all firms by id, or of those that the job's import touched."""
    asked = Job.objects.values_list("payload", flat=True).get(pk=job_id)
    firms = Firm.objects.order_by("pk")
    if "import" in asked:
        firms = firms.filter(organisation_id__in=_touched(asked["import"]).values("organisation_id"))
    ids = list(firms.values_list("pk", flat=True))
    portions = [ids[start : start + FIRMS_PER_CHUNK] for start in range(0, len(ids), FIRMS_PER_CHUNK)]
    if "import" in asked:
        return [Planned({"firms": [str(pk) for pk in portion]}, len(portion)) for portion in portions]
    return [Planned({"first": str(portion[0]), "last": str(portion[-1])}, len(portion)) for portion in portions]


def speed_chunk_work(*, payload: Mapping[str, object], check: Callable[[], None]) -> dict[str, int]:
    """Measure the firms of a chunk, some at a time, each time for good: made again they come to the same."""
    if "firms" in payload:
        chosen = Q(pk__in=payload["firms"])
    else:
        chosen = Q(pk__gte=payload["first"], pk__lte=payload["last"])
    ids = list(Firm.objects.filter(chosen).order_by("pk").values_list("pk", flat=True))
    written = 0
    for start in range(0, len(ids), FIRMS_AT_ONCE):
        check()
        written += speeds_recompute(firm_ids=ids[start : start + FIRMS_AT_ONCE])
    return {"firms": len(ids), "profiles": written}


def _touched(import_id: str) -> QuerySet[Event]:
    return Event.objects.filter(name=TOUCHED, data__import=import_id)


def _known(firm_ids: Collection[UUID]) -> dict[tuple[UUID | None, str], SpeedProfile]:
    """The profiles as they are kept: a capability's by its id alone, for its firm may be another since."""
    rows = SpeedProfile.objects.filter(Q(firm__in=firm_ids) | Q(capability__firm__in=firm_ids))
    return {(None, str(row.capability_id)) if row.capability_id is not None else (row.firm_id, ""): row for row in rows}


def _measure(
    outcome: _Outcome,
    *,
    firm: UUID,
    log: Sequence[EventFact],
    capabilities: Sequence[Made],
    raised_for: Sequence[str],
    known: Mapping[tuple[UUID | None, str], SpeedProfile],
    measure: Measure,
    moment: dt.datetime,
) -> None:
    """Find out what changes of one firm."""
    as_of = utc_today(moment)
    lead = lead_choose(
        capabilities=capabilities, raised_for=raised_for, log=log, parameters=measure.parameters, as_of=as_of
    )
    subjects = subjects_of(capabilities=capabilities, lead=lead)

    ends = month_ends(as_of=as_of)
    wanted: list[tuple[dt.date, Subject, UUID]] = []
    figures = partial(
        figures_over,
        log=log,
        subjects=subjects,
        area_of=measure.taxonomy.figures,
        parameters=measure.parameters,
    )
    now_found = figures(dates=[as_of])[as_of]
    for subject in subjects:
        key = (firm, "") if subject.capability_id is None else (None, subject.capability_id)
        before = known.get(key)
        sha256 = inputs_sha256(log=log, subject=subject, files=measure.files)
        found = now_found[subject]
        profile = SpeedProfile(
            id=uuid7() if before is None else before.pk,
            firm_id=firm,
            capability_id=None if subject.capability_id is None else UUID(subject.capability_id),
            area=subject.area,
            as_of=as_of,
            computed_at=moment,
            figures=found,
            model=measure.model.id,
            model_sha256=measure.model.sha256,
            taxonomy=measure.taxonomy.id,
            taxonomy_sha256=measure.taxonomy.sha256,
            log_sha256=sha256,
            history_to=ends[-1],
        )
        outcome.kept.add(profile.pk)
        is_same = before is not None and before.log_sha256 == sha256
        if before is None or not is_same:
            outcome.renewed.append(profile.pk)
            _note_change(outcome, firm, subject, before, found)
        missing = [end for end in ends if before is None or not is_same or before.history_to < end]
        wanted += [(end, subject, profile.pk) for end in missing]
        if before is None or not is_same or before.as_of != as_of or before.firm_id != firm:
            outcome.profiles.append(profile)
    history = figures(dates={end for end, _, _ in wanted})
    outcome.points += [(pk, end, history[end][subject]) for end, subject, pk in wanted if history[end][subject]]


def _note_change(outcome: _Outcome, firm: UUID, subject: Subject, before: SpeedProfile | None, found: Figures) -> None:
    if firm not in outcome.relogged:
        outcome.relogged.append(firm)
    old: Figures = {} if before is None else before.figures
    moved = sorted(name for name in {*old, *found} if old.get(name) != found.get(name))
    if moved:
        outcome.changed.setdefault(firm, {})[subject.capability_id or ""] = moved


def _relist(outcome: _Outcome, known: Mapping[tuple[UUID | None, str], SpeedProfile]) -> None:
    gone = [profile for profile in known.values() if profile.pk not in outcome.kept]
    moved = {row.capability_id for row in (*outcome.profiles, *gone) if row.capability_id is not None}
    if moved:
        listings_refresh(capability_ids=moved)


COLUMNS = (
    "firm",
    "capability",
    "area",
    "as_of",
    "computed_at",
    "figures",
    "model",
    "model_sha256",
    "taxonomy",
    "taxonomy_sha256",
    "log_sha256",
    "history_to",
)


def _write(outcome: _Outcome, *, first: dt.date) -> None:
    """Profiles in one statement for a thousand, points by COPY; points older than `first` go."""
    if not outcome.profiles:
        return
    SpeedProfile.objects.bulk_create(
        outcome.profiles, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=COLUMNS
    )
    written = [profile.pk for profile in outcome.profiles]
    SpeedPoint.objects.filter(Q(profile__in=outcome.renewed) | Q(profile__in=written, month_end__lt=first)).delete()
    if outcome.points:
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY startups_speedpoint (profile_id, month_end, figures) FROM STDIN") as copy,
        ):
            for pk, end, found in outcome.points:
                copy.write_row((pk, end, json.dumps(found)))


def _flags_keep(firm_ids: Sequence[UUID], logs: Mapping[UUID, Sequence[EventFact]], as_of: dt.date) -> None:
    """Add the patterns that are new, remove those whose events changed, leave the others as they were judged."""
    entered = recordings(firm_ids=firm_ids)
    known = {(flag.firm_id, flag.sha256): flag.pk for flag in SpeedFlag.objects.filter(firm__in=firm_ids)}
    new, found = [], set()
    for firm in firm_ids:
        for flag in flags_find(facts=logs.get(firm, ()), recordings=entered, as_of=as_of):
            found.add((firm, flag.sha256))
            if (firm, flag.sha256) not in known:
                new.append(
                    SpeedFlag(
                        firm_id=firm,
                        capability_id=flag.capability_id,
                        kind=flag.kind,
                        events=list(flag.events),
                        details=dict(flag.details),
                        sha256=flag.sha256,
                    )
                )
    gone = [pk for key, pk in known.items() if key not in found]
    if gone:
        SpeedFlag.objects.filter(pk__in=gone).delete()
    if new:
        SpeedFlag.objects.bulk_create(new, batch_size=BATCH)


def _publish(outcome: _Outcome, organisations: Mapping[UUID, UUID]) -> None:
    changed = sorted(outcome.changed.items())
    if changed:
        publish_many(
            events.SPEED_CHANGED,
            actor=Actor.system(),
            subjects=[(Firm._meta.label_lower, firm, organisations[firm]) for firm, _ in changed],
            data=[_told(moved) for _, moved in changed],
        )


def _told(moved: Mapping[str, Iterable[str]]) -> dict[str, object]:
    capabilities = {identifier: list(names) for identifier, names in moved.items() if identifier}
    return {"figures": list(moved.get("", ())), "capabilities": capabilities}
