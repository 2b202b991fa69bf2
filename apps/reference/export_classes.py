"""Export control lists: their classes with short titles, and which codes are codes of them."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from apps.reference.tables import PACKAGED, EditionMalformed

FILE = PACKAGED / "export-classes-1.json"
MAX_CODE = 20


class ControlList(StrEnum):
    """The lists that an export class stands on."""

    MILITARY = "military"
    DUAL_USE = "dual_use"


@dataclass(frozen=True, slots=True)
class ExportClass:
    """A class of a list: `ML10`, or a category with a group of the dual-use list, `9A`. Confidence is A, B or C."""

    code: str
    control_list: ControlList
    title_en: str
    title_uk: str
    source: str
    confidence: str
    edition: str
    as_of: dt.date


@dataclass(frozen=True, slots=True, eq=False)
class ExportClasses:
    """An edition of the lists. `patterns` says what a code of each looks like."""

    id: str
    as_of: dt.date
    sha256: str
    classes: Mapping[str, ExportClass]
    patterns: Mapping[ControlList, re.Pattern[str]]

    def class_of(self, code: str) -> ExportClass | None:
        """The class that a code (`ML10`, `ML10.c`, `9A012.a.1`) falls into; None where no list can have the code.

        Of the dual-use list it is category and group: whether Annex I has the entry is not looked up.
        """
        for control_list, pattern in self.patterns.items():
            if len(code) <= MAX_CODE and pattern.fullmatch(code):
                head = code.partition(".")[0]
                return self.classes.get(head if control_list == ControlList.MILITARY else head[:2])
        return None


def export_classes_load(*, path: Path) -> ExportClasses:
    """The edition in a file. Raises EditionMalformed where it is not what its format says."""
    content = path.read_bytes()
    try:
        raw = json.loads(content)
        as_of = dt.date.fromisoformat(raw["as_of"])
        rows = [*_military(raw, as_of), *_dual_use(raw, as_of)]
        patterns = {kind: re.compile(raw[kind]["pattern"], re.ASCII) for kind in ControlList}
        edition = str(raw["id"])
    except (KeyError, TypeError, ValueError, re.error) as problem:
        raise EditionMalformed(f"{path.name}: {problem}") from problem
    classes = {row.code: row for row in rows}
    untitled = [row.code for row in rows if not (row.title_en and row.title_uk and row.source and row.confidence)]
    if len(classes) != len(rows) or untitled:
        raise EditionMalformed(f"{path.name}: a code stands twice, or lacks a title or source: {untitled}")
    return ExportClasses(
        id=edition,
        as_of=as_of,
        sha256=hashlib.sha256(content).hexdigest(),
        classes=MappingProxyType(classes),
        patterns=MappingProxyType(patterns),
    )


@functools.cache
def export_classes() -> ExportClasses:
    """The edition that the product carries. Raises EditionMalformed."""
    return export_classes_load(path=FILE)


def export_class_of(*, code: str) -> ExportClass | None:
    """The class that a code falls into, by the product's own edition; None where no list can have it."""
    return export_classes().class_of(code)


def code_covers(*, code: str, item: str) -> bool:
    """Whether `item` is the entry `code` itself or stands below it: `ML10` covers `ML10.c`, and not `ML1` `ML10`."""
    return item == code or item.startswith(f"{code}.")


def _military(raw: Any, as_of: dt.date) -> Iterator[ExportClass]:
    part = raw[ControlList.MILITARY]
    for row in part["classes"]:
        yield _row(raw, part, ControlList.MILITARY, as_of, row["code"], row["title"]["en"], row["title"]["uk"])


def _dual_use(raw: Any, as_of: dt.date) -> Iterator[ExportClass]:
    part = raw[ControlList.DUAL_USE]
    for category in part["categories"]:
        for group in part["groups"]:
            titles = {name: f"{category['title'][name]}: {group['title'][name].lower()}" for name in ("en", "uk")}
            code = category["code"] + group["code"]
            yield _row(raw, part, ControlList.DUAL_USE, as_of, code, titles["en"], titles["uk"])


def _row(
    raw: Any, part: Any, control_list: ControlList, as_of: dt.date, code: str, title_en: str, title_uk: str
) -> ExportClass:
    return ExportClass(
        code=str(code),
        control_list=control_list,
        title_en=title_en,
        title_uk=title_uk,
        source=str(part["source"]),
        confidence=str(part["confidence"]),
        edition=str(raw["id"]),
        as_of=as_of,
    )
