"""Documents, versions and uploads for tests, made by the services themselves."""

import base64
import contextlib
import hashlib
import secrets
from pathlib import Path
from uuid import UUID

import factory

from apps.documents.inspection import Inspection, Verdict
from apps.documents.models import Document, DocumentAccess, Upload
from apps.documents.services import access_give, chunk_put, upload_complete, upload_open
from apps.documents.services.receiving import upload_finish, upload_receive
from apps.documents.states import AccessCause
from apps.documents.storage import storage
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7
from tests.factories.organisations import OrganisationFactory, actor_of

TEXT = b"A plain statement of no importance.\n"


class DocumentFactory(factory.django.DjangoModelFactory):
    """A document without any version."""

    class Meta:
        model = Document

    organisation = factory.SubFactory(OrganisationFactory)
    title = factory.Sequence(lambda n: f"Document {n}")
    purpose = "verification"


def digest_header(content: bytes) -> str:
    """The Content-Digest of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def promised(content: bytes, **stated) -> dict:
    """What `upload_open` is told of a file of this content."""
    values = {"name": "statement.txt", "title": "Statement", "purpose": "verification", "media_type": "text/plain"}
    return {**values, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **stated}


def upload_of(actor: Actor, content: bytes = TEXT, *, size: int = 0, **stated) -> Upload:
    """An upload that was received whole, in chunks of `size` bytes, and not completed."""
    if "document" in stated:
        stated = {"title": None, "purpose": None, **stated}
    values = {name: value for name, value in promised(content, **stated).items() if value is not None}
    upload = upload_open(actor=actor, **values)
    step = size or max(1, len(content))
    for offset in range(0, len(content), step):
        upload = chunk_of(actor, upload, offset, content[offset : offset + step])
    return upload


def chunk_of(actor: Actor, upload: Upload, offset: int, content: bytes) -> Upload:
    """The upload after one chunk."""
    digest = hashlib.sha256(content).digest()
    return chunk_put(actor=actor, upload=upload, offset=offset, content=content, digest=digest)


def received(upload: Upload, actor: Actor) -> Upload:
    """The upload, completed and worked through as its job does."""
    upload_complete(actor=actor, upload=upload)
    outcome = upload_receive(upload_id=upload.pk, check=lambda: None)
    return upload_finish(upload_id=upload.pk, outcome=outcome)


def document_of(actor: Actor, content: bytes = TEXT, **stated) -> Document:
    """A document of the actor's organisation, its content inspected and stored."""
    upload = received(upload_of(actor, content, **stated), actor)
    assert upload.document is not None, upload.reason
    return Document.objects.get(pk=upload.document_id)


def operator_with(document: Document, *roles: str) -> Actor:
    """An operator's officer to whose organisation the document was opened for a verification."""
    viewer = actor_of(OrganisationFactory(kind=Kind.OPERATOR), *(roles or ("compliance",)))
    opened_to(document, viewer.organisation_id)
    return viewer


def opened_to(document: Document, viewer_id: UUID | None, cause: str = AccessCause.VERIFICATION) -> DocumentAccess:
    """An access row of the document for an organisation."""
    assert viewer_id is not None
    return access_give(actor=Actor.system(), document=document, viewer_id=viewer_id, cause=cause, cause_id=uuid7())


def as_clean(path: Path, **_: object) -> Inspection:
    """An inspection that finds nothing, in place of one that looks."""
    return Inspection(Verdict.CLEAN, media_type="application/octet-stream")


def noise(size: int) -> bytes:
    """Bytes that nothing else has."""
    return secrets.token_bytes(size)


def organisation_of(actor: Actor) -> Organisation:
    """The organisation that the actor acts for."""
    return Organisation.objects.get(pk=actor.organisation_id)


def kept_bytes(key: str) -> bytes:
    """What lies in storage under a key."""
    with contextlib.closing(storage().open_range(key, 0, 2**30)) as stream:
        return b"".join(iter(lambda: stream.read(2**20), b""))


def pdf_of(picture: bytes) -> bytes:
    """A PDF of one page that shows the bytes as a grey picture, 1,000 to a row; the rest of a row is left out."""
    rows = len(picture) // 1000
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R"
            b" /Resources << /XObject << /I 5 0 R >> >> >>"
        ),
        b"<< /Length 28 >>\nstream\nq 100 0 0 100 0 0 cm /I Do Q\nendstream",
        b"<< /Type /XObject /Subtype /Image /Width 1000 /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Length %d >>\nstream\n" % (rows, len(picture)) + picture + b"\nendstream",
    ]
    written, places = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], []
    for number, content in enumerate(objects, start=1):
        places.append(sum(map(len, written)))
        written.append(b"%d 0 obj\n" % number + content + b"\nendobj\n")
    start = sum(map(len, written))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    written.append(b"xref\n0 6\n0000000000 65535 f \n" + table)
    written.append(b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return b"".join(written)
