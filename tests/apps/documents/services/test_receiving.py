"""What becomes of completed uploads."""

import errno
import hashlib
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from structlog.testing import capture_logs

from apps.accounts.models import User
from apps.documents.inspection import Inspection, Verdict
from apps.documents.models import Document, DocumentVersion, UploadChunk
from apps.documents.scanner import ScanResult
from apps.documents.services import document_withdraw, receiving, upload_complete
from apps.documents.services.content import content_open
from apps.documents.services.receiving import upload_abandon, upload_finish, upload_receive
from apps.documents.services.uploads import bytes_used
from apps.documents.states import ScanState, UploadStatus, VersionStatus
from apps.documents.storage import storage
from kernel.errors import StorageFull
from kernel.models import Delivery, Event
from kernel.outbox import delivery_make
from tests.factories.documents import (
    TEXT,
    as_clean,
    document_of,
    kept_bytes,
    noise,
    organisation_of,
    received,
    upload_of,
)
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db


def nothing_is_left() -> bool:
    return not UploadChunk.objects.exists() and not list(Path(settings.DOCUMENT_WORK_FOLDER).glob("*"))


def whole(version: DocumentVersion) -> bytes:
    return b"".join(content_open(version).read_whole())


def work(upload, check=lambda: None):
    return upload_receive(upload_id=upload.pk, check=check)


