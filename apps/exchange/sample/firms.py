"""The sample's firms: what each one is, what it can deliver, from which parts, and its yearly figures."""

import random
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from apps.exchange.sample import catalogue, codes, names
from apps.exchange.sample.tables import Row, between, dice, fraction, in_currency, pick, rounded

TRL = {
    "concept": (2, 3), "prototype": (4, 5), "tested": (6, 6), "codified": (7, 7), "fielded": (8, 8), "serial": (9, 9),
}  # fmt: skip

MATURITIES = {
    "pre_seed": {"concept": 0.35, "prototype": 0.65},
    "seed": {"prototype": 0.35, "tested": 0.45, "codified": 0.2},
    "series_a": {"tested": 0.2, "codified": 0.35, "fielded": 0.45},
    "series_b": {"codified": 0.15, "fielded": 0.5, "serial": 0.35},
    "growth": {"fielded": 0.25, "serial": 0.75},
}
"""Maturity of the lead capability by how far the firm is."""

STAGES = {"pre_seed": 0.1, "seed": 0.28, "series_a": 0.29, "series_b": 0.19, "growth": 0.14}
STAFF = {"pre_seed": (3, 12), "seed": (8, 40), "series_a": (25, 110), "series_b": (70, 260), "growth": (180, 900)}
REVENUE_EUR = {"seed": (5e4, 9e5), "series_a": (6e5, 5e6), "series_b": (3e6, 1.6e7), "growth": (9e6, 6e7)}
FOUNDED = {
    "pre_seed": (2024, 2025), "seed": (2022, 2024), "series_a": (2020, 2023), "series_b": (2016, 2022),
    "growth": (2008, 2020),
}  # fmt: skip

RHYTHMS_ITERATING = {"weekly": 0.24, "fortnightly": 0.2, "monthly": 0.3, "quarterly": 0.16, "silent": 0.1}
RHYTHMS_PRODUCING = {"monthly": 0.26, "quarterly": 0.4, "half_yearly": 0.2, "silent": 0.14}
STYLES = {"attested": 0.46, "documented": 0.24, "registry": 0.15, "loose": 0.15}
STYLE_TIER = {"attested": "E2", "documented": "E1", "registry": "E3", "loose": "E0", "unattested": "E0"}

HOLDING_COUNTRIES = {"EE": 0.4, "NL": 0.22, "GB": 0.18, "PL": 0.12, "CZ": 0.08}
REGIONS = ("UA-46", "UA-32", "UA-05", "UA-68")
OTHER_ORIGINS = {"CN": 0.35, "US": 0.2, "TW": 0.15, "DE": 0.15, "KR": 0.08, "TR": 0.07}


@dataclass(frozen=True, kw_only=True)
class Capability:
    """What a firm can deliver in one area; cost in EUR and output in pieces per month, None = not stated."""

    key: str
    area: str
    title: str
    maturity: str
    trl: int
    tier: str
    cost_eur: int
    output: int | None
    flags: str
    has_parts: bool = True


@dataclass(frozen=True, kw_only=True)
class Firm:
    """A firm as the generator knows it: what is written, and how its events, money and papers are drawn."""

    key: str
    name: str
    name_uk: str
    code: str
    root: str
    size: str
    founded: date
    staff: int
    rhythm: str
    style: str
    autonomy: float
    holding_country: str = ""
    capabilities: list[Capability] = field(default_factory=list)
    naming: str = "accepted"
    region: str = ""
    summary: str = ""
    foreign: str = ""
    """If set, the country that most parts come from."""

    @property
    def lead(self) -> Capability:
        """The capability that the firm lives by."""
        return self.capabilities[0]

    @property
    def holding_key(self) -> str:
        """Key of its holding among the organisations."""
        return f"hold-{self.key.removeprefix('ua-')}"


def capability_draw(
    rng: random.Random, *, key: str, area: str, size: str, style: str, taken: set[str], has_flags: bool = True
) -> Capability:
    """Draw a capability of an area for a firm of a size; titles already taken by the firm are avoided."""
    product = catalogue.PRODUCTS[area]
    maturity = pick(rng, MATURITIES[size])
    title = rng.choice([title for title in product.titles if title not in taken] or list(product.titles))
    taken.add(title)
    makes = maturity in {"fielded", "serial"} or (maturity == "codified" and rng.random() < 0.5)
    cost = rounded(product.cost[0] * (product.cost[1] / product.cost[0]) ** rng.random())
    output = rounded(product.output[0] * (product.output[1] / product.output[0]) ** rng.random()) if makes else None
    return Capability(
        key=key, area=area, title=title, maturity=maturity, trl=rng.randint(*TRL[maturity]),
        tier=STYLE_TIER[style] if rng.random() < 0.85 else rng.choice(["E0", "E1", ""]), cost_eur=cost, output=output,
        flags=pick(rng, product.flags) if has_flags else "", has_parts=rng.random() < 0.87,
    )  # fmt: skip


