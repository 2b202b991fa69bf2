"""Opening received files."""

import gzip
import io

import pytest

from apps.compliance.readers.entries import Unreadable
from apps.compliance.readers.streams import Limits, characters, lines, pieces


class TestPieces:
    @pytest.mark.parametrize("content", [b"a", b"abc", b"abcd", b"abcde" * 200_000])
    def test_gives_what_was_sent_plain_or_packed(self, content):
        assert b"".join(pieces(io.BytesIO(content))) == content
        assert b"".join(pieces(io.BytesIO(gzip.compress(content)))) == content

    def test_stops_at_the_limit_packed_and_unpacked(self):
        small = Limits(packed=100, unpacked=1000, ratio=2, free=10)

        for content in (b"x" * 101, gzip.compress(b"x" * 1001), gzip.compress(b"x" * 400)):
            with pytest.raises(Unreadable):
                list(pieces(io.BytesIO(content), limits=small))


class TestLines:
    def test_numbers_them_and_drops_their_ends(self):
        assert list(lines(io.BytesIO("\ufeffї\r\nb\n\nc".encode()))) == [(1, "ї"), (2, "b"), (3, ""), (4, "c")]

    @pytest.mark.parametrize(("content", "place"), [(b"a\n\xff", "line 2"), (b"a\nb\nc\0", "line 3")])
    def test_says_where_it_is_no_text(self, content, place):
        with pytest.raises(Unreadable) as caught:
            list(lines(io.BytesIO(content)))

        assert caught.value.place == place

    def test_bounds_a_line(self):
        with pytest.raises(Unreadable, match="line 1: the line is too long"):
            list(lines(io.BytesIO(b"x" * 600_000), limits=Limits(line=1000)))


class TestCharacters:
    def test_joins_what_a_piece_cuts(self):
        text = "\ufeff" + "ї" * 300_000

        assert "".join(characters(io.BytesIO(text.encode()))) == text[1:]

    def test_refuses_half_a_letter_at_the_end(self):
        with pytest.raises(Unreadable):
            list(characters(io.BytesIO("ї".encode()[:1])))
