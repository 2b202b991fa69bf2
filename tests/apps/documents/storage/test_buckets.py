"""Buckets: the same behaviour over the S3 protocol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from apps.documents.storage import ObjectMissing, StorageUnavailable, storage_key_new
from apps.documents.storage.buckets import PART, BucketStorage
from kernel.errors import StorageFull

pytestmark = pytest.mark.long

FUTURE = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
PAST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BucketStorage]:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
    ):
        monkeypatch.setenv(name, value)
    with mock_aws():
        made = BucketStorage(bucket="papers", prefix="/tandem/")
        made._client.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield made


def names(bucket: BucketStorage) -> list[str]:
    return [item["Key"] for item in bucket._client.list_objects_v2(Bucket="papers").get("Contents", ())]


def content(bucket: BucketStorage, key: str, start: int, stop: int) -> bytes:
    stream = bucket.open_range(key, start, stop)
    try:
        return b"".join(iter(lambda: stream.read(1000), b""))
    finally:
        stream.close()


def refusing(code: str, status: int) -> Any:
    def refuse(*_: Any, **__: Any) -> None:
        raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")

    return refuse


class TestPut:
    def test_keeps_the_pieces_as_one_below_the_prefix(self, bucket: BucketStorage) -> None:
        key = storage_key_new()

        size = bucket.put(key, iter([b"a" * 5000, b"", b"b" * 3000]))

        assert size == bucket.size(key) == 8000
        assert content(bucket, key, 0, 8000) == b"a" * 5000 + b"b" * 3000
        assert names(bucket) == [f"tandem/{key}"]

    def test_of_many_parts_is_whole(self, bucket: BucketStorage) -> None:
        key = storage_key_new()
        pieces = [bytes([number]) * 65_552 for number in range(200)]

        size = bucket.put(key, iter(pieces))

        assert size == bucket.size(key) == 200 * 65_552 > PART
        assert content(bucket, key, PART - 5, PART + 5) == b"".join(pieces)[PART - 5 : PART + 5]

    def test_keeps_nothing_as_an_empty_object(self, bucket: BucketStorage) -> None:
        key = storage_key_new()

        assert bucket.put(key, []) == 0
        assert bucket.exists(key)
        assert content(bucket, key, 0, 0) == b""

    @pytest.mark.parametrize("sound", [1, 200])
    def test_of_pieces_that_end_in_an_error_keeps_nothing(self, bucket: BucketStorage, sound: int) -> None:
        def pieces() -> Iterator[bytes]:
            for _ in range(sound):
                yield bytes(65_552)
            raise LookupError("the source broke")

        with pytest.raises(LookupError, match="the source broke"):
            bucket.put(storage_key_new(), pieces())

        assert names(bucket) == []
        assert bucket._client.list_multipart_uploads(Bucket="papers").get("Uploads", []) == []

    @pytest.mark.parametrize(
        ("code", "status"), [("QuotaExceeded", 403), ("XMinioStorageFull", 507), ("Anything", 507)]
    )
    def test_into_a_full_bucket_is_told_as_full(
        self, bucket: BucketStorage, monkeypatch: pytest.MonkeyPatch, code: str, status: int
    ) -> None:
        monkeypatch.setattr(bucket._client, "upload_fileobj", refusing(code, status))

        with pytest.raises(StorageFull):
            bucket.put(storage_key_new(), [b"x"])


class TestOpenRange:
    def test_of_what_is_not_there_is_refused_at_once(self, bucket: BucketStorage) -> None:
        for start, stop in ((0, 1), (0, 0)):
            with pytest.raises(ObjectMissing):
                bucket.open_range(storage_key_new(), start, stop)

    def test_while_nobody_answers_is_an_outage(self, bucket: BucketStorage, monkeypatch: pytest.MonkeyPatch) -> None:
        def unreachable(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://s3.example")

        monkeypatch.setattr(bucket._client, "get_object", unreachable)
        with pytest.raises(StorageUnavailable):
            bucket.open_range(storage_key_new(), 0, 1)
        monkeypatch.setattr(bucket._client, "get_object", refusing("SlowDown", 503))
        with pytest.raises(StorageUnavailable):
            bucket.open_range(storage_key_new(), 0, 1)

    def test_that_is_not_allowed_is_not_hidden(self, bucket: BucketStorage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bucket._client, "get_object", refusing("AccessDenied", 403))

        with pytest.raises(ClientError):
            bucket.open_range(storage_key_new(), 0, 1)


class TestKeys:
    @pytest.mark.parametrize("key", ["", "../other", "aa/bb/../../../secret", "aa/bb/" + "c" * 29])
    def test_that_are_none_lead_nowhere(self, bucket: BucketStorage, key: str) -> None:
        for call in (bucket.size, bucket.exists, bucket.delete):
            with pytest.raises(ValueError, match="not a storage key"):
                call(key)


class TestDelete:
    def test_removes_once_and_again(self, bucket: BucketStorage) -> None:
        key = storage_key_new()
        bucket.put(key, [b"x"])

        bucket.delete(key)
        bucket.delete(key)

        assert not bucket.exists(key)


class TestAge:
    def test_lists_what_is_older_and_ours(self, bucket: BucketStorage) -> None:
        key = storage_key_new()
        bucket.put(key, [b"x"])
        bucket._client.put_object(Bucket="papers", Key="tandem/note.txt", Body=b"not ours")
        bucket._client.put_object(Bucket="papers", Key=storage_key_new(), Body=b"not below the prefix")

        assert list(bucket.list_older_than(FUTURE)) == [key]
        assert list(bucket.list_older_than(PAST)) == []

    def test_ends_what_killed_writers_left(self, bucket: BucketStorage) -> None:
        for key in (f"tandem/{storage_key_new()}", "tandem/another"):
            bucket._client.create_multipart_upload(Bucket="papers", Key=key)

        assert bucket.unfinished_remove(PAST) == 0
        assert bucket.unfinished_remove(FUTURE) == 1
        assert bucket.unfinished_remove(FUTURE) == 0
