"""Master keys: the first is current, the others open, a missing one is named."""

from __future__ import annotations

from typing import Any

import pytest

from apps.documents.keys.masters import MasterKeyMissing, master_current, master_named

OLD, NEW = bytes(32), bytes([1]) * 32


class TestMasters:
    def test_the_first_is_the_current(self, settings: Any) -> None:
        settings.DOCUMENT_MASTER_KEYS = {"new": NEW, "old": OLD}

        assert master_current() == ("new", NEW)
        assert master_named(name="old") == OLD

    def test_a_missing_one_is_named(self, settings: Any) -> None:
        settings.DOCUMENT_MASTER_KEYS = {"new": NEW}

        with pytest.raises(MasterKeyMissing, match="'old'"):
            master_named(name="old")

    def test_none_at_all_is_told(self, settings: Any) -> None:
        settings.DOCUMENT_MASTER_KEYS = {}

        with pytest.raises(MasterKeyMissing, match="DOCUMENT_MASTER_KEYS is not set"):
            master_current()
