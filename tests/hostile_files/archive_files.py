# ruff: noqa: E501 - rows of hostile values and of markup stay on their lines
"""Hostile archives: bombs, paths that lead out, links, contradictions, members that may not come in."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from apps.documents.inspection.outcome import Reason, Removed
from tests.hostile_files.case import Case
from tests.hostile_files.samples import docx, located, packed, pdf, picture, xlsx

MEGABYTE = 1024 * 1024
PATHS = (
    "../../etc/passwd.txt", "..\\..\\windows\\win.txt", "/etc/passwd.txt", "C:\\evil.txt", "C:evil.txt", "\\\\host\\share\\a.txt",
    "a/../../b.txt", "./a.txt", "a//b.txt", "a/./b.txt", "~/../a.txt", "con.txt", "a/nul.txt", "a\u202etxt.exe.txt", "a\u200b.txt",
    "a\n.txt", "a\x01.txt", ".hidden.txt", "a .txt/ b.txt", "a:b.txt", "a?.txt", "a|b.txt", "x" * 250 + ".txt", "/".join("d" * 600),
)  # fmt: skip


def cases() -> Iterator[Case]:
    yield from names()
    yield from bombs()
    yield from contradictions()
    yield from contents()


def names() -> Iterator[Case]:
    yield Case("zip-plain", "a.zip", packed({"a.txt": "hello", "folder/b.txt": "hello", "folder/": b""}), None)
    for number, path in enumerate(PATHS):
        yield Case(f"zip-path-{number}", "a.zip", packed({path: "x"}), Reason.ARCHIVE_PATH)
    yield Case("zip-path-nul", "a.zip", packed({"aXb.txt": "x"}).replace(b"aXb.txt", b"a\0b.txt"), Reason.ARCHIVE_PATH)
    for label, mode in (
        ("symbolic", stat.S_IFLNK),
        ("pipe", stat.S_IFIFO),
        ("device", stat.S_IFBLK),
        ("socket", stat.S_IFSOCK),
    ):
        entry = zipfile.ZipInfo("a.txt")
        entry.create_system, entry.external_attr = 3, (mode | 0o777) << 16
        yield Case(f"zip-link-{label}", "a.zip", _of(entry, b"/etc/passwd"), Reason.ARCHIVE_LINK)
    for label, other in (("outside", "../../evil.bat"), ("ending", "a.bat")):
        yield Case(f"zip-renamed-{label}", "a.zip", _renamed("a.txt", other), Reason.ARCHIVE_PATH)
    yield Case("zip-named-twice-alike", "a.zip", _renamed("статут.txt", "статут.txt"), None)
    yield Case("zip-marked-folder", "a.zip", packed({"TOP SECRET/a.txt": "hello"}), Reason.MARKED_CLASSIFIED)
    yield Case("zip-case-clash", "a.zip", packed({"a.txt": "x", "A.TXT": "y"}), Reason.ARCHIVE_DUPLICATE)
    yield Case("zip-form-clash", "a.zip", packed({"\u00e9.txt": "x", "e\u0301.txt": "y"}), Reason.ARCHIVE_DUPLICATE)
    yield Case("zip-folder-clash", "a.zip", packed({"a": b"", "a/": b""}), Reason.ARCHIVE_DUPLICATE)
    twice = packed({"a.txt": "x", "b.txt": "y"}).replace(b"b.txt", b"a.txt")
    yield Case("zip-twice", "a.zip", twice, Reason.ARCHIVE_DUPLICATE)


def bombs() -> Iterator[Case]:
    yield Case("zip-flat-bomb", "a.zip", _flat(1, 30 * MEGABYTE), Reason.ARCHIVE_RATIO)
    yield Case("zip-many-bombs", "a.zip", _flat(50, 5 * MEGABYTE), Reason.ARCHIVE_RATIO)
    yield Case("zip-small-bombs", "a.zip", _flat(600, MEGABYTE // 4), Reason.ARCHIVE_RATIO)
    yield Case(
        "zip-members", "a.zip", packed({f"{number}.txt": "x" for number in range(1_001)}), Reason.ARCHIVE_MEMBERS
    )
    half = packed({f"{number}.txt": "x" for number in range(600)})
    yield Case("zip-members-nested", "a.zip", packed({"a.zip": half, "b.zip": half}), Reason.ARCHIVE_MEMBERS)
    deep = b"hello"
    for level in range(12):
        deep = packed({"a.zip" if level else "a.txt": deep})
        if level == 1:
            yield Case("zip-nested-allowed", "a.zip", deep, None)
        if level == 2:
            yield Case("zip-nested-once-too-often", "a.zip", deep, Reason.ARCHIVE_DEPTH)
    yield Case("zip-nested-deeply", "a.zip", deep, Reason.ARCHIVE_DEPTH)
    inner = packed({f"{number}.txt": b"\0" * 400_000 for number in range(40)})
    yield Case(
        "zip-nested-bomb", "a.zip", packed({f"{number}.zip": inner for number in range(9)}), Reason.ARCHIVE_RATIO
    )
    yield Case("zip-in-document-bomb", "a.zip", packed({"a.docx": _bomb_docx()}), Reason.ARCHIVE_RATIO)
    yield Case("docx-bomb", "a.docx", _bomb_docx(), Reason.ARCHIVE_RATIO)
    yield Case("xlsx-bomb", "a.xlsx", xlsx(strings="<si><t>" + "A" * 9_000_000 + "</t></si>"), Reason.ARCHIVE_RATIO)
    yield Case("zip-overlapping", "a.zip", _overlapping(20), Reason.ARCHIVE_OVERLAP)
    liar = packed({"a.txt": b"\0" * 5_000_000})
    yield Case(
        "zip-understated",
        "a.zip",
        liar.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 500)),
        Reason.ARCHIVE_STRUCTURE,
    )
    yield Case(
        "zip-overstated",
        "a.zip",
        liar.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 2**32 - 2)),
        Reason.ARCHIVE_SIZE,
    )


def contradictions() -> Iterator[Case]:
    whole = packed({"a.txt": "hello world, hello world", "b.txt": "hello"})
    table = whole.index(b"PK\x01\x02")
    yield Case("zip-cut", "a.zip", whole[:-30], Reason.TRUNCATED)
    yield Case("zip-head-only", "a.zip", whole[:30], Reason.TRUNCATED)
    yield Case("zip-empty", "a.zip", b"PK\x05\x06" + b"\0" * 18, Reason.ARCHIVE_STRUCTURE)
    yield Case("zip-prologue", "a.zip", b"#!/bin/sh\nexit\n" + whole, Reason.TYPE_UNKNOWN)
    yield Case("zip-prologue-program", "a.zip", b"MZ" + b"\0" * 200 + whole, Reason.EXECUTABLE)
    yield Case("zip-before-zip", "a.zip", packed({"x.txt": "other"}) + whole, Reason.POLYGLOT)
    yield Case("zip-then-noise", "a.zip", whole + b"noise", Reason.POLYGLOT)
    yield Case("zip-then-html", "a.zip", whole + b"<script>alert(1)</script>", Reason.POLYGLOT)
    commented = whole[:-2] + struct.pack("<H", 7) + b"comment"
    yield Case("zip-comment", "a.zip", commented, Reason.POLYGLOT)
    renamed = whole[: whole.index(b"a.txt")] + b"z.txt" + whole[whole.index(b"a.txt") + 5 :]
    yield Case("zip-two-names", "a.zip", renamed, Reason.ARCHIVE_STRUCTURE)
    gap = whole[:table] + b"hidden" + whole[table:-6] + struct.pack("<I", table + 6) + whole[-2:]
    yield Case("zip-gap", "a.zip", gap, Reason.ARCHIVE_STRUCTURE)
    flipped = bytearray(whole)
    flipped[whole.index(b"a.txt") + 8] ^= 0xFF
    yield Case("zip-bad-data", "a.zip", bytes(flipped), Reason.ARCHIVE_STRUCTURE)
    stored = packed({"a.txt": "hello world"}, stored=frozenset({"a.txt"}))
    yield Case("zip-bad-sum", "a.zip", stored.replace(b"hello world", b"hellO world"), Reason.ARCHIVE_STRUCTURE)
    locked = bytearray(whole)
    locked[6] |= 1
    locked[table + 8] |= 1
    yield Case("zip-encrypted", "a.zip", bytes(locked), Reason.ENCRYPTED)
    for label, how in (("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", how) as archive:
            archive.writestr(zipfile.ZipInfo("a.txt"), "hello" * 100, how)
        yield Case(f"zip-{label}", "a.zip", out.getvalue(), Reason.ARCHIVE_METHOD)
    counted = whole[:-14] + struct.pack("<HH", 1, 1) + whole[-10:]
    yield Case("zip-wrong-count", "a.zip", counted, Reason.ARCHIVE_STRUCTURE)


def contents() -> Iterator[Case]:
    for label, name, body, reason in (
        ("program", "a.exe", b"MZ" + b"\0" * 99, Reason.EXECUTABLE),
        ("program-named-pdf", "a.pdf", b"\x7fELF\x02\x01\x01" + b"\0" * 99, Reason.EXECUTABLE),
        ("html", "a.html", b"<html><script>1</script></html>", Reason.MARKUP),
        ("svg-named-png", "a.png", b"<svg onload='1'></svg>", Reason.MARKUP),
        ("script", "a.sh", b"#!/bin/sh\n", Reason.SCRIPT),
        ("empty", "a.txt", b"", Reason.EMPTY),
        ("rar", "a.rar", b"Rar!\x1a\x07\x01\x00" + b"\0" * 30, Reason.TYPE_NOT_ALLOWED),
        ("ole", "a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Reason.LEGACY_OFFICE),
        ("marked", "a.txt", "Для службового користування\nПрим. № 2\n".encode(), Reason.MARKED_CLASSIFIED),
        ("marked-name", "Цілком таємно.txt", b"hello", Reason.MARKED_CLASSIFIED),
        ("macro", "a.docx", docx({"word/vbaProject.bin": b"x"}), Reason.MACRO),
        (
            "flood",
            "a.png",
            picture("PNG")[:16] + struct.pack(">II", 60_000, 60_000) + picture("PNG")[24:],
            Reason.TOO_MANY_PIXELS,
        ),
    ):
        yield Case(
            f"zip-holds-{label}",
            "a.zip",
            packed({f"folder/{name}": body, "b.txt": "ok"}),
            reason,
            member=f"folder/{name}" + "/word/vbaProject.bin" * (label == "macro"),
        )
    inner = packed({"inner.txt": "таємно", "photo.jpg": located("JPEG")})
    yield Case(
        "zip-photo",
        "a.zip",
        packed({"x/p.jpg": located("JPEG")}),
        None,
        frozenset({Removed.METADATA}),
        (b"SecretCamera",),
    )
    yield Case(
        "zip-photo-nested", "a.zip", packed({"i.zip": inner}), None, frozenset({Removed.METADATA}), (b"SecretCamera",)
    )
    active = pdf(catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")
    yield Case(
        "zip-active-pdf", "a.zip", packed({"a.pdf": active}), None, frozenset({Removed.SCRIPT}), (b"/JavaScript",)
    )
    yield Case(
        "jar",
        "a.jar",
        packed({"META-INF/MANIFEST.MF": "x", "A.class": b"\xca\xfe\xba\xbe"}),
        Reason.EXTENSION_NOT_ALLOWED,
    )
    yield Case("jar-named-zip", "a.zip", packed({"A.class": b"\xca\xfe\xba\xbe\0\0\0A"}), Reason.EXECUTABLE)
    yield Case("zip-named-docx", "a.docx", packed({"a.txt": "x"}), Reason.EXTENSION_MISMATCH)
    yield Case("docx-named-zip", "a.zip", docx(), Reason.EXTENSION_MISMATCH)
    yield Case("zip-named-pdf", "a.pdf", packed({"a.txt": "x"}), Reason.EXTENSION_MISMATCH)
    yield Case("zip-folders-only", "a.zip", packed({"a/": b"", "a/b/": b""}), None)
    yield Case("7z", "a.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, Reason.TYPE_NOT_ALLOWED)
    yield Case("gzip", "a.gz", b"\x1f\x8b\x08" + b"\0" * 40, Reason.TYPE_NOT_ALLOWED)
    tar = b"a.txt" + b"\0" * 252 + b"ustar\x0000" + b"\0" * 247
    yield Case("tar", "a.tar", tar, Reason.TYPE_NOT_ALLOWED)


def _renamed(name: str, other: str) -> bytes:
    """A member with another name in the extra field that other programs prefer to its header."""
    entry = zipfile.ZipInfo(name)
    content = struct.pack("<BI", 1, zlib.crc32(name.encode())) + other.encode()
    entry.extra = struct.pack("<HH", 0x7075, len(content)) + content
    return _of(entry, b"start calc\n")


def _of(entry: zipfile.ZipInfo, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, body)
    return out.getvalue()


def _flat(count: int, size: int):
    def make(path: Path) -> None:
        zeros = b"\0" * size
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(count):
                archive.writestr(f"{number}.txt", zeros)

    return make


def _bomb_docx() -> bytes:
    return docx(body="<w:p><w:r><w:t>" + "A" * 9_000_000 + "</w:t></w:r></w:p>")


def _overlapping(count: int) -> bytes:
    """Many entries of the table that share one member's bytes."""
    whole = packed({"a.txt": " ".join(str(number) for number in range(3_000))})
    table = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    rows = b"".join(whole[table:end].replace(b"a.txt", b"%05d" % number) for number in range(count))
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(rows), table, 0)
    return whole[:table].replace(b"a.txt", b"00000") + rows + tail
