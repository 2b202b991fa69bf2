"""Imports: uploaded, checked against the format and the database, confirmed, loaded whole or, where asked, in part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from apps.exchange import events
from apps.exchange.loading.plan import Counts, Plan, counts_of, plan_make
from apps.exchange.loading.resolution import rows_resolve
from apps.exchange.loading.writing import load_lock, plan_write
from apps.exchange.models import Import
from apps.exchange.own import own_load
from apps.exchange.readers import FILE, folder_digest, folder_open, upload_open
from apps.exchange.rows import Rows, rows_read
from apps.exchange.selectors import actor_now
from apps.exchange.states import IMPORT, ImportStatus
from apps.exchange.tables import TABLES
from apps.exchange.tables.problems import Problem, Problems
from apps.permissions import Kind, Permission
from apps.reference.models import CapabilityArea
from apps.reference.services import areas_load
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.errors import Forbidden, Invalid
from kernel.events import publish
from kernel.jobs import job_enqueue

CHECK, LOAD = "exchange.check", "exchange.load"
"""The kinds of jobs."""

MAX_UPLOAD = 64 * 1024 * 1024

TableCounts = dict[str, dict[str, int]]


class FileUnacceptable(Invalid):
    """The file is empty or larger than an import may be."""


class VerifiedNotPermitted(Forbidden):
    """Only operators who may confirm imports may import organisations as verified."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was sent, as rows checked by themselves."""

    tables: Mapping[str, Rows]
    problems: Problems


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of an import or of its dry run; `counts` are rows by table and by what becomes of them."""

    problems: list[Problem]
    problem_count: int
    counts: TableCounts
    is_loaded: bool

    @property
    def is_changed(self) -> bool:
        """Whether anything was, or in a dry run would be, written."""
        return any(counts["inserted"] or counts["updated"] for counts in self.counts.values())


@transaction.atomic
def import_create(
    *, actor: Actor, file_name: str, content: bytes, verified: bool = False, partial: bool = False
) -> Import:
    """Keep an upload and queue its check. Raises FileUnacceptable (422) and VerifiedNotPermitted (403)."""
    if verified and not (actor.may(Permission.IMPORT_CONFIRM) and actor.kind == Kind.OPERATOR):
        raise VerifiedNotPermitted
    if not content or len(content) > MAX_UPLOAD:
        raise FileUnacceptable
    _areas_ensure(actor)
    item = Import.objects.create(
        organisation_id=actor.organisation_id,
        file_name=file_name[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        verified=verified,
        partial=partial,
    )
    publish(events.IMPORT_UPLOADED, actor=actor, subject=item, data={"sha256": item.sha256, "verified": verified})
    return _enqueue(item, CHECK, actor)


@transaction.atomic
def import_confirm(*, item: Import, actor: Actor) -> Import:
    """Queue the loading of a checked import. Raises NotPermitted (403) and NotNow (409)."""
    IMPORT.fire("confirm", instance=item, actor=actor)
    return _enqueue(item, LOAD, actor)


def import_read(*, import_id: UUID) -> Reading:
    """Parse an upload; asks the database for nothing else."""
    item = Import.objects.get(pk=import_id)
    problems = Problems()
    sheets = upload_open(file_name=item.file_name, content=bytes(item.content or b""), problems=problems)
    return Reading(rows_read(sheets=sheets, problems=problems), problems)


def import_check(*, import_id: UUID, reading: Reading) -> ImportReport:
    """The dry run: everything that stands against the import, and what it would change. Writes nothing."""
    item = Import.objects.get(pk=import_id)
    if _is_own(item):
        return _own_load(reading, item, actor=_asked(item), is_trial=True)
    plan, problems = _plan(reading, sender=_sender(item), verified=item.verified)
    return _report(problems, _expected(plan), is_loaded=False)


@transaction.atomic
def import_check_finish(*, import_id: UUID, report: ImportReport) -> Import:
    """Record a dry run: an import with problems is rejected, unless it is partial and something is left of it."""
    item = Import.objects.get(pk=import_id)
    if item.status != ImportStatus.UPLOADED:
        return item
    is_refused = bool(report.problem_count) and not (item.partial and _is_any_left(report.counts))
    _keep(item, report, is_over=is_refused)
    data = {"problems": report.problem_count}
    IMPORT.fire("reject" if is_refused else "pass_check", instance=item, actor=Actor.system(), data=data)
    return item


@transaction.atomic
def import_load(*, import_id: UUID, reading: Reading) -> Import:
    """Check once more, and write everything in one transaction; an import that can no longer be loaded fails."""
    item = Import.objects.get(pk=import_id)
    if item.status == ImportStatus.LOADING:
        is_own = _is_own(item)
        report = _own_load(reading, item, actor=_asked(item), is_trial=False) if is_own else _load(reading, item)
        _finish(item, report)
    return item


@transaction.atomic
def import_abandon(*, job_id: UUID) -> None:
    """Fail the import whose job ended without an answer."""
    for item in Import.objects.filter(job_id=job_id, status__in=(ImportStatus.UPLOADED, ImportStatus.LOADING)):
        Import.objects.filter(pk=item.pk).update(content=None)
        IMPORT.fire("fail", instance=item, actor=Actor.system(), data={"problems": 0})


@transaction.atomic
def import_run(
    *, path: Path, verified: bool = False, partial: bool = False, dry_run: bool = False, actor: Actor | None = None
) -> ImportReport:
    """Import a folder of CSV files, or one file, at once and without a job: for the console.

    A dry run writes nothing but the product's own areas. Raises OSError when the path cannot be read.
    """
    actor = actor or Actor.system()
    _areas_ensure(actor)
    reading, digest = _read_path(path)
    if dry_run:
        plan, problems = _plan(reading, sender=_console(actor), verified=verified)
        return _report(problems, _expected(plan), is_loaded=False)
    item = Import.objects.create(
        organisation_id=actor.organisation_id,
        file_name=path.name[:200],
        sha256=digest,
        verified=verified,
        partial=partial,
    )
    publish(events.IMPORT_UPLOADED, actor=actor, subject=item, data={"sha256": digest, "verified": verified})
    report = _load(reading, item)
    if not report.is_loaded:
        _keep(item, report, is_over=True)
        IMPORT.fire("reject", instance=item, actor=Actor.system(), data={"problems": report.problem_count})
        return report
    IMPORT.fire("pass_check", instance=item, actor=Actor.system(), data={"problems": report.problem_count})
    IMPORT.fire("confirm", instance=item, actor=actor)
    _finish(item, report)
    return report


def import_known(*, folder: Path, verified: bool = False) -> Import | None:
    """The console's last import that was loaded, if it loaded exactly these files whole; else None, and they are to be
    read. Raises OSError when the folder cannot be read.
    """
    last = Import.objects.filter(organisation=None, status=ImportStatus.LOADED).order_by("-id").first()
    if last is None or last.problem_count or last.verified != verified:
        return None
    return last if last.sha256 == folder_digest(folder=folder) else None


def import_folder(*, folder: Path, verified: bool = False, partial: bool = False) -> ImportReport:
    """Import a folder of CSV files at once, as the system."""
    return import_run(path=folder, verified=verified, partial=partial)


def _is_own(item: Import) -> bool:
    """Whether it is a firm's import, which brings what is the firm's own and nothing else."""
    return item.organisation is not None and item.organisation.kind == Kind.FIRM


def _asked(item: Import) -> Actor | None:
    """Who asked for the import's present job, with what it may do now; None if that is nothing any more."""
    label = "" if item.job is None else item.job.actor
    return actor_now(label=label, organisation_id=item.organisation_id, permission=Permission.IMPORT_CREATE)


