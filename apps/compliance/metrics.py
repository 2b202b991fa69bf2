"""The age of the watch-lists as a metric, asked of the database when it is scraped."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.compliance.selectors.watch_lists import standings


class WatchListAges(Collector):
    """`tandem_watch_list_age_days` and `tandem_watch_list_overdue` by list. No age: nothing is in force."""

    def describe(self) -> Iterator[Metric]:
        """The metrics without values: registering must not ask the database."""
        yield from _families()

    def collect(self) -> Iterator[Metric]:
        """The ages now; nothing while the database is away."""
        try:
            found = standings()
        except (DatabaseError, InterfaceError):
            return
        ages, overdue = _families()
        for standing in found:
            overdue.add_metric([standing.code], float(standing.is_overdue))
            if standing.age_days is not None:
                ages.add_metric([standing.code], float(standing.age_days))
        yield from (ages, overdue)


def _families() -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
    return (
        GaugeMetricFamily("tandem_watch_list_age_days", "Days since publication of the one in force.", labels=["list"]),
        GaugeMetricFamily("tandem_watch_list_overdue", "1: an expected list is missing or too old.", labels=["list"]),
    )


def metrics_register() -> None:
    """Offer the ages to whoever scrapes this process; once."""
    if not _registered:
        REGISTRY.register(WatchListAges())
        _registered.append(True)


_registered: list[bool] = []
