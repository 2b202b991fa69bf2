"""Documents: changed, withdrawn, read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.documents import events
from apps.documents.models import Document, DocumentAccess, DocumentVersion
from apps.documents.services.uploads import MarkingNotTaken, export_problems, marking_problems
from apps.documents.states import DOCUMENT_VERSION, AccessCause, VersionStatus
from apps.organisations.rules import own_require
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import database_now, utc_today
from kernel.errors import Conflict, FieldProblem, Invalid, NotFound
from kernel.events import publish
from kernel.versions import version_save

CHANGEABLE = frozenset({"title", "export_mark", "export_code", "retain_until"})


class DocumentNotAcceptable(Invalid):
    """The document's data are not acceptable."""


class DocumentWithdrawn(Conflict):
    """The document is withdrawn and no longer changes."""


class NothingToRead(Conflict):
    """The document has no version that can be read."""


class ContentUnreadable(Conflict):
    """What is stored is damaged and is not given out. The operator is told."""


@transaction.atomic
def document_update(*, actor: Actor, document: Document, **changes: Any) -> Document:
    """Change title, mark of export control or the day until which it is kept.

    Raises NotYours, DocumentWithdrawn, DocumentNotAcceptable, MarkingNotTaken and ChangedMeanwhile.
    """
    own_require(actor=actor, organisation_id=document.organisation_id)
    if not changes.keys() <= CHANGEABLE:
        raise TypeError(f"not changeable: {sorted(changes.keys() - CHANGEABLE)}")
    if document.withdrawn_at is not None:
        raise DocumentWithdrawn
    marked = marking_problems(title=changes["title"]) if "title" in changes else []
    if marked:
        raise MarkingNotTaken(errors=marked)
    mark = changes.get("export_mark", document.export_mark)
    code = changes.get("export_code", document.export_code)
    problems = export_problems(mark=mark, code=code) if {"export_mark", "export_code"} & changes.keys() else []
    retain_until = changes.get("retain_until")
    if retain_until is not None and retain_until <= utc_today():
        problems.append(FieldProblem("/retain_until", "out_of_range", "Later than today."))
    if problems:
        raise DocumentNotAcceptable(errors=problems)
    before = {name: getattr(document, name) for name in ("export_mark", "export_code")}
    changed = version_save(instance=document, changes=changes)
    if changed:
        data: dict[str, Any] = {"fields": changed}
        if {"export_mark", "export_code"} & set(changed):
            data |= {"from": before, "to": {"export_mark": mark, "export_code": code}}
        publish(events.DOCUMENT_UPDATED, actor=actor, subject=document, data=data)
    return document


@transaction.atomic
def document_withdraw(*, actor: Actor, document: Document, now: dt.datetime | None = None) -> Document:
    """Take a document back: nobody reads it from the next request on, and its content is destroyed later.

    Only who decided a verification by it may still read it, as long as that is recorded. Withdrawing it again changes
    nothing. Raises NotYours and NotPermitted.
    """
    own_require(actor=actor, organisation_id=document.organisation_id)
    now = now or database_now()
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if locked.withdrawn_at is None:
        version_save(instance=locked, changes={"withdrawn_at": now})
        for version in locked.versions.filter(status=VersionStatus.CLEAN).order_by("number"):
            DocumentVersion.objects.filter(pk=version.pk).update(withdrawn_at=now)
            data = {"document": str(locked.pk), "number": version.number}
            DOCUMENT_VERSION.fire(
                "withdraw", instance=version, actor=actor, organisation_id=locked.organisation_id, data=data
            )
        publish(events.DOCUMENT_WITHDRAWN, actor=actor, subject=locked)
    document.withdrawn_at, document.version = locked.withdrawn_at, locked.version
    return document


def version_to_read(*, actor: Actor, document: Document, number: int | None = None) -> DocumentVersion:
    """The version whose content the actor may read now: the newest clean one, or the one named.

    `document` is one that the actor sees. Withdrawn content is read only by an operator to whom it was opened for a
    verification. Raises NotFound for a number that there is not and NothingToRead where none can be read.
    """
    versions = DocumentVersion.objects.visible_to(actor).filter(document=document)
    if number is not None:
        versions = versions.filter(number=number)
        if not versions.exists():
            raise NotFound
    statuses = [VersionStatus.CLEAN]
    if _is_held(actor, document):
        statuses.append(VersionStatus.WITHDRAWN)
    version = versions.filter(status__in=statuses, destroyed_at=None).order_by("-number").first()
    if version is None:
        raise NothingToRead
    return version


@transaction.atomic
def document_read(*, actor: Actor, version: DocumentVersion, start: int, stop: int) -> None:
    """Record that the actor is about to be given the bytes from `start` to before `stop` of a version's content.

    Outside any other transaction the record is committed when this returns.
    """
    publish(
        events.DOCUMENT_READ,
        actor=actor,
        subject=version.document,
        data={"version": str(version.pk), "number": version.number, "start": start, "stop": stop},
    )


@transaction.atomic
def version_damaged(*, actor: Actor, version: DocumentVersion) -> None:
    """Record that stored content did not open as what was stored."""
    data = {"version": str(version.pk), "number": version.number}
    publish(events.VERSION_DAMAGED, actor=actor, subject=version.document, data=data)


def held(*, now: dt.datetime | None = None) -> Any:
    """The access rows that keep a document's content from being destroyed: verifications that are recorded by it."""
    return DocumentAccess.objects.lasting(now=now or database_now()).filter(cause=AccessCause.VERIFICATION)


def _is_held(actor: Actor, document: Document) -> bool:
    if actor.kind != Kind.OPERATOR or actor.organisation_id == document.organisation_id:
        return False
    return bool(held().filter(Q(viewer_id=actor.organisation_id), document=document).exists())
