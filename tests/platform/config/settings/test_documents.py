"""Documents' settings: keys from the environment, then from the installation's file; a bucket needs its package."""

from __future__ import annotations

import base64
import importlib.util
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

import config.settings
from config.settings import databases

MODULE = str(Path(config.settings.__file__).parent / "documents.py")
ENCODED = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def var(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(databases, "VAR", tmp_path)
    monkeypatch.delenv("DOCUMENT_MASTER_KEYS", raising=False)
    monkeypatch.delenv("DOCUMENT_STORAGE", raising=False)
    return tmp_path


def read() -> dict[str, Any]:
    return runpy.run_path(MODULE)


class TestMasterKeys:
    def test_are_none_without_variable_and_file(self, var: Path) -> None:
        assert read()["DOCUMENT_MASTER_KEYS"] == {}

    def test_come_from_the_file(self, var: Path) -> None:
        (var / "document_master_keys").write_text(f"kept:{ENCODED}")

        assert read()["DOCUMENT_MASTER_KEYS"] == {"kept": bytes(32)}

    def test_come_from_the_variable_first(self, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (var / "document_master_keys").write_text(f"kept:{ENCODED}")
        monkeypatch.setenv("DOCUMENT_MASTER_KEYS", f"given:{ENCODED}")

        assert list(read()["DOCUMENT_MASTER_KEYS"]) == ["given"]


class TestStorage:
    def test_is_a_folder_of_the_installation(self, var: Path) -> None:
        assert read()["DOCUMENT_STORAGE"] == str(var / "documents")

    def test_in_a_bucket_says_which_packages_it_lacks(self, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DOCUMENT_STORAGE", "s3://papers")
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

        with pytest.raises(ImproperlyConfigured, match=r"requirements-s3\.txt"):
            read()