def firms_draw(*, seed: int, words: Iterator[str], taken_codes: set[str]) -> list[Firm]:
    """Draw the firms of every root area, without the planted ones."""
    rng = dice(seed=seed, noun="firms")
    firms = []
    for root, number in catalogue.FIRMS_PER_ROOT.items():
        for index in range(number):
            area = catalogue.leaves(root)[index % len(catalogue.leaves(root))]
            firms.append(_firm_draw(rng, root=root, area=area, word=next(words), taken_codes=taken_codes))
    return firms


def _firm_draw(rng: random.Random, *, root: str, area: str, word: str, taken_codes: set[str]) -> Firm:
    descriptor_uk, descriptor = rng.choice(catalogue.descriptors(area))
    size = pick(rng, STAGES)
    style = pick(rng, STYLES)
    key = f"ua-{names.slug(word)}"
    has_flags = rng.random() > 0.05
    areas = [area, *_further_areas(rng, root=root, number=rng.randint(1, 3))]
    taken: set[str] = set()
    capabilities = [
        capability_draw(
            rng, key=f"{key}-c{number}", area=code, size=size, style=style, taken=taken, has_flags=has_flags
        )
        for number, code in enumerate(areas, start=1)
    ]
    producing = root in {"AMD", "SPS", "GCM", "LOG", "MFG"}
    rhythm = pick(rng, RHYTHMS_PRODUCING if producing else RHYTHMS_ITERATING)
    return Firm(
        key=key,
        name=f"{names.transliterate(word)} {descriptor} LLC",
        name_uk=f"ТОВ «{word} {descriptor_uk}»",
        code=codes.edrpou_unused(rng, taken_codes),
        root=root,
        size=size,
        founded=between(rng, date(FOUNDED[size][0], 1, 10), date(FOUNDED[size][1], 11, 20)),
        staff=rng.randint(*STAFF[size]),
        rhythm="silent" if capabilities[0].maturity == "concept" else rhythm,
        style=style,
        autonomy=rng.random(),
        holding_country=pick(rng, HOLDING_COUNTRIES) if rng.random() < 0.28 else "",
        capabilities=capabilities,
        naming=pick(rng, {"accepted": 0.6, "all_verified": 0.3, "nobody": 0.1}),
        region=rng.choice(REGIONS) if rng.random() < 0.1 else "",
    )


def _further_areas(rng: random.Random, *, root: str, number: int) -> list[str]:
    roots = [root if rng.random() < 0.7 else rng.choice(catalogue.NEIGHBOURS[root]) for _ in range(number)]
    return [rng.choice(catalogue.leaves(code)) for code in roots]


def startup_rows(firms: Iterable[Firm]) -> list[Row]:
    """Write the firms."""
    return [
        {
            "key": firm.key,
            "legal_name": firm.name,
            "legal_name_uk": firm.name_uk,
            "country": "UA",
            "region": firm.region,
            "founded_on": firm.founded.isoformat(),
            "staff": str(firm.staff),
            "identifier_scheme": "UA-EDR",
            "identifier": firm.code,
            "summary": firm.summary or f"Fictional firm. Makes: {'; '.join(c.title for c in firm.capabilities)}.",
            "naming": firm.naming,
        }
        for firm in firms
    ]


def capability_rows(firms: Iterable[Firm], *, seed: int) -> list[Row]:
    """Write the capabilities, lead one first; unit cost in euros, dollars or hryvnias."""
    rng = dice(seed=seed, noun="capabilities")
    rows: list[Row] = []
    for firm in firms:
        currency = pick(rng, {"EUR": 0.5, "USD": 0.25, "UAH": 0.25})
        rows += [_capability_row(rng, firm, capability, currency) for capability in firm.capabilities]
    return rows


def _capability_row(rng: random.Random, firm: Firm, capability: Capability, currency: str) -> Row:
    return {
        "key": capability.key,
        "startup_key": firm.key,
        "area": capability.area,
        "title": capability.title,
        "description": f"Fictional product, {capability.maturity} as of the sample's date.",
        "trl": str(capability.trl),
        "maturity": capability.maturity,
        "tier": capability.tier,
        "unit_cost": str(in_currency(eur=capability.cost_eur, currency=currency)),
        "currency": currency,
        "output_per_month": "" if capability.output is None else str(capability.output),
        "export_class": catalogue.PRODUCTS[capability.area].export_class if rng.random() < 0.8 else "",
        "flags": capability.flags,
    }


