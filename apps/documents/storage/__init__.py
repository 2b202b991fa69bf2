"""Where bytes lie: a folder, or a bucket that speaks S3."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from apps.documents.storage.buckets import BucketStorage
from apps.documents.storage.files import FileStorage, full_disk_told
from apps.documents.storage.port import ObjectMissing, Storage, StorageUnavailable, storage_key_new

__all__ = ["ObjectMissing", "Storage", "StorageUnavailable", "full_disk_told", "storage", "storage_key_new"]

BUCKET = "s3://"


def storage() -> Storage:
    """The storage that DOCUMENT_STORAGE names."""
    return _storage_at(str(settings.DOCUMENT_STORAGE))


@lru_cache(maxsize=8)
def _storage_at(address: str) -> Storage:
    if address.startswith(BUCKET):
        bucket, _, prefix = address.removeprefix(BUCKET).partition("/")
        return BucketStorage(bucket=bucket, prefix=prefix)
    return FileStorage(root=Path(address))
