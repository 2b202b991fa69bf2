"""XML parts of documents: read as a stream, without document types, entities or depth beyond need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from apps.documents.inspection.outcome import Reason, Refused

DEEPEST = 256
LONGEST_ATTRIBUTE = 4_000_000
TEXT = 60_000
"""Characters of a part that are kept for the search for markings."""

_BLOCKS = {
    "p", "h", "si", "c", "is", "br", "cr", "line-break", "row", "tr", "tc", "table-cell", "oddHeader", "oddFooter",
    "evenHeader", "evenFooter", "firstHeader", "firstFooter", "title", "subject", "keyword", "keywords", "description",
    "category", "contentStatus", "lpwstr", "t-end", "user-defined", "Manager", "Company",
}  # fmt: skip
_SECTION_CODES = re.compile(r'&(?:[LCRPNDTGFAZBIUSXYEO]|"[^"\n]*"|\d+|K[0-9A-F]{6})')

Start = Callable[[str, Mapping[str, str]], None]


class Reader:
    """Reads one part; `start` sees each element (name without prefix, attributes without prefixes' addresses)."""

    def __init__(self, member: str, start: Start, *, keeps_text: bool = True) -> None:
        self.member = member
        self._start = start
        self._depth = 0
        self._length = 0 if keeps_text else TEXT
        self._pieces: list[str] = []
        self._gathered: dict[str, list[str]] = {}
        self._inside: list[str] = []
        self._is_deleted = 0
        parser = expat.ParserCreate(namespace_separator="\n")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ProcessingInstructionHandler = self._instruction
        parser.buffer_text = True
        self._parser = parser

    def read(self, pieces: Iterable[bytes]) -> None:
        """Raises Refused where the part is no XML that we accept."""
        try:
            for piece in pieces:
                self._parser.Parse(piece, False)
            self._parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError):
            raise Refused(Reason.MALFORMED, self.member) from None

    @property
    def text(self) -> str:
        """The text of the part, a line for each paragraph or cell."""
        return _SECTION_CODES.sub("\t", "".join(self._pieces)) if "eader" in self._seen else "".join(self._pieces)

    def gathered(self, name: str) -> list[str]:
        """The texts of all elements of that name (without prefix), each cut at 8,000 characters."""
        return self._gathered.get(name, [])

    _seen = ""

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refused(Reason.TOO_COMPLEX, self.member)
        local = name.rpartition("\n")[2]
        self._inside.append(local)
        if local in ("tab", "s", "ptab") and self._length < TEXT:
            self._add(" " if local == "s" else "\t")
        if local in ("br", "cr", "line-break"):
            self._add("\n")
        if local in ("instrText", "f", "formula"):
            self._gathered.setdefault(local, []).append("")
        if local in ("oddHeader", "oddFooter", "firstHeader", "firstFooter", "evenHeader", "evenFooter"):
            self._seen = "Header"
        self._start(local, {key.rpartition("\n")[2]: value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._inside.pop()
        if name.rpartition("\n")[2] in _BLOCKS:
            self._add("\n")

    def _characters(self, data: str) -> None:
        local = self._inside[-1] if self._inside else ""
        if local in self._gathered:
            texts = self._gathered[local]
            texts[-1] = (texts[-1] + data)[:8_000]
            return
        self._add(data)

    def _add(self, text: str) -> None:
        if self._length < TEXT:
            self._pieces.append(text)
            self._length += len(text)

    def _refuse(self, *_: object) -> None:
        raise Refused(Reason.XML_DOCTYPE, self.member)

    def _instruction(self, target: str, _: str) -> None:
        if target.lower().startswith("xml-stylesheet"):
            raise Refused(Reason.EXTERNAL_REFERENCE, self.member)
