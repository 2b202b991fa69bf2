"""How often a day what is matched may change, and new mandates may begin to be matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Model

from apps.investors import events
from apps.investors.models import Fund, Mandate
from apps.investors.rules import DRAFTS_PER_DAY, EDITS_PER_DAY
from apps.investors.states import MandateStatus
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import Conflict
from kernel.models import Event

MATCHED = (MandateStatus.ACTIVE, MandateStatus.PAUSED)
"""The statuses in which a mandate was shown to the engine: a draft is edited at will."""


class TooManyEditsToday(Conflict):
    """These terms were changed {most} times today. They open again at {opens_at}."""

    def __init__(self, *, opens_at: str = "00:00 UTC") -> None:
        super().__init__(most=EDITS_PER_DAY, opens_at=opens_at)


class TooManyMandatesToday(Conflict):
    """{most} drafts began to be matched today, no more do. They may again at {opens_at}."""

    def __init__(self, *, opens_at: str = "00:00 UTC") -> None:
        super().__init__(most=DRAFTS_PER_DAY, opens_at=opens_at)


def edits_require(
    *, actor: Actor, subject: Model, changed: Collection[str], scored: Collection[str], event: str
) -> None:
    """Raises TooManyEditsToday when `changed` touches what is scored once more than a UTC day allows.

    To be called with the row saved: writers of one row then count one after the other. The system is free.
    """
    if actor.is_system or set(scored).isdisjoint(changed):
        return
    midnight = dt.datetime.combine(utc_today(), dt.time(), dt.UTC)
    facts = Event.objects.filter(object_type=subject._meta.label_lower, object_id=subject.pk, name=event)
    today = facts.filter(at__gte=midnight, data__fields__has_any_keys=sorted(scored)).exclude(
        actor=Actor.system().label()
    )
    if today.count() >= EDITS_PER_DAY:
        raise TooManyEditsToday(opens_at=(midnight + dt.timedelta(days=1)).isoformat())


def drafts_require(*, actor: Actor, mandate: Mandate) -> None:
    """Raises TooManyMandatesToday when more of the fund's drafts than a UTC day allows were activated, with this one.

    Else new mandates would get around what edits may not. The system is free.
    """
    if actor.is_system:
        return
    # One at a time for each fund: two drafts at once count one another.
    fund = Fund.objects.select_for_update(no_key=True).get(pk=mandate.fund_id)
    midnight = dt.datetime.combine(utc_today(), dt.time(), dt.UTC)
    facts = Event.objects.filter(name=events.MANDATE_ACTIVATED, organisation_id=fund.organisation_id)
    today = facts.filter(at__gte=midnight, data__from=MandateStatus.DRAFT).exclude(actor=Actor.system().label())
    if today.count() > DRAFTS_PER_DAY:
        raise TooManyMandatesToday(opens_at=(midnight + dt.timedelta(days=1)).isoformat())
