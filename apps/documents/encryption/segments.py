"""The form of stored content: AES-256-GCM segments of 64 KiB that cannot be altered, moved, dropped or lengthened.

A stored object is the sequence of its sealed segments and nothing else: every byte of it is covered by a tag.

    segment i  =  AES-256-GCM(data key, nonce(i), plain[i * 64 KiB : (i + 1) * 64 KiB], context(i))  with a 16-byte tag
    nonce(i)   =  i as 96 bits, big-endian
    context(i) =  purpose, document id, version number, i, whether i is the last

A data key encrypts one object once and is made for it: within that key the counter never repeats, which is what GCM
demands (NIST SP 800-38D, section 8.2.1, deterministic construction; the key takes the place of the fixed field). The
number of blocks under one nonce is 4,096, far below the 2^32 - 2 allowed. That a flag for the last segment and a
counter make a stream of segments secure against reordering and truncation: Hoang, Reyhanitabar, Rogaway, Vizár, "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance" (CRYPTO 2015), construction STREAM.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.errors import DomainError

PLAIN = 64 * 1024
"""Bytes of plain text in every segment but the last, which may have fewer."""
TAG = 16
SEALED = PLAIN + TAG
PURPOSE = b"tandem document segment 1"
KEY_BYTES = 32
NONCE_BYTES = 12


class ContentDamaged(DomainError):
    """The stored content is damaged. Nothing of the damaged part is given out."""

    status = 500
    title = "Internal error"


@dataclass(frozen=True, slots=True)
class Place:
    """What content is bound to: it opens as this version of this document and as no other."""

    document_id: UUID
    version: int

    def context(self, *, index: int, is_last: bool) -> bytes:
        """The authenticated context of one segment; of fixed length, so that no two places give the same bytes."""
        return b"".join(
            (PURPOSE, self.document_id.bytes, self.version.to_bytes(8), index.to_bytes(8), bytes([is_last]))
        )


def segments_of(*, size: int) -> int:
    """How many segments `size` bytes of plain text take; an empty content takes one."""
    return max(1, -(-size // PLAIN))


def stored_size(*, size: int) -> int:
    """How many bytes `size` bytes of plain text take in storage."""
    return size + TAG * segments_of(size=size)


class SegmentCipher:
    """Seals and opens the segments of one object under its data key."""

    def __init__(self, *, key: bytes, place: Place) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a data key has 256 bits")
        self._cipher, self._place = AESGCM(key), place

    def seal(self, *, plain: bytes, index: int, is_last: bool) -> bytes:
        """One sealed segment. The caller sees to it that no index is sealed twice under one key."""
        return self._cipher.encrypt(_nonce(index), plain, self._place.context(index=index, is_last=is_last))

    def open(self, *, sealed: bytes, index: int, is_last: bool) -> bytes:
        """The plain text of one segment; raises ContentDamaged when it is not exactly what was sealed at this place."""
        try:
            return self._cipher.decrypt(_nonce(index), sealed, self._place.context(index=index, is_last=is_last))
        except (InvalidTag, ValueError):
            raise ContentDamaged from None


def _nonce(index: int) -> bytes:
    return index.to_bytes(NONCE_BYTES)
