"""What documents keep about a person: who brought them."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.accounts.personal_data import PersonalData, register
from apps.documents.models import Document, DocumentVersion, Upload
from kernel.access import Actor


def _export(user: User) -> dict[str, Any]:
    return {
        "documents": list(
            Document.objects.filter(created_by=user)
            .order_by("pk")
            .values("id", "organisation_id", "title", "purpose", "created_at")
        ),
        "versions": list(
            DocumentVersion.objects.filter(created_by=user)
            .order_by("pk")
            .values("id", "document_id", "number", "name", "created_at")
        ),
        "uploads": list(
            Upload.objects.filter(created_by=user)
            .order_by("pk")
            .values("id", "organisation_id", "name", "title", "status", "created_at")
        ),
    }


def _erase(user: User, actor: Actor) -> None:
    """Nothing goes: documents belong to the organisation, and name the person by the id of a scrubbed account only."""


register(PersonalData("documents", _export, _erase))
