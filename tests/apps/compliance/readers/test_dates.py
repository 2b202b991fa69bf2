"""Dates as lists write them."""

import datetime as dt

import pytest

from apps.compliance.readers.dates import dates_of, day_month_first, day_of, latest_start, span_of


class TestDatesOf:
    @pytest.mark.parametrize(
        ("text", "dates"),
        [
            ("1971-02-15", ("1971-02-15",)),
            ("1971-02", ("1971-02",)),
            ("1971", ("1971",)),
            ("1971-02-15T10:00:00+01:00", ("1971-02-15",)),
            ("1971-00-00", ("1971",)),
            ("1971-02-30", ("1971-02",)),
            ("07 Oct 1952", ("1952-10-07",)),
            ("7-October-1952", ("1952-10-07",)),
            ("Oct 1952", ("1952-10",)),
            ("15/02/1971", ("1971-02-15",)),
            ("dd/02/1971", ("1971-02",)),
            ("dd/mm/1971", ("1971",)),
            ("15.02.1971", ("1971-02-15",)),
            ("99/99/1971", ("1971",)),
            ("circa 1960", ("1960",)),
            ("1960 to 1962", ("1960", "1961", "1962")),
            ("1900 to 1999", ("1900", "1999")),
            ("01 Jan 1960 to 31 Dec 1961", ("1960-01-01", "1961-12-31")),
            ("9 лютого", ()),
            ("29.02.1963 (не валідна)", ("1963",)),
            ("", ()),
            (None, ()),
            ("NaN", ()),
            ("0000-00-00", ()),
            ("2" * 5000, ()),
        ],
    )
    def test_reads_it(self, text, dates):
        assert dates_of(text) == dates

    def test_a_span_by_its_ends(self):
        assert span_of("1960", "1961") == ("1960", "1961")


class TestDays:
    def test_only_whole_days(self):
        assert day_of("2025-01-15") == dt.date(2025, 1, 15)
        assert day_of("2025-01") is None
        assert day_of("2025-02-30") is None

    def test_the_month_first(self):
        assert day_month_first("01/15/2025") == dt.date(2025, 1, 15)
        assert day_month_first("soon") is None

    @pytest.mark.parametrize(("date", "start"), [("1971", (1971, 1, 1)), ("1971-05", (1971, 5, 1))])
    def test_the_start_of_what_a_prefix_covers(self, date, start):
        assert latest_start(date) == dt.date(*start)
