"""Documents and uploads."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from apps.documents.models import Document, DocumentVersion
from apps.documents.services.content import content_store
from apps.documents.services.keys import vault_for
from apps.documents.services.uploads import upload_open
from apps.documents.states import AccessCause, VersionStatus
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.clock import utc_now
from tests.authorisation.scenes import ATTESTOR, AUTHORITY, FIRM, FUND, OPERATOR, scene
from tests.authorisation.world import Persona
from tests.factories.documents import TEXT, DocumentFactory, digest_header, opened_to, promised, upload_of
from tests.factories.organisations import actor_of

OWNERS = (FIRM, FUND, AUTHORITY, ATTESTOR)
"""The operator keeps no documents here."""


def document(organisation: Organisation) -> Document:
    """A document with a stored content, opened to every operator for a verification and to every fund as evidence."""
    made: Document = DocumentFactory(organisation=organisation)
    vault = vault_for(organisation_id=organisation.pk)
    stored = content_store(io.BytesIO(TEXT), document_id=made.pk, version=1, vault=vault)
    version = DocumentVersion(document=made, number=1, name="statement.txt", media_type="text/plain")
    version.size, version.sha256, version.segments = stored.size, stored.sha256, stored.segments
    version.storage_key, version.wrapped_key, version.vault_key_id = stored.key, stored.wrapped_key, stored.vault_key_id
    version.stored_at = utc_now()
    setattr(version, "status", VersionStatus.CLEAN)  # noqa: B010 - a row in a state that the pipeline leads to
    version.save()
    causes = {OPERATOR: AccessCause.VERIFICATION, FUND: AccessCause.EVIDENCE}
    for viewer in Organisation.objects.filter(kind__in=causes).exclude(pk=organisation.pk):
        opened_to(made, viewer.pk, causes[Kind(viewer.kind)])
    return made


def opened(organisation: Organisation) -> UUID:
    return document(organisation).pk


def reads(viewer: Kind, _owner: Kind, place: str) -> bool:
    """What was opened: operators of anybody, funds of whoever is verified and has not gone dark."""
    return viewer == OPERATOR or (viewer == FUND and place == "other")


def begun(organisation: Organisation) -> UUID:
    return upload_open(actor=actor_of(organisation), **promised(TEXT)).pk


def first_chunk(organisation: Organisation) -> dict[str, Any]:
    return {"id": begun(organisation), "offset": 0}


def sent(organisation: Organisation) -> UUID:
    return upload_of(actor_of(organisation)).pk


def upload_wanted(_persona: Persona) -> dict[str, Any]:
    return promised(TEXT)


OPENED = {"build": opened, "owners": OWNERS}

scene("GET /documents", "GET /uploads")
scene("GET /documents/{id}", "GET /documents/{id}/versions", "GET /documents/{id}/content", **OPENED, seen=reads)
scene("PATCH /documents/{id}", **OPENED, body={"title": "Statement 2"})
scene("POST /documents/{id}/withdraw", **OPENED)
scene("POST /uploads", body=upload_wanted, success=201)
scene("GET /uploads/{id}", build=begun, owners=OWNERS)
scene("DELETE /uploads/{id}", build=begun, owners=OWNERS, success=204)
scene(
    "PUT /uploads/{id}/chunks/{offset}",
    build=first_chunk,
    owners=OWNERS,
    body=TEXT,
    headers={"Content-Digest": digest_header(TEXT)},
)
scene("POST /uploads/{id}/complete", build=sent, owners=OWNERS, success=202)
