"""Kinds of documents that exist anyway and show development events: what each supports, requires and is worth."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from apps.reference.evidence import EvidenceTier
from apps.reference.tables import PACKAGED, EditionMalformed

FILE = PACKAGED / "evidence-templates-1.json"
PARTICULARS = frozenset({"number", "issuer", "issued_on"})
"""What a template may require to be said of a document."""


@dataclass(frozen=True, slots=True)
class EvidenceTemplate:
    """A kind of document. `kinds` are those of the events that it can show, `required` the particulars to be given.

    An event has `tier_documented` with the document alone, `tier_confirmed` once an officer confirmed it against its
    issuer or a registry. Confidence is A, B or C.
    """

    code: str
    title_en: str
    title_uk: str
    kinds: frozenset[str]
    required: frozenset[str]
    tier_documented: EvidenceTier
    tier_confirmed: EvidenceTier
    confirmed_against_en: str
    confirmed_against_uk: str
    source: str
    confidence: str
    edition: str
    as_of: dt.date


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceTemplates:
    """An edition of the templates, by code."""

    id: str
    as_of: dt.date
    sha256: str
    templates: Mapping[str, EvidenceTemplate]


def evidence_templates_load(*, path: Path) -> EvidenceTemplates:
    """The edition in a file. Raises EditionMalformed where it is not what its format says."""
    content = path.read_bytes()
    try:
        raw = json.loads(content)
        as_of, edition = dt.date.fromisoformat(raw["as_of"]), str(raw["id"])
        rows = [_row(row, edition, as_of) for row in raw["templates"]]
    except (KeyError, TypeError, ValueError) as problem:
        raise EditionMalformed(f"{path.name}: {problem}") from problem
    found = {row.code: row for row in rows}
    bad = [row.code for row in rows if not _is_whole(row)]
    if len(found) != len(rows) or bad:
        raise EditionMalformed(f"{path.name}: a code stands twice, or a template is not whole: {bad}")
    return EvidenceTemplates(
        id=edition, as_of=as_of, sha256=hashlib.sha256(content).hexdigest(), templates=MappingProxyType(found)
    )


@functools.cache
def evidence_templates() -> EvidenceTemplates:
    """The edition that the product carries. Raises EditionMalformed."""
    return evidence_templates_load(path=FILE)


def evidence_template_of(*, code: str) -> EvidenceTemplate | None:
    """The template with this code, by the product's own edition; None where there is none."""
    return evidence_templates().templates.get(code)


def _row(row: Any, edition: str, as_of: dt.date) -> EvidenceTemplate:
    return EvidenceTemplate(
        code=str(row["code"]),
        title_en=str(row["title"]["en"]),
        title_uk=str(row["title"]["uk"]),
        kinds=frozenset(str(kind) for kind in row["kinds"]),
        required=frozenset(str(name) for name in row["required"]),
        tier_documented=EvidenceTier(row["tier_documented"]),
        tier_confirmed=EvidenceTier(row["tier_confirmed"]),
        confirmed_against_en=str(row["confirmed_against"]["en"]),
        confirmed_against_uk=str(row["confirmed_against"]["uk"]),
        source=str(row["source"]),
        confidence=str(row["confidence"]),
        edition=edition,
        as_of=as_of,
    )


def _is_whole(row: EvidenceTemplate) -> bool:
    told = (row.code, row.title_en, row.title_uk, row.confirmed_against_en, row.confirmed_against_uk, row.source)
    is_rising = EvidenceTier.E1 <= row.tier_documented <= row.tier_confirmed
    return all(told) and bool(row.kinds) and row.required <= PARTICULARS and is_rising and row.confidence in {*"ABC"}