def _own_load(reading: Reading, item: Import, *, actor: Actor | None, is_trial: bool) -> ImportReport:
    """Write a firm's import through its services: whole, or in part where that is asked; a trial undoes it again."""
    problems = reading.problems.copy()
    tables = {name: rows.copy() for name, rows in reading.tables.items()}
    firm = Firm.objects.select_related("organisation").filter(organisation=item.organisation_id).first()
    if actor is None or firm is None:
        problems.add(table=FILE, row=0, column="", code="not_permitted", message="the sender may no longer import")
        return _report(
            problems, {name: Counts(rows=len(rows.all)).as_json() for name, rows in tables.items()}, is_loaded=False
        )
    with transaction.atomic():
        load_lock()
        outcome = own_load(
            actor=actor, firm=firm, tables=tables, problems=problems, import_id=None if is_trial else item.pk
        )
        is_refused = bool(problems) and not (item.partial and _is_any_left(outcome.counts))
        if is_trial or is_refused:
            transaction.set_rollback(True)
    return _report(problems, outcome.counts, is_loaded=not (is_trial or is_refused))


def _enqueue(item: Import, kind: str, actor: Actor) -> Import:
    payload = {"import": str(item.pk)}
    item.job = job_enqueue(kind=kind, actor=actor, payload=payload, organisation_id=item.organisation_id)
    item.save(update_fields=["job"])
    return item


