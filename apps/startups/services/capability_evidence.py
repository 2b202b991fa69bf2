"""What evidences a capability: standards, codification numbers, documents; and the tier that follows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.compliance.services.evidence import evidence_missing, evidence_of, evidence_open
from apps.documents.models import Document, DocumentVersion
from apps.documents.services import access_end
from apps.documents.states import AccessCause, VersionStatus
from apps.reference.evidence import EvidenceTier
from apps.startups import events
from apps.startups.models import Capability, CapabilityCodification, CapabilityDocument, CapabilityStandard, Financials
from apps.startups.rules.evidence import standing_events
from apps.startups.rules.tiers import capability_tier, figures_tier
from apps.startups.selectors.development import event_logs
from apps.startups.services.listings import listings_refresh
from apps.startups.states import CodificationScheme, EvidencePurpose, StandardBasis
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import FieldProblem
from kernel.events import publish

EVIDENCE_FIELDS = frozenset({"standards", "codifications", "documents"})
NSN = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{3})-?([0-9]{4})", re.ASCII)
"""Class, country, item: thirteen digits, as STANAG 3151 writes them."""
OPENED = (EvidencePurpose.EXPORT_CONTROL, EvidencePurpose.CODIFICATION)
"""The purposes for which the operators' officers read a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardIn:
    """A standard as it is stated; `part` is the part or level of it."""

    designation: str
    part: str = ""
    basis: str = StandardBasis.CLAIMED
    document: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodificationIn:
    """A codification number as it is stated."""

    scheme: str
    number: str
    issued_on: dt.date | None = None
    document: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIn:
    """A document as it is attached."""

    document: UUID
    purpose: str


def evidence_problems(
    *, actor: Actor, stated: Mapping[str, Sequence[Any]], present: Capability | None = None
) -> list[FieldProblem]:
    """What is wrong with the lists of `stated` (some of EVIDENCE_FIELDS).

    A document is one of the actor's organisation with a clean version, or was attached already: what was withdrawn
    since may stay in its place.
    """
    named = {line.document for lines in stated.values() for line in lines if line.document is not None}
    usable = set(evidence_of(actor=actor, ids=named).values_list("pk", flat=True))
    if present is not None:
        usable |= attached_ids(capability_ids=[present.pk])
    problems = [
        evidence_missing(pointer=f"/{name}/{index}/document")
        for name, lines in stated.items()
        for index, line in enumerate(lines)
        if line.document is not None and line.document not in usable
    ]
    problems += _standard_problems(stated.get("standards", ()))
    problems += _codification_problems(stated.get("codifications", ()))
    attached = [line.document for line in stated.get("documents", ())]
    problems += _repeated("/documents", "document", attached)
    return problems


def evidence_replace(
    *, actor: Actor, capability: Capability, stated: Mapping[str, Sequence[Any]], now: dt.datetime | None = None
) -> list[str]:
    """Replace the lists of `stated`; returns the names of those that changed, sorted.

    A line that is stated again as it was stays, with its confirmation. The operators read what is attached for export
    control and codification, as long as it is attached.
    """
    before = _opened_ids(capability)
    lists: Mapping[str, tuple[Any, Sequence[str], Callable[[Any], tuple[Any, ...]]]] = {
        "standards": (CapabilityStandard, ("designation", "part", "basis", "document_id"), _standard_row),
        "codifications": (CapabilityCodification, ("scheme", "number", "issued_on", "document_id"), _codification_row),
        "documents": (CapabilityDocument, ("document_id", "purpose"), lambda line: (line.document, line.purpose)),
    }
    changed = [
        name
        for name, (model, columns, row_of) in lists.items()
        if name in stated and _replace(model, capability, columns, [row_of(line) for line in stated[name]])
    ]
    after = _opened_ids(capability)
    opened = Document.objects.filter(pk__in=after - before).order_by("pk")
    evidence_open(actor=actor, documents=list(opened), cause_id=capability.pk)
    for document in Document.objects.filter(pk__in=before - after).order_by("pk"):
        access_end(actor=actor, cause=AccessCause.VERIFICATION, cause_id=capability.pk, document=document, now=now)
    return sorted(changed)


@transaction.atomic
def tier_refresh(*, capability_id: UUID, actor: Actor | None = None) -> str:
    """Set the capability's tier to what its evidence comes to now, and tell if that changed it. Returns the tier.

    The caller need not be allowed anything: it changes what follows from facts.
    """
    capability = (
        Capability.objects.select_for_update(no_key=True, of=("self",)).select_related("firm").get(pk=capability_id)
    )
    attached = attached_ids(capability_ids=[capability_id])
    logs = event_logs(capability_ids=[capability_id])
    facts = [fact for log in logs.values() for fact in log]
    # Facts are dated to the moment, and a bare date is its first one: what happened today stands by tomorrow's.
    standing = standing_events(facts=facts, as_of=utc_today() + dt.timedelta(days=1))
    tier = capability_tier(
        given=capability.given_tier,
        has_document=clean_documents().filter(pk__in=attached).exists(),
        has_codification=capability.codifications.filter(confirmed_at__isnull=False).exists(),
        best_event=max((event.tier for event in standing), default=None),
    )
    if tier != capability.tier:
        Capability.objects.filter(pk=capability_id).update(tier=tier)
        listings_refresh(capability_ids=[capability_id])
        publish(
            events.CAPABILITY_TIER_CHANGED,
            actor=actor or Actor.system(),
            subject=capability,
            organisation_id=capability.firm.organisation_id,
            data={"from": capability.tier, "to": tier},
        )
    return tier