def component_rows(firms: Iterable[Firm], *, planted: Collection[Row], seed: int) -> list[Row]:
    """Write the bills of materials, the planted ones in the place of those drawn; a firm with much `autonomy` buys its
    parts at home or in the EU.
    """
    rng = dice(seed=seed, noun="components")
    rows: list[Row] = []
    for firm in firms:
        for capability in firm.capabilities:
            if capability.has_parts:
                rows += _bill_of_materials(rng, firm=firm, capability=capability)
    fixed = {row["capability_key"] for row in planted}
    return [*(row for row in rows if row["capability_key"] not in fixed), *planted]


def _bill_of_materials(rng: random.Random, *, firm: Firm, capability: Capability) -> Iterator[Row]:
    material_eur = capability.cost_eur * rng.uniform(0.45, 0.7)
    hides_origins = not firm.foreign and firm.style in {"loose", "documented"} and rng.random() < 0.3
    for number, part in enumerate(catalogue.PRODUCTS[capability.area].parts, start=1):
        cost = material_eur * part.share * rng.uniform(0.8, 1.2) / part.pieces
        origin = _origin(rng, firm=firm, part=part)
        if hides_origins and rng.random() < 0.35:
            origin = ""
        currency = {"UA": "UAH", "CN": "USD", "US": "USD", "TW": "USD"}.get(origin, "EUR")
        yield {
            "capability_key": capability.key,
            "name": part.name,
            "unit_cost": _piece_price(cost, currency),
            "currency": currency,
            "quantity": str(part.pieces),
            "origin": origin,
            "supplier": f"Supplier {origin}-{rng.randint(1, 40):02d}" if origin and rng.random() < 0.6 else "",
            "single_source": pick(rng, {"false": 0.6, "true": 0.2, "": 0.2}) if number > 1 else "false",
        }


def _piece_price(eur: float, currency: str) -> str:
    if eur < 20:
        return f"{eur / {'EUR': 1.0, 'USD': 0.97, 'UAH': 0.0229}[currency]:.2f}"
    return str(in_currency(eur=eur, currency=currency))


def _origin(rng: random.Random, *, firm: Firm, part: catalogue.Part) -> str:
    usual = pick(rng, part.origins)
    if firm.foreign:
        return firm.foreign if part.origins is not catalogue.DOMESTIC or rng.random() < 0.9 else "UA"
    if rng.random() < 0.06:
        return pick(rng, OTHER_ORIGINS)
    if part.origins in (catalogue.DOMESTIC, catalogue.EUROPEAN) or rng.random() > 0.25 + 0.75 * firm.autonomy:
        return usual
    return pick(rng, catalogue.DOMESTIC if rng.random() < 0.6 else catalogue.EUROPEAN)


def financial_rows(firms: Iterable[Firm], *, seed: int) -> list[Row]:
    """Write up to three years of figures for the firms that earn, in hryvnias or euros."""
    rng = dice(seed=seed, noun="financials")
    rows: list[Row] = []
    for firm in firms:
        if firm.size == "pre_seed" or rng.random() < 0.08:
            continue
        low, high = REVENUE_EUR[firm.size]
        revenue = low * (high / low) ** rng.random()
        currency = pick(rng, {"UAH": 0.75, "EUR": 0.25})
        growth = rng.uniform(1.15, 2.6)
        audited = firm.style == "registry" or (firm.size in {"series_b", "growth"} and rng.random() < 0.55)
        rows += [
            _year(rng, firm, year, currency, revenue / growth ** (2025 - year), audited=audited)
            for year in range(max(2023, firm.founded.year + 1), 2026)
        ]
    return rows


def _year(rng: random.Random, firm: Firm, year: int, currency: str, revenue_eur: float, *, audited: bool) -> Row:
    state = rng.choice([0.3, 0.5, 0.6, 0.7])
    export = rng.choice([0.0, 0.1, 0.2])
    customers = {"state": state, "export": export, "charity": 0.1, "commercial": round(0.9 - state - export, 1)}
    has_debt = rng.random() < 0.45
    orders = in_currency(eur=revenue_eur * rng.uniform(0.2, 1.4), currency=currency)
    return {
        "startup_key": firm.key,
        "year": str(year),
        "currency": currency,
        "revenue": str(in_currency(eur=revenue_eur, currency=currency)),
        "order_book": str(orders) if year == 2025 else "",
        "customers": ";".join(f"{name}:{fraction(share)}" for name, share in customers.items() if share > 0.001),
        "largest_customer_share": fraction(round(state * rng.uniform(0.5, 1.0), 2)),
        "gross_margin": fraction(round(rng.uniform(0.12, 0.48), 2)),
        "debt": str(in_currency(eur=revenue_eur * rng.uniform(0.05, 0.4), currency=currency)) if has_debt else "0",
        "audited": "true" if audited and year >= 2024 else "false",
        "tier": STYLE_TIER[firm.style] if rng.random() < 0.8 else "E1",
    }