class TestUploadReceive:
    def test_makes_a_clean_version_of_a_text(self, actor, django_capture_on_commit_callbacks):
        upload = upload_of(actor, TEXT, size=10)
        keys = list(upload.chunks.values_list("storage_key", flat=True))

        with django_capture_on_commit_callbacks(execute=True):
            upload = received(upload, actor)

        version = upload.document_version
        assert (upload.status, upload.wrapped_key) == (UploadStatus.DONE, None)
        assert (version.status, version.number, version.reasons) == (VersionStatus.CLEAN, 1, [])
        assert (version.name, version.media_type) == ("statement.txt", "text/plain")
        assert (version.size, version.sha256) == (len(TEXT), hashlib.sha256(TEXT).hexdigest())
        assert (version.scan_state, version.created_by_id) == ("not_scanned", actor.user_id)
        assert whole(version) == TEXT
        assert nothing_is_left()
        assert not any(storage().exists(key) for key in keys)

    def test_tells_what_happened_by_ids_only(self, actor):
        document = document_of(actor)

        facts = Event.objects.filter(name__startswith="documents.").order_by("id")
        names = [fact.name.removeprefix("documents.") for fact in facts if "vault" not in fact.name]
        assert names == [
            "upload.opened",
            "upload.completed",
            "document.created",
            "version.received",
            "version.cleared",
            "upload.finished",
        ]
        assert {fact.organisation_id for fact in facts} == {document.organisation_id}
        assert "statement" not in str([fact.data for fact in facts]).lower()

    def test_content_lies_encrypted(self, actor, unseen):
        content = noise(200_000)

        version = document_of(actor, content).versions.get()

        kept = kept_bytes(version.storage_key)
        assert content[:32] not in kept
        assert len(kept) == len(content) + 16 * version.segments

    def test_gives_a_document_its_next_version(self, actor):
        document = document_of(actor)

        upload = received(upload_of(actor, b"Amended.\n", document=document), actor)

        assert (upload.document, upload.document_version.number) == (document, 2)
        assert Document.objects.count() == 1

    def test_blocks_what_inspection_refuses(self, actor):
        upload = received(upload_of(actor, b"MZ" + bytes(200), name="setup.pdf"), actor)

        version = upload.document_version
        assert (upload.status, version.status) == (UploadStatus.DONE, VersionStatus.BLOCKED)
        assert version.reasons[0]["code"]
        assert (version.storage_key, version.wrapped_key, version.stored_at) == ("", None, None)
        assert nothing_is_left()

    def test_destroys_what_is_marked_as_classified(self, actor, mailoutbox, django_capture_on_commit_callbacks):
        guard = actor_of(organisation_of(actor), "compliance")
        upload = upload_of(actor, "ЦІЛКОМ ТАЄМНО\n\nПримірник № 1\n".encode())

        with django_capture_on_commit_callbacks(execute=True):
            upload = received(upload, actor)

        assert (upload.status, upload.reason) == (UploadStatus.FAILED, "marked_classified")
        assert not DocumentVersion.objects.exists()
        assert not Document.objects.exists()
        assert nothing_is_left()
        event = Event.objects.get(name="documents.upload.classified")
        assert (event.object_id, event.organisation_id) == (upload.pk, actor.organisation_id)
        deliver()
        assert [mail.to for mail in mailoutbox] == [[email_of(guard)]]
        assert str(upload.pk) in mailoutbox[0].body

    def test_keeps_the_sanitised_file_instead(self, actor, monkeypatch):
        def inspect(path, **_):
            sanitised = path.with_name("sanitised")
            sanitised.write_bytes(b"harmless")
            return Inspection(Verdict.CLEAN, media_type="text/plain", sanitised=sanitised, pages=3)

        monkeypatch.setattr(receiving.inspection, "inspect", inspect)

        version = document_of(actor).versions.get()

        assert (whole(version), version.size, version.pages) == (b"harmless", 8, 3)
        assert version.sha256 == hashlib.sha256(b"harmless").hexdigest()
        assert nothing_is_left()

    @pytest.mark.parametrize(("room", "becomes"), [(8, VersionStatus.CLEAN), (7, VersionStatus.BLOCKED)])
    def test_counts_a_sanitised_file_that_grew_by_what_it_grew_to(self, actor, monkeypatch, room, becomes):
        def inspect(path, **_):
            sanitised = path.with_name("sanitised")
            sanitised.write_bytes(b"harmless")
            return Inspection(Verdict.CLEAN, media_type="text/plain", sanitised=sanitised)

        monkeypatch.setattr(receiving.inspection, "inspect", inspect)
        document_of(actor, b"another.")

        with override_settings(DOCUMENT_QUOTA_BYTES=8 + room):
            version = received(upload_of(actor, b"tiny"), actor).document_version

        assert version.status == becomes
        assert [item["code"] for item in version.reasons] == ([] if becomes == "clean" else ["storage_full"])
        assert bytes_used(organisation_id=actor.organisation_id) == (16 if becomes == "clean" else 8)

    def test_tells_which_walls_the_child_did_not_have(self, actor, monkeypatch):
        found = Inspection(Verdict.CLEAN, media_type="text/plain", walls_missing=("network",))
        monkeypatch.setattr(receiving.inspection, "inspect", lambda path, **_: found)
        counted = receiving.walls_missing.labels("network")._value.get

        before = counted()
        with capture_logs() as logs:
            document_of(actor)

        assert counted() == before + 1
        assert {"event": "inspection_walls_missing", "walls": ["network"], "log_level": "warning"} in logs

    def test_blocks_what_is_infected(self, actor, unseen, monkeypatch):
        result = ScanResult(ScanState.INFECTED, "ClamAV 1.4", None, "Eicar")
        monkeypatch.setattr(receiving.scanner, "scan", lambda path: result)

        version = received(upload_of(actor), actor).document_version

        assert (version.status, version.scan_state, version.scan_engine) == ("blocked", "infected", "ClamAV 1.4")
        assert [reason["code"] for reason in version.reasons] == ["infected"]

    def test_a_sanitised_file_is_scanned_as_well(self, actor, monkeypatch):
        def inspect(path, **_):
            sanitised = path.with_name("sanitised")
            sanitised.write_bytes(b"made by a broken child")
            return Inspection(Verdict.CLEAN, media_type="text/plain", sanitised=sanitised)

        def scan(path):
            return ScanResult(ScanState.INFECTED if path.name == "sanitised" else ScanState.CLEAN, "ClamAV 1.4")

        monkeypatch.setattr(receiving.inspection, "inspect", inspect)
        monkeypatch.setattr(receiving.scanner, "scan", scan)

        version = received(upload_of(actor), actor).document_version

        assert (version.status, version.scan_state) == ("blocked", "infected")

    def test_keeps_no_file_that_changed_since_it_was_inspected(self, actor, monkeypatch):
        def inspect(path, **_):
            path.write_bytes(b"something else")
            return Inspection(Verdict.CLEAN, media_type="text/plain")

        monkeypatch.setattr(receiving.inspection, "inspect", inspect)

        upload = received(upload_of(actor), actor)

        assert (upload.status, upload.reason) == (UploadStatus.FAILED, "damaged")
        assert DocumentVersion.objects.get().status == VersionStatus.BLOCKED

    def test_removes_what_killed_workers_of_this_machine_left(self, actor, unseen):
        old = Path(settings.DOCUMENT_WORK_FOLDER) / f"{receiving.WORK_FOLDER}old"
        old.mkdir(parents=True)
        os.utime(old, (0, 0))

        received(upload_of(actor), actor)

        assert not old.exists()

    def test_says_clean_by_a_scanner_only(self, actor, unseen, monkeypatch):
        monkeypatch.setattr(receiving.scanner, "scan", lambda path: ScanResult(ScanState.CLEAN, "ClamAV 1.4"))

        version = received(upload_of(actor), actor).document_version

        assert (version.status, version.scan_state) == ("clean", "clean")

    def test_fails_when_another_file_was_promised(self, actor):
        upload = received(upload_of(actor, TEXT, sha256="0" * 64), actor)

        assert (upload.status, upload.reason) == (UploadStatus.FAILED, "digest_mismatch")
        assert not DocumentVersion.objects.exists()
        assert nothing_is_left()

    def test_fails_when_a_chunk_was_damaged_in_storage(self, actor):
        upload = upload_of(actor, TEXT, size=9)
        key = upload.chunks.order_by("offset")[1].storage_key
        kept = bytearray(kept_bytes(key))
        kept[-1] ^= 1
        storage().put(key, [bytes(kept)])

        upload = received(upload, actor)

        assert (upload.status, upload.reason) == (UploadStatus.FAILED, "damaged")

    def test_fails_when_a_chunk_was_moved_to_another_place(self, actor):
        upload = upload_of(actor, b"aaabbb", size=3)
        first, second = upload.chunks.order_by("offset")
        storage().put(first.storage_key, [kept_bytes(second.storage_key)])

        assert received(upload, actor).reason == "damaged"

    def test_fails_when_a_chunk_is_gone(self, actor):
        upload = upload_of(actor, TEXT, size=9)
        storage().delete(upload.chunks.order_by("offset")[2].storage_key)

        assert received(upload, actor).reason == "damaged"

    def test_fails_when_the_document_was_withdrawn_meanwhile(self, actor, unseen):
        document = document_of(actor)
        upload = upload_complete(actor=actor, upload=upload_of(actor, b"Amended.\n", document=document))
        document_withdraw(actor=actor, document=document)

        upload = upload_finish(upload_id=upload.pk, outcome=work(upload))

        assert (upload.status, upload.reason) == (UploadStatus.FAILED, "document_withdrawn")
        assert document.versions.count() == 1

    def test_blocks_when_the_document_was_withdrawn_after_the_work(self, actor, unseen):
        document = document_of(actor)
        upload = upload_complete(actor=actor, upload=upload_of(actor, b"Amended.\n", document=document))
        outcome = work(upload)
        document_withdraw(actor=actor, document=document)

        version = upload_finish(upload_id=upload.pk, outcome=outcome).document_version

        assert (version.status, version.wrapped_key) == (VersionStatus.BLOCKED, None)
        assert not storage().exists(outcome.stored.key)

    def test_stops_when_the_work_is_not_wanted_any_more(self, actor):
        upload = upload_complete(actor=actor, upload=upload_of(actor))

        class Unwanted(Exception):
            pass

        def check():
            raise Unwanted

        with pytest.raises(Unwanted):
            work(upload, check)
        assert not list(Path(settings.DOCUMENT_WORK_FOLDER).glob("*"))

    @pytest.mark.parametrize("boundary", ["chunk", "disk", "content"])
    def test_a_full_disk_leaves_nothing_half(self, actor, unseen, monkeypatch, boundary):
        upload = upload_complete(actor=actor, upload=upload_of(actor, TEXT, size=9))

        def full(*_, **__):
            raise StorageFull if boundary == "content" else OSError(errno.ENOSPC, "full")

        if boundary == "chunk":
            monkeypatch.setattr(Path, "open", full)
        elif boundary == "disk":
            monkeypatch.setattr(receiving.tempfile, "TemporaryDirectory", full)
        else:
            monkeypatch.setattr(storage(), "put", full)
        with pytest.raises(StorageFull):
            work(upload)
        monkeypatch.undo()
        monkeypatch.setattr(receiving.inspection, "inspect", as_clean)

        assert not list(Path(settings.DOCUMENT_WORK_FOLDER).glob("*"))
        version = upload_finish(upload_id=upload.pk, outcome=work(upload)).document_version
        assert (version.number, whole(version)) == (1, TEXT)


