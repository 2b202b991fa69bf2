"""The sample's European money: funds, the levers behind their offers, and their mandates."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.exchange.sample.tables import Row, dice, fraction, in_currency, pick, weighted

LEVERS: tuple[Row, ...] = (
    {"key": "lev-guarantee-eu", "kind": "guarantee", "issuer": "Continental Guarantee Office (fictional)",
     "classes": "equity;debt", "countries": "UA", "excluded_flags": "cluster_munition", "risk_cover": "0.7",
     "cover_cap": "20000000", "currency": "EUR", "premium": "0.008"},
    {"key": "lev-guarantee-nordic", "kind": "guarantee", "issuer": "Nordic Export Guarantee (fictional)",
     "classes": "equity;debt", "countries": "UA;EE;LT;LV;PL", "excluded_flags": "cluster_munition;lethal_autonomous",
     "risk_cover": "0.8", "cover_cap": "10000000", "currency": "EUR", "premium": "0.01"},
    {"key": "lev-guarantee-full", "kind": "guarantee", "issuer": "European First-Loss Facility (fictional)",
     "classes": "equity", "countries": "UA", "excluded_flags": "cluster_munition;lethal_autonomous",
     "risk_cover": "0.95", "cover_cap": "12000000", "currency": "EUR", "premium": "0.005"},
    {"key": "lev-guarantee-loans", "kind": "guarantee", "issuer": "Portfolio Guarantee for Makers (fictional)",
     "classes": "debt", "countries": "UA", "excluded_flags": "none", "risk_cover": "0.8", "cover_cap": "8000000",
     "currency": "EUR", "premium": "0.01"},
    {"key": "lev-insurance-war", "kind": "insurance", "issuer": "War Risk Insurance Pool (fictional)",
     "classes": "equity;debt", "countries": "UA", "excluded_flags": "none", "risk_cover": "0.5",
     "cover_cap": "5000000", "currency": "EUR", "premium": "0.012"},
    {"key": "lev-insurance-political", "kind": "insurance", "issuer": "Mutual Political Risk Cover (fictional)",
     "classes": "equity;debt", "countries": "UA;PL;RO", "excluded_flags": "cluster_munition", "risk_cover": "0.65",
     "cover_cap": "15000000", "currency": "USD", "premium": "0.014"},
    {"key": "lev-insurance-dualuse", "kind": "insurance", "issuer": "Dual-Use Export Insurer (fictional)",
     "classes": "debt", "countries": "UA", "excluded_flags": "lethal;lethal_autonomous;cluster_munition",
     "risk_cover": "0.85", "cover_cap": "6000000", "currency": "EUR", "premium": "0.007"},
    {"key": "lev-mandate-state", "kind": "public_mandate", "issuer": "Ministry Mandate Scheme (fictional)",
     "classes": "equity;debt", "countries": "UA", "excluded_flags": "none", "risk_cover": "0.6", "cover_cap": "",
     "currency": "", "premium": "0"},
    {"key": "lev-mandate-bank", "kind": "public_mandate", "issuer": "Public Bank Mandate (fictional)",
     "classes": "debt", "countries": "UA", "excluded_flags": "cluster_munition", "risk_cover": "0.75",
     "cover_cap": "25000000", "currency": "EUR", "premium": "0.004"},
    {"key": "lev-tenor-patient", "kind": "tenor", "issuer": "Patient Capital Pool (fictional)",
     "classes": "equity;debt", "countries": "UA", "excluded_flags": "none", "risk_cover": "0.3", "cover_cap": "",
     "currency": "", "premium": "0"},
    {"key": "lev-diversified-fund", "kind": "diversification", "issuer": "Diversified Portfolio Rule (fictional)",
     "classes": "equity", "countries": "UA", "excluded_flags": "none", "risk_cover": "0.4", "cover_cap": "",
     "currency": "", "premium": "0"},
)  # fmt: skip
"""What makes an offer below the country's build-up possible."""

