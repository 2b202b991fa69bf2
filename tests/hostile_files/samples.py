# ruff: noqa: E501 - rows of hostile values and of markup stay on their lines
"""Small valid files of every accepted kind, made by hand so that each byte is known."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SLIDE = "application/vnd.openxmlformats-officedocument.presentationml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(
    *,
    catalog: str = "",
    page: str = "",
    objects: tuple[bytes | str, ...] = (),
    trailer: str = "",
    text: str = "Hello",
    pages: str = "/Kids [3 0 R] /Count 1",
    version: str = "1.7",
) -> bytes:
    """A PDF of one page; `objects` get the numbers from 6 on."""
    drawn = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode("latin-1", "replace")
    bodies: list[bytes] = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages {pages} >>".encode(),
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        f"/Resources << /Font << /F1 5 0 R >> >> {page} >>".encode(),
        stream(drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *(each.encode() if isinstance(each, str) else each for each in objects),
    ]
    out = f"%PDF-{version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1")
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(bodies) + 1, trailer.encode())
    return out + b"startxref\n%d\n%%%%EOF\n" % table


def stream(data: bytes, extra: str = "") -> bytes:
    """The body of a stream object."""
    return b"<< /Length %d %s >>\nstream\n" % (len(data), extra.encode()) + data + b"\nendstream"


def picture(kind: str, size: tuple[int, int] = (48, 32), **how: object) -> bytes:
    """A picture by Pillow: PNG, JPEG, WEBP, GIF, TIFF, BMP."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, **how)
    return out.getvalue()


def located(kind: str) -> bytes:
    """A photograph that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (50.0, 27.0, 1.0), 3: "E", 4: (30.0, 31.0, 24.0)}
    return picture(kind, exif=exif)


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def packed(members: Mapping[str, bytes | str], *, stored: frozenset[str] = frozenset()) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in members.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), body, how)
    return out.getvalue()


def relations(*rows: str) -> str:
    """A part of relationships."""
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(rows)
        + "</Relationships>"
    )


def relation(kind: str, target: str, mode: str = "") -> str:
    """One relationship."""
    outside = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="r1" Type="{RELATIONS}/{kind}" Target="{target}"{outside}/>'


def types(*rows: tuple[str, str], defaults: tuple[tuple[str, str], ...] = ()) -> str:
    """The part that says the type of each part."""
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in defaults)
        + "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in rows)
        + "</Types>"
    )


def docx(
    parts: Mapping[str, bytes | str] | None = None,
    *,
    body: str = "<w:p><w:r><w:t>Hello</w:t></w:r></w:p>",
    links: tuple[str, ...] = (),
    more: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """A DOCX; `parts` are added or replaced, `links` are relationships of the document."""
    whole: dict[str, bytes | str] = {
        "[Content_Types].xml": types(("/word/document.xml", f"{WORD}.document.main+xml"), *more),
        "_rels/.rels": relations(relation("officeDocument", "word/document.xml")),
        "word/document.xml": f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations(*links),
    }
    return packed({**whole, **(parts or {})})


def xlsx(
    parts: Mapping[str, bytes | str] | None = None,
    *,
    cells: str = "<c><v>1</v></c>",
    strings: str = "",
    links: tuple[str, ...] = (),
) -> bytes:
    """An XLSX of one sheet."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    whole: dict[str, bytes | str] = {
        "[Content_Types].xml": types(("/xl/workbook.xml", f"{SHEET}.sheet.main+xml")),
        "_rels/.rels": relations(relation("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f"<workbook {space}><sheets/></workbook>",
        "xl/_rels/workbook.xml.rels": relations(*links),
        "xl/sharedStrings.xml": f"<sst {space}>{strings}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData><row>{cells}</row></sheetData></worksheet>",
    }
    return packed({**whole, **(parts or {})})


def pptx(parts: Mapping[str, bytes | str] | None = None, *, text: str = "Hello") -> bytes:
    """A PPTX of one slide."""
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    whole: dict[str, bytes | str] = {
        "[Content_Types].xml": types(("/ppt/presentation.xml", f"{SLIDE}.presentation.main+xml")),
        "_rels/.rels": relations(relation("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": "<presentation/>",
        "ppt/slides/slide1.xml": f"<sld {a}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></sld>",
    }
    return packed({**whole, **(parts or {})})


def odf(
    kind: str = "text", parts: Mapping[str, bytes | str] | None = None, *, body: str = "<text:p>Hello</text:p>"
) -> bytes:
    """An ODF document."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (
            ("office", "office"),
            ("text", "text"),
            ("script", "script"),
            ("draw", "drawing"),
            ("table", "table"),
        )
    )
    whole: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        "content.xml": f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink">{body}</office:document-content>',
    }
    return packed({**whole, **(parts or {})}, stored=frozenset({"mimetype"}))