class TestUploadFinish:
    def test_done_twice_makes_one_version(self, actor, unseen):
        upload = upload_complete(actor=actor, upload=upload_of(actor))
        first, second = work(upload), work(upload)

        upload_finish(upload_id=upload.pk, outcome=first)
        upload_finish(upload_id=upload.pk, outcome=second)

        version = DocumentVersion.objects.get()
        assert (version.storage_key, whole(version)) == (first.stored.key, TEXT)
        assert not storage().exists(second.stored.key)
        assert Event.objects.filter(name="documents.version.cleared").count() == 1

    def test_begun_again_after_a_death_makes_one_version(self, actor, unseen):
        upload = upload_complete(actor=actor, upload=upload_of(actor))
        work(upload)

        upload_finish(upload_id=upload.pk, outcome=work(upload))

        assert DocumentVersion.objects.get().status == VersionStatus.CLEAN

    def test_has_nothing_to_do_with_an_aborted_one(self, actor):
        upload = upload_of(actor)

        assert work(upload) is None
        assert upload_finish(upload_id=upload.pk, outcome=None).status == UploadStatus.RECEIVING


class TestUploadAbandon:
    def test_fails_the_upload_of_the_job(self, actor):
        upload = upload_complete(actor=actor, upload=upload_of(actor))

        upload_abandon(job_id=upload.job_id)

        upload.refresh_from_db()
        assert (upload.status, upload.reason) == (UploadStatus.FAILED, "not_finished")
        assert nothing_is_left()

    def test_blocks_a_version_that_was_begun(self, actor, unseen):
        upload = upload_complete(actor=actor, upload=upload_of(actor))
        work(upload)

        upload_abandon(job_id=upload.job_id, reason="storage_full")

        version = DocumentVersion.objects.get()
        assert (version.status, version.reasons) == ("blocked", [{"code": "storage_full", "member": None}])


def email_of(actor) -> str:
    return User.objects.get(pk=actor.user_id).email


def deliver() -> None:
    """Make the deliveries that the broker would carry."""
    for delivery in Delivery.objects.filter(delivered_at=None):
        delivery_make(delivery_id=delivery.pk)
