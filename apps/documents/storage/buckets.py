"""Objects in a bucket of S3 or what speaks its protocol. boto3 reads endpoint, region and credentials itself from the
environment: AWS_ENDPOINT_URL_S3, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import io
from collections.abc import Iterable, Iterator
from typing import Any

from apps.documents.storage.port import ObjectMissing, StorageUnavailable, is_storage_key, key_check
from apps.documents.streams import Readable
from kernel.errors import StorageFull

PART = 8 * 1024 * 1024
"""Bytes of one part of an upload, which is what is held in memory."""
FULL = frozenset({"QuotaExceeded", "StorageFull", "XMinioStorageFull", "InsufficientStorage"})
MISSING = frozenset({"NoSuchKey", "404", "NotFound"})


class BucketStorage:
    """A storage in `bucket`, below `prefix`. Raises ModuleNotFoundError where boto3 is not installed."""

    def __init__(self, *, bucket: str, prefix: str) -> None:
        # Only here: an installation without a bucket does without boto3.
        boto3, config, exceptions = (
            importlib.import_module(name) for name in ("boto3", "botocore.config", "botocore.exceptions")
        )
        self._refusal, self._outage = exceptions.ClientError, exceptions.BotoCoreError
        self._transfer = importlib.import_module("boto3.s3.transfer").TransferConfig(
            multipart_threshold=PART, multipart_chunksize=PART, use_threads=False
        )
        # Checksums in trailers are not known to everything that speaks the protocol; every segment has a tag anyway.
        settings = config.Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": 3},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self._client: Any = boto3.client("s3", config=settings)
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def put(self, key: str, pieces: Iterable[bytes]) -> int:
        source = _Source(pieces)
        with self._told():
            self._client.upload_fileobj(source, self._bucket, self._name(key), Config=self._transfer)
        return source.size

    def open_range(self, key: str, start: int, stop: int) -> Readable:
        if start >= stop:
            self.size(key)
            return io.BytesIO()
        with self._told():
            answer = self._client.get_object(
                Bucket=self._bucket, Key=self._name(key), Range=f"bytes={start}-{stop - 1}"
            )
        return _Body(answer["Body"], self._told)

    def size(self, key: str) -> int:
        with self._told():
            return int(self._client.head_object(Bucket=self._bucket, Key=self._name(key))["ContentLength"])

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except ObjectMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        with self._told():
            self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def list_older_than(self, moment: dt.datetime) -> Iterator[str]:
        with self._told():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            for page in pages:
                for item in page.get("Contents", ()):
                    key = item["Key"].removeprefix(self._prefix)
                    if is_storage_key(key) and item["LastModified"] < moment:
                        yield key

    def unfinished_remove(self, moment: dt.datetime) -> int:
        removed = 0
        with self._told():
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            for page in pages:
                for item in page.get("Uploads", ()):
                    is_ours = is_storage_key(item["Key"].removeprefix(self._prefix))
                    if is_ours and item["Initiated"] < moment:
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket, Key=item["Key"], UploadId=item["UploadId"]
                        )
                        removed += 1
        return removed

    def _name(self, key: str) -> str:
        return self._prefix + key_check(key)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what a storage raises in place of boto3's errors."""
        try:
            yield
        except self._refusal as reason:
            code = str(reason.response.get("Error", {}).get("Code", ""))
            status = reason.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code in FULL or status == 507:
                raise StorageFull from reason
            if code in MISSING:
                raise ObjectMissing from None
            if status >= 500 or status == 429:
                raise StorageUnavailable from reason
            raise
        except self._outage as reason:
            raise StorageUnavailable from reason


class _Source:
    """Pieces as a file that can be read once, from its beginning."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""
        self.size = 0

    def read(self, size: int = -1, /) -> bytes:
        gathered, length = [self._rest], len(self._rest)
        while (size < 0 or length < size) and (piece := next(self._pieces, None)) is not None:
            gathered.append(piece)
            length += len(piece)
        whole = b"".join(gathered)
        end = length if size < 0 else min(size, length)
        self._rest = whole[end:]
        self.size += end
        return whole[:end]


class _Body:
    """The body of an answer, whose outages are told as the storage's."""

    def __init__(self, body: Any, told: Any) -> None:
        self._body, self._told = body, told

    def read(self, size: int, /) -> bytes:
        with self._told():
            return bytes(self._body.read(size))

    def close(self) -> None:
        self._body.close()
