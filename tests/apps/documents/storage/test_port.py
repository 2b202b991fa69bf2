"""Which storage is used: the one that DOCUMENT_STORAGE names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apps.documents.storage import storage, storage_key_new
from apps.documents.storage.buckets import BucketStorage
from apps.documents.storage.files import FileStorage

ROOT = Path(__file__).resolve().parents[4]


class TestStorage:
    def test_is_a_folder(self, settings: Any, tmp_path: Path) -> None:
        settings.DOCUMENT_STORAGE = str(tmp_path / "kept")
        key = storage_key_new()

        storage().put(key, [b"x"])

        assert isinstance(storage(), FileStorage)
        assert (tmp_path / "kept" / key).read_bytes() == b"x"

    @pytest.mark.parametrize(
        ("address", "prefix"), [("s3://papers", ""), ("s3://papers/", ""), ("s3://papers/a/b", "a/b/")]
    )
    def test_is_a_bucket(self, settings: Any, monkeypatch: pytest.MonkeyPatch, address: str, prefix: str) -> None:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        settings.DOCUMENT_STORAGE = address

        found = storage()

        assert isinstance(found, BucketStorage)
        assert (found._bucket, found._prefix) == ("papers", prefix)

    def test_in_a_folder_loads_nothing_of_s3(self) -> None:
        code = "import apps.documents.storage, sys; sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"

        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
            capture_output=True,
            timeout=60,
        )

        assert done.returncode == 0, done.stderr
