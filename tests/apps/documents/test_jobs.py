"""The jobs of documents: their chunks carry ids and names of tables only, and stop where they are told to."""

from __future__ import annotations

import errno
import uuid
from dataclasses import replace

import pytest

from apps.documents.inspection import Inspection, Verdict
from apps.documents.inspection.outcome import Reason, blocked
from apps.documents.models import DocumentVersion, Upload, VaultKey
from apps.documents.services import receiving, rotation, upload_complete
from apps.documents.services.keys import data_key_open, vault_for
from apps.documents.storage import storage
from kernel.access import Actor
from kernel.chunks import FAILURES_BEFORE_PARKING, chunk_run
from kernel.errors import StorageFull
from kernel.job_states import ChunkStatus, JobStatus
from kernel.jobs import job_cancel
from kernel.models import Chunk, Job
from tests.apps.documents.services.stored import keyed_versions
from tests.factories.documents import upload_of
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_heart")]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[uuid.UUID, bytes]:
    monkeypatch.setattr(rotation, "BATCH", 4)
    return keyed_versions(vault_for(organisation_id=OrganisationFactory().pk), 10)


@pytest.fixture
def job(keys: dict[uuid.UUID, bytes]) -> Job:
    vault = VaultKey.objects.get().vault
    return rotation.vault_rotate(vault=vault, actor=Actor.system())


def step(job: Job) -> None:
    chunk_run(chunk_id=Chunk.objects.filter(job=job, status=ChunkStatus.QUEUED).order_by("stage", "position")[0].pk)
    job.refresh_from_db()


class TestRotateVault:
    def test_carries_ids_only(self, job: Job) -> None:
        step(job)

        payloads = Chunk.objects.filter(job=job, stage=1).values_list("payload", flat=True)
        assert len(payloads) == 3
        for payload in payloads:
            assert payload["of"] == "documents.documentversion"
            assert {uuid.UUID(payload[name]).version for name in ("first", "last")} == {7}

    def test_cancelled_half_way_leaves_both_keys_in_use(self, job: Job, keys: dict[uuid.UUID, bytes]) -> None:
        for _ in range(2):
            step(job)

        job_cancel(job=job, actor=Actor.system())

        job.refresh_from_db()
        versions = DocumentVersion.objects.select_related("vault_key")
        assert job.status == JobStatus.CANCELLED
        assert {version.pk: data_key_open(version=version) for version in versions} == keys
        assert set(versions.values_list("vault_key__number", flat=True)) == {1, 2}
        assert not VaultKey.objects.exclude(retired_at=None).exists()


class TestReceive:
    """The job of a completed upload."""

    @pytest.fixture
    def upload(self) -> Upload:
        actor = actor_of(OrganisationFactory())
        return upload_complete(actor=actor, upload=upload_of(actor))

    def work(self, upload: Upload) -> str:
        outcome = chunk_run(chunk_id=Chunk.objects.get(job=upload.job_id).pk)
        upload.refresh_from_db()
        return outcome

    def test_ends_in_a_version(self, upload: Upload) -> None:
        outcome = self.work(upload)

        assert (outcome, upload.status, upload.document_version.status) == ("done", "done", "clean")
        assert Job.objects.get().status == JobStatus.SUCCEEDED

    def test_carries_the_id_alone(self, upload: Upload) -> None:
        assert Chunk.objects.get().payload == {"upload": str(upload.pk)}

    def test_run_once_more_makes_no_second_version(self, upload: Upload) -> None:
        self.work(upload)

        assert self.work(upload) == "skipped"
        assert DocumentVersion.objects.count() == 1

    def test_cancelled_fails_the_upload(self, upload: Upload) -> None:
        job_cancel(job=upload.job, actor=Actor.system())

        upload.refresh_from_db()
        assert (upload.status, upload.reason, upload.wrapped_key) == ("failed", "not_finished", None)

    def test_what_takes_too_long_is_tried_once_more(self, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
        overdue = replace(blocked(Reason.INSPECTION_FAILED), is_overdue=True)
        found = [overdue, Inspection(Verdict.CLEAN, media_type="text/plain")]
        monkeypatch.setattr(receiving.inspection, "inspect", lambda path, **_: found.pop(0))

        outcomes = [self.work(upload) for _ in range(2)]

        assert outcomes == ["retry", "done"]
        assert (upload.status, upload.document_version.status) == ("done", "clean")

    def test_what_takes_too_long_twice_is_blocked(self, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
        overdue = replace(blocked(Reason.INSPECTION_FAILED), is_overdue=True)
        monkeypatch.setattr(receiving.inspection, "inspect", lambda path, **_: overdue)

        outcomes = [self.work(upload) for _ in range(2)]

        version = DocumentVersion.objects.get()
        assert outcomes == ["retry", "done"]
        assert (version.status, version.reasons[0]["code"]) == ("blocked", "inspection_failed")

    def test_a_full_disk_under_the_inspection_is_tried_again(
        self, upload: Upload, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "full")

        with monkeypatch.context() as patched:
            patched.setattr(receiving.inspection, "inspect", full)
            first = self.work(upload)
        kept = upload.status

        assert (first, kept, self.work(upload)) == ("retry", "completing", "done")
        assert upload.document_version.status == "clean"

    def test_given_up_for_want_of_room_says_so(self, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> None:
            raise StorageFull

        monkeypatch.setattr(storage(), "put", full)

        outcomes = [self.work(upload) for _ in range(FAILURES_BEFORE_PARKING)]

        assert outcomes == ["retry", "retry", "parked"]
        assert (upload.status, upload.reason) == ("failed", "storage_full")
        version = DocumentVersion.objects.get()
        assert (version.status, version.storage_key) == ("blocked", "")
