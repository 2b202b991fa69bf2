"""What a fund's mandate would have said at an earlier date, going by its deals up to then."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from apps.matching.engine.facts import MandateFacts

FEWEST_DEALS = 5
"""Fewer say too little about what a fund wants."""
_KINDS = 12
"""Areas and places kept, the most frequent ones."""
_LOW, _HIGH = 0.05, 0.95
_RECENT = dt.timedelta(days=730)


@dataclass(frozen=True, slots=True)
class PastDeal:
    """A deal of a fund with a firm; `amount` in EUR, `area` the firm's lead one, `place` where it works."""

    fund_id: str
    firm_id: str
    on: dt.date
    amount: float | None
    stage: str
    area: str
    place: str


@dataclass(frozen=True, slots=True)
class Typical:
    """What is usual among raises: the least ticket as a share of the amount, the years needed, whether several join."""

    share: float
    tenor_years: float | None
    syndicate: bool


def mandate_before(
    *, mandate: MandateFacts, deals: Sequence[PastDeal], at: dt.date, rate: float, share: float
) -> MandateFacts | None:
    """The mandate with areas, stages, places, tickets and capacity as the fund's deals before `at` show them.

    None with fewer than five such deals, or fewer than three of known amount. Tickets run from `share` of the amounts'
    5 % quantile to their 95 % quantile; capacity is the typical ticket times the deals of the last two years. `rate`:
    EUR per unit of the mandate's currency. What deals do not show (instruments, terms, an offer) is as it is now.
    """
    own = [deal for deal in deals if deal.on < at]
    amounts = np.array([deal.amount for deal in own if deal.amount], np.float64) / rate
    if len(own) < FEWEST_DEALS or len(amounts) < 3:
        return None
    low, typical, high = (float(value) for value in np.quantile(amounts, (_LOW, 0.5, _HIGH)))
    recent = sum(deal.on >= at - _RECENT for deal in own)
    return dataclasses.replace(
        mandate,
        areas=_shares((deal.area for deal in own), _KINDS),
        stages=_shares((deal.stage for deal in own if deal.stage), None),
        places=_shares((deal.place for deal in own if deal.place), _KINDS),
        ticket_min=share * low,
        ticket_max=high,
        ticket_typical=typical,
        capacity=typical * max(1, recent),
    )


def _shares(values: Iterable[str], most: int | None) -> tuple[tuple[str, float], ...]:
    counted = Counter(values)
    total = sum(counted.values())
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple((name, count / total) for name, count in ranked[:most])


def first_deals(*, deals: Iterable[PastDeal], start: dt.date, end: dt.date) -> Mapping[str, PastDeal]:
    """Firm → its first deal of known amount from `start` up to, not including, `end`: what it was raising then."""
    found: dict[str, PastDeal] = {}
    for deal in sorted(deals, key=lambda item: (item.on, item.fund_id)):
        if start <= deal.on < end and deal.amount:
            found.setdefault(deal.firm_id, deal)
    return found


def pairs_between(*, deals: Iterable[PastDeal], start: dt.date | None, end: dt.date) -> frozenset[tuple[str, str]]:
    """(fund, firm) of the deals from `start` (from the beginning if None) up to, not including, `end`."""
    return frozenset(
        (deal.fund_id, deal.firm_id) for deal in deals if deal.on < end and (start is None or deal.on >= start)
    )
