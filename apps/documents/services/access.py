"""Who else may read a document: opened and closed by the app that is the cause."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from apps.documents import events
from apps.documents.models import Document, DocumentAccess
from kernel.access import Actor
from kernel.clock import database_now
from kernel.events import publish


@transaction.atomic
def access_give(
    *,
    actor: Actor,
    document: Document,
    viewer_id: UUID,
    cause: str,
    cause_id: UUID,
    until: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> DocumentAccess:
    """Let another organisation read a document from now on, until a moment or until `access_end`.

    Where it may for the same cause already, its end becomes `until`. Whether the actor may give it is decided by the
    app that is the cause.
    """
    now = now or database_now()
    # One at a time for each document: two calls at once find one another's row.
    owner_id = Document.objects.select_for_update(no_key=True).get(pk=document.pk).organisation_id
    named = {"document": document, "viewer_id": viewer_id, "cause": cause, "cause_id": cause_id}
    data = {
        "viewer": str(viewer_id),
        "document": str(document.pk),
        "cause": cause,
        "cause_id": str(cause_id),
        "until": until and until.astimezone(dt.UTC).isoformat(),
    }
    access = DocumentAccess.objects.lasting(now=now).filter(**named).order_by("id").first()
    if access is None:
        access = DocumentAccess.objects.create(**named, since=now, until=until)
    elif access.until == until:
        return access
    else:
        access.until = until
        access.save(update_fields=["until"])
    publish(events.ACCESS_GIVEN, actor=actor, subject=access, organisation_id=owner_id, data=data)
    return access


@transaction.atomic
def access_end(
    *,
    actor: Actor,
    cause: str,
    cause_id: UUID,
    document: Document | None = None,
    viewer_id: UUID | None = None,
    now: dt.datetime | None = None,
) -> int:
    """End what a cause opened, of one document or viewer where named; in force from the next request.

    Returns how many were ended; those that had ended stay as they are.
    """
    now = now or database_now()
    rows = DocumentAccess.objects.lasting(now=now).filter(cause=cause, cause_id=cause_id)
    if document is not None:
        rows = rows.filter(document=document)
    if viewer_id is not None:
        rows = rows.filter(viewer_id=viewer_id)
    ended = list(rows.select_for_update(of=("self",)).select_related("document").order_by("pk"))
    for access in ended:
        access.until = max(now, access.since)
        access.save(update_fields=["until"])
        publish(
            events.ACCESS_ENDED,
            actor=actor,
            subject=access,
            organisation_id=access.document.organisation_id,
            data={
                "viewer": str(access.viewer_id),
                "document": str(access.document_id),
                "cause": cause,
                "cause_id": str(cause_id),
            },
        )
    return len(ended)
