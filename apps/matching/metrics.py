"""How far the current lists are behind as a metric, asked of the database when it is scraped."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.matching.selectors.freshness import behind_seconds
from apps.matching.selectors.runs import run_current


class ListsBehind(Collector):
    """`tandem_match_lists_behind_seconds`: the age of the oldest change that they do not hold, 0 with none."""

    def describe(self) -> Iterator[Metric]:
        """The metric without a value: registering must not ask the database."""
        yield _family()

    def collect(self) -> Iterator[Metric]:
        """The age now; nothing without a generation or while the database is away."""
        try:
            run = run_current()
            behind = None if run is None else behind_seconds(run=run)
        except (DatabaseError, InterfaceError):
            return
        if behind is not None:
            found = _family()
            found.add_metric([], behind)
            yield found


def _family() -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "tandem_match_lists_behind_seconds", "Age of the oldest change that the current match lists do not hold."
    )


def metrics_register() -> None:
    """Offer the age to whoever scrapes this process; once."""
    if not _registered:
        REGISTRY.register(ListsBehind())
        _registered.append(True)


_registered: list[bool] = []
