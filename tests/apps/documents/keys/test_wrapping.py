"""Wrapped keys open where they belong and nowhere else."""

from __future__ import annotations

import uuid

import pytest

from apps.documents.encryption import ContentDamaged
from apps.documents.keys.wrapping import (
    data_key_context,
    key_new,
    key_unwrap,
    key_wrap,
    upload_key_context,
    vault_key_context,
)

BY, OTHER = bytes(32), bytes([1]) * 32
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


class TestKeyWrap:
    def test_is_undone(self) -> None:
        key = key_new()

        assert key_unwrap(wrapped=key_wrap(key=key, by=BY, context=b"here"), by=BY, context=b"here") == key

    def test_never_gives_the_same_twice(self) -> None:
        assert len({key_wrap(key=OTHER, by=BY, context=b"") for _ in range(100)}) == 100

    @pytest.mark.parametrize(("by", "context"), [(OTHER, b"here"), (BY, b"there"), (BY, b"")])
    def test_does_not_open_elsewhere(self, by: bytes, context: bytes) -> None:
        wrapped = key_wrap(key=key_new(), by=BY, context=b"here")

        with pytest.raises(ContentDamaged):
            key_unwrap(wrapped=wrapped, by=by, context=context)

    def test_notices_every_flipped_bit(self) -> None:
        wrapped = key_wrap(key=key_new(), by=BY, context=b"here")

        for place in range(len(wrapped) * 8):
            flipped = bytearray(wrapped)
            flipped[place // 8] ^= 1 << place % 8
            with pytest.raises(ContentDamaged):
                key_unwrap(wrapped=bytes(flipped), by=BY, context=b"here")

    @pytest.mark.parametrize("wrapped", [b"", b"short", bytes(60)])
    def test_refuses_what_is_no_wrapped_key(self, wrapped: bytes) -> None:
        with pytest.raises(ContentDamaged):
            key_unwrap(wrapped=wrapped, by=BY, context=b"here")

    def test_refuses_a_key_of_another_length(self) -> None:
        with pytest.raises(ContentDamaged):
            key_unwrap(wrapped=key_wrap(key=b"short", by=BY, context=b""), by=BY, context=b"")


class TestContexts:
    def test_are_all_different(self) -> None:
        contexts = [
            *(data_key_context(document_id=of, version=version) for of in (ONE, TWO) for version in (1, 2)),
            *(upload_key_context(upload_id=of) for of in (ONE, TWO)),
            *(
                vault_key_context(vault_id=of, number=number, master=master)
                for of in (ONE, TWO)
                for number in (1, 2)
                for master in ("a", "ab")
            ),
        ]

        assert len(set(contexts)) == len(contexts) == 14
