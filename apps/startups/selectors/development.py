"""Reading development logs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from apps.startups.models import Attestation, Capability, DevelopmentEvent, EventEvidence
from apps.startups.models.development import own_tier
from apps.startups.rules.evidence import EventFact
from apps.startups.states import EventSource, Verdict
from kernel.access import Actor


def development_event_list(*, actor: Actor, capability: Capability) -> QuerySet[DevelopmentEvent]:
    """The development log of one's own capability; of another's, nothing."""
    return development_event_rows(actor=actor).filter(capability=capability)


def development_event_rows(*, actor: Actor) -> QuerySet[Any]:
    """The events of all of one's own logs, each with `own_tier`, its evidence and its attestations that stand."""
    standing = Attestation.objects.filter(withdrawn_at=None).order_by("attested_on", "id")
    return (
        DevelopmentEvent.objects.visible_to(actor)
        .annotate(own_tier=own_tier())
        .prefetch_related(
            Prefetch("evidence", EventEvidence.objects.order_by("id")), Prefetch("attestations", standing)
        )
    )


def event_logs(
    *, firm_ids: Collection[UUID] | None = None, capability_ids: Collection[UUID] | None = None
) -> dict[UUID, list[EventFact]]:
    """The logs of these firms, or of these capabilities, by firm: each event with its own tier and the verdicts that
    count; two queries. Without either argument, of all firms.

    An attestor's own event whose confirmation was withdrawn is like one refused: nobody stands behind it any more.
    """
    asked = Q()
    if firm_ids is not None:
        asked &= Q(capability__firm__in=firm_ids)
    if capability_ids is not None:
        asked &= Q(capability__in=capability_ids)
    events = DevelopmentEvent.objects.filter(asked)
    verdicts: defaultdict[UUID, list[tuple[str, dt.date]]] = defaultdict(list)
    for event, verdict, on in (
        Attestation.objects.filter(event__in=events, counts=True, withdrawn_at=None)
        .order_by("id")
        .values_list("event_id", "verdict", "attested_on")
    ):
        verdicts[event].append((verdict, on))
    logs: defaultdict[UUID, list[EventFact]] = defaultdict(list)
    for identifier, capability, kind, occurred_at, answers, supersedes, tier, firm, source in (
        events.with_own_tier()
        .order_by("id")
        .values_list(
            "id",
            "capability_id",
            "kind",
            "occurred_at",
            "answers_id",
            "supersedes_id",
            "own_tier",
            "capability__firm_id",
            "source",
        )
    ):
        if source == EventSource.ATTESTOR and not verdicts.get(identifier):
            verdicts[identifier].append((Verdict.REFUSED, occurred_at.date()))
        logs[firm].append(
            EventFact(
                id=str(identifier),
                capability_id=str(capability),
                kind=kind,
                occurred_at=occurred_at,
                answers=None if answers is None else str(answers),
                supersedes=None if supersedes is None else str(supersedes),
                tier=tier,
                attestations=tuple(verdicts.get(identifier, ())),
            )
        )
    return dict(logs)
