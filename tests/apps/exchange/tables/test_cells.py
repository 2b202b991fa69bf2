"""Plain cells."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.exchange.tables import cells
from apps.exchange.tables.problems import CellInvalid


def refused(parse, cell):
    with pytest.raises(CellInvalid) as caught:
        parse(cell)
    return caught.value.code


class TestDecimal:
    amount = staticmethod(cells.decimal(digits=6, places=2, least="0", most="5000"))

    def test_is_exact(self):
        assert self.amount("0.1") == Decimal("0.10")

    def test_rounds_half_up_to_the_places_kept(self):
        assert self.amount("1.005") == Decimal("1.01")

    def test_takes_what_spreadsheets_write(self):
        assert self.amount("1e3") == Decimal("1000.00")

    @pytest.mark.parametrize("cell", ["1,000", "NaN", "Infinity", "12 EUR", "1_000", "٣", "--1", "."])
    def test_refuses_what_is_no_number(self, cell):
        assert refused(self.amount, cell) == "not_a_number"

    @pytest.mark.parametrize("cell", ["-0.01", "5000.01", "99999999", "1e99"])
    def test_refuses_what_lies_outside(self, cell):
        assert refused(self.amount, cell) == "out_of_range"

    def test_refuses_a_bound_that_is_not_included(self):
        assert refused(cells.money(above="0"), "0.001") == "out_of_range"


class TestInteger:
    def test_takes_a_whole_number_of_a_spreadsheet(self):
        assert cells.integer(least=1, most=9)("7.0") == 7

    @pytest.mark.parametrize(
        ("cell", "code"), [("7.5", "not_a_number"), ("VII", "not_a_number"), ("10", "out_of_range")]
    )
    def test_refuses(self, cell, code):
        assert refused(cells.integer(least=1, most=9), cell) == code


class TestMoment:
    def test_a_bare_date_is_midnight_in_utc(self):
        assert cells.moment("2026-03-01") == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)

    def test_an_offset_is_turned_to_utc(self):
        assert cells.moment("2026-03-01T01:30:00+02:00") == dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC)

    @pytest.mark.parametrize("cell", ["01.03.2026", "2026-02-30", "20260301", "2026-W10", "2026-03-01T25:00:00Z"])
    def test_refuses_what_is_no_date(self, cell):
        assert refused(cells.moment, cell) == "not_a_date"

    @pytest.mark.parametrize("cell", ["0001-01-01T00:00:00+14:00", "9999-12-31"])
    def test_refuses_years_that_nobody_means(self, cell):
        assert refused(cells.moment, cell) == "out_of_range"

    def test_a_date_is_the_day_in_utc(self):
        assert cells.date("2026-03-01T01:30:00+02:00") == dt.date(2026, 2, 28)


class TestCodes:
    def test_a_choice_takes_either_case_and_gives_its_own(self):
        assert cells.choice(["EU", "EU+EEA"])("eu+eea") == "EU+EEA"

    def test_an_unknown_choice_is_refused(self):
        assert refused(cells.choice(["EU"]), "US") == "unknown_value"

    @pytest.mark.parametrize("cell", ["UK", "Ukraine", "ZZ", "U"])
    def test_a_country_is_two_letters_of_iso_3166(self, cell):
        assert refused(cells.country, cell) == "bad_country"

    def test_a_currency_is_of_iso_4217(self):
        assert (cells.currency("eur"), refused(cells.currency, "€")) == ("EUR", "bad_currency")

    def test_a_place_is_a_country_or_a_region(self):
        assert (cells.place("UA"), cells.place("UA-46"), refused(cells.place, "XX-1")) == ("UA", "UA-46", "bad_region")

    def test_true_and_false_only(self):
        assert (cells.boolean("TRUE"), refused(cells.boolean, "yes")) == (True, "unknown_value")

    def test_text_is_bounded(self):
        assert refused(cells.text(longest=3), "four") == "too_long"
