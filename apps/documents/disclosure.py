"""The disclosure tier of every field of documents."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from apps.documents.models import Document, DocumentAccess, DocumentVersion, Upload, UploadChunk, Vault, VaultKey
from apps.organisations.disclosure import Tier

TIERS: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Document: {
        "id": Tier.T3,
        "organisation": Tier.T3,
        "title": Tier.T3,
        "purpose": Tier.T3,
        "export_mark": Tier.T3,
        "export_code": Tier.T3,
        "declared_marking": Tier.T3,
        "retain_until": Tier.T4,
        "withdrawn_at": Tier.T3,
        "created_by": Tier.T4,
        "version": Tier.T4,
        "created_at": Tier.T3,
    },
    DocumentVersion: {
        "id": Tier.T3,
        "document": Tier.T3,
        "number": Tier.T3,
        "name": Tier.T3,
        "media_type": Tier.T3,
        "size": Tier.T3,
        "sha256": Tier.T3,
        "status": Tier.T3,
        "reasons": Tier.T4,
        "scan_state": Tier.T3,
        "scan_engine": Tier.T3,
        "pages": Tier.T3,
        "storage_key": Tier.T4,
        "wrapped_key": Tier.T4,
        "vault_key": Tier.T4,
        "segments": Tier.T4,
        "stored_at": Tier.T3,
        "withdrawn_at": Tier.T3,
        "destroyed_at": Tier.T3,
        "created_by": Tier.T4,
        "created_at": Tier.T3,
    },
    DocumentAccess: dict.fromkeys(("id", "document", "viewer", "cause", "cause_id", "since", "until"), Tier.T4),
    Upload: dict.fromkeys(
        (
            "id",
            "organisation",
            "document",
            "document_version",
            "name",
            "title",
            "purpose",
            "export_mark",
            "export_code",
            "declared_marking",
            "media_type",
            "size",
            "sha256",
            "received",
            "status",
            "reason",
            "wrapped_key",
            "vault_key",
            "expires_at",
            "job",
            "created_by",
            "created_at",
        ),
        Tier.T4,
    ),
    UploadChunk: dict.fromkeys(("id", "upload", "offset", "size", "sha256", "storage_key"), Tier.T4),
    Vault: dict.fromkeys(("id", "organisation", "created_at"), Tier.T5),
    VaultKey: dict.fromkeys(("id", "vault", "number", "wrapped", "master", "created_at", "retired_at"), Tier.T5),
}

DERIVED: Mapping[type[models.Model], Mapping[str, Tier]] = {
    Document: {"status": Tier.T3, "newest": Tier.T3, "actions": Tier.T4},
}
"""What answers show beyond the columns."""
