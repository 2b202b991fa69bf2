"""Pictures: their parts are copied one by one without metadata, not compressed anew, then decoded as a proof."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from apps.documents.inspection.kinds import JPEG, PNG, Kind, foreign
from apps.documents.inspection.outcome import Limits, Reason, Refused, Removed

_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"cICP",
}  # fmt: skip
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"}
_NEXT_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_MOST_SCANS = 200
_MOST_PARTS = 200_000


@dataclass(frozen=True)
class Picture:
    """A picture without what it need not hold."""

    data: bytes
    removed: frozenset[Removed]


def sanitised(data: bytes, kind: Kind, limits: Limits) -> Picture:
    """The picture without metadata; raises Refused where it is damaged, too large or something else besides.

    Colour profiles stay. A photograph keeps its orientation, as the only entry of a new EXIF block.
    """
    if len(data) > limits.image_bytes:
        raise Refused(Reason.TOO_LARGE)
    clean = _rewritten(data, kind, limits)
    again = _rewritten(clean.data, kind, limits)
    if again.removed or again.data != clean.data:
        raise Refused(Reason.MALFORMED)
    _decode(clean.data, kind, limits)
    return clean


def _rewritten(data: bytes, kind: Kind, limits: Limits) -> Picture:
    try:
        if kind is PNG:
            return _png(data, limits)
        return _jpeg(data, limits) if kind is JPEG else _webp(data, limits)
    except (struct.error, IndexError):
        raise Refused(Reason.TRUNCATED) from None


def _tail(rest: bytes) -> set[Removed]:
    """What stands behind the end: another file is refused, anything else cut off."""
    if not rest:
        return set()
    if foreign(rest):
        raise Refused(Reason.POLYGLOT)
    return {Removed.TRAILING_DATA}


def _check_pixels(width: int, height: int, limits: Limits) -> None:
    if width < 1 or height < 1:
        raise Refused(Reason.MALFORMED)
    if width * height > limits.pixels:
        raise Refused(Reason.TOO_MANY_PIXELS)


def _png(data: bytes, limits: Limits) -> Picture:
    kept, removed, position = [data[:8]], set(), 8
    for number in range(_MOST_PARTS):
        length, name = struct.unpack_from(">I4s", data, position)
        stop = position + 12 + length
        if stop > len(data):
            raise Refused(Reason.TRUNCATED)
        if number == 0:
            if name != b"IHDR" or length != 13:
                raise Refused(Reason.MALFORMED)
            width, height = struct.unpack_from(">II", data, position + 8)
            _check_pixels(width, height, limits)
        if zlib.crc32(data[position + 4 : stop - 4]) != struct.unpack_from(">I", data, stop - 4)[0]:
            raise Refused(Reason.MALFORMED)
        if name in _PNG_KEPT:
            kept.append(data[position:stop])
        elif name[0] & 0x20:
            removed.add(Removed.METADATA)
        else:
            raise Refused(Reason.MALFORMED)
        position = stop
        if name == b"IEND":
            return Picture(b"".join(kept), frozenset(removed | _tail(data[position:])))
    raise Refused(Reason.TOO_COMPLEX)


def _jpeg(data: bytes, limits: Limits) -> Picture:
    kept: list[bytes] = [b"\xff\xd8"]
    removed: set[Removed] = set()
    orientation = 1
    position, scans, has_frame = 2, 0, False
    for _ in range(_MOST_PARTS):
        if data[position] != 0xFF:
            raise Refused(Reason.MALFORMED)
        while data[position + 1] == 0xFF:
            position += 1
        marker = data[position + 1]
        if marker == 0xD9:
            break
        if marker == 0x00 or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            raise Refused(Reason.MALFORMED)
        length = struct.unpack_from(">H", data, position + 2)[0]
        stop = position + 2 + length
        if length < 2 or stop > len(data):
            raise Refused(Reason.TRUNCATED)
        body = data[position + 4 : stop]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", body, 1)
            _check_pixels(width, height, limits)
            has_frame = True
        if marker == 0xDA:
            scans += 1
            stop = _scan_end(data, stop)
        segment = b"\xff" + data[position + 1 : stop]
        part = _segment(marker, body, segment)
        if part is None:
            orientation = _orientation(body) if marker == 0xE1 and orientation == 1 else orientation
            removed |= set() if segment == _exif(_orientation(body)) else {Removed.METADATA}
        else:
            kept.append(part)
            removed |= set() if part == segment else {Removed.METADATA}
        position = stop
    else:
        raise Refused(Reason.TOO_COMPLEX)
    if not has_frame or not scans or scans > _MOST_SCANS:
        raise Refused(Reason.MALFORMED)
    if orientation != 1:
        first = 2 if len(kept) > 1 and kept[1][1] == 0xE0 else 1
        kept.insert(first, _exif(orientation))
    return Picture(b"".join(kept) + b"\xff\xd9", frozenset(removed | _tail(data[position + 2 :])))


def _scan_end(data: bytes, position: int) -> int:
    match = _NEXT_MARKER.search(data, position)
    if match is None:
        raise Refused(Reason.TRUNCATED)
    return match.start()


def _segment(marker: int, body: bytes, segment: bytes) -> bytes | None:
    """The segment as it is kept, or None where it goes: comments and all applications' but colour's."""
    if marker == 0xFE:
        return None
    if not 0xE0 <= marker <= 0xEF:
        return segment
    if marker == 0xE0 and body.startswith(b"JFIF\x00") and len(body) >= 14:
        return b"\xff\xe0\x00\x10" + body[:12] + b"\x00\x00"
    if (marker == 0xE2 and body.startswith(b"ICC_PROFILE\x00")) or (marker == 0xEE and body.startswith(b"Adobe")):
        return segment
    return None


def _orientation(body: bytes) -> int:
    """How the photograph must be turned (2 to 8), or 1."""
    if not body.startswith(b"Exif\x00\x00"):
        return 1
    exif = body[6:]
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        start = struct.unpack_from(order + "I", exif, 4)[0]
        count = struct.unpack_from(order + "H", exif, start)[0]
        for number in range(min(count, 200)):
            tag, kind, values, value = struct.unpack_from(order + "HHIH", exif, start + 2 + 12 * number)
            if tag == 0x0112 and kind == 3 and values == 1:
                return value if 2 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _exif(orientation: int) -> bytes:
    """An EXIF segment that says the orientation and nothing else; empty where there is nothing to say."""
    if orientation == 1:
        return b""
    exif = b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + b"Exif\x00\x00" + exif


def _webp(data: bytes, limits: Limits) -> Picture:
    stop = 8 + struct.unpack_from("<I", data, 4)[0]
    if stop > len(data):
        raise Refused(Reason.TRUNCATED)
    chunks = list(_chunks(data, 12, stop))
    if not chunks or chunks[0][0] not in {b"VP8 ", b"VP8L", b"VP8X"}:
        raise Refused(Reason.MALFORMED)
    kept, removed = [], _tail(data[stop:])
    for name, body in chunks:
        if name not in _WEBP_KEPT:
            removed.add(Removed.METADATA)
            continue
        _check_pixels(*_webp_size(name, body), limits)
        if name == b"VP8X" and body[0] & 0x0C:
            body = bytes([body[0] & ~0x0C]) + body[1:]
            removed.add(Removed.METADATA)
        kept.append(name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) & 1))
    inner = b"WEBP" + b"".join(kept)
    return Picture(b"RIFF" + struct.pack("<I", len(inner)) + inner, frozenset(removed))


def _chunks(data: bytes, position: int, stop: int) -> Iterator[tuple[bytes, bytes]]:
    for _ in range(_MOST_PARTS):
        if position == stop:
            return
        name, length = struct.unpack_from("<4sI", data, position)
        if position + 8 + length > stop:
            raise Refused(Reason.TRUNCATED)
        yield name, data[position + 8 : position + 8 + length]
        position += 8 + length + (length & 1)
    raise Refused(Reason.TOO_COMPLEX)


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if name == b"VP8L":
        bits = struct.unpack_from("<I", body, 1)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    if name == b"ANMF":
        return 1 + int.from_bytes(body[6:9], "little"), 1 + int.from_bytes(body[9:12], "little")
    return 1, 1


def _decode(data: bytes, kind: Kind, limits: Limits) -> None:
    """The proof that a picture is one: it can be decoded to the end."""
    import io
    import warnings

    from PIL import Image

    Image.MAX_IMAGE_PIXELS = limits.pixels
    names = {JPEG.media_type: "JPEG", PNG.media_type: "PNG"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=[names.get(kind.media_type, "WEBP")]) as picture:
                picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as cause:
        raise Refused(Reason.TRUNCATED if "truncated" in str(cause) else Reason.MALFORMED) from cause
