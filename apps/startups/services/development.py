"""The development log."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from apps.organisations.rules import own_require
from apps.reference.evidence import EvidenceTier
from apps.reference.stated import tier_problems
from apps.startups import events
from apps.startups.models import Capability, DevelopmentEvent
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.states import CapabilityStatus
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
    """Add a dated fact to the log; a correction is a new event that `supersedes` the wrong one.

    `answers` and `supersedes` are events of the same capability. Raises NotYours, CapabilityArchived and
    DevelopmentEventNotAcceptable.
    """
    own_require(actor=actor, organisation_id=capability.firm.organisation_id)
    if capability.status == CapabilityStatus.ARCHIVED:
        raise CapabilityArchived
    problems = tier_problems(tier=tier, pointer="/tier", actor=actor)
    if occurred_at > (now or utc_now()):
        problems.append(FieldProblem("/occurred_at", "in_the_future", "Not in the future."))
    log = DevelopmentEvent.objects.filter(capability=capability)
    question = None if answers is None else log.filter(pk=answers).first()
    if answers is not None and question is None:
        problems.append(FieldProblem("/answers", "unknown_event", "There is no such event of this capability."))
    elif question is not None and question.occurred_at > occurred_at:
        problems.append(FieldProblem("/answers", "not_before", "An answer does not come before its question."))
    if supersedes is not None and not log.filter(pk=supersedes).exists():
        problems.append(FieldProblem("/supersedes", "unknown_event", "There is no such event of this capability."))
    elif supersedes is not None and log.filter(supersedes=supersedes).exists():
        problems.append(FieldProblem("/supersedes", "superseded", "Another event supersedes it already."))
    if problems:
        raise DevelopmentEventNotAcceptable(errors=problems)
    recorded = DevelopmentEvent.objects.create(
        capability=capability,
        kind=kind,
        occurred_at=occurred_at,
        answers_id=answers,
        supersedes_id=supersedes,
        tier=tier,
        note=note,
    )
    publish(
        events.DEVELOPMENT_EVENT_RECORDED,
        actor=actor,
        subject=recorded,
        organisation_id=capability.firm.organisation_id,
        data={"capability_id": str(capability.pk), "kind": kind, "tier": tier},
    )
    return recorded
