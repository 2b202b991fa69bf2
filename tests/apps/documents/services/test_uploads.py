"""Uploads as their services see them."""

import datetime as dt
import hashlib
from dataclasses import replace

import pytest
from django.test import override_settings

from apps.documents.models import Upload, UploadChunk
from apps.documents.services import uploads
from apps.documents.services.uploads import (
    ChunkDiffers,
    ChunkNotAcceptable,
    DigestMismatch,
    DocumentIsWithdrawn,
    ForVerificationOnly,
    MarkingNotTaken,
    OffsetUnexpected,
    QuotaExceeded,
    TooManyChunks,
    TooManyUploads,
    UploadClosed,
    UploadIncomplete,
    UploadNotAcceptable,
    bytes_used,
    chunk_put,
    upload_abort,
    upload_complete,
    upload_open,
)
from apps.documents.states import UploadStatus
from apps.documents.storage import storage
from apps.organisations.rules import NotYours
from apps.organisations.states import Standing
from kernel.clock import database_now
from kernel.errors import StorageFull
from kernel.models import Event, Job
from kernel.states import NotNow, NotPermitted
from tests.factories.documents import TEXT, DocumentFactory, chunk_of, kept_bytes, organisation_of, promised, upload_of
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def pointers(refused) -> list[str]:
    return [problem.pointer for problem in refused.value.errors]


class TestUploadOpen:
    def test_expects_the_first_byte_and_ends_a_day_later(self, actor):
        now = database_now()

        upload = upload_open(actor=actor, now=now, **promised(TEXT))

        assert (upload.status, upload.received, upload.size) == (UploadStatus.RECEIVING, 0, len(TEXT))
        assert upload.expires_at == now + dt.timedelta(hours=24)
        assert (upload.export_mark, upload.declared_marking) == ("unknown", "none")
        assert upload.created_by_id == actor.user_id
        event = Event.objects.get(name="documents.upload.opened")
        assert event.data == {"size": len(TEXT), "document": None}

    def test_has_a_key_of_its_own(self, actor):
        first, second = (upload_open(actor=actor, **promised(TEXT)) for _ in range(2))

        assert bytes(first.wrapped_key) != bytes(second.wrapped_key)
        assert first.vault_key_id == second.vault_key_id

    @pytest.mark.parametrize(
        ("stated", "pointer"),
        [
            ({"size": 0}, "/size"),
            ({"size": 2**40}, "/size"),
            ({"sha256": "ABC"}, "/sha256"),
            ({"name": "a/b.pdf"}, "/name"),
            ({"name": "bidi\u202efdp.exe"}, "/name"),
            ({"title": " "}, "/title"),
            ({"purpose": "fun"}, "/purpose"),
            ({"export_mark": "military"}, "/export_code"),
            ({"export_mark": "none", "export_code": "ML4"}, "/export_code"),
            ({"export_mark": "dual_use", "export_code": "ML4"}, "/export_code"),
            ({"export_mark": "military", "export_code": "Q99"}, "/export_code"),
        ],
    )
    def test_refuses_what_is_not_acceptable(self, actor, stated, pointer):
        with pytest.raises(UploadNotAcceptable) as refused:
            upload_open(actor=actor, **promised(TEXT, **stated))

        assert pointers(refused) == [pointer]

    @pytest.mark.parametrize("missing", ["title", "purpose"])
    def test_refuses_a_new_document_without(self, actor, missing):
        values = promised(TEXT)
        del values[missing]

        with pytest.raises(UploadNotAcceptable) as refused:
            upload_open(actor=actor, **values)

        assert pointers(refused) == [f"/{missing}"]

    @pytest.mark.parametrize("marking", ["official_use", "restricted", "confidential", "secret", "top_secret"])
    def test_refuses_a_marking_above_commercial_confidence(self, actor, marking):
        with pytest.raises(MarkingNotTaken):
            upload_open(actor=actor, **promised(TEXT, declared_marking=marking))

        assert not Upload.objects.exists()

    @pytest.mark.parametrize(("field", "text"), [("name", "plan NATO RESTRICTED.pdf"), ("title", "Таємно")])
    def test_refuses_a_name_that_bears_a_marking(self, actor, field, text):
        with pytest.raises(MarkingNotTaken) as refused:
            upload_open(actor=actor, **promised(TEXT, **{field: text}))

        assert pointers(refused) == [f"/{field}"]

    def test_takes_an_entry_of_the_marks_own_list(self, actor):
        upload = upload_open(actor=actor, **promised(TEXT, export_mark="military", export_code="ML10.c"))

        assert (upload.export_mark, upload.export_code) == ("military", "ML10.c")

    def test_takes_commercial_confidence(self, actor):
        upload = upload_open(actor=actor, **promised(TEXT, declared_marking="commercial"))

        assert upload.declared_marking == "commercial"

    def test_a_version_states_what_its_document_states(self, actor):
        document = DocumentFactory(organisation=organisation_of(actor), title="Charter", purpose="evidence")
        values = {name: promised(TEXT)[name] for name in ("name", "size", "sha256")}

        upload = upload_open(actor=actor, document=document, **values)

        assert (upload.document, upload.title, upload.purpose) == (document, "Charter", "evidence")

    def test_a_version_states_nothing_else(self, actor):
        document = DocumentFactory(organisation=organisation_of(actor))

        with pytest.raises(UploadNotAcceptable) as refused:
            upload_open(actor=actor, document=document, **promised(TEXT))

        assert pointers(refused) == ["/title", "/purpose"]

    def test_refuses_another_ones_document(self, actor):
        with pytest.raises(NotYours):
            upload_open(actor=actor, document=DocumentFactory(), name="a.txt", size=1, sha256="0" * 64)

    def test_refuses_a_withdrawn_document(self, actor):
        document = DocumentFactory(organisation=organisation_of(actor), withdrawn_at=database_now())

        with pytest.raises(DocumentIsWithdrawn):
            upload_open(actor=actor, document=document, name="a.txt", size=1, sha256="0" * 64)

    def test_refuses_what_goes_over_the_quota(self, actor):
        upload_of(actor)

        with override_settings(DOCUMENT_QUOTA_BYTES=2 * len(TEXT) - 1), pytest.raises(QuotaExceeded) as refused:
            upload_open(actor=actor, **promised(TEXT))

        assert refused.value.values == {"quota": 2 * len(TEXT) - 1, "used": len(TEXT)}

    def test_fills_the_quota_to_the_last_byte(self, actor):
        upload_of(actor)

        with override_settings(DOCUMENT_QUOTA_BYTES=2 * len(TEXT)):
            upload_open(actor=actor, **promised(TEXT))

        assert bytes_used(organisation_id=actor.organisation_id) == 2 * len(TEXT)

    def test_refuses_too_many_at_once(self, actor):
        upload_of(actor)

        with override_settings(DOCUMENT_UPLOADS_OPEN=1), pytest.raises(TooManyUploads):
            upload_open(actor=actor, **promised(TEXT))

    def test_counts_its_own_organisation_only(self, actor):
        upload_of(actor_of(OrganisationFactory()))

        with override_settings(DOCUMENT_UPLOADS_OPEN=1, DOCUMENT_QUOTA_BYTES=len(TEXT)):
            assert upload_open(actor=actor, **promised(TEXT)).status == UploadStatus.RECEIVING


