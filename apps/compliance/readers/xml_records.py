"""XML read record by record: no document type, no entities, bounded depth and size, nothing kept of what was passed."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO
from xml.sax import SAXParseException, handler

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.expatreader import create_parser  # type: ignore[import-untyped]

from apps.compliance.readers.entries import Unreadable
from apps.compliance.readers.streams import LIMITS, Limits, pieces

MAX_DEPTH, MAX_NODES, MAX_TEXT = 24, 50_000, 2 * 1024 * 1024
"""Of one record: nested elements, elements in all, characters in all."""
MAX_TAG = 1024 * 1024
"""Bytes without a complete tag or text after which the file is given up."""
STEP = 32 * 1024


class Node:
    """An element of a record, its names without prefixes."""

    __slots__ = ("attributes", "children", "name", "pieces")

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.children: list[Node] = []
        self.pieces: list[str] = []

    @property
    def text(self) -> str:
        """The element's own text."""
        return "".join(self.pieces).strip()

    def get(self, attribute: str) -> str:
        """An attribute's value, empty when it is not there."""
        return self.attributes.get(attribute, "").strip()

    def all(self, *path: str) -> Iterator[Node]:
        """The descendants along a path of names."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def value(self, *path: str) -> str:
        """The text of the first descendant along a path that has one, else empty."""
        return next((found for node in self.all(*path) if (found := node.text)), "")


class _Handler(handler.ContentHandler):
    def __init__(self, root: str, records: Collection[str]) -> None:
        super().__init__()
        self.root, self.records = root, records
        self.head: Node | None = None
        self.open: list[Node] = []
        self.done: deque[Node] = deque()
        self.depth = self.nodes = self.size = self.events = self.count = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the interface's name
        self.events += 1
        self.depth += 1
        bare = name.rpartition(":")[2]
        if self.depth > MAX_DEPTH:
            raise Unreadable("too_deep", f"elements are nested more than {MAX_DEPTH} deep", place=self.place())
        if self.depth == 1:
            if bare != self.root:
                raise Unreadable("wrong_format", f"the outermost element is not {self.root}", place="element 1")
            self.head = Node(bare, _attributes(attrs))
            return
        if not self.open and bare not in self.records:
            return
        if not self.open:
            self.nodes = self.size = 0
            self.count += 1
        node = Node(bare, _attributes(attrs))
        self._grow(sum(len(value) for value in node.attributes.values()), nodes=1)
        if self.open:
            self.open[-1].children.append(node)
        self.open.append(node)

    def characters(self, content: str) -> None:
        self.events += 1
        if self.open:
            self._grow(len(content))
            self.open[-1].pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802 - the interface's signature
        self.events += 1
        self.depth -= 1
        if self.open:
            node = self.open.pop()
            if not self.open:
                self.done.append(node)

    def place(self) -> str:
        return f"element {self.count}" if self.count else "before the first element"

    def _grow(self, characters: int, nodes: int = 0) -> None:
        self.size += characters
        self.nodes += nodes
        if self.size > MAX_TEXT or self.nodes > MAX_NODES:
            raise Unreadable("too_large", "the element is too large", place=self.place())


def _attributes(attrs: Any) -> dict[str, str]:
    return {name.rpartition(":")[2]: value for name, value in attrs.items()}


def records(
    stream: BinaryIO, *, root: str, names: Collection[str], limits: Limits = LIMITS
) -> Iterator[tuple[int, Node, Node]]:
    """The outermost elements of these names with their number, counted from 1, and the root without its children.

    Raises Unreadable when the file is no XML, is cut off, has another root, declares a document type or entities, or
    exceeds the bounds.
    """
    content = _Handler(root, names)
    parser = create_parser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(content)
    parser.setFeature(handler.feature_external_ges, False)
    parser.setFeature(handler.feature_external_pes, False)
    number, silent = 0, 0
    for piece in pieces(stream, limits=limits):
        for start in range(0, len(piece), STEP):
            before, step = content.events, piece[start : start + STEP]
            _parse(parser, content, step)
            silent = 0 if content.events > before else silent + len(step)
            if silent > MAX_TAG:
                raise Unreadable("too_large", "a tag is too long", place=content.place())
            while content.done:
                number += 1
                node = content.done.popleft()
                yield number, node, content.head or node
    _parse(parser, content, None)


def _parse(parser: Any, content: _Handler, piece: bytes | None) -> None:
    try:
        if piece is None:
            parser.close()
        else:
            parser.feed(piece)
    except DefusedXmlException:
        raise Unreadable(
            "forbidden_xml", "the file declares a document type or entities", place=content.place()
        ) from None
    except SAXParseException as reason:
        place = f"{content.place()}, line {reason.getLineNumber()}"
        if piece is None:
            raise Unreadable("truncated", "the file ends early", place=place) from None
        raise Unreadable("broken_file", f"the XML is broken: {reason.getMessage()[:80]}", place=place) from None
    except (LookupError, ValueError, AttributeError):
        raise Unreadable("wrong_encoding", "the XML's encoding cannot be read", place=content.place()) from None
