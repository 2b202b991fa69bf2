"""Reads of documents: lists with what their newest version is."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When

from apps.documents.models import Document, DocumentVersion
from apps.documents.states import VersionStatus
from apps.organisations.parents import parent_get
from kernel.access import Actor


def document_list(*, actor: Actor) -> QuerySet[Document]:
    """The documents that the actor sees, each with `newest`, the number of the newest version that it sees, and
    `status`: `withdrawn`, or that version's.
    """
    versions = DocumentVersion.objects.visible_to(actor).filter(document=OuterRef("pk")).order_by("-number")
    return (
        Document.objects.visible_to(actor)
        .annotate(newest=Subquery(versions.values("number")[:1]), _newest=Subquery(versions.values("status")[:1]))
        .annotate(
            status=Case(
                When(withdrawn_at__isnull=False, then=Value(VersionStatus.WITHDRAWN.value)),
                default=F("_newest"),
                output_field=CharField(),
            )
        )
    )


def version_list(*, actor: Actor, document: Document) -> QuerySet[Any]:
    """The versions of a document that the actor sees."""
    return DocumentVersion.objects.visible_to(actor).filter(document=document)


def document_find(*, actor: Actor, document_id: str) -> Document:
    """The document of this id, if the actor sees it. Raises NotFound."""
    rows = Document.objects.visible_to(actor).select_related("organisation")
    return parent_get(rows=rows, value=document_id)
