"""Documents attached to development events, and the operator's word on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from apps.compliance.services.interests import officer_require
from apps.documents.models import Document, DocumentVersion
from apps.documents.services.access import access_end, access_give
from apps.documents.states import AccessCause, VersionStatus
from apps.organisations.models import Organisation
from apps.organisations.rules import own_require
from apps.organisations.states import Standing
from apps.permissions import Kind
from apps.reference.evidence_templates import EvidenceTemplate, evidence_template_of
from apps.startups import events
from apps.startups.models import DevelopmentEvent, EventEvidence
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.states import COUNTING_EVIDENCE, EVIDENCE, CapabilityStatus
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish

MOST_EVIDENCE = 20
"""Documents of one event that count at a time."""


class EvidenceNotAcceptable(Invalid):
    """The evidence is not acceptable."""


class EvidenceAttached(Conflict):
    """This content is attached to the event already."""


class EvidenceUnreadable(Conflict):
    """The content that was attached can no longer be read."""


@transaction.atomic
def evidence_attach(
    *,
    actor: Actor,
    event: DevelopmentEvent,
    template: str,
    document_id: UUID,
    number: str = "",
    issuer: str = "",
    issued_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> EventEvidence:
    """Attach the newest clean content of one's own document to one's own event, as what `template` describes.

    The event has the template's tier for a document from now on, and the operators may read the document. Raises
    NotYours, CapabilityArchived, EvidenceNotAcceptable and EvidenceAttached.
    """
    capability = event.capability
    organisation_id = capability.firm.organisation_id
    own_require(actor=actor, organisation_id=organisation_id)
    if capability.status == CapabilityStatus.ARCHIVED:
        raise CapabilityArchived
    # Of two documents withdrawn and attached at once the second waits for the first.
    document = (
        Document.objects.select_for_update(no_key=True)
        .filter(pk=document_id, organisation_id=organisation_id, withdrawn_at=None)
        .first()
    )
    content = None if document is None else _clean(document).order_by("-number").first()
    described = evidence_template_of(code=template)
    given = {"number": number.strip(), "issuer": issuer.strip(), "issued_on": issued_on}
    problems = _template_problems(described, event.kind, given)
    if issued_on is not None and issued_on > (now or utc_now()).date():
        problems.append(FieldProblem("/issued_on", "in_the_future", "Not in the future."))
    if content is None:
        text = "There is no such document of yours, or it has no clean version."
        problems.append(FieldProblem("/document", "does_not_exist", text))
    if EventEvidence.objects.filter(event=event, status__in=COUNTING_EVIDENCE).count() >= MOST_EVIDENCE:
        text = "At most {most} documents for one event."
        problems.append(FieldProblem("/document", "too_many", text, {"most": MOST_EVIDENCE}))
    if problems or described is None or document is None or content is None:
        raise EvidenceNotAcceptable(errors=problems)
    try:
        with transaction.atomic():
            evidence = EventEvidence.objects.create(
                event=event,
                template=described.code,
                document=document,
                sha256=content.sha256,
                tier=described.tier_documented,
                **given,
            )
    except IntegrityError:
        raise EvidenceAttached from None
    publish(
        events.EVIDENCE_ATTACHED,
        actor=actor,
        subject=evidence,
        organisation_id=organisation_id,
        data={**_places(event), "template": described.code, "tier": evidence.tier},
    )
    operators = Organisation.objects.filter(kind=Kind.OPERATOR).exclude(standing=Standing.SUSPENDED)
    for viewer_id in list(operators.order_by("pk").values_list("pk", flat=True)):
        access_give(
            actor=actor,
            document=document,
            viewer_id=viewer_id,
            cause=AccessCause.EVIDENCE,
            cause_id=evidence.pk,
        )
    return evidence


@transaction.atomic
def evidence_withdraw(*, actor: Actor, evidence: EventEvidence, now: dt.datetime | None = None) -> EventEvidence:
    """Take a document back from one's own event, whose tier falls to what is left; what was refused stays.

    Raises NotYours, NotPermitted and NotNow.
    """
    organisation_id = evidence.event.capability.firm.organisation_id
    own_require(actor=actor, organisation_id=organisation_id)
    moment = now or utc_now()
    EventEvidence.objects.filter(pk=evidence.pk, status__in=COUNTING_EVIDENCE).update(withdrawn_at=moment)
    EVIDENCE.fire(
        "withdraw", instance=evidence, actor=actor, organisation_id=organisation_id, data=_places(evidence.event)
    )
    evidence.withdrawn_at = moment
    access_end(actor=actor, cause=AccessCause.EVIDENCE, cause_id=evidence.pk, now=now)
    return evidence


@transaction.atomic
def evidence_judge(
    *, actor: Actor, evidence: EventEvidence, decision: str, reason: str, now: dt.datetime | None = None
) -> EventEvidence:
    """An officer's word: `confirm` gives the event the template's tier for confirmed evidence, `refuse` nothing at all.

    `reason` says against what it was compared. A confirmed one may be refused later, never the other way. Raises
    NotPermitted, OfficerNeedsPerson, ConflictOfInterest, EvidenceNotAcceptable, EvidenceUnreadable and NotNow.
    """
    event = evidence.event
    organisation_id = event.capability.firm.organisation_id
    user_id = officer_require(actor=actor, organisation_id=organisation_id, now=now)
    if not reason.strip():
        raise EvidenceNotAcceptable(errors=[FieldProblem("/reason", "blank", "Say against what it was compared.")])
    locked = EventEvidence.objects.select_for_update().get(pk=evidence.pk)
    tier = locked.tier
    if decision == "confirm":
        if not _clean(locked.document).filter(sha256=locked.sha256, document__withdrawn_at=None).exists():
            raise EvidenceUnreadable
        described = evidence_template_of(code=locked.template)
        tier = locked.tier if described is None else described.tier_confirmed
    judged = {"judged_by_id": user_id, "judged_at": now or utc_now(), "reason": reason.strip(), "tier": tier}
    if locked.status in EVIDENCE.by_name[decision].sources:
        EventEvidence.objects.filter(pk=locked.pk).update(**judged)
    data = {**_places(event), "tier": str(tier)}
    EVIDENCE.fire(decision, instance=evidence, actor=actor, organisation_id=organisation_id, data=data)
    for name, value in judged.items():
        setattr(evidence, name, value)
    return evidence


@transaction.atomic
def evidence_of_document_withdraw(*, document_id: UUID) -> int:
    """Withdraw the evidence that a withdrawn document was; returns how many. Doing it again changes nothing."""
    rows = EventEvidence.objects.filter(Q(document_id=document_id), status__in=COUNTING_EVIDENCE)
    found = list(rows.select_related("event__capability__firm").order_by("pk"))
    for evidence in found:
        evidence_withdraw(actor=Actor.system(), evidence=evidence)
    return len(found)


def _clean(document: Document) -> QuerySet[DocumentVersion]:
    return DocumentVersion.objects.filter(document=document, status=VersionStatus.CLEAN, destroyed_at=None)


def _template_problems(
    described: EvidenceTemplate | None, kind: str, given: Mapping[str, object]
) -> list[FieldProblem]:
    if described is None:
        return [FieldProblem("/template", "unknown_template", "There is no such template: see /evidence-templates.")]
    problems = []
    if kind not in described.kinds:
        known = ", ".join(sorted(described.kinds))
        problems.append(FieldProblem("/template", "other_kind", "It shows events of {known}.", {"known": known}))
    problems += [
        FieldProblem(f"/{name}", "required", "This template requires it.")
        for name in sorted(described.required)
        if not given[name]
    ]
    return problems


def _places(event: DevelopmentEvent) -> dict[str, str]:
    return {"event_id": str(event.pk), "capability_id": str(event.capability_id)}
