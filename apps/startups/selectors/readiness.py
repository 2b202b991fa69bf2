"""Reading what a firm has said so far, for what is missing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.compliance.models import GroupMembership
from apps.compliance.selectors.screening import clearances
from apps.compliance.states import Clearance
from apps.organisations.states import Standing
from apps.reference.wars import countries_at_war
from apps.startups.models import (
    Capability,
    CapabilityDocument,
    CapabilityStandard,
    Financials,
    Firm,
    Raise,
)
from apps.startups.rules.evidence import standing_events
from apps.startups.rules.readiness import CapabilityState, FirmState, RaiseState
from apps.startups.selectors.development import event_logs
from apps.startups.states import OPEN_RAISES, CapabilityStatus, RaiseStatus
from kernel.clock import utc_today

LIVE_RAISES = (RaiseStatus.DRAFT, *OPEN_RAISES)


def firm_state(*, firm: Firm) -> FirmState:
    """What the firm has said of itself, its capabilities and its raises that have not ended; needs
    `firm.organisation`. The number of queries does not depend on how many there are.
    """
    own, today = firm.organisation_id, utc_today()
    newest = Financials.objects.filter(firm=firm, withdrawn_at=None).order_by("-year").first()
    facts = event_logs(firm_ids=[firm.pk]).get(firm.pk, [])
    standing = standing_events(facts=facts, as_of=today + dt.timedelta(days=1))
    return FirmState(
        id=str(firm.pk),
        is_verified=firm.organisation.standing == Standing.VERIFIED,
        is_screened=clearances(organisation_ids={own})[own] == Clearance.CLEAR,
        has_staff=firm.staff is not None,
        # Of a country at war nobody reads the region, matching neither.
        has_region=bool(firm.region) or firm.organisation.country in countries_at_war(on=today),
        has_summary=bool(firm.summary),
        has_group=GroupMembership.objects.filter(organisation_id=own, ended_at=None).exists(),
        has_cash_months=newest is not None and newest.cash_months is not None,
        figures_tier=None if newest is None else newest.tier,
        event_kinds=frozenset(event.kind for event in standing),
        capabilities=_capabilities(firm),
        raises=tuple(_raise(item) for item in Raise.objects.filter(firm=firm, status__in=LIVE_RAISES).order_by("id")),
    )


def _capabilities(firm: Firm) -> tuple[CapabilityState, ...]:
    attached = Q(capability=OuterRef("pk"))
    rows: QuerySet[Any] = (
        Capability.objects.filter(firm=firm)
        .exclude(status=CapabilityStatus.ARCHIVED)
        .annotate(
            lines=Count("components"),
            lines_without_origin=Count("components", filter=Q(components__origin=None)),
            has_standards=Exists(CapabilityStandard.objects.filter(attached)),
            has_documents=Exists(CapabilityDocument.objects.filter(attached)),
        )
        .order_by("id")
    )
    return tuple(
        CapabilityState(
            id=str(row.pk),
            is_published=row.status == CapabilityStatus.PUBLISHED,
            has_trl=row.trl is not None,
            has_flags=row.flags is not None,
            has_description=bool(row.description),
            has_unit_cost=row.unit_cost is not None,
            has_output=row.output_per_month is not None,
            has_lead_time=row.lead_time_days is not None,
            has_export_class=bool(row.export_class),
            is_class_confirmed=row.export_class_confirmed_at is not None,
            has_standards=row.has_standards,
            has_documents=row.has_documents,
            lines=row.lines,
            lines_without_origin=row.lines_without_origin,
            tier=row.tier,
        )
        for row in rows
    )


def _raise(item: Raise) -> RaiseState:
    return RaiseState(
        id=str(item.pk),
        is_open=item.status in OPEN_RAISES,
        has_stage=bool(item.stage),
        has_tenor=item.tenor_years is not None,
        has_marginal_cost=item.marginal_cost_of_capital is not None,
        has_terms=bool(item.terms),
    )
