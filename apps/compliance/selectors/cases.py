"""Reading verification cases, and what of an organisation's ownership is open."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import F, Max, Prefetch, Q, QuerySet

from apps.compliance.models import CaseDocument, InformationRequest, OwnershipStatement, VerificationCase
from apps.compliance.rules.ownership import OpenBranch
from apps.compliance.selectors.ownership import ownership_figures
from apps.compliance.states import OPEN_CASES
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.access import Actor

OWNED_KINDS = frozenset({Kind.FIRM, Kind.FUND})
"""Kinds of organisations that belong to somebody."""


def case_list(*, actor: Actor) -> QuerySet[VerificationCase]:
    """The cases that the actor sees, with all that answers tell of them; seven queries for any number."""
    documents = CaseDocument.objects.order_by("pk")
    requests = InformationRequest.objects.prefetch_related(Prefetch("case_documents", queryset=documents))
    return (
        VerificationCase.objects.visible_to(actor)
        .select_related("organisation")
        .prefetch_related(
            "items",
            Prefetch("items__case_documents", queryset=documents),
            Prefetch("requests", queryset=requests),
            "notes",
        )
    )


def case_current(*, actor: Actor, organisation_id: UUID) -> VerificationCase | None:
    """The case of one's own organisation that is under way, else the one that its standing rests on, else the newest.

    None where there is none, or it is another's.
    """
    if not actor.is_system and actor.organisation_id != organisation_id:
        return None
    rows = case_list(actor=actor).filter(Q(organisation_id=organisation_id))
    return (
        rows.filter(status__in=OPEN_CASES).first()
        or rows.filter(is_standing=True).first()
        or rows.order_by(F("decided_at").desc(nulls_last=True), "-id").first()
    )


def ownership_stated_at(*, organisation_id: UUID) -> dt.datetime | None:
    """When something of an organisation's ownership was last stated, corrected or withdrawn, by it or of it."""
    rows = OwnershipStatement.objects.filter(Q(stated_by=organisation_id) | Q(owned=organisation_id))
    newest: dt.datetime | None = rows.aggregate(newest=Max("stated_at"))["newest"]
    return newest


def open_branches(*, organisation_id: UUID, on: dt.date) -> list[OpenBranch]:
    """What of a firm's or fund's ownership ends at nobody who is named, where that may reach a threshold in force."""
    kind = Organisation.objects.filter(pk=organisation_id).values_list("kind", flat=True).first()
    if kind not in OWNED_KINDS:
        return []
    figures = ownership_figures(organisation_id=organisation_id, day=on)
    least = min((float(item.share) for item in figures.thresholds), default=0.0)
    return [branch for branch in figures.ownership.open_branches if float(branch.reach.high) >= least]
