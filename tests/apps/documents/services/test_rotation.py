"""Rotation: everything readable before, during and after, and nothing left under an old key."""

from __future__ import annotations

import io
from typing import Any

import pytest

from apps.documents.encryption import ContentDamaged
from apps.documents.models import DocumentVersion, Vault, VaultKey
from apps.documents.services import rotation
from apps.documents.services.content import content_destroy, content_store
from apps.documents.services.keys import (
    data_key_open,
    upload_key_open,
    vault_for,
    vault_key_current,
    vault_key_open,
)
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.job_states import ChunkStatus, JobStatus
from kernel.models import Event, Job
from tests.apps.documents.services.stored import (
    document_of,
    keyed_upload,
    keyed_versions,
    read,
    stored_version,
    version_of,
)
from tests.factories.organisations import OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_heart")]
SYSTEM = Actor.system()
NEW = bytes([9]) * 32


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 7)


@pytest.fixture
def vault() -> Vault:
    return vault_for(organisation_id=OrganisationFactory().pk)


@pytest.fixture
def masters(vault: Vault, settings: Any) -> dict[str, bytes]:
    """The tests' master, under which the vault was made, and a newer one in front of it."""
    old = settings.DOCUMENT_MASTER_KEYS["tests"]
    settings.DOCUMENT_MASTER_KEYS = {"new": NEW, "tests": old}
    return settings.DOCUMENT_MASTER_KEYS


def step(job: Job) -> bool:
    """Run one waiting chunk; False when there is none."""
    chunk = job.chunks.filter(status=ChunkStatus.QUEUED).order_by("stage", "position").first()
    if chunk is not None:
        chunk_run(chunk_id=chunk.pk)
    job.refresh_from_db()
    return chunk is not None


def drain(job: Job) -> None:
    while step(job):
        pass


def unreadable(keys: dict[Any, bytes]) -> int:
    versions = DocumentVersion.objects.select_related("vault_key").filter(pk__in=keys)
    return len(keys) - sum(data_key_open(version=version) == keys[version.pk] for version in versions)


