"""How hashes are written down."""

import hashlib
import re

import pytest

from kernel.digests import SHA256


class TestSha256:
    def test_takes_what_the_standard_library_writes(self):
        assert re.fullmatch(SHA256, hashlib.sha256(b"").hexdigest())

    @pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", "\u0661" * 64])
    def test_takes_nothing_else(self, text):
        assert re.fullmatch(SHA256, text) is None
