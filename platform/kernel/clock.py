"""The clock that services are handed: aware, in UTC."""

import datetime as dt

from django.utils import timezone


def utc_now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return timezone.now().astimezone(dt.UTC)


def utc_today(now: dt.datetime | None = None) -> dt.date:
    """The UTC calendar date of `now` (the present if left out)."""
    return (now or utc_now()).astimezone(dt.UTC).date()
