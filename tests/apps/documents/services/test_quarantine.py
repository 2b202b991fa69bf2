"""Chunks in quarantine."""

import pytest

from apps.documents.encryption import ContentDamaged
from apps.documents.services.quarantine import chunk_open, chunk_seal, objects_forget, upload_shred
from apps.documents.storage import ObjectMissing, storage, storage_key_new
from tests.factories.documents import TEXT, kept_bytes, upload_of
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload():
    return upload_of(actor_of(OrganisationFactory()), TEXT, size=20)


class TestChunkSeal:
    def test_never_gives_the_same_bytes_twice(self, upload):
        assert chunk_seal(upload=upload, offset=0, content=TEXT) != chunk_seal(upload=upload, offset=0, content=TEXT)


class TestChunkOpen:
    def test_gives_the_bytes_back(self, upload):
        pieces = [chunk_open(upload=upload, chunk=chunk) for chunk in upload.chunks.order_by("offset")]

        assert b"".join(pieces) == TEXT

    @pytest.mark.parametrize("at", [0, 12, -1])
    def test_notices_every_altered_bit(self, upload, at):
        chunk = upload.chunks.order_by("offset")[0]
        kept = bytearray(kept_bytes(chunk.storage_key))
        kept[at] ^= 1
        storage().put(chunk.storage_key, [bytes(kept)])

        with pytest.raises(ContentDamaged):
            chunk_open(upload=upload, chunk=chunk)

    def test_notices_a_chunk_of_another_upload(self, upload):
        chunk = upload.chunks.order_by("offset")[0]
        other = upload_of(actor_of(OrganisationFactory()), TEXT, size=20).chunks.order_by("offset")[0]
        chunk.storage_key = other.storage_key

        with pytest.raises(ContentDamaged):
            chunk_open(upload=upload, chunk=chunk)

    def test_notices_a_chunk_that_is_cut_or_gone(self, upload):
        chunk = upload.chunks.order_by("offset")[0]
        storage().put(chunk.storage_key, [kept_bytes(chunk.storage_key)[:-5]])
        with pytest.raises(ContentDamaged):
            chunk_open(upload=upload, chunk=chunk)

        storage().delete(chunk.storage_key)
        with pytest.raises(ObjectMissing):
            chunk_open(upload=upload, chunk=chunk)


class TestUploadShred:
    def test_makes_the_chunks_unreadable_at_once(self, upload):
        chunk = upload.chunks.order_by("offset")[0]

        upload_shred(upload=upload)

        assert storage().exists(chunk.storage_key)
        with pytest.raises(ContentDamaged):
            chunk_open(upload=upload, chunk=chunk)


class TestObjectsForget:
    def test_goes_on_after_a_failure(self):
        key = storage_key_new()
        storage().put(key, [b"x"])

        objects_forget(keys=["no key at all", key])

        assert not storage().exists(key)
