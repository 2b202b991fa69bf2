"""The standing of watch-lists."""

import datetime as dt

import pytest

from apps.compliance.selectors.watch_lists import standings
from kernel.clock import utc_today
from tests.factories.watch_lists import as_lines, list_make, load, person, receive

pytestmark = pytest.mark.django_db

FILE = as_lines(person("a", "Ostap Kvorzhyn"))


class TestStandings:
    def test_counts_from_the_publication(self):
        load(list_make(expected_days=7), FILE, published_on=utc_today() - dt.timedelta(days=7))

        assert [(item.age_days, item.is_overdue) for item in standings()] == [(7, False)]
        tomorrow = utc_today() + dt.timedelta(days=1)
        assert [(item.age_days, item.is_overdue) for item in standings(today=tomorrow)] == [(8, True)]

    def test_a_file_under_way_is_no_version_in_force(self):
        receive(list_make(), FILE)

        assert [(item.age_days, item.is_overdue) for item in standings()] == [(None, True)]

    def test_a_list_that_nobody_expects_is_never_overdue(self):
        list_make(is_expected=False)

        assert not standings()[0].is_overdue
