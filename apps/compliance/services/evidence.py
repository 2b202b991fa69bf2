"""Documents that an organisation shows for its verification or a permit: which can serve, and opening them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.documents.models import Document, DocumentVersion
from apps.documents.services import access_give
from apps.documents.states import AccessCause, VersionStatus
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.errors import FieldProblem


def evidence_of(*, actor: Actor, ids: Iterable[UUID]) -> QuerySet[Document]:
    """Those of `ids` that are documents of the actor's organisation with a clean version, not withdrawn."""
    clean = DocumentVersion.objects.filter(document=OuterRef("pk"), status=VersionStatus.CLEAN)
    return Document.objects.filter(
        Exists(clean), Q(organisation_id=actor.organisation_id), pk__in=list(ids), withdrawn_at=None
    )


def evidence_missing(*, pointer: str) -> FieldProblem:
    """What is told of any other document, at its place in the call."""
    return FieldProblem(pointer, "does_not_exist", "There is no such document of yours, or it has no clean version.")


def evidence_open(*, actor: Actor, documents: Sequence[Document], cause_id: UUID) -> None:
    """Let every operator that is not suspended read the documents as long as the case or permit `cause_id` is kept."""
    operators = Organisation.objects.filter(kind=Kind.OPERATOR).exclude(standing=Standing.SUSPENDED)
    viewers = list(operators.order_by("pk").values_list("pk", flat=True))
    for document in documents:
        for viewer_id in viewers:
            access_give(
                actor=actor,
                document=document,
                viewer_id=viewer_id,
                cause=AccessCause.VERIFICATION,
                cause_id=cause_id,
            )
