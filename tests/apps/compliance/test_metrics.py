"""The age of watch-lists as a metric."""

import datetime as dt

import pytest
from django.db import InterfaceError, OperationalError

from apps.compliance.metrics import WatchListAges
from kernel.clock import utc_today
from tests.factories.watch_lists import as_lines, list_make, load, person


class TestWatchListAges:
    @pytest.mark.django_db
    def test_gives_ages_of_what_is_in_force_and_what_is_overdue(self):
        published = utc_today() - dt.timedelta(days=9)
        load(list_make("old"), as_lines(person("a", "Ostap Kvorzhyn")), published_on=published)
        list_make("missing")

        ages, overdue = WatchListAges().collect()

        assert [(sample.labels["list"], sample.value) for sample in ages.samples] == [("old", 9.0)]
        assert {sample.labels["list"]: sample.value for sample in overdue.samples} == {"missing": 1.0, "old": 1.0}

    @pytest.mark.parametrize("problem", [OperationalError, InterfaceError])
    def test_gives_nothing_while_the_database_is_away(self, problem, monkeypatch):
        def away():
            raise problem

        monkeypatch.setattr("apps.compliance.metrics.standings", away)

        assert list(WatchListAges().collect()) == []

    def test_describes_itself_without_asking(self):
        assert [metric.name for metric in WatchListAges().describe()] == [
            "tandem_watch_list_age_days",
            "tandem_watch_list_overdue",
        ]
