"""The past as far as it is known: funds' deals, and who would have been matched at earlier dates."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.matching.backtest.past import PastDeal, Typical, first_deals, mandate_before, pairs_between
from apps.matching.backtest.training import Situation
from apps.matching.models import Deal
from apps.matching.selectors.inputs import facts_of_raises, mandate_facts
from apps.matching.states import DealOutcome
from apps.reference.areas import Taxonomy
from apps.reference.tables import ReferenceTable
from apps.startups.models import Capability, Raise
from apps.startups.states import OPEN_RAISES, CapabilityStatus

WINDOWS = 5
"""Years before the cut that are learned from and judged by."""
_SHARE = 0.1
"""The least ticket as a share of the amount where no raise states one: what several investors usually allow."""


def situations(
    *, cut: dt.date, model: Mapping[str, Any], reference: ReferenceTable, taxonomy: Taxonomy, at_war: frozenset[str]
) -> list[Situation]:
    """The five years before `cut`, oldest first, as they began: nothing that happened on or after `cut` enters.

    In each the mandates as the funds' deals until then show them; as raises the first deals of the year, at their
    amounts and stages, and the raises that are open now of firms that had been founded. Figures of speed are those of
    the date. Years in which fewer than two funds or no raise are known are left out.
    """
    leads = _leads()
    deals = past_deals(before=cut, reference=reference, leads=leads, at_war=at_war)
    of_fund: defaultdict[str, list[PastDeal]] = defaultdict(list)
    for deal in deals:
        of_fund[deal.fund_id].append(deal)
    open_now = list(
        Raise.objects.filter(status__in=OPEN_RAISES, lead_capability__status=CapabilityStatus.PUBLISHED)
        .select_related("firm__organisation", "issuer", "lead_capability__area")
        .order_by("id")
    )
    usual = _usual(open_now)
    found = []
    for years in range(WINDOWS, 0, -1):
        start, end = _years_before(cut, years), _years_before(cut, years - 1)
        mandates = [
            earlier
            for mandate in mandate_facts(as_of=start, model=model, reference=reference)
            if (rate := _rate(reference, mandate.currency)) is not None
            and (
                earlier := mandate_before(
                    mandate=mandate, deals=of_fund[mandate.fund_id], at=start, rate=rate, share=usual.share
                )
            )
        ]
        raising = first_deals(deals=deals, start=start, end=end)
        rows = [_raising(leads[UUID(firm)], deal, usual, open_now) for firm, deal in sorted(raising.items())]
        rows += [
            item
            for item in open_now
            if str(item.firm_id) not in raising and (item.firm.founded_on is None or item.firm.founded_on < end)
        ]
        if len(mandates) > 1 and raising:
            raises = facts_of_raises(raises=rows, as_of=start, model=model, reference=reference, taxonomy=taxonomy)
            found.append(
                Situation(
                    at=start,
                    mandates=mandates,
                    raises=raises,
                    earlier=pairs_between(deals=deals, start=None, end=start),
                    followed=pairs_between(deals=deals, start=start, end=end),
                )
            )
    return found


def past_deals(
    *, before: dt.date, reference: ReferenceTable, leads: Mapping[UUID, Capability], at_war: frozenset[str]
) -> list[PastDeal]:
    """The deals closed before a date with firms that have a published capability; amounts in EUR where known."""
    rows = Deal.objects.filter(outcome=DealOutcome.CLOSED, date__lt=before, firm__in=leads).order_by("date", "id")
    return [
        PastDeal(
            fund_id=str(deal.fund_id),
            firm_id=str(deal.firm_id),
            on=deal.date,
            amount=_euro(deal.amount, _rate(reference, deal.currency)),
            stage=deal.stage,
            area=leads[deal.firm_id].area.code,
            place=_place(leads[deal.firm_id], at_war),
        )
        for deal in rows
    ]


def _leads() -> dict[UUID, Capability]:
    """Firm → the capability that stands for it: its first published one."""
    rows = Capability.objects.filter(status=CapabilityStatus.PUBLISHED, firm__organisation__dark_since=None)
    found: dict[UUID, Capability] = {}
    for capability in rows.select_related("area", "firm__organisation").order_by("id"):
        found.setdefault(capability.firm_id, capability)
    return found


def _place(lead: Capability, at_war: frozenset[str]) -> str:
    country = str(lead.firm.organisation.country)
    return country if country in at_war else str(lead.firm.region or country)


def _rate(reference: ReferenceTable, currency: str) -> float | None:
    """EUR per unit of the currency."""
    rate = reference.fx_to_eur.get(currency)
    return None if rate is None else float(rate)


def _euro(amount: Decimal | None, rate: float | None) -> float | None:
    return None if amount is None or rate is None else float(amount) * rate


def _usual(raises: Sequence[Raise]) -> Typical:
    """What the open raises have in common."""
    shares = [float(item.min_ticket / item.amount) for item in raises if item.syndicate and item.min_ticket]
    tenors = [float(item.tenor_years) for item in raises if item.tenor_years is not None]
    return Typical(
        share=statistics.median(shares) if shares else _SHARE,
        tenor_years=statistics.median(tenors) if tenors else None,
        syndicate=2 * sum(item.syndicate for item in raises) >= len(raises),
    )


def _raising(lead: Capability, deal: PastDeal, usual: Typical, open_now: Sequence[Raise]) -> Raise:
    """What the firm of a deal was raising, as far as the deal tells: never saved."""
    instruments = Counter(tuple(item.instruments) for item in open_now).most_common(1)
    amount = Decimal(str(round(deal.amount or 0.0, 2)))
    return Raise(
        firm=lead.firm,
        lead_capability=lead,
        amount=amount,
        currency="EUR",
        min_ticket=amount * Decimal(str(usual.share)) if usual.syndicate else None,
        syndicate=usual.syndicate,
        instruments=list(instruments[0][0]) if instruments else ["equity"],
        stage=deal.stage,
        tenor_years=None if usual.tenor_years is None else Decimal(str(usual.tenor_years)),
        opened_on=None,
    )


def _years_before(day: dt.date, years: int) -> dt.date:
    """The same day of an earlier year; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
