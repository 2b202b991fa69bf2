"""Reading: any range is the plain file's, and no more is opened than it needs."""

from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace

import pytest

from apps.documents.encryption import PLAIN, SEALED, ContentDamaged
from tests.apps.documents.encryption.contents import Made, made, until_damage

RANGES = 500
SIZE = 4 * PLAIN + 1234


@pytest.fixture(scope="module")
def content() -> Made:
    return made(SIZE)


def ranges() -> list[tuple[int, int]]:
    """Random ranges, and all between the borders of segments and their neighbours."""
    chance = random.Random(11)
    borders = sorted(
        {min(max(0, number * PLAIN + step), SIZE) for number in range(6) for step in (-1, 0, 1)} | {SIZE - 1, SIZE}
    )
    edges = [(start, stop) for start in borders for stop in borders if start <= stop]
    drawn = [sorted((chance.randint(0, SIZE), chance.randint(0, SIZE))) for _ in range(RANGES)]
    short = [
        (start, min(SIZE, start + chance.randint(0, 20))) for start in (chance.randint(0, SIZE) for _ in range(50))
    ]
    return [*edges, *((start, stop) for start, stop in drawn), *short]


class TestReadRange:
    def test_gives_what_the_plain_file_has_there(self, content: Made) -> None:
        reader, tried = content.reader(), ranges()

        differing = [
            (start, stop)
            for start, stop in tried
            if b"".join(reader.read_range(start, stop)) != content.plain[start:stop]
        ]

        assert len(tried) >= RANGES
        assert differing == []

    @pytest.mark.parametrize(
        ("start", "stop", "first", "beyond"),
        [(0, 1, 0, 1), (PLAIN - 1, PLAIN, 0, 1), (PLAIN, PLAIN + 1, 1, 2), (PLAIN - 1, PLAIN + 1, 0, 2)],
    )
    def test_opens_the_needed_segments_only(self, start: int, stop: int, first: int, beyond: int) -> None:
        content = made(SIZE)

        list(content.reader().read_range(start, stop))

        assert content.opened == [(first * SEALED, beyond * SEALED)]

    def test_opens_nothing_for_an_empty_range(self) -> None:
        content = made(SIZE)

        assert list(content.reader().read_range(5, 5)) == []
        assert content.opened == []

    @pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, SIZE + 1), (SIZE + 1, SIZE + 1)])
    def test_refuses_what_is_not_inside(self, content: Made, start: int, stop: int) -> None:
        with pytest.raises(ValueError, match="not inside"):
            content.reader().read_range(start, stop)

    def test_comes_in_pieces_of_one_segment(self, content: Made) -> None:
        pieces = [len(piece) for piece in content.reader().read_range(10, SIZE - 10)]

        assert max(pieces) <= PLAIN
        assert min(pieces) > 0

    def test_holds_one_segment_at_a_time(self) -> None:
        content = made(40 * PLAIN)
        reader = content.reader()
        tracemalloc.start()

        # The stored bytes are handed out as one slice by this test's own storage.
        for _ in reader.read_range(0, 40 * PLAIN):
            pass

        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most - len(content.sealed) < 6 * PLAIN


class TestReadWhole:
    @pytest.mark.parametrize("size", [0, 1, PLAIN, PLAIN + 1, SIZE])
    def test_gives_everything(self, size: int) -> None:
        content = made(size)

        assert b"".join(content.reader().read_whole()) == content.plain

    def test_gives_no_empty_piece(self) -> None:
        assert list(made(0).reader().read_whole()) == []

    def test_keeps_back_the_end_of_what_has_another_hash(self, content: Made) -> None:
        other = replace(content, plain=content.plain[:-1] + b"?", opened=[])

        assert until_damage(other.reader().read_whole()) == content.plain[: 4 * PLAIN]


class TestVerify:
    def test_is_content_with_what_was_written(self, content: Made) -> None:
        content.reader().verify()

    @pytest.mark.parametrize("size", [0, 1, SIZE])
    def test_notices_a_flipped_bit(self, size: int) -> None:
        content = made(size)
        flipped = content.altered(bytes([content.sealed[0] ^ 1]) + content.sealed[1:])

        with pytest.raises(ContentDamaged):
            flipped.reader().verify()
