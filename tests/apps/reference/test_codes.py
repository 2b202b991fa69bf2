"""Country and currency codes."""

import datetime as dt

from apps.reference.codes import country_codes, currency_codes


class TestCountryCodes:
    def test_knows_the_members_of_the_union_and_ukraine(self) -> None:
        assert {"UA", "DE", "FR", "GR", "XK"} <= country_codes()
        assert not {"EU", "XX", "ua", "UKR"} & country_codes()


class TestCurrencyCodes:
    def test_knows_those_with_a_rate(self) -> None:
        known = currency_codes(on=dt.date(2026, 1, 1))

        assert {"EUR", "UAH", "PLN"} <= known
        assert "XTS" not in known
