"""A made-up folder in the import format: funds with tastes, firms, six years of deals and what followed."""

import csv
import datetime as dt
from pathlib import Path

import numpy as np

SECTORS = ("ROBOTS", "SENSORS", "RADIO", "POWER")
REGIONS = ("PL-MZ", "PL-SL", "PL-DS", "PL-PM")
STAGES = ("seed", "series_a", "series_b")
FIRST, LAST = 2014, 2020
"""Deals are of FIRST … LAST − 1; what followed is of LAST."""


def folder_made(folder: Path, *, funds: int = 10, firms: int = 40, seed: int = 1) -> Path:
    """Write the folder; firms a year, each raising once. Funds differ in what they like and in how much they do."""
    rng = np.random.default_rng(seed)
    tastes = [(rng.permutation(4), rng.permutation(4), float(10 ** rng.uniform(5.3, 6.7))) for _ in range(funds)]
    busy = np.sort(rng.uniform(0.2, 3.0, funds))
    startups, capabilities, deals, outcomes, raises = [], [], [], [], []
    for year in range(FIRST, LAST + 1):
        for number in range(firms):
            firm, sector, region = f"x{year}-{number}", int(rng.integers(4)), int(rng.integers(4))
            stage = int(rng.integers(3))
            amount = round(float(10 ** (5.5 + 0.5 * stage + rng.normal(0, 0.2))))
            startups.append((firm, f"Firm {firm}", "PL", REGIONS[region], f"{year - 2}-01-01"))
            capabilities.append((f"{firm}-c", firm, SECTORS[sector], "work", "prototype"))
            if year == LAST:
                raises.append(
                    (f"{firm}-r", firm, f"{firm}-c", amount, "EUR", amount // 10, "true", "equity", STAGES[stage], 7)
                )
            for fund, (sectors, regions, ticket) in enumerate(tastes):
                near = np.exp(-(np.log(amount / ticket) ** 2) / 2)
                wish = 0.05 * busy[fund] * near * 2.0 ** (-sectors[sector]) * 1.6 ** (-regions[region]) * 8
                if rng.random() < wish:
                    day = dt.date(year, 1, 1) + dt.timedelta(days=int(rng.integers(365)))
                    target = outcomes if year == LAST else deals
                    target.append((f"f{fund}", firm, day.isoformat(), amount, "EUR", STAGES[stage], "closed"))
    mandates = [
        (
            f"f{fund}-m",
            f"f{fund}",
            "history",
            ";".join(f"{SECTORS[k]}:{2.0 ** -int(sectors[k]):.3f}" for k in range(4)),
            round(ticket / 20),
            round(ticket * 10),
            round(ticket),
            "EUR",
            ";".join(STAGES),
            "equity",
            ";".join(f"{REGIONS[k]}:{1.6 ** -int(regions[k]):.3f}" for k in range(4)),
            10,
            round(ticket * 20 * float(busy[fund])),
        )
        for fund, (sectors, regions, ticket) in enumerate(tastes)
    ]
    deal_columns = "fund_key,startup_key,date,amount,currency,stage,outcome"
    tables = {
        "areas": ("code,parent,label_en", [(code, "", code.title()) for code in SECTORS]),
        "startups": ("key,legal_name,country,region,founded_on", startups),
        "capabilities": ("key,startup_key,area,title,maturity", capabilities),
        "raises": (
            "key,startup_key,lead_capability_key,amount,currency,min_ticket,syndicate,instruments,stage,tenor_years",
            raises,
        ),
        "funds": ("key,legal_name,country", [(f"f{fund}", f"Fund {fund}", "PL") for fund in range(funds)]),
        "mandates": (
            (
                "key,fund_key,name,areas,ticket_min,ticket_max,ticket_typical,currency,stages,instruments,places,"
                "tenor_years,capacity"
            ),
            mandates,
        ),
        "deals": (deal_columns, deals),
        "outcomes": (deal_columns, outcomes),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(columns.split(","))
            writer.writerows(rows)
    return folder
