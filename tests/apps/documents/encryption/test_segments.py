"""Segments: nothing of a stored object can be altered, moved, dropped, doubled or lengthened unnoticed."""

from __future__ import annotations

import random
import uuid

import pytest

from apps.documents.encryption import PLAIN, SEALED, TAG, ContentDamaged, Place, segments_of, stored_size
from apps.documents.encryption.segments import SegmentCipher
from tests.apps.documents.encryption.contents import Made, made, until_damage

FLIPS = 1000


def read(content: Made) -> bytes:
    return b"".join(content.reader().read_range(0, len(content.plain)))


class TestSizes:
    @pytest.mark.parametrize(
        ("size", "segments"), [(0, 1), (1, 1), (PLAIN - 1, 1), (PLAIN, 1), (PLAIN + 1, 2), (2 * PLAIN, 2)]
    )
    def test_are_what_is_written(self, size: int, segments: int) -> None:
        content = made(size)

        assert (segments_of(size=size), stored_size(size=size)) == (segments, size + segments * TAG)
        assert len(content.sealed) == stored_size(size=size)


class TestPlace:
    def test_gives_every_segment_a_context_of_its_own(self) -> None:
        places = [Place(document_id=uuid.UUID(int=number), version=version) for number in (1, 2) for version in (1, 2)]

        contexts = {
            place.context(index=index, is_last=is_last)
            for place in places
            for index in (0, 1, 256)
            for is_last in (False, True)
        }

        assert len(contexts) == 24
        assert len({len(context) for context in contexts}) == 1


class TestSegmentCipher:
    @pytest.mark.parametrize("size", [0, 16, 31, 33])
    def test_takes_keys_of_256_bits_only(self, size: int) -> None:
        with pytest.raises(ValueError, match="256 bits"):
            SegmentCipher(key=bytes(size), place=Place(document_id=uuid.UUID(int=1), version=1))

    @pytest.mark.parametrize("sealed", [b"", b"short", bytes(TAG)])
    def test_refuses_what_is_no_segment(self, sealed: bytes) -> None:
        cipher = SegmentCipher(key=bytes(32), place=Place(document_id=uuid.UUID(int=1), version=1))

        with pytest.raises(ContentDamaged):
            cipher.open(sealed=sealed, index=0, is_last=True)


class TestBitFlips:
    def test_are_all_found(self) -> None:
        content = made(2 * PLAIN + 777)
        chance = random.Random(20)
        places = {chance.randrange(len(content.sealed) * 8) for _ in range(FLIPS + 50)}
        # The edges of segments and their tags are tried in any case.
        edges = {0, PLAIN, SEALED - 1, SEALED, 2 * SEALED - 1, 2 * SEALED, len(content.sealed) - 1}
        places |= {byte * 8 for byte in edges}

        unnoticed = 0
        for place in places:
            flipped = bytearray(content.sealed)
            flipped[place // 8] ^= 1 << place % 8
            try:
                read(content.altered(bytes(flipped)))
            except ContentDamaged:
                continue
            unnoticed += 1

        assert len(places) >= FLIPS
        assert unnoticed == 0

    @pytest.mark.parametrize("place", [0, SEALED + 5, 2 * SEALED + 100])
    def test_yield_nothing_of_the_segment_they_are_in(self, place: int) -> None:
        content = made(2 * PLAIN + 777)
        flipped = bytearray(content.sealed)
        flipped[place] ^= 1

        given = until_damage(content.altered(bytes(flipped)).reader().read_range(0, len(content.plain)))

        assert given == content.plain[: place // SEALED * PLAIN]

    def test_elsewhere_do_not_hinder_a_range(self) -> None:
        content = made(3 * PLAIN)
        flipped = bytearray(content.sealed)
        flipped[0] ^= 1

        piece = b"".join(content.altered(bytes(flipped)).reader().read_range(PLAIN, 3 * PLAIN))

        assert piece == content.plain[PLAIN:]


def parts(content: Made) -> list[bytes]:
    return [content.sealed[at : at + SEALED] for at in range(0, len(content.sealed), SEALED)]


REARRANGED = {
    "two swapped": lambda one: [one[1], one[0], *one[2:]],
    "one doubled in place of the next": lambda one: [one[0], one[0], *one[2:]],
    "the last doubled": lambda one: [*one, one[-1]],
    "the first left out": lambda one: one[1:],
    "one in the middle left out": lambda one: [one[0], *one[2:]],
    "the last left out": lambda one: one[:-1],
    "the last shortened": lambda one: [*one[:-1], one[-1][:-1]],
    "the last without its tag": lambda one: [*one[:-1], one[-1][:-TAG]],
    "a byte appended": lambda one: [*one, b"\0"],
    "a tag appended": lambda one: [*one, bytes(TAG)],
    "everything gone": lambda one: [],
    "reversed": lambda one: one[::-1],
}


class TestRearrangement:
    @pytest.mark.parametrize("size", [3 * PLAIN, 3 * PLAIN + 9])
    @pytest.mark.parametrize("how", REARRANGED, ids=lambda how: how.replace(" ", "-"))
    def test_is_found(self, how: str, size: int) -> None:
        content = made(size)

        with pytest.raises(ContentDamaged):
            read(content.altered(b"".join(REARRANGED[how](parts(content)))))

    @pytest.mark.parametrize("kept", [0, 1, 2])
    def test_of_the_row_with_the_bytes_is_found(self, kept: int) -> None:
        """Whoever can shorten the object and the size in the row still cannot make an earlier segment the last."""
        content = made(3 * PLAIN)
        shorter = content.altered(content.sealed[: kept * SEALED])

        with pytest.raises(ContentDamaged):
            shorter.reader(size=kept * PLAIN).verify()

    @pytest.mark.parametrize(
        "place",
        [Place(document_id=uuid.UUID(int=7), version=2), Place(document_id=uuid.UUID(int=8), version=1)],
        ids=["another version", "another document"],
    )
    def test_between_places_is_found(self, place: Place) -> None:
        """Even under the same data key, which the product never uses twice."""
        content, other = made(2 * PLAIN), made(2 * PLAIN, place=place)

        with pytest.raises(ContentDamaged):
            read(content.altered(other.sealed))
        with pytest.raises(ContentDamaged):
            read(content.altered(b"".join([parts(content)[0], parts(other)[1]])))

    def test_between_keys_is_found(self) -> None:
        content, other = made(PLAIN), made(PLAIN, key=bytes([1]) * 32)

        with pytest.raises(ContentDamaged):
            read(content.altered(other.sealed))
