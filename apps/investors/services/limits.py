"""How often a day what is matched may change or be tried out, and new mandates may begin to be matched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Model, Q

from apps.investors import events
from apps.investors.models import Fund, Mandate
from apps.investors.rules import DRAFTS_PER_DAY, EDITS_PER_DAY
from apps.investors.services.mandate_terms import SCORED_MANDATE_FIELDS
from apps.investors.states import MandateStatus
from apps.organisations.rules import own_require
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import Conflict
from kernel.events import publish
from kernel.models import Event

MATCHED = (MandateStatus.ACTIVE, MandateStatus.PAUSED)
"""The statuses in which a mandate was shown to the engine: a draft is edited at will."""


class TooManyEditsToday(Conflict):
    """These terms were changed or tried out {most} times today. They open again at {opens_at}."""

    def __init__(self, *, opens_at: str = "00:00 UTC") -> None:
        super().__init__(most=EDITS_PER_DAY, opens_at=opens_at)


class TooManyMandatesToday(Conflict):
    """{most} drafts were tried out or began to be matched today, no more are. They may be again at {opens_at}."""

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
    midnight = _midnight()
    if _edits(subject=subject, scored=scored, event=event, since=midnight) >= EDITS_PER_DAY:
        raise TooManyEditsToday(opens_at=_opens_at(midnight))


def drafts_require(*, actor: Actor, mandate: Mandate) -> None:
    """Raises TooManyMandatesToday when more of the fund's drafts than a UTC day allows were activated, with this one.

    Else new mandates would get around what edits may not. The system is free.
    """
    if actor.is_system:
        return
    # One at a time for each fund: two drafts at once count one another.
    fund = Fund.objects.select_for_update(no_key=True).get(pk=mandate.fund_id)
    midnight = _midnight()
    if _drafts(fund=fund, since=midnight) > DRAFTS_PER_DAY:
        raise TooManyMandatesToday(opens_at=_opens_at(midnight))


@transaction.atomic
def mandate_probe(*, actor: Actor, fund: Fund, mandate: Mandate | None, times: int) -> None:
    """Count `times` trials of terms: of a mandate that is or was matched as edits of it, of a draft as new mandates.

    Raises NotYours, TooManyEditsToday and TooManyMandatesToday when they are more than a UTC day allows. The system is
    free.
    """
    own_require(actor=actor, organisation_id=fund.organisation_id)
    if actor.is_system or not times:
        return
    midnight = _midnight()
    matched = mandate if mandate is not None and mandate.status in MATCHED else None
    # One at a time: trials and edits at once count one another.
    subject: Fund | Mandate
    if matched is not None:
        subject = Mandate.objects.select_for_update(no_key=True).get(pk=matched.pk)
        used = _edits(subject=subject, scored=SCORED_MANDATE_FIELDS, event=events.MANDATE_UPDATED, since=midnight)
        if used + times > EDITS_PER_DAY:
            raise TooManyEditsToday(opens_at=_opens_at(midnight))
    else:
        subject = Fund.objects.select_for_update(no_key=True).get(pk=fund.pk)
        if _drafts(fund=fund, since=midnight) + times > DRAFTS_PER_DAY:
            raise TooManyMandatesToday(opens_at=_opens_at(midnight))
    for _ in range(times):
        publish(
            events.MANDATE_PROBED,
            actor=actor,
            subject=subject,
            organisation_id=fund.organisation_id,
            data={"draft": matched is None},
        )


def _edits(*, subject: Model, scored: Collection[str], event: str, since: dt.datetime) -> int:
    """How often what is scored of the subject was changed or tried out since then, not by the system."""
    told = Q(name=event, data__fields__has_any_keys=sorted(scored)) | Q(name=events.MANDATE_PROBED, data__draft=False)
    facts = Event.objects.filter(told, object_type=subject._meta.label_lower, object_id=subject.pk, at__gte=since)
    return facts.exclude(actor=Actor.system().label()).count()


def _drafts(*, fund: Fund, since: dt.datetime) -> int:
    """How many of the fund's drafts were activated or tried out since then, not by the system."""
    told = Q(name=events.MANDATE_ACTIVATED, data__from=MandateStatus.DRAFT) | Q(
        name=events.MANDATE_PROBED, data__draft=True
    )
    facts = Event.objects.filter(told, organisation_id=fund.organisation_id, at__gte=since)
    return facts.exclude(actor=Actor.system().label()).count()


def _midnight() -> dt.datetime:
    return dt.datetime.combine(utc_today(), dt.time(), dt.UTC)


def _opens_at(midnight: dt.datetime) -> str:
    return (midnight + dt.timedelta(days=1)).isoformat()