@transaction.atomic
def document_withdrawn(*, document_id: UUID) -> None:
    """Lower what only this document evidenced, after it or its last clean version was withdrawn."""
    for capability_id in sorted(_capabilities_of(document_id)):
        tier_refresh(capability_id=capability_id)
    rows = Financials.objects.select_for_update(of=("self",)).filter(document_id=document_id).select_related("firm")
    is_clean = clean_documents().filter(pk=document_id).exists()
    for row in rows.order_by("pk"):
        # What a document gave is at most E1: a better tier was given by an import, which no document backs.
        tier = row.tier if row.tier > EvidenceTier.E1 else figures_tier(given="", has_document=is_clean)
        if tier != row.tier:
            Financials.objects.filter(pk=row.pk).update(tier=tier)
            publish(
                events.FINANCIALS_TIER_CHANGED,
                actor=Actor.system(),
                subject=row,
                organisation_id=row.firm.organisation_id,
                data={"from": row.tier, "to": tier},
            )


def clean_documents() -> QuerySet[Document]:
    """The documents with a clean version that are not withdrawn."""
    clean = DocumentVersion.objects.filter(document=OuterRef("pk"), status=VersionStatus.CLEAN)
    return Document.objects.filter(Exists(clean), withdrawn_at=None)


def attached_ids(*, capability_ids: Iterable[UUID]) -> set[UUID]:
    """The documents attached to any of the capabilities, in whatever state they are; three queries."""
    wanted = {"capability__in": list(capability_ids), "document__isnull": False}
    return {
        document_id
        for model in (CapabilityDocument, CapabilityStandard, CapabilityCodification)
        for document_id in model._default_manager.filter(**wanted).values_list("document_id", flat=True)
    }


def _capabilities_of(document_id: UUID) -> set[UUID]:
    return {
        capability_id
        for model in (CapabilityDocument, CapabilityStandard, CapabilityCodification)
        for capability_id in model._default_manager.filter(document_id=document_id).values_list(
            "capability_id", flat=True
        )
    }


def _opened_ids(capability: Capability) -> set[UUID]:
    attached = CapabilityDocument.objects.filter(capability=capability, purpose__in=OPENED)
    codified = CapabilityCodification.objects.filter(Q(document__isnull=False), capability=capability)
    return {*attached.values_list("document_id", flat=True), *codified.values_list("document_id", flat=True)}


def _replace(model: Any, capability: Capability, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> bool:
    present = {tuple(getattr(row, name) for name in names): row for row in model.objects.filter(capability=capability)}
    gone = [row.pk for values, row in present.items() if values not in rows]
    new = [values for values in rows if values not in present]
    model.objects.filter(pk__in=gone).delete()
    model.objects.bulk_create(model(capability=capability, **dict(zip(names, values, strict=True))) for values in new)
    return bool(gone or new)


def _standard_row(line: StandardIn) -> tuple[str, str, str, UUID | None]:
    return " ".join(line.designation.split()), " ".join(line.part.split()), line.basis, line.document


def _codification_row(line: CodificationIn) -> tuple[str, str, dt.date | None, UUID | None]:
    return line.scheme, _number(line), line.issued_on, line.document


def _number(line: CodificationIn) -> str:
    """The number as it is kept: that of an NSN in its four groups."""
    stated = " ".join(line.number.split())
    found = NSN.fullmatch(stated) if line.scheme == CodificationScheme.NSN else None
    return stated if found is None else "-".join(found.groups())


def _standard_problems(lines: Sequence[StandardIn]) -> list[FieldProblem]:
    problems = []
    for index, line in enumerate(lines):
        if not line.designation.strip():
            problems.append(FieldProblem(f"/standards/{index}/designation", "blank", "Name the standard."))
        if line.basis == StandardBasis.CERTIFIED and line.document is None:
            text = "What is certified is shown by a certificate: attach the document."
            problems.append(FieldProblem(f"/standards/{index}/document", "needs_document", text))
    return problems + _repeated("/standards", "designation", [_standard_row(line)[:2] for line in lines])


def _codification_problems(lines: Sequence[CodificationIn]) -> list[FieldProblem]:
    problems = []
    for index, line in enumerate(lines):
        place = f"/codifications/{index}"
        number = _number(line)
        if line.scheme == CodificationScheme.NSN and not NSN.fullmatch(number):
            text = "A NATO stock number has 13 digits: 1234-12-123-1234."
            problems.append(FieldProblem(f"{place}/number", "invalid", text))
        elif not number:
            problems.append(FieldProblem(f"{place}/number", "blank", "State the number."))
        if line.issued_on is not None and line.issued_on > utc_today():
            problems.append(FieldProblem(f"{place}/issued_on", "in_the_future", "Not in the future."))
    return problems + _repeated("/codifications", "number", [(line.scheme, _number(line)) for line in lines])


def _repeated(pointer: str, name: str, keys: Sequence[Any]) -> list[FieldProblem]:
    return [
        FieldProblem(f"{pointer}/{index}/{name}", "repeated", "Each one once.")
        for index, key in enumerate(keys)
        if key in keys[:index]
    ]
