"""Hostile inputs: named things that a caller may send and should not, each with the kind of place it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

JSON = "application/json"
RAW, FIELD, QUERY, PATH, HEADER, VERB, EXTRA, FOREIGN, BODS = (
    "raw body",
    "field",
    "query",
    "path",
    "header",
    "method",
    "mass assignment",
    "foreign id",
    "array of BODS",
)


@dataclass(frozen=True)
class Input:
    """One hostile thing. `value` is what its kind says: a body, a field's value, a query, a path part, headers…"""

    kind: str
    name: str
    value: Any
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    parameter: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


FOREIGN_NOUNS = ("organisation", "firm", "fund", "capability", "raise", "mandate", "lever", "person", "key", "grant")
FOREIGN_NOUNS += ("document", "upload", "party", "case", "permit", "entry", "stage", "search", "message")
