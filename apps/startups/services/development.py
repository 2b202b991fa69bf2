"""The development log."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from apps.organisations.rules import own_require
from apps.reference.evidence import EvidenceTier
from apps.startups import events
from apps.startups.models import Capability, DevelopmentEvent
from apps.startups.rules.links import answer_problems, correction_problems
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.states import CapabilityStatus, EventSource
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import FieldProblem, Invalid
from kernel.events import publish


class DevelopmentEventNotAcceptable(Invalid):
    """The event is not acceptable."""


@transaction.atomic
def development_event_record(
    *,
    actor: Actor,
    capability: Capability,
    kind: str,
    occurred_at: dt.datetime,
    answers: UUID | None = None,
    supersedes: UUID | None = None,
    tier: str = EvidenceTier.E0,
    note: str = "",
    now: dt.datetime | None = None,
) -> DevelopmentEvent:
    """Add a dated fact to one's own log; a correction is a new event that `supersedes` the wrong one.

    `answers` and `supersedes` are events of the same capability; `rules/links.py` says which kinds answer which. What a
    firm states is self-declared: a document makes it E1. Raises NotYours, CapabilityArchived and
    DevelopmentEventNotAcceptable.
    """
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    return event_add(
        actor=actor,
        capability=capability,
        source=EventSource.API,
        kind=kind,
        occurred_at=occurred_at,
        answers=answers,
        supersedes=supersedes,
        tier=tier,
        note=note,
        now=now,
    )


@transaction.atomic
def event_add(
    *,
    actor: Actor,
    capability: Capability,
    source: str,
    kind: str,
    occurred_at: dt.datetime,
    answers: UUID | None = None,
    supersedes: UUID | None = None,
    tier: str = EvidenceTier.E0,
    note: str = "",
    now: dt.datetime | None = None,
    place: str = "",
) -> DevelopmentEvent:
    """Add a fact to a log for whoever the caller has found entitled to; the fact stands in the firm's trail.

    `place` is the JSON pointer of the event within a larger input. Only the system gives a tier above E0. Raises
    CapabilityArchived and DevelopmentEventNotAcceptable.
    """
    # One at a time for each capability: of two corrections of one event the second finds the first.
    locked = Capability.objects.select_for_update(no_key=True).get(pk=capability.pk)
    if locked.status == CapabilityStatus.ARCHIVED:
        raise CapabilityArchived
    problems = _tier_problems(actor, tier, f"{place}/tier")
    if occurred_at > (now or utc_now()):
        problems.append(FieldProblem(f"{place}/occurred_at", "in_the_future", "Not in the future."))
    log = DevelopmentEvent.objects.filter(capability=capability)
    if answers is not None:
        question = log.filter(pk=answers).first()
        problems += answer_problems(
            kind=kind,
            occurred_at=occurred_at,
            question_kind=None if question is None else question.kind,
            question_at=None if question is None else question.occurred_at,
            pointer=f"{place}/answers",
        )
    if supersedes is not None:
        problems += correction_problems(
            is_known=log.filter(pk=supersedes).exists(),
            is_superseded=log.filter(supersedes=supersedes).exists(),
            pointer=f"{place}/supersedes",
        )
    if problems:
        raise DevelopmentEventNotAcceptable(errors=problems)
    recorded = DevelopmentEvent.objects.create(
        capability=capability,
        kind=kind,
        occurred_at=occurred_at,
        answers_id=answers,
        supersedes_id=supersedes,
        tier=tier,
        source=source,
        note=note,
    )
    publish(
        events.DEVELOPMENT_EVENT_RECORDED,
        actor=actor,
        subject=recorded,
        organisation_id=capability.firm.organisation_id,
        data={"capability_id": str(capability.pk), "kind": kind, "tier": str(tier), "source": str(source)},
    )
    return recorded


def _tier_problems(actor: Actor, tier: str, pointer: str) -> list[FieldProblem]:
    if actor.is_system or tier == EvidenceTier.E0:
        return []
    if tier == EvidenceTier.E1:
        return [FieldProblem(pointer, "needs_document", "Record the event and attach the document: that makes it E1.")]
    return [FieldProblem(pointer, "not_self_declared", "Higher tiers are given by others.")]
