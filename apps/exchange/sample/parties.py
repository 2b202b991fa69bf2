"""Organisations that are neither firm nor fund of the market, and who owns whom."""

import random
from collections.abc import Iterable

from apps.exchange.sample import codes, names
from apps.exchange.sample.firms import Firm
from apps.exchange.sample.tables import Row, dice, fraction

AUTHORITIES = (
    ("auth-eu-programme", "European Office for Joint Ventures (fictional)",
     "Європейське бюро спільних підприємств (вигадане)", "BE"),
    ("auth-eu-procurement", "Northern Procurement Agency (fictional)",
     "Північне агентство закупівель (вигадане)", "DK"),
    ("auth-eu-bank", "Continental Guarantee Office (fictional)", "Континентальна гарантійна установа (вигадана)", "LU"),
    ("auth-ua-partnership", "Agency for Industrial Partnership (fictional)",
     "Агенція промислового партнерства (вигадана)", "UA"),
    ("auth-ua-export", "Office for Export Clearance (fictional)", "Бюро експортних висновків (вигадане)", "UA"),
    ("auth-ua-innovation", "Centre for Rapid Innovation (fictional)", "Центр швидких інновацій (вигаданий)", "UA"),
)  # fmt: skip
ATTESTORS = (
    ("att-field-a", "Field trials office A", "Відділ польових випробувань А", "UA"),
    ("att-field-b", "Field trials office B", "Відділ польових випробувань Б", "UA"),
    ("att-field-c", "Field trials office C", "Відділ польових випробувань В", "UA"),
    ("att-range-a", "Test range office A", "Відділ полігонних випробувань А", "UA"),
    ("att-range-b", "Test range office B", "Відділ полігонних випробувань Б", "EE"),
    ("att-customer-a", "Customer acceptance office A", "Відділ приймання замовника А", "UA"),
    ("att-customer-b", "Customer acceptance office B", "Відділ приймання замовника Б", "UA"),
    ("att-customer-c", "Customer acceptance office C", "Відділ приймання замовника В", "PL"),
)  # fmt: skip
OPERATOR = ("op-platform", "Platform operator (fictional)", "Оператор платформи (вигаданий)", "BE")
PARTNERS = (
    ("eu-ostrevanta", "Ostrevanta Werke GmbH", "DE"),
    ("eu-vikvelda", "Vikvelda Teknik AB", "SE"),
    ("eu-morzanelle", "Morzanelle Systèmes SAS", "FR"),
    ("eu-zelgradno", "Zelgradno Zbrojní s.r.o.", "CZ"),
)
"""European makers: the other half of a joint venture."""

HOLDING_FORM = {
    "EE": "Holding OÜ", "NL": "Holding B.V.", "GB": "Holdings Ltd", "PL": "Holding sp. z o.o.", "CZ": "Holding s.r.o.",
}  # fmt: skip


def organisation_rows(firms: Iterable[Firm]) -> list[Row]:
    """Write authorities, attestors, the operator, European makers and the firms' holdings."""
    rows = [
        {"key": key, "kind": kind, "legal_name": name, "legal_name_uk": name_uk, "country": country}
        for kind, parties in (("authority", AUTHORITIES), ("attestor", ATTESTORS), ("operator", (OPERATOR,)))
        for key, name, name_uk, country in parties
    ]
    rows += [
        {"key": key, "kind": "firm", "legal_name": name, "country": country, **_lei(number)}
        for number, (key, name, country) in enumerate(PARTNERS, start=1)
    ]
    holdings = [firm for firm in firms if firm.holding_country]
    rows += [
        {
            "key": firm.holding_key,
            "kind": "firm",
            "legal_name": f"{firm.name.split()[0]} {HOLDING_FORM[firm.holding_country]}",
            "country": firm.holding_country,
            **_lei(100 + number),
        }
        for number, firm in enumerate(holdings, start=1)
    ]
    return rows


def _lei(number: int) -> Row:
    return {"identifier_scheme": "LEI", "identifier": codes.lei(stem=f"9999000SAMPLE{number:05d}")}


def owner_rows(firms: Iterable[Firm], *, planted: Iterable[Row], fund_keys: Iterable[str], seed: int) -> list[Row]:
    """Write who owns the firms, their holdings and some funds; shares are fractions, a missing rest is unknown.

    A firm named by a planted row keeps that row in place of its second owner.
    """
    rng = dice(seed=seed, noun="owners")
    planted_by_key = {row["owned_key"]: row for row in planted}
    rows: list[Row] = []
    for firm in firms:
        owned = firm.key
        since = firm.founded.isoformat()
        if firm.holding_country:
            rows.append({
                "owned_key": firm.key, "owner_name": f"{firm.name.split()[0]} {HOLDING_FORM[firm.holding_country]}",
                "owner_key": firm.holding_key, "owner_kind": "entity", "country": firm.holding_country,
                "share_min": "1", "share_max": "1", "interest": "shareholding", "from": since,
            })  # fmt: skip
            owned = firm.holding_key
        rows += _people(rng, owned=owned, since=since, second=planted_by_key.get(firm.key))
    for number, key in enumerate(fund_keys):
        if number % 4 == 0:
            rows.append({
                "owned_key": key, "owner_name": f"Pension pool {number // 4 + 1} (fictional)", "owner_kind": "entity",
                "country": rng.choice(["NL", "DK", "SE", "FI", "DE"]), "share_min": "0.25", "share_max": "0.5",
                "interest": "shareholding", "from": "2021-01-01",
            })  # fmt: skip
    return rows


def _people(rng: random.Random, *, owned: str, since: str, second: Row | None) -> list[Row]:
    first = rng.choice([0.4, 0.5, 0.51, 0.6, 0.7, 0.8])
    rest = round(1 - first, 2)
    rows = [_person(rng, owned=owned, since=since, share=first)]
    if second is not None:
        rows.append({**second, "owned_key": owned, "from": since})
    elif rng.random() < 0.7:
        rows.append(_person(rng, owned=owned, since=since, share=rest))
    elif rng.random() < 0.6:
        rows.append({
            "owned_key": owned, "owner_name": f"Early backers pool {rng.randint(1, 9)} (fictional)",
            "owner_kind": "entity", "country": rng.choice(["UA", "EE", "US", "GB"]), "share_min": fraction(rest / 2),
            "share_max": fraction(rest), "interest": "shareholding", "from": since,
        })  # fmt: skip
    return rows


def _person(rng: random.Random, *, owned: str, since: str, share: float) -> Row:
    name = names.person(rng)
    return {
        "owned_key": owned, "owner_name": name if rng.random() < 0.3 else names.transliterate(name),
        "owner_kind": "person", "country": "UA", "share_min": fraction(share), "share_max": fraction(share),
        "interest": rng.choice(["shareholding", "shareholding", "voting_rights"]), "from": since,
    }  # fmt: skip
