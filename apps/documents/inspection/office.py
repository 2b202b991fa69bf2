"""Office documents (OOXML, ODF): every part must be of a kind that is accepted, and none may run or call out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from apps.documents.inspection import images, texts
from apps.documents.inspection.archives import Budget, Member, Rebuilt, shown, unpacked
from apps.documents.inspection.kinds import DOCX, JPEG, ODP, ODS, ODT, PNG, PPTX, WEBP, XLSX, ZIP, Kind
from apps.documents.inspection.outcome import Limits, Reason, Refused, Removed
from apps.documents.inspection.xml_parts import Reader

_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": PPTX,
}
_OPEN = {kind.media_type: kind for kind in (ODT, ODS, ODP)}
_FORBIDDEN_TYPES = (
    ("macro", Reason.MACRO), ("vba", Reason.MACRO), ("dialogsheet", Reason.MACRO), ("activex", Reason.EMBEDDED_OBJECT),
    ("oleobject", Reason.EMBEDDED_OBJECT), ("customui", Reason.MACRO), ("webextension", Reason.EXTERNAL_REFERENCE),
    ("connections", Reason.EXTERNAL_REFERENCE), ("querytable", Reason.EXTERNAL_REFERENCE),
    ("externallink", Reason.EXTERNAL_REFERENCE), ("control", Reason.EMBEDDED_OBJECT),
    ("attachedtoolbars", Reason.MACRO), ("afchunk", Reason.EMBEDDED_OBJECT),
    ("recipientdata", Reason.EXTERNAL_REFERENCE),
)  # fmt: skip
_NOT_FORBIDDEN = {"ctrlprop", "controlproperties"}
_FORBIDDEN_PATHS = re.compile(
    r"(?i)(?:^|/)(?:(vbaproject|vbadata|macrosheets|dialogsheets|customui|basic|scripts)(?:[./]|[^/]*$)|"
    r"(activex|oleobject[^/]*|[^/]*\.(?:bin|ole|exe|dll|js|vbs|hta|html?|mht(?:ml)?|svgz|swf|class|jar|cmd|bat|ps1|lnk))(?:/|$)|"
    r"(externallinks|webextensions|querytables|connections\.xml))"
)
_PRINTER = re.compile(r"(?i)^(?:xl|word|ppt)/printersettings/[^/]+\.bin$")
_WEB = re.compile(r"(?i)^(?:https?://|mailto:|#)")
_FIELD = re.compile(
    r"(?i)(?:^|[\s{\"])\s*(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|DATABASE|MACROBUTTON|EMBED|RD|"
    r"AUTOTEXT|GOTOBUTTON|PRINT)\s"
)
_PROGRAM_ACTION = re.compile(r"(?i)^ppaction://(?:program|macro|ole|customshow.*program)")
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"RIFF", WEBP),
)  # fmt: skip
_OTHER_PICTURES = re.compile(
    rb"GIF8[79]a|BM|II\*\x00|MM\x00\*|\x01\x00\x00\x00[\x00-\xff]{36} EMF|\xd7\xcd\xc6\x9a|\x01\x00\x09\x00\x00\x03|"
    rb"II\xbc\x01|VCLMTF|\x00\x00\x01\x00"
)
_FONT = re.compile(r"(?i)(?:^|/)fonts?/[^/]+\.(?:odttf|fntdata|ttf|otf)$")
_IMAGE_PART = re.compile(r"(?i)\.(?:png|jpe?g|jfif|gif|bmp|dib|tiff?|emf|wmf|webp|wdp|ico)$")
_REPLACEMENT = re.compile(r"^(?:ObjectReplacements/[^/]+|Thumbnails/[^/]+\.(?:png|pdf))$")
_TEXT_FIRST = re.compile(
    r"(?i)^(?:word/(?:header|footer)\d*\.xml|word/document\d*\.xml|docProps/.*|ppt/slides/slide[1-9]\.xml|"
    r"ppt/slide(?:Master|Layout)s/.*\.xml|ppt/comments/.*|xl/sharedStrings\.xml|xl/worksheets/.*\.xml|xl/workbook\.xml|"
    r"word/(?:footnotes|endnotes|comments)\.xml|xl/comments\d*\.xml|xl/drawings/.*\.xml|content\.xml|styles\.xml|"
    r"meta\.xml|customXml/item\d+\.xml)$"
)
_SIGNED = re.compile(r"(?i)^(?:_xmlsignatures/|META-INF/(?:document|package)signatures\.xml$)")
_TEXT_IN_ALL = 400_000

Nested = Callable[[Path, str, Member], Path | None]


@dataclass
class Package:
    """What a document was found to be."""

    kind: Kind
    is_rewritten: bool = False
    removed: list[tuple[Removed, str]] = field(default_factory=list)
    pages: int | None = None
    text: str = ""


def kind_of(source: Path, members: list[Member], budget: Budget) -> Kind:
    """Which document the archive is; ZIP where it is none."""
    by_name = {member.name: member for member in members}
    if "[Content_Types].xml" in by_name:
        found: list[Kind | None] = []

        def start(name: str, attributes: Mapping[str, str]) -> None:
            kind = attributes.get("ContentType", "").strip()
            if name == "Override" and kind in _MAIN:
                found.append(_MAIN[kind])
            _check_type(kind, "[Content_Types].xml")

        Reader("[Content_Types].xml", start).read(unpacked(source, by_name["[Content_Types].xml"], budget))
        if len(found) != 1 or found[0] is None:
            raise Refused(Reason.TYPE_NOT_ALLOWED, "[Content_Types].xml")
        return found[0]
    if "mimetype" in by_name:
        first = members[0]
        if first.name != "mimetype" or not first.is_stored or first.unpacked > 200:
            raise Refused(Reason.MALFORMED, "mimetype")
        kind = _OPEN.get(b"".join(unpacked(source, first, budget)).decode("ascii", "replace"))
        if kind is None:
            raise Refused(Reason.TYPE_NOT_ALLOWED, "mimetype")
        return kind
    return ZIP


def inspected(source: Path, target: Path, kind: Kind, members: list[Member], budget: Budget, nested: Nested) -> Package:
    """Look through all parts; write the document anew to `target` where a picture held metadata.

    `nested` inspects an embedded workbook of a chart as a file of its own and gives its sanitised path, if any.
    """
    package = Package(kind)
    changed: dict[str, bytes | Path] = {}
    texts_of: dict[str, str] = {}
    is_signed = any(_SIGNED.match(member.name) for member in members)
    for member in members:
        if member.is_folder:
            continue
        try:
            new, text = _part(source, member, kind, budget, package, nested)
        except Refused as refusal:
            raise Refused(refusal.reason, refusal.member or shown(member.name)) from None
        if new is not None:
            changed[member.name] = new
        if text and (_TEXT_FIRST.match(member.name)):
            texts_of[member.name] = text
    if changed and is_signed:
        raise Refused(Reason.SIGNED_WITH_ACTIVE_CONTENT, shown(next(iter(changed))))
    if changed:
        _rebuild(source, target, members, changed, budget.limits)
        package.is_rewritten = True
    order = sorted(texts_of, key=lambda name: ("header" not in name and "footer" not in name, name))
    package.text = "\n".join(texts_of[name] for name in order)[:_TEXT_IN_ALL]
    if kind is PPTX:
        package.pages = sum(bool(re.match(r"ppt/slides/slide\d+\.xml$", member.name)) for member in members)
    return package


def _part(
    source: Path, member: Member, kind: Kind, budget: Budget, package: Package, nested: Nested
) -> tuple[bytes | Path | None, str]:
    name = member.name
    if name == "mimetype":
        b"".join(unpacked(source, member, budget))
        return None, ""
    _check_path(name, kind)
    lowered = name.lower()
    if lowered.endswith((".xml", ".rels", ".vml", ".rdf")):
        return None, _xml(source, member, kind, budget)
    if lowered.endswith(".svg"):
        _svg(source, member, budget)
        return None, ""
    if re.match(r"(?i)^(?:word|ppt|xl)/embeddings/[^/]+\.(?:xlsx|docx|pptx)$", name):
        return nested(source, name, member), ""
    data = b"".join(unpacked(source, member, budget))
    if _PRINTER.match(name) or (_FONT.match(name) and len(data) > 32):
        return None, ""
    if _IMAGE_PART.search(name) or _REPLACEMENT.match(name) or name.startswith(("Pictures/", "media/")):
        return _picture(data, name, budget.limits, package), ""
    raise Refused(Reason.EMBEDDED_OBJECT, shown(name))


def _check_path(name: str, kind: Kind) -> None:
    if _PRINTER.match(name):
        return
    match = _FORBIDDEN_PATHS.search(name)
    if match is None:
        return
    if match[1] and not (kind in _OPEN.values() and match[1].lower() not in ("basic", "scripts")):
        raise Refused(Reason.MACRO, shown(name))
    raise Refused(Reason.EXTERNAL_REFERENCE if match[3] else Reason.EMBEDDED_OBJECT, shown(name))


def _check_type(kind: str, member: str) -> None:
    lowered = kind.lower()
    if any(word in lowered for word in _NOT_FORBIDDEN):
        return
    last = lowered.rpartition("/")[2]
    for word, reason in _FORBIDDEN_TYPES:
        if word in last:
            raise Refused(reason, member)


def _picture(data: bytes, name: str, limits: Limits, package: Package) -> bytes | None:
    """The picture without metadata, or None where nothing changed; vector and other pictures only by their magic."""
    for magic, kind in _PICTURES:
        if data.startswith(magic):
            picture = images.sanitised(data, kind, limits)
            package.removed.extend((removed, shown(name)) for removed in sorted(picture.removed))
            return picture.data if picture.data != data else None
    if _OTHER_PICTURES.match(data):
        return None
    raise Refused(Reason.TYPE_NOT_ALLOWED, shown(name))


def _svg(source: Path, member: Member, budget: Budget) -> None:
    def start(element: str, attributes: Mapping[str, str]) -> None:
        if element in {"script", "foreignObject", "iframe", "object", "embed", "handler", "set", "animate"}:
            raise Refused(Reason.MARKUP, shown(member.name))
        for key, value in attributes.items():
            if key.lower().startswith("on"):
                raise Refused(Reason.MARKUP, shown(member.name))
            if key == "href" and not value.startswith(("#", "data:image/png", "data:image/jpeg")):
                raise Refused(Reason.EXTERNAL_REFERENCE, shown(member.name))

    Reader(shown(member.name), start, keeps_text=False).read(unpacked(source, member, budget))


def _xml(source: Path, member: Member, kind: Kind, budget: Budget) -> str:
    name = shown(member.name)
    if kind in _OPEN.values():
        reader = Reader(name, _OpenDocument(name).start)
    elif member.name.lower().endswith(".rels"):
        reader = Reader(name, _Relationships(name).start)
    else:
        reader = Reader(name, _Element(name).start)
    reader.read(unpacked(source, member, budget))
    if _FIELD.search(" " + "".join(reader.gathered("instrText")) + " "):
        raise Refused(Reason.ACTIVE_FIELD, name)
    for formula in (*reader.gathered("f"), *reader.gathered("formula")):
        if texts.formula_calls_out(formula):
            raise Refused(Reason.ACTIVE_FIELD, name)
    return reader.text


@dataclass(frozen=True)
class _Relationships:
    """Where the parts of an OOXML package lead."""

    name: str

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element != "Relationship":
            return
        kind = attributes.get("Type", "")
        _check_type(kind, self.name)
        if attributes.get("TargetMode", "").lower() == "external":
            is_link = kind.endswith("/hyperlink") and _WEB.match(attributes.get("Target", ""))
            if not is_link:
                raise Refused(Reason.EXTERNAL_REFERENCE, self.name)
        elif re.match(r"(?i)^(?:[a-z][a-z0-9+.-]*:|//|\\)", attributes.get("Target", "")):
            raise Refused(Reason.EXTERNAL_REFERENCE, self.name)


@dataclass(frozen=True)
class _Element:
    """What an element of OOXML may not say."""

    name: str

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "fldSimple" and _FIELD.search(" " + attributes.get("instr", "") + " "):
            raise Refused(Reason.ACTIVE_FIELD, self.name)
        if element in ("ddeLink", "oleLink"):
            raise Refused(Reason.ACTIVE_FIELD, self.name)
        if element in ("altChunk", "OLEObject", "oleObject"):
            raise Refused(Reason.EMBEDDED_OBJECT, self.name)
        if _PROGRAM_ACTION.match(attributes.get("action", "")):
            raise Refused(Reason.ACTIVE_FIELD, self.name)


@dataclass(frozen=True)
class _OpenDocument:
    """What an element of ODF may not say."""

    name: str

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "encryption-data":
            raise Refused(Reason.ENCRYPTED, self.name)
        if element in ("event-listener", "script", "macro", "applet", "execute-macro"):
            raise Refused(Reason.MACRO, self.name)
        if element in ("object-ole", "plugin", "floating-frame"):
            raise Refused(Reason.EMBEDDED_OBJECT, self.name)
        if element.startswith("dde-") or (element == "table" and "dde" in str(attributes)[:200].lower().split("'")):
            raise Refused(Reason.ACTIVE_FIELD, self.name)
        if element == "database-source-sql":
            raise Refused(Reason.EXTERNAL_REFERENCE, self.name)
        if texts.formula_calls_out(attributes.get("formula", "")):
            raise Refused(Reason.ACTIVE_FIELD, self.name)
        href = attributes.get("href", "")
        if re.match(r"(?i)^(?:[a-z][a-z0-9+.-]*:|//|\.\.|/|\\)", href) and not (element == "a" and _WEB.match(href)):
            raise Refused(Reason.EXTERNAL_REFERENCE, self.name)


def _rebuild(
    source: Path, target: Path, members: list[Member], changed: Mapping[str, bytes | Path], limits: Limits
) -> None:
    again = Budget(limits)
    archive = Rebuilt(target)
    for member in members:
        archive.add(member, _pieces(source, member, changed.get(member.name), again))
    archive.close()


def _pieces(source: Path, member: Member, new: bytes | Path | None, budget: Budget) -> Iterator[bytes]:
    if new is None:
        yield from unpacked(source, member, budget)
    elif isinstance(new, bytes):
        yield new
    else:
        with new.open("rb") as file:
            while piece := file.read(64 * 1024):
                yield piece
        new.unlink()