def _areas_ensure(actor: Actor) -> None:
    if not CapabilityArea.objects.exists():
        areas_load(actor=actor)


def _sender(item: Import) -> str:
    return str(item.organisation_id or "")


def _console(actor: Actor) -> str:
    return str(actor.organisation_id or "")


def _read_path(path: Path) -> tuple[Reading, str]:
    problems = Problems()
    if path.is_dir():
        digest, sheets = folder_digest(folder=path), folder_open(folder=path, problems=problems)
    else:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        sheets = upload_open(file_name=path.name, content=content, problems=problems)
    return Reading(rows_read(sheets=sheets, problems=problems), problems), digest


def _plan(reading: Reading, *, sender: str, verified: bool) -> tuple[Plan, Problems]:
    """Judge the rows anew: the reading itself stays as it was, so that a repeated attempt starts from the same."""
    problems = reading.problems.copy()
    tables = {name: rows.copy() for name, rows in reading.tables.items()}
    resolution = rows_resolve(sender=sender, tables=tables, problems=problems)
    return plan_make(resolution=resolution, verified=verified), problems


def _load(reading: Reading, item: Import) -> ImportReport:
    load_lock()
    plan, problems = _plan(reading, sender=_sender(item), verified=item.verified)
    expected = _expected(plan)
    if problems and not (item.partial and _is_any_left(expected)):
        return _report(problems, expected, is_loaded=False)
    try:
        with transaction.atomic():
            updated = plan_write(plan=plan, import_id=item.pk)
    except (IntegrityError, DataError) as reason:
        message = str(reason).splitlines()[0][:300]
        problems.add(table=FILE, row=0, column="", code="not_storable", message=message)
        return _report(problems, expected, is_loaded=False)
    return _report(problems, counts_of(plan=plan, updated=updated), is_loaded=True)


def _expected(plan: Plan) -> TableCounts:
    """The counts as they stand to be: an update is counted where a row differs from the one last loaded."""
    updated = {change.target.name: {record.key for record in change.changed} for change in plan.changes}
    return counts_of(plan=plan, updated=updated)


def _is_any_left(counts: TableCounts) -> bool:
    return any(found["rows"] > found["left_out"] for found in counts.values())


def _report(problems: Problems, counts: TableCounts, *, is_loaded: bool) -> ImportReport:
    order = {name: place for place, name in enumerate(TABLES)}
    kept = sorted(problems, key=lambda problem: (order.get(problem.table, -1), problem.row))
    return ImportReport(kept, problems.count, counts, is_loaded)


def _keep(item: Import, report: ImportReport, *, is_over: bool) -> None:
    """Put the report on the import; once it is over, the upload is dropped."""
    item.counts = report.counts
    item.problems = [problem.as_json() for problem in report.problems]
    item.problem_count = report.problem_count
    if is_over:
        item.content = None
    item.save(update_fields=["counts", "problems", "problem_count", "content"])


def _finish(item: Import, report: ImportReport) -> None:
    _keep(item, report, is_over=True)
    data = {"counts": report.counts, "sha256": item.sha256, "problems": report.problem_count}
    IMPORT.fire("finish" if report.is_loaded else "fail", instance=item, actor=Actor.system(), data=data)
