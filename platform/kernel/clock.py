"""The clock that services are handed: aware, in UTC."""

import datetime as dt

from django.db import connection
from django.utils import timezone


def utc_now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return timezone.now().astimezone(dt.UTC)


def utc_today(now: dt.datetime | None = None) -> dt.date:
    """The UTC calendar date of `now` (the present if left out)."""
    return (now or utc_now()).astimezone(dt.UTC).date()


def database_now() -> dt.datetime:
    """The database's clock: the one that leases, retries and turns go by, whatever this machine believes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
    return now.astimezone(dt.UTC)
