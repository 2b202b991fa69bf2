"""Hostile pictures: metadata, floods of pixels, other files behind or inside, cut and wrong."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from apps.documents.inspection.outcome import Reason, Removed
from tests.hostile_files.case import ANY, Case
from tests.hostile_files.samples import chunk, located, packed, pdf, picture

METADATA = frozenset({Removed.METADATA})
TRAILING = frozenset({Removed.TRAILING_DATA})
ENDINGS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
MARK = b"\x89PNG\r\n\x1a\n"


def cases() -> Iterator[Case]:
    yield from metadata()
    yield from floods()
    yield from two_at_once()
    yield from damaged()


def metadata() -> Iterator[Case]:
    for kind, ending in ENDINGS.items():
        yield Case(f"{ending}-plain", f"a.{ending}", picture(kind), None)
        yield Case(f"{ending}-located", f"a.{ending}", located(kind), None, METADATA, (b"SecretCamera",))
        profiled = picture(kind, icc_profile=b"\0" * 36 + b"acsp" + b"\0" * 100)
        yield Case(f"{ending}-colour-profile", f"a.{ending}", profiled, None)
    png, jpeg = picture("PNG"), picture("JPEG")
    for name, body in (
        (b"tEXt", b"Comment\0<script>alert(1)</script>"),
        (b"zTXt", b"Comment\0\0" + zlib.compress(b"hidden")),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta/>"),
        (b"tIME", b"\x07\xe8\x01\x01\0\0\0"),
        (b"prVt", b"\xca\xfe\xba\xbe\0 class file"),
    ):
        data = png[:33] + chunk(name, body) + png[33:]
        yield Case(f"png-chunk-{name.decode()}", "a.png", data, None, METADATA, (name,))
    bomb = png[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 20_000_000, 9)) + png[33:]
    yield Case("png-text-bomb", "a.png", bomb, None, METADATA, (b"zTXt",))
    for marker, body in (
        (0xFE, b"<script>alert(1)</script>"),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>hidden</x:xmpmeta>"),
        (0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\0"),
        (0xE2, b"MPF\0hidden"),
        (0xE5, b"\xca\xfe\xba\xbe hidden"),
        (0xEF, b"#!/bin/sh hidden"),
    ):
        data = jpeg[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body + jpeg[2:]
        yield Case(f"jpeg-segment-{marker:x}", "a.jpeg", data, None, METADATA, (body,))


def floods() -> Iterator[Case]:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = MARK + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b"")
    yield Case("png-flood", "a.png", data, Reason.TOO_MANY_PIXELS)
    widest = MARK + chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 1, 1, 0, 0, 0, 0)) + chunk(b"IEND", b"")
    yield Case("png-flood-wide", "a.png", widest, Reason.TOO_MANY_PIXELS)
    nothing = MARK + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 5, 8, 2, 0, 0, 0)) + chunk(b"IEND", b"")
    yield Case("png-no-pixels", "a.png", nothing, Reason.MALFORMED)
    jpeg = picture("JPEG")
    frame = jpeg.index(b"\xff\xc0")
    big = jpeg[: frame + 5] + struct.pack(">HH", 60_000, 60_000) + jpeg[frame + 9 :]
    yield Case("jpeg-flood", "a.jpg", big, Reason.TOO_MANY_PIXELS)
    scan = jpeg[jpeg.index(b"\xff\xda") : -2]
    yield Case("jpeg-many-scans", "a.jpg", jpeg[:-2] + scan * 300 + b"\xff\xd9", Reason.MALFORMED)
    twice = (
        jpeg[:frame]
        + jpeg[frame : frame + 5]
        + struct.pack(">HH", 60_000, 60_000)
        + jpeg[frame + 9 : frame + 19]
        + jpeg[frame:]
    )
    yield Case("jpeg-second-frame-flood", "a.jpg", twice, Reason.TOO_MANY_PIXELS)
    webp = picture("WEBP", lossless=True)
    bits = (16_383 | 16_383 << 14).to_bytes(4, "little")
    yield Case("webp-lossless-flood", "a.webp", webp[:21] + bits + webp[25:], Reason.TOO_MANY_PIXELS)
    extended = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (59_999).to_bytes(3, "little") * 2
    body = b"WEBP" + extended + webp[12:]
    yield Case("webp-canvas-flood", "a.webp", b"RIFF" + struct.pack("<I", len(body)) + body, Reason.TOO_MANY_PIXELS)
    lossy = picture("WEBP")
    at = lossy.index(b"\x9d\x01\x2a") + 3
    yield Case("webp-lossy-flood", "a.webp", lossy[:at] + b"\xff\x3f\xff\x3f" + lossy[at + 4 :], Reason.TOO_MANY_PIXELS)
    tiff = (
        b"II*\0\x08\0\0\0\x02\0"
        + struct.pack("<HHII", 256, 4, 1, 60_000)
        + struct.pack("<HHII", 257, 4, 1, 60_000)
        + b"\0" * 4
    )
    yield Case("tiff-flood", "a.tiff", tiff, Reason.TYPE_NOT_ALLOWED)
    yield Case("tiff-plain", "a.tif", picture("TIFF"), Reason.TYPE_NOT_ALLOWED)
    yield Case("gif-plain", "a.gif", picture("GIF"), Reason.TYPE_NOT_ALLOWED)
    yield Case("bmp-plain", "a.bmp", picture("BMP"), Reason.TYPE_NOT_ALLOWED)
    yield Case("gif-named-png", "a.png", picture("GIF"), Reason.TYPE_NOT_ALLOWED)
    yield Case("gif-flood", "a.gif", b"GIF89a\x60\xea\x60\xea\0\0\0;", Reason.TYPE_NOT_ALLOWED)


def two_at_once() -> Iterator[Case]:
    archive, program = packed({"a.class": b"\xca\xfe\xba\xbe"}), b"MZ" + b"\0" * 62 + b"PE\0\0"
    for kind, ending in ENDINGS.items():
        data = picture(kind)
        for label, tail in (
            ("zip", archive),
            ("pdf", pdf()),
            ("html", b"<html><script>alert(1)</script></html>"),
            ("php", b"<?php system($_GET[0]); ?>"),
            ("program", program),
            ("svg", b"<svg onload=alert(1)></svg>"),
        ):
            yield Case(f"{ending}-then-{label}", f"a.{ending}", data + tail, Reason.POLYGLOT)
        yield Case(f"{ending}-then-noise", f"a.{ending}", data + b"left over", None, TRAILING, (b"left over",))
    yield Case("gifar", "a.gif", picture("GIF") + archive, Reason.TYPE_NOT_ALLOWED)
    yield Case("gif-script", "a.gif", b"GIF89a/*\0" + b"\0" * 9 + b"*/=1;alert(1)", Reason.TYPE_NOT_ALLOWED)
    jpeg = picture("JPEG")
    for right, wrong in (
        ("png", jpeg),
        ("jpg", picture("PNG")),
        ("webp", picture("PNG")),
        ("pdf", jpeg),
        ("txt", jpeg),
        ("docx", jpeg),
    ):
        yield Case(f"picture-named-{right}", f"a.{right}", wrong, Reason.EXTENSION_MISMATCH)
    for ending in ("svg", "html", "exe", "js", "php"):
        yield Case(f"jpeg-named-{ending}", f"a.{ending}", jpeg, Reason.EXTENSION_NOT_ALLOWED)


def damaged() -> Iterator[Case]:
    for kind, ending in ENDINGS.items():
        data = picture(kind)
        yield Case(f"{ending}-cut", f"a.{ending}", data[: len(data) * 2 // 3], Reason.TRUNCATED)
        yield Case(f"{ending}-magic-only", f"a.{ending}", data[:12], Reason.TRUNCATED)
    png = picture("PNG")
    yield Case("png-bad-sum", "a.png", png[:40] + bytes([png[40] ^ 1]) + png[41:], Reason.MALFORMED)
    yield Case("png-no-header", "a.png", png[:8] + png[33:], Reason.MALFORMED)
    yield Case("png-unknown-critical", "a.png", png[:33] + chunk(b"EVIL", b"x") + png[33:], Reason.MALFORMED)
    yield Case("png-no-data", "a.png", png[:33] + chunk(b"IEND", b""), ANY)
    yield Case("jpeg-no-scan", "a.jpg", b"\xff\xd8\xff\xd9", Reason.MALFORMED)
    many = png[:33] + chunk(b"tEXt", b"a\0b") * 200_001 + png[33:]
    yield Case("png-too-many-chunks", "a.png", many, Reason.TOO_COMPLEX)
