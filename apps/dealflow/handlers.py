"""The deal flow's reactions to facts of other apps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.dealflow.services import alerts, reminders, saved_searches, watchlist
from apps.organisations.models import DisclosureGrant
from apps.organisations.states import Standing
from apps.startups import events as startups
from kernel.events import subscribe


@subscribe("organisations.membership.removed")
def release_removed(event: Any) -> None:
    """Leave to nobody what a removed member was to do."""
    _release(event)


@subscribe("organisations.membership.left")
def release_left(event: Any) -> None:
    """Leave to nobody what somebody who left was to do."""
    _release(event)


def _release(event: Any) -> None:
    user_id = UUID(event.data["user_id"])
    watchlist.assignee_clear(organisation_id=event.organisation_id, user_id=user_id)
    reminders.reminders_drop(organisation_id=event.organisation_id, user_id=user_id)
    saved_searches.searches_release(organisation_id=event.organisation_id, user_id=user_id)


@subscribe(startups.FIRM_UPDATED)
@subscribe(startups.CAPABILITY_PUBLISHED)
@subscribe(startups.CAPABILITY_UPDATED)
@subscribe(startups.CAPABILITY_TIER_CHANGED)
@subscribe(startups.RAISE_OPENED)
@subscribe(startups.RAISE_UPDATED)
@subscribe(startups.RAISE_REOPENED)
@subscribe(startups.SPEED_CHANGED)
@subscribe("organisations.organisation.returned")
def alert_of_listings(event: Any) -> None:
    """Tell whose searches find what the organisation lists now: each of these facts is the organisation's own."""
    alerts.alerts_follow(organisation_id=event.organisation_id)


@subscribe("organisations.organisation.standing_changed")
def alert_of_verified(event: Any) -> None:
    """Tell of a firm that was verified; its own searches, which now see others, begin anew."""
    if event.data["to"] == Standing.VERIFIED:
        alerts.alerts_follow(organisation_id=event.organisation_id)
        alerts.baselines_renew(organisation_id=event.organisation_id)


@subscribe("organisations.grant.created")
def alert_of_granted(event: Any) -> None:
    """Tell whom an organisation showed more of itself what its searches find of that."""
    viewer = DisclosureGrant.objects.filter(pk=event.object_id, person=None).values_list("viewer_id", flat=True).first()
    if viewer is not None:
        alerts.alerts_follow(organisation_id=event.organisation_id, viewer_id=viewer)


@subscribe("organisations.organisation.merged")
def alert_of_merged(event: Any) -> None:
    """Tell of what the organisation lists that took over another's."""
    alerts.alerts_follow(organisation_id=UUID(event.data["into"]))


@subscribe("exchange.import.loaded")
def alert_of_imported(event: Any) -> None:
    """Tell of what an import listed."""
    alerts.alerts_import_follow(import_id=event.object_id)