class TestVaultRotate:
    def test_moves_every_data_key_and_retires_the_old_key(self, vault: Vault) -> None:
        keys = keyed_versions(vault, 30)
        upload, upload_key = keyed_upload(vault.organisation)
        before = dict(DocumentVersion.objects.values_list("pk", "wrapped_key"))

        job = rotation.vault_rotate(vault=vault, actor=SYSTEM)
        drain(job)

        assert (job.status, job.result["rewrapped"]) == (JobStatus.SUCCEEDED, 31)
        assert unreadable(keys) == 0
        upload.refresh_from_db()
        assert upload_key_open(upload=upload) == upload_key
        assert set(DocumentVersion.objects.values_list("vault_key__number", flat=True)) == {2}
        changed = DocumentVersion.objects.values_list("pk", "wrapped_key")
        assert all(bytes(wrapped) != bytes(before[pk]) for pk, wrapped in changed)
        kept = VaultKey.objects.filter(retired_at=None).values_list("number", flat=True)
        assert (list(kept), VaultKey.objects.count()) == ([2], 2)

    def test_leaves_everything_readable_after_every_step(self, vault: Vault) -> None:
        keys = keyed_versions(vault, 30)
        job = rotation.vault_rotate(vault=vault, actor=SYSTEM)

        steps = 0
        while step(job):
            steps += 1
            assert unreadable(keys) == 0

        assert steps == 1 + 5 + 1

    def test_reads_no_content_and_changes_none(self, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
        version = stored_version(vault.organisation, b"drawing" * 1000)
        with monkeypatch.context() as patch:
            patch.setattr("apps.documents.services.content.storage", lambda: pytest.fail("read"))

            drain(rotation.vault_rotate(vault=vault, actor=SYSTEM))

        version.refresh_from_db()
        assert read(version) == b"drawing" * 1000

    def test_tells_it_once(self, vault: Vault) -> None:
        drain(rotation.vault_rotate(vault=vault, actor=SYSTEM))

        told = Event.objects.get(name="documents.vault.rotated")
        assert (told.object_id, told.organisation_id) == (vault.pk, vault.organisation_id)
        assert told.data == {"number": 2, "retired": 1}

    def test_takes_along_what_is_stored_meanwhile(self, vault: Vault) -> None:
        document = document_of(vault.organisation)
        stored = content_store(io.BytesIO(b"early"), document_id=document.pk, version=1, vault=vault)
        job = rotation.vault_rotate(vault=vault, actor=SYSTEM)
        step(job)
        version = version_of(document, stored)

        drain(job)

        version.refresh_from_db()
        assert version.vault_key is not None
        assert (read(version), version.vault_key.number) == (b"early", 2)

    def test_leaves_readable_what_is_committed_after_its_end(self, vault: Vault) -> None:
        document = document_of(vault.organisation)
        stored = content_store(io.BytesIO(b"late"), document_id=document.pk, version=1, vault=vault)
        drain(rotation.vault_rotate(vault=vault, actor=SYSTEM))
        version = version_of(document, stored)

        assert read(version) == b"late"

        drain(rotation.vault_rotate(vault=vault, actor=SYSTEM))
        version.refresh_from_db()
        assert version.vault_key is not None
        assert (read(version), version.vault_key.number) == (b"late", 3)

    def test_does_not_bring_back_what_is_destroyed(self, vault: Vault) -> None:
        version = stored_version(vault.organisation, b"gone")
        job = rotation.vault_rotate(vault=vault, actor=SYSTEM)
        step(job)

        content_destroy(version)
        drain(job)

        version.refresh_from_db()
        assert (job.status, version.wrapped_key, version.vault_key) == (JobStatus.SUCCEEDED, None, None)

    def test_leaves_other_vaults_alone(self, vault: Vault) -> None:
        other = vault_for(organisation_id=OrganisationFactory().pk)
        keyed_versions(other, 3)

        drain(rotation.vault_rotate(vault=vault, actor=SYSTEM))

        assert list(VaultKey.objects.filter(vault=other).values_list("number", "retired_at")) == [(1, None)]

    def test_twice_at_once_ends_under_the_newest_key(self, vault: Vault) -> None:
        keys = keyed_versions(vault, 20)
        jobs = [rotation.vault_rotate(vault=vault, actor=SYSTEM) for _ in range(2)]

        while sum(step(job) for job in jobs):
            assert unreadable(keys) == 0

        assert {job.status for job in jobs} == {JobStatus.SUCCEEDED}
        assert set(DocumentVersion.objects.values_list("vault_key__number", flat=True)) == {3}
        assert list(VaultKey.objects.filter(vault=vault, retired_at=None).values_list("number", flat=True)) == [3]

    def test_stops_at_a_damaged_key_and_harms_no_other(self, vault: Vault) -> None:
        keys = keyed_versions(vault, 20)
        damaged = sorted(keys)[3]
        DocumentVersion.objects.filter(pk=damaged).update(wrapped_key=bytes(60))
        job = rotation.vault_rotate(vault=vault, actor=SYSTEM)

        drain(job)

        del keys[damaged]
        assert job.status == JobStatus.PARTIAL
        assert unreadable(keys) == 0
        assert not VaultKey.objects.exclude(retired_at=None).exists()


class TestMasterRotate:
    def test_wraps_all_vaults_keys_by_the_current_master(self, settings: Any) -> None:
        vaults = [vault_for(organisation_id=OrganisationFactory().pk) for _ in range(20)]
        keys = keyed_versions(vaults[0], 3)
        settings.DOCUMENT_MASTER_KEYS = {"new": NEW, **settings.DOCUMENT_MASTER_KEYS}

        job = rotation.master_rotate(actor=SYSTEM)
        drain(job)

        assert job.status == JobStatus.SUCCEEDED
        assert set(VaultKey.objects.values_list("master", flat=True)) == {"new"}
        assert unreadable(keys) == 0
        told = Event.objects.get(name="documents.master_key.rotated")
        assert (told.object_id, told.data) == (job.pk, {"master": "new", "vault_keys": 20})

    def test_makes_the_old_master_superfluous(self, vault: Vault, masters: dict[str, bytes], settings: Any) -> None:
        keys = keyed_versions(vault, 3)
        drain(rotation.master_rotate(actor=SYSTEM))

        settings.DOCUMENT_MASTER_KEYS = {"new": NEW}

        assert unreadable(keys) == 0

    @pytest.mark.long
    def test_leaves_everything_readable_after_every_step(self, masters: dict[str, bytes], settings: Any) -> None:
        settings.DOCUMENT_MASTER_KEYS = {"tests": masters["tests"]}
        keys = {}
        for _ in range(20):
            keys |= keyed_versions(vault_for(organisation_id=OrganisationFactory().pk), 1)
        settings.DOCUMENT_MASTER_KEYS = masters
        job = rotation.master_rotate(actor=SYSTEM)

        steps = 0
        while step(job):
            steps += 1
            assert unreadable(keys) == 0

        assert steps == 3 + 1
        assert job.result["rewrapped"] == 21

    def test_finds_what_an_older_process_wrapped_meanwhile(
        self, vault: Vault, masters: dict[str, bytes], settings: Any
    ) -> None:
        job = rotation.master_rotate(actor=SYSTEM)
        step(job)
        settings.DOCUMENT_MASTER_KEYS = {"tests": masters["tests"]}
        late = vault_for(organisation_id=OrganisationFactory().pk)
        settings.DOCUMENT_MASTER_KEYS = masters

        drain(job)

        assert vault_key_current(vault=late).master == "new"

    def test_without_the_old_master_changes_nothing(self, vault: Vault, settings: Any) -> None:
        before = bytes(vault_key_current(vault=vault).wrapped or b"")
        settings.DOCUMENT_MASTER_KEYS = {"new": NEW}
        job = rotation.master_rotate(actor=SYSTEM)

        drain(job)

        assert job.status == JobStatus.FAILED
        assert "lacks the key 'tests'" in job.reasons[0]["error"]
        assert bytes(vault_key_current(vault=vault).wrapped or b"") == before

    def test_passes_over_keys_that_were_erased(self, vault: Vault, masters: dict[str, bytes]) -> None:
        drain(rotation.vault_rotate(vault=vault, actor=SYSTEM))
        VaultKey.objects.filter(vault=vault, number=1).update(wrapped=None)

        job = rotation.master_rotate(actor=SYSTEM)
        drain(job)

        assert job.status == JobStatus.SUCCEEDED
        erased = VaultKey.objects.get(vault=vault, number=1)
        with pytest.raises(ContentDamaged):
            vault_key_open(vault_key=erased)