class TestChunkPut:
    def test_keeps_the_bytes_that_follow(self, actor):
        upload = upload_of(actor, b"abcdef", size=4)

        assert upload.received == 6
        assert list(upload.chunks.order_by("offset").values_list("offset", "size")) == [(0, 4), (4, 2)]

    def test_lies_in_storage_sealed(self, actor):
        upload = upload_of(actor, TEXT)

        chunk = upload.chunks.get()
        kept = kept_bytes(chunk.storage_key)
        assert len(kept) == len(TEXT) + 28
        assert TEXT[:8] not in kept
        assert str(upload.pk) not in chunk.storage_key

    def test_the_same_chunk_again_changes_nothing(self, actor):
        upload = upload_of(actor, b"abcdef", size=3)

        again = chunk_of(actor, upload, 0, b"abc")

        assert (again.received, upload.chunks.count()) == (6, 2)

    def test_refuses_other_bytes_at_the_same_place(self, actor):
        upload = upload_of(actor, b"abcdef", size=3)

        with pytest.raises(ChunkDiffers):
            chunk_of(actor, upload, 0, b"abX")

    def test_refuses_the_same_bytes_cut_otherwise(self, actor):
        upload = upload_of(actor, b"abcdef", size=3)

        with pytest.raises(ChunkDiffers):
            chunk_of(actor, upload, 0, b"ab")
        with pytest.raises(OffsetUnexpected):
            chunk_of(actor, upload, 1, b"bc")

    def test_says_where_the_next_chunk_begins(self, actor):
        upload = upload_open(actor=actor, **promised(b"abcdef"))
        chunk_of(actor, upload, 0, b"ab")

        with pytest.raises(OffsetUnexpected) as refused:
            chunk_of(actor, upload, 3, b"def")

        assert str(refused.value) == "The next chunk begins at byte 2."

    def test_refuses_bytes_that_changed_on_the_way(self, actor):
        upload = upload_open(actor=actor, **promised(b"abc"))

        with pytest.raises(DigestMismatch):
            chunk_put(actor=actor, upload=upload, offset=0, content=b"abX", digest=hashlib.sha256(b"abc").digest())

    @pytest.mark.parametrize("content", [b"", b"abcd", b"x" * (uploads.MAX_CHUNK + 1)], ids=["none", "long", "huge"])
    def test_refuses_a_chunk_of_the_wrong_size(self, actor, content):
        upload = upload_open(actor=actor, **promised(b"abc"))

        with pytest.raises(ChunkNotAcceptable):
            chunk_of(actor, upload, 0, content)

    def test_refuses_too_many_chunks(self, actor, monkeypatch):
        monkeypatch.setattr(uploads, "MAX_CHUNKS", 2)

        with pytest.raises(TooManyChunks):
            upload_of(actor, b"abc", size=1)

    def test_refuses_after_the_end(self, actor):
        upload = upload_open(actor=actor, **promised(b"abc"))

        with pytest.raises(UploadClosed) as refused:
            chunk_put(
                actor=actor,
                upload=upload,
                offset=0,
                content=b"abc",
                digest=hashlib.sha256(b"abc").digest(),
                now=upload.expires_at,
            )

        assert refused.value.values == {"status": "expired"}

    def test_refuses_once_completed(self, actor):
        upload = upload_complete(actor=actor, upload=upload_of(actor))

        with pytest.raises(UploadClosed):
            chunk_of(actor, upload, 0, TEXT)

    def test_refuses_another_organisation(self, actor):
        upload = upload_open(actor=actor, **promised(b"abc"))

        with pytest.raises(NotYours):
            chunk_of(actor_of(OrganisationFactory()), upload, 0, b"abc")

    def test_a_full_disk_keeps_nothing(self, actor, monkeypatch):
        upload = upload_open(actor=actor, **promised(b"abc"))
        kept = storage()

        def put(key, pieces):
            list(pieces)
            raise StorageFull

        monkeypatch.setattr(kept, "put", put)
        with pytest.raises(StorageFull):
            chunk_of(actor, upload, 0, b"abc")
        monkeypatch.undo()

        upload.refresh_from_db()
        assert (upload.received, UploadChunk.objects.count()) == (0, 0)
        assert chunk_of(actor, upload, 0, b"abc").received == 3


