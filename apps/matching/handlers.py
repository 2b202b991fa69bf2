"""What matching does after the commit of a fact that scores may rest on: it notes whom the fact concerns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.compliance import events as compliance
from apps.investors import events as investors
from apps.matching import events
from apps.matching.services import outcomes, touching
from apps.organisations import events as organisations
from apps.reference import events as reference
from apps.startups import events as startups
from kernel.events import subscribe


@subscribe(startups.FIRM_UPDATED)
@subscribe(startups.FINANCIALS_STATED)
@subscribe(startups.FINANCIALS_WITHDRAWN)
@subscribe(startups.FINANCIALS_TIER_CHANGED)
@subscribe(startups.CAPABILITY_CREATED)
@subscribe(startups.CAPABILITY_UPDATED)
@subscribe(startups.CAPABILITY_PUBLISHED)
@subscribe(startups.CAPABILITY_ARCHIVED)
@subscribe(startups.CAPABILITY_TIER_CHANGED)
@subscribe(startups.DEVELOPMENT_EVENT_RECORDED)
@subscribe(startups.EVIDENCE_ATTACHED)
@subscribe(startups.EVIDENCE_WITHDRAWN)
@subscribe(startups.EVIDENCE_CONFIRMED)
@subscribe(startups.EVIDENCE_REFUSED)
@subscribe(startups.ATTESTATION_APPLIED)
@subscribe(startups.RAISE_UPDATED)
@subscribe(startups.RAISE_OPENED)
@subscribe(startups.RAISE_PARTLY_COMMITTED)
@subscribe(startups.RAISE_REOPENED)
@subscribe(startups.RAISE_CLOSED)
@subscribe(startups.RAISE_WITHDRAWN)
@subscribe(startups.SPEED_CHANGED)
@subscribe(startups.SPEED_FLAG_JUDGED)
@subscribe(investors.FUND_REGISTERED)
@subscribe(investors.FUND_UPDATED)
@subscribe(investors.MANDATE_UPDATED)
@subscribe(investors.MANDATE_ACTIVATED)
@subscribe(investors.MANDATE_PAUSED)
@subscribe(investors.MANDATE_CLOSED)
@subscribe(investors.CAPACITY_RESERVED)
@subscribe(investors.CAPACITY_CONSUMED)
@subscribe(investors.CAPACITY_RELEASED)
@subscribe("exchange.import.touched")
def touch_owner(event: Any) -> None:
    """Note the organisation that the fact belongs to: a firm's raises and a fund's mandates rest on its own facts."""
    touching.organisations_touch(organisation_ids=[event.organisation_id])


@subscribe(organisations.ORGANISATION_UPDATED)
@subscribe(organisations.ORGANISATION_STANDING_CHANGED)
@subscribe(organisations.ORGANISATION_WENT_DARK)
@subscribe(organisations.ORGANISATION_RETURNED)
def touch_organisation(event: Any) -> None:
    """Note the organisation that is called, stands or shows itself otherwise."""
    touching.organisations_touch(organisation_ids=[event.object_id])


@subscribe(organisations.ORGANISATION_MERGED)
def touch_merged(event: Any) -> None:
    """Note both entries that became one."""
    touching.organisations_touch(organisation_ids=[event.object_id, UUID(event.data["into"])])


@subscribe(compliance.SCREENING_CHANGED)
def touch_screened(event: Any) -> None:
    """Note an organisation with another result of screening."""
    touching.organisations_touch(organisation_ids=[UUID(event.data["organisation"])])


@subscribe(compliance.SCREENING_RAN)
def touch_screened_again(event: Any) -> None:
    """Note an organisation whose people and owners as they are now were compared."""
    touching.organisations_touch(organisation_ids=[UUID(event.data["screened"])])


@subscribe(investors.LEVER_UPDATED)
def touch_covered(event: Any) -> None:
    """Note the funds whose mandates use the lever."""
    touching.lever_touch(lever_id=event.object_id)


@subscribe(events.INTRODUCTION_EXPRESSED)
@subscribe(events.INTRODUCTION_BECAME_MUTUAL)
@subscribe(events.INTRODUCTION_DECLINED)
@subscribe(events.INTRODUCTION_WITHDRAWN)
@subscribe(events.INTRODUCTION_EXPIRED)
@subscribe(events.INTRODUCTION_STEP_RECORDED)
def touch_decided(event: Any) -> None:
    """Note the fund whose decision log goes on."""
    touching.fund_touch(fund_id=UUID(event.data["fund"]))


@subscribe(events.INTRODUCTION_EXPRESSED)
@subscribe(events.INTRODUCTION_BECAME_MUTUAL)
@subscribe(events.INTRODUCTION_DECLINED)
@subscribe(events.INTRODUCTION_EXPIRED)
@subscribe(events.INTRODUCTION_STEP_RECORDED)
def record_outcome(event: Any) -> None:
    """Keep what became of a pair: models are judged by it."""
    outcomes.outcome_record(event=event)


@subscribe(reference.AREAS_LOADED)
@subscribe(reference.AREAS_RETIRED)
def score_anew(_event: Any) -> None:
    """Have everything scored again under other areas: a generation keeps those it began with."""
    touching.everything_touch()


@subscribe(events.RUN_PUBLISHED)
def follow_generation(_event: Any) -> None:
    """Bring into a new generation what has changed since it read its inputs."""
    touching.refresh_nudge()
