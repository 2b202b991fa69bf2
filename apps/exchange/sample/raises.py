"""What the sample's firms seek: one or two raises each, in different classes of capital."""

import random
from collections.abc import Iterable, Mapping
from datetime import date

from apps.exchange.sample.firms import Firm
from apps.exchange.sample.tables import Row, between, dice, fraction, in_currency, pick, rounded

AMOUNT_EUR: Mapping[str, tuple[float, float]] = {
    "pre_seed": (150_000, 500_000), "seed": (300_000, 2e6), "series_a": (1.8e6, 6e6), "series_b": (5e6, 14e6),
    "growth": (7e6, 30e6), "working_capital": (500_000, 4e6), "equipment": (700_000, 6e6), "project": (2e6, 10e6),
    "research": (50_000, 400_000), "pilot": (120_000, 900_000), "scale_up": (500_000, 2e6),
}  # fmt: skip
"""Amounts by stage. The first five stages are equity's, the next three debt's, the last three of grants."""

CLASSES: Mapping[str, Mapping[str, float]] = {
    "pre_seed": {"equity": 0.6, "grant": 0.4},
    "seed": {"equity": 0.62, "grant": 0.3, "debt": 0.08},
    "series_a": {"equity": 0.5, "debt": 0.28, "grant": 0.22},
    "series_b": {"equity": 0.42, "debt": 0.45, "grant": 0.13},
    "growth": {"equity": 0.4, "debt": 0.52, "grant": 0.08},
}
INSTRUMENTS: Mapping[str, tuple[str, ...]] = {
    "equity": ("equity", "equity;convertible", "convertible;equity", "convertible"),
    "debt": ("loan", "loan;guarantee", "loan;venture_debt", "venture_debt;loan", "guarantee;loan", "bond;loan"),
    "grant": ("grant",),
}
DEBT_STAGES = {"working_capital": 0.45, "equipment": 0.3, "project": 0.25}
GRANT_STAGES: Mapping[str, Mapping[str, float]] = {
    "pre_seed": {"research": 0.7, "pilot": 0.3}, "seed": {"research": 0.4, "pilot": 0.6},
    "series_a": {"pilot": 0.7, "scale_up": 0.3}, "series_b": {"pilot": 0.3, "scale_up": 0.7},
    "growth": {"scale_up": 1.0},
}  # fmt: skip
COST: Mapping[str, tuple[float, float]] = {"equity": (0.24, 0.46), "debt": (0.1, 0.24)}
TENORS: Mapping[str, tuple[int, ...]] = {"equity": (5, 6, 7, 7, 8), "debt": (2, 3, 3, 4, 5, 7), "grant": ()}


def raise_rows(firms: Iterable[Firm], *, planted: Mapping[str, Row], seed: int) -> list[Row]:
    """Write the raises; a planted firm takes exactly the raise stated for it."""
    rows = []
    for firm in firms:
        rng = dice(seed=seed, noun=f"raises:{firm.key}")
        if firm.key in planted:
            rows.append(planted[firm.key])
            continue
        first = pick(rng, CLASSES[firm.size])
        rows.append(_raise(rng, firm, number=1, kind=first))
        others = {kind: weight for kind, weight in CLASSES[firm.size].items() if kind != first}
        if rng.random() < 0.42:
            rows.append(_raise(rng, firm, number=2, kind=pick(rng, others)))
    return rows


def _raise(rng: random.Random, firm: Firm, *, number: int, kind: str) -> Row:
    stage = {"equity": firm.size, "debt": pick(rng, DEBT_STAGES), "grant": pick(rng, GRANT_STAGES[firm.size])}[kind]
    low, high = AMOUNT_EUR[stage]
    has_issuer = kind == "equity" and firm.holding_country
    currency = pick(rng, {"EUR": 0.75, "USD": 0.15, "UAH": 0.1} if kind != "equity" else {"EUR": 0.8, "USD": 0.2})
    if has_issuer and firm.holding_country in {"GB", "PL"} and rng.random() < 0.4:
        currency = {"GB": "GBP", "PL": "PLN"}[firm.holding_country]
    amount = in_currency(eur=low * (high / low) ** rng.random(), currency=currency)
    left = rounded(amount * rng.uniform(0.4, 0.95)) if rng.random() < 0.35 else amount
    takes_several = rng.random() < {"equity": 0.75, "debt": 0.55, "grant": 0.5}[kind]
    lead = firm.capabilities[1] if number == 2 and len(firm.capabilities) > 1 and rng.random() < 0.25 else firm.lead
    row = {
        "key": f"{firm.key}-r{number}", "startup_key": firm.key, "lead_capability_key": lead.key,
        "issuer_key": firm.holding_key if has_issuer else "", "amount": str(amount), "currency": currency,
        "amount_left": "" if left == amount else str(left), "instruments": rng.choice(INSTRUMENTS[kind]),
        "stage": stage, "syndicate": "true" if takes_several else "false",
        "min_ticket": str(rounded(left * rng.choice([0.05, 0.1, 0.2]))) if takes_several and rng.random() < 0.8 else "",
        "tenor_years": str(rng.choice(TENORS[kind])) if TENORS[kind] and rng.random() < 0.93 else "",
        "opened_on": between(rng, date(2026, 2, 2), date(2026, 10, 30)).isoformat(),
        "need_by": between(rng, date(2028, 3, 31), date(2030, 12, 31)).isoformat(),
        "blocked_countries": pick(rng, {"": 0.6, "RU;BY": 0.25, "RU;BY;CN": 0.1, "RU;BY;CN;HU": 0.05}),
        "terms": _terms(rng, firm, kind),
    }  # fmt: skip
    return row | _cost(rng, firm, kind, currency)


def _cost(rng: random.Random, firm: Firm, kind: str, currency: str) -> Row:
    if kind not in COST or rng.random() < 0.1:
        return {}
    cost = rng.uniform(*COST[kind]) + (0.07 if currency == "UAH" else 0.0)
    tier = {"attested": "E2", "documented": "E1", "registry": "E3", "loose": "E0"}.get(firm.style, "E1")
    return {"marginal_cost_of_capital": fraction(round(cost, 3)), "cost_tier": tier if rng.random() < 0.9 else ""}


def _terms(rng: random.Random, firm: Firm, kind: str) -> str:
    if kind == "grant":
        return "ip_transfer:no!" if rng.random() < 0.4 else ""
    binding = "!" if rng.random() < 0.35 else ""
    if kind == "debt":
        terms = {"collateral": pick(rng, {"yes": 0.75, "no": 0.25}), "personal_guarantee": f"no{binding}"}
    else:
        terms = {"ip_transfer": f"no{binding}", "board_seat": pick(rng, {"yes": 0.85, "no": 0.15})}
        terms["lead"] = pick(rng, {"yes": 0.8, "no": 0.2})
        if rng.random() < 0.6:
            stake = rng.choice(["0.2", "0.25", "0.3", "0.35"])
            terms["max_stake"] = stake + ("!" if rng.random() < 0.3 else "")
        if firm.holding_country and rng.random() < 0.5:
            terms["holding"] = firm.holding_country
    return ";".join(f"{term}:{value}" for term, value in terms.items() if rng.random() < 0.9)