class TestUploadComplete:
    def test_queues_one_job(self, actor):
        upload = upload_complete(actor=actor, upload=upload_of(actor))

        job = Job.objects.get()
        assert (upload.status, upload.job, job.kind) == (UploadStatus.COMPLETING, job, "documents.receive")
        assert job.payload == {"upload": str(upload.pk)}
        assert job.organisation_id == actor.organisation_id

    def test_refuses_an_incomplete_one(self, actor):
        upload = upload_open(actor=actor, **promised(b"abc"))
        chunk_of(actor, upload, 0, b"ab")

        with pytest.raises(UploadIncomplete) as refused:
            upload_complete(actor=actor, upload=upload)

        assert refused.value.values == {"received": 2, "size": 3}

    def test_refuses_a_second_time(self, actor):
        upload = upload_of(actor)
        upload_complete(actor=actor, upload=upload)

        with pytest.raises(NotNow):
            upload_complete(actor=actor, upload=upload)

        assert Job.objects.count() == 1

    @pytest.mark.parametrize("purpose", ["evidence", "diligence", "other"])
    def test_refuses_a_suspended_organisation_what_it_opened_before(self, actor, purpose):
        upload = upload_of(actor, purpose=purpose)

        with pytest.raises(ForVerificationOnly):
            upload_complete(actor=replace(actor, standing=Standing.SUSPENDED), upload=upload)

        assert not Job.objects.exists()

    def test_takes_what_a_suspended_organisation_brings_for_its_verification(self, actor):
        upload = upload_of(actor)

        upload = upload_complete(actor=replace(actor, standing=Standing.SUSPENDED), upload=upload)

        assert upload.status == UploadStatus.COMPLETING

    def test_refuses_who_may_not_upload(self, actor):
        upload = upload_of(actor)
        viewer = actor_of(upload.organisation, "viewer")

        with pytest.raises(NotPermitted):
            upload_complete(actor=viewer, upload=upload)


class TestUploadAbort:
    def test_destroys_what_was_received(self, actor, django_capture_on_commit_callbacks):
        upload = upload_of(actor)
        key = upload.chunks.get().storage_key

        with django_capture_on_commit_callbacks(execute=True):
            upload_abort(actor=actor, upload=upload)

        upload.refresh_from_db()
        assert (upload.status, upload.wrapped_key, upload.vault_key) == (UploadStatus.ABORTED, None, None)
        assert not upload.chunks.exists()
        assert not storage().exists(key)

    def test_frees_the_quota(self, actor):
        upload_abort(actor=actor, upload=upload_of(actor))

        assert bytes_used(organisation_id=actor.organisation_id) == 0

    def test_refuses_once_completed(self, actor):
        upload = upload_complete(actor=actor, upload=upload_of(actor))

        with pytest.raises(NotNow):
            upload_abort(actor=actor, upload=upload)
