"""The sample's decision log: what each fund did with the firms it was introduced to."""

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from apps.exchange.sample import AS_OF
from apps.exchange.sample.catalogue import NEIGHBOURS
from apps.exchange.sample.firms import Firm
from apps.exchange.sample.funds import PROFILES, THEMES, Fund
from apps.exchange.sample.raises import AMOUNT_EUR
from apps.exchange.sample.tables import Row, between, dice, in_currency, pick

REASONS = {
    "too_early": 0.34, "terms": 0.16, "price": 0.12, "no_capacity": 0.1, "outside_mandate": 0.12,
    "diligence_findings": 0.1, "never": 0.06,
}  # fmt: skip

WITHOUT_HISTORY = "fund-mirandolex"


def deal_rows(funds: Iterable[Fund], firms: Sequence[Firm], *, planted: Iterable[Row], seed: int) -> list[Row]:
    """Write the past decisions of the funds, ordered by date within a fund; a pair occurs once."""
    rows = []
    for fund in funds:
        rng = dice(seed=seed, noun=f"deals:{fund.key}")
        if fund.key == WITHOUT_HISTORY:
            continue
        roots = {area.split(".")[0] for spec in fund.mandates for area in THEMES[spec.split(":")[1]]}
        known = [firm for firm in firms if firm.root in roots or set(NEIGHBOURS[firm.root]) & roots]
        drawn = [_deal(rng, fund, firm) for firm in rng.sample(known, rng.randint(5, 13))]
        rows += sorted(drawn, key=lambda row: (row["date"], row["startup_key"]))
    return [*rows, *planted]


def _deal(rng: random.Random, fund: Fund, firm: Firm) -> Row:
    outcome = pick(rng, {"closed": 0.46, "passed": 0.34, "lapsed": 0.14, "withdrawn": 0.06})
    took = max(7, round(fund.cash_days * rng.lognormvariate(0, 0.35) * (1.0 if outcome == "closed" else 0.5)))
    # a firm appears only once it exists, and most decisions fall in the year that decision speed looks at
    first = max(date(2024, 9, 1), firm.founded + timedelta(days=60 + took))
    if rng.random() < 0.7:
        first = max(first, date(2025, 11, 20))
    ended = between(rng, min(first, date(2026, 11, 1)), date(2026, 11, 10))
    introduced = max(ended - timedelta(days=took), firm.founded + timedelta(days=30))
    row = {
        "fund_key": fund.key, "startup_key": firm.key, "date": min(ended, AS_OF).isoformat(), "outcome": outcome,
        "introduced_on": introduced.isoformat() if rng.random() < 0.92 else "",
        "stage": rng.choice(_stages(fund)),
    }  # fmt: skip
    if outcome == "closed":
        low, high = AMOUNT_EUR[row["stage"]]
        eur = low * (high / low) ** rng.random() * 0.5
        row |= {"amount": str(in_currency(eur=eur, currency=fund.currency)), "currency": fund.currency}
    elif outcome == "passed":
        row["reason"] = pick(rng, REASONS)
    elif outcome == "withdrawn":
        row["reason"] = "other_offer"
    return row


def _stages(fund: Fund) -> list[str]:
    return [stage.split(":")[0] for spec in fund.mandates for stage in PROFILES[spec.split(":")[0]].stages.split(";")]
