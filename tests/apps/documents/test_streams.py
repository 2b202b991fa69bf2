"""Streams that give less than they are asked for."""

import io

import pytest

from apps.documents.streams import read_full


class Sparing(io.BytesIO):
    """A stream that gives three bytes at once at the most."""

    def read(self, size=-1, /):
        return super().read(min(size, 3))


class TestReadFull:
    @pytest.mark.parametrize("kind", [io.BytesIO, Sparing])
    def test_gives_what_it_is_asked_for_and_leaves_the_rest(self, kind):
        stream = kind(b"0123456789")

        assert [read_full(stream, size) for size in (7, 0, 3)] == [b"0123456", b"", b"789"]

    @pytest.mark.parametrize("kind", [io.BytesIO, Sparing])
    @pytest.mark.parametrize("content", [b"", b"0", b"0123456"])
    def test_gives_less_at_the_end_only(self, kind, content):
        assert read_full(kind(content), 8) == content
