"""What is destroyed because its time is over."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.conf import settings

from apps.documents.encryption import ContentDamaged
from apps.documents.models import Document, DocumentVersion
from apps.documents.services import access_end, document_withdraw, receiving, retention, upload_complete
from apps.documents.services.content import content_destroy, content_open
from apps.documents.services.uploads import bytes_used
from apps.documents.states import UploadStatus, VersionStatus
from apps.documents.storage import storage, storage_key_new
from kernel.access import Actor
from kernel.clock import database_now
from kernel.models import Event
from tests.factories.documents import document_of, opened_to, upload_of
from tests.factories.organisations import OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unseen")]

DAY = dt.timedelta(days=1)


@pytest.fixture
def now():
    return database_now()


class TestUploadsExpire:
    def test_drops_what_was_not_completed_in_time(self, actor, django_capture_on_commit_callbacks):
        upload = upload_of(actor)
        key = upload.chunks.get().storage_key

        with django_capture_on_commit_callbacks(execute=True):
            expired = retention.uploads_expire(now=upload.expires_at)

        upload.refresh_from_db()
        assert (expired, upload.status, upload.wrapped_key) == (1, UploadStatus.EXPIRED, None)
        assert not upload.chunks.exists()
        assert not storage().exists(key)
        assert Event.objects.get(name="documents.upload.expired").data["received"] == upload.received

    def test_leaves_the_others(self, actor, now):
        upload_of(actor)

        assert retention.uploads_expire(now=now + dt.timedelta(hours=23)) == 0

    def test_leaves_what_is_being_inspected(self, actor, now):
        upload_complete(actor=actor, upload=upload_of(actor))

        assert retention.uploads_expire(now=now + 2 * DAY) == 0


class TestVersionsDestroy:
    def test_destroys_the_key_thirty_days_after(self, actor, now, django_capture_on_commit_callbacks):
        document = document_of(actor)
        key = document.versions.get().storage_key
        document_withdraw(actor=actor, document=document, now=now)

        assert retention.versions_destroy(now=now + 29 * DAY) == 0
        with django_capture_on_commit_callbacks(execute=True):
            assert retention.versions_destroy(now=now + 30 * DAY) == 1

        version = document.versions.get()
        assert (version.status, version.wrapped_key) == (VersionStatus.WITHDRAWN, None)
        assert version.destroyed_at == now + 30 * DAY
        assert not storage().exists(key)
        with pytest.raises(ContentDamaged):
            content_open(version)
        event = Event.objects.get(name="documents.version.destroyed")
        assert (event.object_id, event.organisation_id) == (version.pk, actor.organisation_id)

    def test_again_destroys_nothing(self, actor, now):
        document_withdraw(actor=actor, document=document_of(actor), now=now)
        retention.versions_destroy(now=now + 30 * DAY)

        assert retention.versions_destroy(now=now + 31 * DAY) == 0

    def test_keeps_what_a_verification_is_recorded_by(self, actor, now):
        document = document_of(actor)
        access = opened_to(document, OrganisationFactory(kind="operator").pk)
        document_withdraw(actor=actor, document=document, now=now)
        assert retention.versions_destroy(now=now + 30 * DAY) == 0

        access_end(actor=Actor.system(), cause=access.cause, cause_id=access.cause_id)

        assert retention.versions_destroy(now=now + 30 * DAY) == 1

    def test_keeps_what_was_opened_for_a_verification_meanwhile(self, actor, now, monkeypatch):
        first, second = document_of(actor), document_of(actor)
        for number, document in enumerate((first, second)):
            document_withdraw(actor=actor, document=document, now=now + number * dt.timedelta(minutes=1))
        operator = OrganisationFactory(kind="operator")

        def destroy(version):
            opened_to(second, operator.pk)
            content_destroy(version)

        monkeypatch.setattr(retention, "content_destroy", destroy)

        assert retention.versions_destroy(now=now + 31 * DAY) == 1
        assert second.versions.get().destroyed_at is None

    def test_frees_the_quota(self, actor, now):
        document_withdraw(actor=actor, document=document_of(actor), now=now)

        retention.versions_destroy(now=now + 30 * DAY)

        assert bytes_used(organisation_id=actor.organisation_id) == 0


class TestDocumentsExpire:
    def test_destroys_at_once_after_the_last_day(self, actor, now):
        document = document_of(actor)
        type(document).objects.update(retain_until=now.date())

        assert retention.documents_expire(now=now) == 0
        assert retention.documents_expire(now=now + DAY) == 1

        document.refresh_from_db()
        version = document.versions.get()
        assert document.withdrawn_at == now + DAY
        assert (version.status, version.wrapped_key) == (VersionStatus.WITHDRAWN, None)
        assert retention.documents_expire(now=now + 2 * DAY) == 0

    def test_destroys_what_was_withdrawn_before(self, actor, now):
        document = document_of(actor)
        type(document).objects.update(retain_until=now.date())
        document.refresh_from_db()
        document_withdraw(actor=actor, document=document, now=now)

        assert retention.documents_expire(now=now + DAY) == 1
        assert DocumentVersion.objects.get().destroyed_at == now + DAY

    def test_keeps_what_a_verification_is_recorded_by(self, actor, now):
        document = document_of(actor)
        type(document).objects.update(retain_until=now.date())
        opened_to(document, OrganisationFactory(kind="operator").pk)

        assert retention.documents_expire(now=now + DAY) == 0

    def test_keeps_what_was_opened_for_a_verification_meanwhile(self, actor, now, monkeypatch):
        first, second = document_of(actor), document_of(actor)
        Document.objects.update(retain_until=now.date())
        operator = OrganisationFactory(kind="operator")

        def withdraw(**given):
            opened_to(second, operator.pk)
            return document_withdraw(**given)

        monkeypatch.setattr(retention, "document_withdraw", withdraw)

        assert retention.documents_expire(now=now + DAY) == 1
        assert [document.versions.get().destroyed_at is None for document in (first, second)] == [False, True]


class TestFoldersRemove:
    def test_removes_what_killed_workers_left(self, now):
        root = Path(settings.DOCUMENT_WORK_FOLDER)
        old, young = (root / f"{receiving.WORK_FOLDER}{name}" for name in ("old", "young"))
        for folder in (old, young):
            folder.mkdir(parents=True)
            (folder / "received").write_bytes(b"plain")
        os.utime(old, (now.timestamp() - 3 * 3600,) * 2)

        try:
            assert retention.folders_remove(now=now) == 1
            assert (old.exists(), young.exists()) == (False, True)
        finally:
            (young / "received").unlink()
            young.rmdir()


class TestTidy:
    def test_is_done_once_an_hour(self, actor, now):
        upload = upload_of(actor)

        first = retention.tidy(now=upload.expires_at)
        second = retention.tidy(now=upload.expires_at)

        assert (first["uploads"], second) == (1, {})

    def test_removes_orphans_and_keeps_quarantine(self, actor, now):
        document, upload = document_of(actor), upload_of(actor)
        known = [document.versions.get().storage_key, upload.chunks.get().storage_key]
        orphan = storage_key_new()
        storage().put(orphan, [b"left by a death"])
        for key in (*known, orphan):
            os.utime(Path(settings.DOCUMENT_STORAGE) / key, (now.timestamp() - 25 * 3600,) * 2)

        retention.tidy(now=now)

        assert not storage().exists(orphan)
        assert all(storage().exists(key) for key in known)
