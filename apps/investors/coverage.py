"""Whether the lever behind a mandate covers what the mandate would finance."""

from __future__ import annotations

import datetime as dt

from apps.investors.models import Lever, Mandate
from apps.investors.rules import EXCLUDABLE, Admission, Answer, LeverTerms, lever_admits
from apps.reference.instruments import InstrumentClass
from apps.reference.stated import instrument_class


def lever_terms(*, lever: Lever) -> LeverTerms:
    """The terms of a lever's row."""
    return LeverTerms(
        classes=lever.classes,
        countries=lever.countries,
        places=lever.places,
        excluded_flags=lever.excluded_flags,
        tenor_max_years=lever.tenor_max_years,
        valid_from=lever.valid_from,
        valid_to=lever.valid_to,
        confidence=lever.confidence,
    )


def lever_coverage(*, mandate: Mandate, on: dt.date) -> Admission:
    """Whether the mandate's lever covers on a day whatever the mandate admits: all its countries, its regions, every
    flag that it does not exclude, its tenor. Without a lever, and for grants, there is nothing to cover.
    """
    kind = instrument_class(mandate.instruments)
    if mandate.lever is None or kind is None or kind == InstrumentClass.GRANT:
        return Admission(Answer.PASS)
    countries = set(mandate.countries)
    return lever_admits(
        lever=lever_terms(lever=mandate.lever),
        capital_class=kind,
        countries=countries,
        places={code for code, _ in mandate.places if not countries or code[:2] in countries},
        flags=set(EXCLUDABLE) - set(mandate.exclusions),
        tenor_years=mandate.tenor_years,
        on=on,
    )