THEMES: Mapping[str, Mapping[str, float]] = {
    "drones": {"UMS": 1, "CUS": 0.8, "AIN": 0.6, "EW": 0.5, "MFG": 0.3},
    "air": {"UMS.UAS": 1, "CUS.INT": 0.7, "AIN.TGT": 0.5, "SPS.EO": 0.3, "AMD": 0.3},
    "robots": {"UMS.UGV": 1, "UMS.USV": 0.8, "UMS.UUV": 0.6, "AIN.SWM": 0.6, "GCM.VEH": 0.3, "LOG.SUP": 0.3},
    "spectrum": {"EW": 1, "CUS": 0.8, "CYB.COM": 0.5, "SPS": 0.5, "AIN": 0.3},
    "software": {"AIN": 1, "CYB": 1, "EW.PRO": 0.4, "SPS.SAT": 0.4, "UMS": 0.2},
    "sensing": {"SPS": 1, "AMD.SEN": 0.8, "CUS.DET": 0.8, "AIN.TGT": 0.4, "EW.SUP": 0.5},
    "shield": {"AMD": 1, "CUS": 1, "SPS": 0.6, "EW": 0.6, "GCM": 0.2},
    "arsenal": {"GCM": 1, "MFG": 0.8, "AMD.EFF": 0.5, "UMS.UAS.LM": 0.3, "LOG": 0.3},
    "industry": {"MFG": 1, "GCM": 0.6, "LOG": 0.6, "UMS": 0.5, "SPS": 0.4},
    "civil": {"LOG": 1, "GCM.DEM": 0.8, "CYB": 0.8, "SPS": 0.6, "MFG": 0.6, "AIN.SA": 0.4},
    "broad": {
        "UMS": 1, "CUS": 1, "EW": 0.9, "AIN": 0.8, "CYB": 0.6, "SPS": 0.6, "AMD": 0.6, "GCM": 0.6, "MFG": 0.5,
        "LOG": 0.4,
    },
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A kind of mandate; tickets in EUR, offers per year with and without a lever."""

    name: str
    ticket: tuple[float, float]
    stages: str
    instruments: tuple[str, ...]
    trl: tuple[int, int]
    tenor: tuple[int, ...]
    levered: tuple[float, float] = (0, 0)
    bare: tuple[float, float] = (0, 0)
    levers: tuple[str, ...] = ()


EQUITY_LEVERS = (
    "lev-guarantee-eu", "lev-guarantee-nordic", "lev-guarantee-full", "lev-insurance-war", "lev-insurance-political",
    "lev-mandate-state", "lev-tenor-patient", "lev-diversified-fund",
)  # fmt: skip
DEBT_LEVERS = (
    "lev-guarantee-eu", "lev-guarantee-nordic", "lev-guarantee-loans", "lev-insurance-war", "lev-insurance-dualuse",
    "lev-mandate-bank", "lev-mandate-state", "lev-tenor-patient",
)  # fmt: skip

PROFILES: Mapping[str, Profile] = {
    "early": Profile(
        name="Early rounds", ticket=(100_000, 2_500_000), stages="pre_seed:0.6;seed:1;series_a:0.5",
        instruments=("equity;convertible", "convertible;equity"), trl=(3, 9), tenor=(7, 8, 10),
        levered=(0.19, 0.25), bare=(0.29, 0.33), levers=EQUITY_LEVERS),
    "venture": Profile(
        name="Venture rounds", ticket=(400_000, 7_000_000), stages="seed:0.6;series_a:1;series_b:0.7",
        instruments=("equity;convertible", "equity;convertible", "equity"), trl=(5, 9), tenor=(6, 7, 8),
        levered=(0.17, 0.23), bare=(0.29, 0.32), levers=EQUITY_LEVERS),
    "growth": Profile(
        name="Growth rounds", ticket=(1_500_000, 25_000_000), stages="series_a:0.4;series_b:1;growth:1",
        instruments=("equity;convertible", "equity"), trl=(6, 9), tenor=(5, 6, 7),
        levered=(0.15, 0.21), bare=(0.29, 0.31), levers=EQUITY_LEVERS),
    "short_debt": Profile(
        name="Working capital and equipment loans", ticket=(200_000, 5_000_000),
        stages="working_capital:1;equipment:0.9;project:0.4",
        instruments=("loan;guarantee", "venture_debt;loan", "loan;venture_debt"), trl=(6, 9), tenor=(2, 3, 4, 5),
        levered=(0.055, 0.085), bare=(0.125, 0.14), levers=DEBT_LEVERS),
    "long_debt": Profile(
        name="Equipment and project loans", ticket=(500_000, 12_000_000),
        stages="working_capital:0.4;equipment:1;project:1",
        instruments=("loan;bond", "loan;guarantee", "loan"), trl=(7, 9), tenor=(5, 7, 10),
        levered=(0.045, 0.075), bare=(0.125, 0.135), levers=DEBT_LEVERS),
    "grant": Profile(
        name="Grants for pilots", ticket=(40_000, 1_200_000), stages="research:0.8;pilot:1;scale_up:0.5",
        instruments=("grant",), trl=(2, 9), tenor=()),
    "grant_scale": Profile(
        name="Grants for making more", ticket=(100_000, 2_500_000), stages="pilot:0.6;scale_up:1",
        instruments=("grant",), trl=(4, 9), tenor=()),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Fund:
    """A fund: where it and its investors are, what mandates it holds (`profile:theme`), and its days to cash."""

    key: str
    name: str
    country: str
    kind: str
    investors: str
    mandates: tuple[str, ...]
    cash_days: int
    currency: str = "EUR"


def _fund(
    slug: str, name: str, country: str, kind: str, investors: str, mandates: str, cash: int, cur: str = "EUR"
) -> Fund:
    return Fund(
        key=f"fund-{slug}", name=name, country=country, kind=kind, investors=investors,
        mandates=tuple(mandates.split()), cash_days=cash, currency=cur,
    )  # fmt: skip


FUNDS: tuple[Fund, ...] = (
    _fund("aurvanta", "Aurvanta Ventures", "DE", "venture", "DE;NL", "early:drones venture:broad", 150),
    _fund("bruntavik", "Bruntavik Capital", "SE", "venture", "SE;FI;NO", "venture:spectrum early:software", 120, "SEK"),
    _fund("celvarine", "Celvarine Partenaires", "FR", "venture", "FR", "venture:sensing early:broad", 190),
    _fund("dravelune", "Dravelune Capital", "NL", "venture", "NL;DE;BE", "early:air venture:drones", 110),
    _fund("estlavaar", "Estlavaar Seed", "EE", "venture", "EE;FI", "early:broad early:software", 60),
    _fund("fjellvarn", "Fjellvarn Ventures", "NO", "venture", "NO", "venture:robots early:drones", 140),
    _fund("glimsora", "Glimsora Fund", "FI", "venture", "FI;EE;SE", "early:sensing venture:software", 95),
    _fund("haldrimo", "Haldrimo Partners", "DK", "venture", "DK;DE", "venture:air early:spectrum", 130),
    _fund("iskravelt", "Iskravelt Ventures", "CZ", "venture", "CZ;SK", "early:industry venture:broad", 100),
    _fund("jantvaris", "Jantvaris Capital", "LT", "venture", "LT;LV;EE", "early:broad venture:shield", 70),
    _fund("kestrivo", "Kestrivo Venture Partners", "GB", "venture", "GB;US", "venture:broad early:software", 105,
          "GBP"),
    _fund("lodzavel", "Lodzavel Ventures", "PL", "venture", "PL", "early:drones venture:industry", 90, "PLN"),
    _fund("mirandolex", "Mirandolex Ventures", "ES", "venture", "", "early:broad", 210),
    _fund("nostravelle", "Nostravelle Impresa", "IT", "venture", "IT;CN", "venture:drones", 240),
    _fund("orvendaal", "Orvendaal Growth", "NL", "growth", "NL;US;GB", "growth:broad growth:shield", 160),
    _fund("palvoria", "Palvoria Growth", "DE", "growth", "DE;AT", "growth:drones growth:industry", 200),
    _fund("quorvelis", "Quorvelis Expansion", "FR", "growth", "FR;DE", "growth:broad venture:arsenal", 220),
    _fund("rostvinga", "Rostvinga Growth", "SE", "growth", "SE;DK;FI", "growth:broad growth:sensing", 145),
    _fund("selvarandt", "Selvarandt Growth", "LU", "growth", "LU;DE;NL", "growth:broad growth:arsenal", 175),
    _fund("tarnevolt", "Tarnevolt Scale", "GB", "growth", "GB", "growth:broad", 150, "GBP"),
    _fund("ulverando", "Ulverando Credit", "IE", "debt", "IE;US", "short_debt:broad short_debt:drones", 75),
    _fund("vintarelle", "Vintarelle Dette", "FR", "debt", "FR;BE", "short_debt:broad long_debt:industry", 110),
    _fund("wolvarind", "Wolvarind Credit Fund", "DE", "debt", "DE", "short_debt:broad long_debt:broad", 95),
    _fund("yrsavinde", "Yrsavinde Lending", "DK", "debt", "DK;SE", "short_debt:spectrum short_debt:broad", 80),
    _fund("zorlavin", "Zorlavin Debt Partners", "PL", "debt", "PL;CZ", "short_debt:broad long_debt:arsenal", 70),
    _fund("altmerund", "Altmerund Bank", "DE", "bank", "DE", "long_debt:broad short_debt:civil", 180),
    _fund("bankovia", "Bankovia Industrial", "CZ", "bank", "CZ;AT", "short_debt:broad long_debt:industry", 130),
    _fund("cordavaal", "Cordavaal Bank", "NL", "bank", "NL", "long_debt:broad", 165),
    _fund("dunovaria", "Dunovaria Bank", "RO", "bank", "RO;AT", "short_debt:broad long_debt:arsenal", 140),
    _fund("estravinde", "Estravinde Pank", "EE", "bank", "EE;LV", "short_debt:broad short_debt:software", 60),
    _fund("norvestia-dfi", "Norvest Development Finance (fictional)", "NO", "development_finance", "NO",
          "long_debt:broad growth:broad", 250),
    _fund("lowlands-dfi", "Lowlands Development Finance (fictional)", "NL", "development_finance", "NL",
          "long_debt:civil short_debt:broad", 230),
    _fund("continental-dfi", "Continental Development Facility (fictional)", "LU", "development_finance",
          "DE;FR;IT;ES;NL", "long_debt:broad venture:broad", 270),
    _fund("baltic-dfi", "Baltic Development Facility (fictional)", "LV", "development_finance", "LV;LT;EE",
          "short_debt:broad early:broad", 120),
    _fund("skjervia-state", "Skjervia State Industry Fund (fictional)", "DK", "state", "DK",
          "growth:broad grant_scale:broad", 130),
    _fund("vislavia-state", "Vislavia State Holding (fictional)", "PL", "state", "PL",
          "growth:arsenal long_debt:arsenal", 190),
    _fund("rhenia-state", "Rhenia Innovation Agency (fictional)", "DE", "state", "DE",
          "grant:broad venture:software", 160),
    _fund("spark-grants", "Spark Pilot Grants (fictional)", "BE", "grant_programme", "DE;FR;IT;NL;PL",
          "grant:broad grant_scale:broad", 140),
    _fund("aegle-grants", "Aegle Humanitarian Technology Grants (fictional)", "FI", "grant_programme", "FI;SE",
          "grant:civil grant_scale:civil", 100),
    _fund("velox-grants", "Velox Front-Line Grants (fictional)", "EE", "grant_programme", "EE;LT;LV;PL",
          "grant:drones grant_scale:broad grant:software", 50),
)  # fmt: skip

EXCLUSIONS = {
    "cluster_munition": 0.38, "cluster_munition;lethal_autonomous": 0.36, "": 0.1, "none": 0.06,
    "cluster_munition;lethal_autonomous;lethal": 0.1,
}  # fmt: skip
COUNTRIES = {"": 0.62, "UA;EE;PL;NL;GB;CZ": 0.3, "UA": 0.08}
PLACES = {"": 0.35, "UA:1": 0.35, "UA:1;PL:0.6;EE:0.6": 0.2, "EE:1;LT:1;PL:0.8;UA:0.5": 0.1}


def lever_rows() -> list[Row]:
    """Write the levers, valid from 2025 until the end of 2030."""
    return [
        {**lever, "valid_from": "2025-01-01", "valid_to": "2030-12-31", "source": "fictional, written for the sample"}
        for lever in LEVERS
    ]


def fund_rows(funds: Iterable[Fund]) -> list[Row]:
    """Write the funds."""
    return [
        {
            "key": fund.key, "legal_name": fund.name if "(fictional)" in fund.name else f"{fund.name} (fictional)",
            "country": fund.country, "fund_type": fund.kind, "investor_countries": fund.investors,
        }
        for fund in funds
    ]  # fmt: skip


def mandate_rows(funds: Iterable[Fund], *, planted: Iterable[Row], seed: int) -> list[Row]:
    """Write one to three mandates per fund, then the planted ones."""
    rows = []
    for fund in funds:
        for number, spec in enumerate(fund.mandates, start=1):
            rng = dice(seed=seed, noun=f"mandates:{fund.key}:{spec}")
            profile, theme = spec.split(":")
            rows.append(_mandate(rng, fund, number=number, profile=PROFILES[profile], theme=theme))
    return [*rows, *planted]


def _mandate(rng: random.Random, fund: Fund, *, number: int, profile: Profile, theme: str) -> Row:
    low, high = profile.ticket[0] * rng.uniform(0.7, 1.6), profile.ticket[1] * rng.uniform(0.7, 1.5)
    typical = (low * high) ** 0.5 * rng.uniform(0.8, 1.3)
    is_grant = "grant" in profile.instruments
    capacity = in_currency(eur=high * rng.uniform(2, 8), currency=fund.currency)
    is_narrow = theme != "broad"
    limit = rng.choice(["0.35", "0.5", "0.5", "0.75"]) if rng.random() < 0.3 else ""
    perimeter = "EU+EEA" if limit == "0.75" and rng.random() < 0.4 else "EU+EEA+UA"
    row = {
        "key": f"{fund.key.removeprefix('fund-')}-m{number}", "fund_key": fund.key,
        "name": f"{profile.name}: {theme}", "areas": weighted(THEMES[theme]),
        "ticket_min": str(in_currency(eur=low, currency=fund.currency)),
        "ticket_max": str(in_currency(eur=high, currency=fund.currency)),
        "ticket_typical": str(in_currency(eur=typical, currency=fund.currency)) if rng.random() < 0.7 else "",
        "currency": fund.currency, "stages": profile.stages, "instruments": rng.choice(profile.instruments),
        "countries": "" if is_grant else pick(rng, COUNTRIES), "places": pick(rng, PLACES),
        "trl_min": str(profile.trl[0]) if rng.random() < 0.8 else "",
        "trl_max": "8" if profile.trl[0] <= 3 and rng.random() < 0.2 else "",
        "tenor_years": str(rng.choice(profile.tenor)) if profile.tenor else "",
        "capacity": str(capacity) if rng.random() < 0.85 else "",
        "max_foreign_share": limit, "perimeter": perimeter if limit else "",
        "exclusions": "cluster_munition" if is_narrow and is_grant else pick(rng, EXCLUSIONS),
        "terms": _terms(rng, profile, is_grant=is_grant),
    }  # fmt: skip
    return row | _offer(rng, profile)


def _offer(rng: random.Random, profile: Profile) -> Row:
    if not profile.levers or rng.random() < 0.08:
        return {}
    tier = pick(rng, {"E2": 0.45, "E1": 0.35, "E3": 0.1, "E0": 0.1})
    if rng.random() < 0.15:
        return {"offered_cost_of_capital": fraction(round(rng.uniform(*profile.bare), 3)), "offer_tier": tier}
    return {
        "offered_cost_of_capital": fraction(round(rng.uniform(*profile.levered), 3)), "offer_tier": tier,
        "lever_key": rng.choice(profile.levers),
    }  # fmt: skip


def _terms(rng: random.Random, profile: Profile, *, is_grant: bool) -> str:
    terms = {"ip_transfer": pick(rng, {"no": 0.93, "yes": 0.07})}
    if not is_grant and profile.tenor and "loan" not in ";".join(profile.instruments):
        terms["board_seat"] = pick(rng, {"yes": 0.6, "yes!": 0.12, "no": 0.28})
        terms["lead"] = pick(rng, {"yes": 0.7, "no": 0.3})
        terms["max_stake"] = rng.choice(["0.1", "0.15", "0.2", "0.2", "0.25"])
        terms["follow_on"] = pick(rng, {"yes": 0.7, "no": 0.3})
    elif not is_grant:
        terms["collateral"] = pick(rng, {"yes": 0.7, "yes!": 0.1, "no": 0.2})
        terms["personal_guarantee"] = pick(rng, {"no": 0.92, "yes": 0.08})
    return ";".join(f"{term}:{value}" for term, value in terms.items())
