"""Exports: asked for, read table by table as whoever asked, put in one file, kept for some days."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from apps.dealflow.parameters import DealFlowFilter, deal_flow_query
from apps.dealflow.rules.queries import DealFlowQuery
from apps.exchange import events
from apps.exchange.exporting.deal_flow import DEAL_FLOW, MOST_ROWS, TooManyRows, listing_count
from apps.exchange.exporting.files import file_make
from apps.exchange.exporting.own import OWN, PERMISSIONS, own_table
from apps.exchange.exporting.tables import ExportTable, Part, part_read
from apps.exchange.exporting.visible import NOT_FOR, VISIBLE
from apps.exchange.models import Export, ExportPart
from apps.exchange.sealing import content_seal, content_unseal
from apps.exchange.selectors import actor_now
from apps.exchange.states import EXPORT, ExportScope, ExportStatus
from apps.organisations.rules import NotYours
from apps.permissions import Permission
from apps.reference.codes import country_codes
from apps.reference.selectors import area_codes_unknown
from kernel.access import Actor
from kernel.api.problems import QueryInvalid
from kernel.api.reads import Disclosed, disclosed_record
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.job_kinds import Store
from kernel.job_states import JobStatus
from kernel.jobs import job_enqueue

EXPORT_KIND = "exchange.export"
OPERATION = "exports.create"
"""Under which operation the trail has what an export showed of others."""
LISTED = "deal-flow.list"
"""Under which operation it has what an export of a search's results showed: a firm is told that it was read, not that
it was taken out.
"""
QUERY_SALT = "exchange.export.query"
ORDERING = "ordering"
PARAMETERS = frozenset({*DealFlowFilter.base_filters, ORDERING})
MOST_TOLD = 20
"""Unknown parameters that one refusal names."""
KEPT = dt.timedelta(days=7)
MOST_LIVE = 3
"""Exports of one person that may wait or run at once."""
LIVE = (ExportStatus.QUEUED, ExportStatus.RUNNING)
BATCH = 500


class ExportNotAcceptable(Invalid):
    """The export asks for what there is not."""


class TooManyExports(Conflict):
    """So many exports of yours are still being made. Wait for one of them, or cancel its job."""


class ContentNotThere(Conflict):
    """The export has no content: it is not ready, or has expired."""


@transaction.atomic
def export_create(
    *,
    actor: Actor,
    what: str,
    file_format: str,
    tables: Sequence[str] = (),
    filters: Mapping[str, Any] | None = None,
    query: Mapping[str, Sequence[str]] | None = None,
) -> Export:
    """Queue an export of these tables, of all that there are where none is named.

    `filters` of an export of others are lists of `area` and `country` codes; `query` is the search whose results are
    exported: the parameters of its request, each with its values. Raises NotYours, ExportNotAcceptable, TooManyExports.
    """
    if actor.organisation_id is None:
        raise NotYours
    chosen: dict[str, Any] = {name: list(values) for name, values in (filters or {}).items() if values}
    offered = _offered(actor, what)
    problems = _table_problems(tables, offered) + _filter_problems(what, chosen)
    if what == ExportScope.DEAL_FLOW and not problems:
        chosen = {"query": _search(actor, query or {}).to_json()}
    elif query:
        problems.append(FieldProblem("/query", "not_here", "Only results of the deal flow are searched for."))
    if problems:
        raise ExportNotAcceptable(errors=problems)
    live = Export.objects.filter(
        organisation=actor.organisation_id, requested_by=actor.user_id, status__in=LIVE
    ).select_for_update()
    if len(live) >= MOST_LIVE:
        raise TooManyExports
    item = Export.objects.create(
        organisation_id=actor.organisation_id,
        requested_by_id=actor.user_id,
        what=what,
        tables=[name for name in offered if not tables or name in tables],
        format=file_format,
        filters=chosen,
    )
    asked = {"what": what, "tables": item.tables, **_digest(item)}
    publish(events.EXPORT_REQUESTED, actor=actor, subject=item, data=asked)
    item.job = job_enqueue(kind=EXPORT_KIND, actor=actor, payload={"export": str(item.pk)})
    item.save(update_fields=["job"])
    return item


def export_read(*, export_id: UUID, table: str, check: Callable[[], None]) -> Store:
    """Read one table as whoever asked may read it now; what is returned keeps it, or fails the export."""
    item = Export.objects.select_related("job").get(pk=export_id)
    actor = _asked(item)
    if actor is None or table not in _offered(actor, item.what):
        return lambda: _fail(export_id, "not_permitted")
    try:
        part = part_read(table=_table(item, table, actor), actor=actor, filters=item.filters, check=check)
    except TooManyRows:
        return lambda: _fail(export_id, "too_many")
    said = json.dumps({"columns": part.columns, "rows": part.rows}, ensure_ascii=False).encode()
    sealed = content_seal(content=said, export_id=export_id)

    def store() -> Mapping[str, Any] | None:
        locked = Export.objects.select_for_update().get(pk=export_id)
        if locked.status not in LIVE:
            return None
        if locked.status == ExportStatus.QUEUED:
            EXPORT.fire("start", instance=locked, actor=Actor.system())
        disclosed = [
            [row.object_type, str(row.object_id), str(row.organisation_id), row.level] for row in part.disclosed
        ]
        ExportPart.objects.update_or_create(
            export=locked,
            table=table,
            defaults={"rows": len(part.rows), "content": sealed, "disclosed": disclosed},
        )
        return {"rows": len(part.rows)}

    return store


def export_pack(*, export_id: UUID) -> Store:
    """Put the tables in one file; what is returned keeps it and records whose guarded data it shows."""
    item = Export.objects.select_related("job").get(pk=export_id)
    found = {part.table: part for part in item.parts.all()}
    if item.status != ExportStatus.RUNNING or set(found) != set(item.tables):
        return lambda: None
    actor = _asked(item)
    if actor is None:
        return lambda: _fail(export_id, "not_permitted")
    content = file_make(kind=item.format, parts=((name, _part(found[name], export_id)) for name in item.tables))
    sealed = content_seal(content=content, export_id=export_id)
    disclosed = [
        Disclosed(kind, UUID(pk), UUID(organisation), level)
        for name in item.tables
        for kind, pk, organisation, level in found[name].disclosed
    ]

    def store() -> Mapping[str, Any] | None:
        locked = Export.objects.select_for_update().get(pk=export_id)
        if locked.status != ExportStatus.RUNNING:
            return None
        counts = {name: found[name].rows for name in locked.tables}
        if disclosed:
            operation = LISTED if locked.what == ExportScope.DEAL_FLOW else OPERATION
            disclosed_record(actor=actor, operation=operation, disclosed=disclosed)
        done = {"counts": counts, **_digest(locked)}
        EXPORT.fire("finish", instance=locked, actor=Actor.system(), data=done)
        locked.counts, locked.size, locked.content = counts, len(content), sealed
        locked.sha256, locked.expires_at = hashlib.sha256(content).hexdigest(), utc_now() + KEPT
        locked.save(update_fields=["counts", "size", "content", "sha256", "expires_at"])
        locked.parts.all().delete()
        return None

    return store


@transaction.atomic
def export_end(*, job_id: UUID, status: str) -> None:
    """Cancel or fail the export whose job ended without it; its parts go."""
    for item in Export.objects.select_for_update().filter(job_id=job_id, status__in=LIVE):
        EXPORT.fire("cancel" if status == JobStatus.CANCELLED else "fail", instance=item, actor=Actor.system())
        item.parts.all().delete()


@transaction.atomic
def export_content(*, actor: Actor, item: Export, now: dt.datetime | None = None) -> bytes:
    """The content of an export, which is recorded as taken. Raises ContentNotThere."""
    if item.status != ExportStatus.READY or item.content is None or item.expires_at is None:
        raise ContentNotThere
    if item.expires_at <= (now or utc_now()):
        raise ContentNotThere
    publish(events.EXPORT_DOWNLOADED, actor=actor, subject=item, data={"sha256": item.sha256})
    return content_unseal(sealed=bytes(item.content), export_id=item.pk)


def exports_expire(*, now: dt.datetime | None = None) -> int:
    """Drop the content of what is past its time; returns of how many."""
    due = Export.objects.filter(status=ExportStatus.READY, expires_at__lte=now or utc_now()).order_by("expires_at")
    return sum(_expire(export_id) for export_id in list(due.values_list("pk", flat=True)[:BATCH]))


def exports_drop(*, user_id: UUID) -> None:
    """Drop what a person has not fetched yet."""
    for export_id in Export.objects.filter(requested_by=user_id, status=ExportStatus.READY).values_list(
        "pk", flat=True
    ):
        _expire(export_id)


@transaction.atomic
def _expire(export_id: UUID) -> bool:
    item = Export.objects.select_for_update(skip_locked=True).filter(pk=export_id, status=ExportStatus.READY).first()
    if item is None:
        return False
    Export.objects.filter(pk=export_id).update(content=None)
    EXPORT.fire("expire", instance=item, actor=Actor.system())
    return True


def _fail(export_id: UUID, reason: str) -> None:
    item = Export.objects.select_for_update().get(pk=export_id)
    if item.status in LIVE:
        EXPORT.fire("fail", instance=item, actor=Actor.system(), data={"reason": reason})
        item.parts.all().delete()


def _asked(item: Export) -> Actor | None:
    label = "" if item.job is None else item.job.actor
    return actor_now(label=label, organisation_id=item.organisation_id, permission=Permission.EXPORT_CREATE)


def _offered(actor: Actor, what: str) -> list[str]:
    """The tables that the actor may ask for."""
    if what == ExportScope.OWN:
        return [name for name in OWN.get(actor.kind, ()) if actor.may(PERMISSIONS[name])]
    if what == ExportScope.DEAL_FLOW:
        return [name for name, table in DEAL_FLOW.items() if actor.may(table.permission)]
    hidden = NOT_FOR.get(actor.kind, frozenset())
    return [name for name, table in VISIBLE.items() if name not in hidden and actor.may(table.permission)]


def _table(item: Export, name: str, actor: Actor) -> ExportTable:
    if item.what == ExportScope.OWN:
        return own_table(name=name, actor=actor)
    return DEAL_FLOW[name] if item.what == ExportScope.DEAL_FLOW else VISIBLE[name]


def _digest(item: Export) -> dict[str, str]:
    """What the trail has of a search: a keyed hash, by which the same search is known again and none is read."""
    if item.what != ExportScope.DEAL_FLOW:
        return {}
    said = json.dumps(item.filters["query"], sort_keys=True, ensure_ascii=False)
    return {"query": salted_hmac(QUERY_SALT, said, algorithm="sha256").hexdigest()}


def _part(part: ExportPart, export_id: UUID) -> Part:
    said = json.loads(content_unseal(sealed=bytes(part.content), export_id=export_id))
    return Part(said["columns"], said["rows"], [])


def _table_problems(tables: Sequence[str], offered: Collection[str]) -> list[FieldProblem]:
    if not offered:
        return [FieldProblem("/what", "nothing", "Your organisation has nothing of this.")]
    text = "One of {known}."
    values = {"known": ", ".join(offered)}
    return [
        FieldProblem(f"/tables/{index}", "unknown_table", text, values)
        for index, name in enumerate(tables)
        if name not in offered
    ]


def _search(actor: Actor, query: Mapping[str, Sequence[str]]) -> DealFlowQuery:
    """The search that parameters ask for. Raises ExportNotAcceptable."""
    unknown = sorted(set(query) - PARAMETERS)
    if unknown:
        text = "There is no such parameter."
        raise ExportNotAcceptable(
            errors=[FieldProblem(f"/query/{name}", "unknown", text) for name in unknown[:MOST_TOLD]]
        )
    try:
        wanted = deal_flow_query(actor=actor, parameters=query, ordering=query.get(ORDERING, ()))
    except QueryInvalid as wrong:
        problems = [replace(problem, pointer=f"/query{problem.pointer}") for problem in wrong.errors]
        raise ExportNotAcceptable(errors=problems) from None
    if listing_count(actor=actor, query=wanted) > MOST_ROWS:
        text = "More than {most} results. Search for fewer."
        raise ExportNotAcceptable(errors=[FieldProblem("/query", "too_many", text, {"most": MOST_ROWS})])
    return wanted


def _filter_problems(what: str, filters: Mapping[str, Sequence[str]]) -> list[FieldProblem]:
    if what == ExportScope.DEAL_FLOW:
        text = "What is searched for stands in the query."
        return [FieldProblem("/filters", "not_here", text)] if filters else []
    if what == ExportScope.OWN:
        return [FieldProblem("/filters", "not_here", "What is one's own is taken out whole.")] if filters else []
    unknown = area_codes_unknown(codes=filters.get("area", ()))
    problems = [
        FieldProblem(f"/filters/area/{index}", "unknown_area", "There is no capability area with this code.")
        for index, code in enumerate(filters.get("area", ()))
        if code in unknown
    ]
    return problems + [
        FieldProblem(f"/filters/country/{index}", "invalid", "Not a country code (ISO 3166-1 alpha-2).")
        for index, code in enumerate(filters.get("country", ()))
        if code not in country_codes()
    ]
