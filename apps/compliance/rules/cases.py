"""Decisions about verification cases over values: dates, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from apps.compliance.states import ItemNeed, ItemState, SuspensionCause

RENEWAL_WITHIN_DAYS = 30
"""How long an organisation has to renew its verification after a change, and before the year is over."""
NOTICE_WORKING_DAYS = 5
"""The least time to answer a notice that a case will be refused."""
REMINDERS = (30, 14, 3)
"""So many days before the end the organisation is reminded."""


class Item(Protocol):
    """An item of a case's checklist."""

    @property
    def code(self) -> str: ...
    @property
    def need(self) -> str: ...
    @property
    def state(self) -> str: ...


def items_missing(*, items: Iterable[Item]) -> list[str]:
    """The codes of what the organisation has yet to show: nothing shown, or what was shown is rejected."""
    unshown = {ItemState.OPEN, ItemState.REJECTED}
    return [item.code for item in items if item.need != ItemNeed.OFFICER and item.state in unshown]


def items_unaccepted(*, items: Iterable[Item]) -> list[str]:
    """The codes of what no officer has accepted."""
    return [item.code for item in items if item.state != ItemState.ACCEPTED]


def working_days_after(*, day: dt.date, count: int) -> dt.date:
    """The day that is `count` Mondays to Fridays after `day`. Public holidays count as working days."""
    found = day
    while count:
        found += dt.timedelta(days=1)
        count -= found.weekday() < 5
    return found


def year_after(*, day: dt.date) -> dt.date:
    """The same day of the next year; of 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def reminders_due(*, due_on: dt.date, today: dt.date) -> int:
    """How many of REMINDERS should have gone out by `today`."""
    left = (due_on - today).days
    return sum(left <= days for days in REMINDERS)


def suspension_shown(*, cause: str, reason: str) -> tuple[str, str]:
    """Cause and reason of a suspension as its organisation reads them; what a list said is the officer's alone."""
    return (str(SuspensionCause.DECISION), "") if cause == SuspensionCause.HIT else (cause, reason)
