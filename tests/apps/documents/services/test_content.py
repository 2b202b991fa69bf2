"""Content: what was stored comes out again or nothing does; destroyed is destroyed."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from apps.documents.encryption import PLAIN, ContentDamaged
from apps.documents.models import DocumentVersion, UploadChunk
from apps.documents.services.content import (
    ORPHANED_AFTER,
    content_destroy,
    content_open,
    content_store,
    content_stream,
    orphans_remove,
)
from apps.documents.services.keys import vault_for
from apps.documents.storage import storage, storage_key_new
from apps.organisations.models import Organisation
from kernel.clock import utc_now
from kernel.errors import StorageFull
from tests.apps.documents.encryption.contents import until_damage
from tests.apps.documents.services.stored import document_of, keyed_upload, read, stored_version
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db
CONTENT = os.urandom(2 * PLAIN + 99)


@pytest.fixture(autouse=True)
def root(settings: Any, tmp_path: Path) -> Path:
    settings.DOCUMENT_STORAGE = str(tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def version(organisation: Organisation) -> DocumentVersion:
    return stored_version(organisation, CONTENT)


def altered(root: Path, version: DocumentVersion, change: Callable[[bytes], bytes]) -> None:
    place = root / version.storage_key
    place.write_bytes(change(place.read_bytes()))


class TestContentStore:
    @pytest.mark.parametrize("content", [b"", b"x", CONTENT], ids=len)
    def test_gives_back_what_it_took(self, organisation: Organisation, content: bytes) -> None:
        version = stored_version(organisation, content)

        assert read(version) == content
        assert (version.size, version.sha256) == (len(content), hashlib.sha256(content).hexdigest())

    def test_keeps_nothing_in_the_clear(self, organisation: Organisation, root: Path) -> None:
        version = stored_version(organisation, b"turbine drawing " * 10_000)

        assert b"turbine" not in (root / version.storage_key).read_bytes()
        assert [path.name for path in root.rglob("*turbine*")] == []

    def test_uses_each_data_key_once(self, organisation: Organisation, root: Path) -> None:
        document, vault = document_of(organisation), vault_for(organisation_id=organisation.pk)

        twice = [content_store(io.BytesIO(CONTENT), document_id=document.pk, version=1, vault=vault) for _ in range(2)]

        one, two = ((root / stored.key).read_bytes() for stored in twice)
        assert twice[0].sha256 == twice[1].sha256
        assert one != two
        assert twice[0].wrapped_key != twice[1].wrapped_key

    def test_on_a_full_disk_keeps_nothing(
        self, organisation: Organisation, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document, vault = document_of(organisation), vault_for(organisation_id=organisation.pk)
        real, calls = os.write, 0

        def write(descriptor: int, piece: Any) -> int:
            nonlocal calls
            calls += 1
            if calls > 1:
                raise OSError(errno.ENOSPC, "full")
            return real(descriptor, piece)

        monkeypatch.setattr(os, "write", write)
        with pytest.raises(StorageFull):
            content_store(io.BytesIO(CONTENT), document_id=document.pk, version=1, vault=vault)

        assert [path for path in root.rglob("*") if path.is_file()] == []

    def test_works_in_a_bucket(
        self, organisation: Organisation, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with mock_aws():
            settings.DOCUMENT_STORAGE = "s3://papers-of-a-test/kept"
            storage()._client.create_bucket(Bucket="papers-of-a-test")  # type: ignore[attr-defined]
            version = stored_version(organisation, CONTENT)

            reader = content_open(version)

            assert b"".join(reader.read_whole()) == CONTENT
            assert b"".join(reader.read_range(PLAIN - 3, PLAIN + 3)) == CONTENT[PLAIN - 3 : PLAIN + 3]
            content_destroy(version)


class TestContentOpen:
    @pytest.mark.parametrize(
        "change",
        [
            lambda kept: kept[:-1],
            lambda kept: kept + b"\0",
            lambda kept: b"",
            lambda kept: bytes([kept[0] ^ 1]) + kept[1:],
        ],
        ids=["shortened", "lengthened", "emptied", "flipped"],
    )
    def test_notices_altered_bytes(
        self, version: DocumentVersion, root: Path, change: Callable[[bytes], bytes]
    ) -> None:
        altered(root, version, change)

        with pytest.raises(ContentDamaged):
            read(version)

    def test_notices_that_the_object_is_gone(self, version: DocumentVersion, root: Path) -> None:
        reader = content_open(version)
        (root / version.storage_key).unlink()

        with pytest.raises(ContentDamaged):
            content_open(version)
        with pytest.raises(ContentDamaged):
            list(reader.read_range(0, 1))

    def test_notices_the_object_of_another(self, organisation: Organisation, version: DocumentVersion) -> None:
        other = stored_version(organisation, CONTENT)
        version.storage_key = other.storage_key

        with pytest.raises(ContentDamaged):
            read(version)

    def test_notices_key_and_object_of_another(self, organisation: Organisation, version: DocumentVersion) -> None:
        other = stored_version(organisation, CONTENT)
        version.storage_key, version.wrapped_key = other.storage_key, other.wrapped_key

        with pytest.raises(ContentDamaged):
            read(version)

    @pytest.mark.parametrize(
        ("field", "value"), [("size", len(CONTENT) - 1), ("size", len(CONTENT) - PLAIN), ("sha256", "0" * 64)]
    )
    def test_notices_another_record(self, version: DocumentVersion, field: str, value: object) -> None:
        setattr(version, field, value)

        with pytest.raises(ContentDamaged):
            read(version)


class TestContentStream:
    @pytest.mark.parametrize(("start", "stop"), [(0, len(CONTENT)), (5, 5), (1, PLAIN + 1), (PLAIN, PLAIN + 1)])
    def test_gives_the_range(self, version: DocumentVersion, start: int, stop: int) -> None:
        pieces = content_stream(content_open(version), start=start, stop=stop)

        assert b"".join(pieces) == CONTENT[start:stop]

    def test_fails_before_the_answer_when_the_first_piece_is_damaged(
        self, version: DocumentVersion, root: Path
    ) -> None:
        altered(root, version, lambda kept: bytes([kept[0] ^ 1]) + kept[1:])

        with pytest.raises(ContentDamaged):
            content_stream(content_open(version), start=0, stop=10)

    def test_breaks_off_where_the_damage_is(self, version: DocumentVersion, root: Path) -> None:
        altered(root, version, lambda kept: kept[:-1] + bytes([kept[-1] ^ 1]))
        pieces = content_stream(content_open(version), start=0, stop=len(CONTENT))

        assert until_damage(pieces) == CONTENT[: 2 * PLAIN]


class TestContentDestroy:
    def test_takes_the_key_and_then_the_object(
        self, version: DocumentVersion, root: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        place = root / version.storage_key

        with django_capture_on_commit_callbacks(execute=True):
            content_destroy(version)
            assert place.exists()

        kept = DocumentVersion.objects.get(pk=version.pk)
        assert (kept.wrapped_key, kept.vault_key, kept.storage_key) == (None, None, "")
        assert not place.exists()
        for one in (version, kept):
            with pytest.raises(ContentDamaged):
                content_open(one)

    def test_again_does_nothing(self, version: DocumentVersion, django_capture_on_commit_callbacks: Any) -> None:
        for _ in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                content_destroy(version)

        assert version.storage_key == ""

    def test_stands_when_the_object_cannot_be_deleted(
        self,
        version: DocumentVersion,
        root: Path,
        django_capture_on_commit_callbacks: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        place = root / version.storage_key

        with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
            patch.setattr("apps.documents.storage.files.FileStorage.delete", lambda self, key: 1 / 0)
            content_destroy(version)

        assert place.exists()
        with pytest.raises(ContentDamaged):
            content_open(DocumentVersion.objects.get(pk=version.pk))


class TestOrphansRemove:
    def test_removes_what_no_row_knows(self, organisation: Organisation, version: DocumentVersion, root: Path) -> None:
        upload, _ = keyed_upload(organisation)
        orphan, chunk, fresh = storage_key_new(), storage_key_new(), storage_key_new()
        for key in (orphan, chunk, fresh):
            storage().put(key, [b"sealed"])
        UploadChunk.objects.create(upload=upload, offset=0, size=1, sha256="0" * 64, storage_key=chunk)
        for key in (orphan, chunk, version.storage_key):
            os.utime(root / key, (1_000, 1_000))

        removed = orphans_remove(now=utc_now())

        assert removed == 1
        assert not storage().exists(orphan)
        assert all(storage().exists(key) for key in (chunk, fresh, version.storage_key))

    def test_waits_a_day(self) -> None:
        key = storage_key_new()
        storage().put(key, [b"sealed"])

        assert orphans_remove(now=utc_now() + ORPHANED_AFTER - dt.timedelta(minutes=5)) == 0
        assert orphans_remove(now=utc_now() + ORPHANED_AFTER + dt.timedelta(minutes=5)) == 1
