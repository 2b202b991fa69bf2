"""Which country and currency codes the product knows."""

from __future__ import annotations

import datetime as dt
import functools

import pycountry

from apps.reference.tables import editions


@functools.cache
def country_codes() -> frozenset[str]:
    """The countries of ISO 3166-1 as alpha-2 codes, with XK for Kosovo, which the European Union uses beside them."""
    return frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}


def currency_codes(*, on: dt.date) -> frozenset[str]:
    """The currencies (ISO 4217) that the reference table in force `on` has a rate for: others cannot be compared."""
    return frozenset(editions().table_at(on).fx_to_eur)
