"""Cases planted on purpose, each with a known key and an outcome that the scoring must give."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from apps.exchange.sample import codes, names
from apps.exchange.sample.firms import Capability, Firm
from apps.exchange.sample.funds import Fund
from apps.exchange.sample.tables import Row

KEYS: Mapping[str, tuple[str, ...]] = {
    "perfect_pair": ("tavrovesna-m1", "ua-zorevind-r1"),
    "lookalike_owner": ("ua-brunvard",),
    "namesake_owner": ("ua-kelmistra",),
    "foreign_content": ("ua-dovhozir-r1",),
    "nothing_fits": ("hyperborel-m1",),
    "desperate": ("ua-vidchail-r1",),
    "salami_slicer": ("ua-skybozriz-r1",),
    "self_declared": ("ua-khvastvel-r1",),
    "slow_and_vital": ("ua-krytsemol-r1",),
    "two_perimeters": ("ua-zorevind-c2",),
}
"""Case → keys of the mandate, raise, firm or capability that it is about."""

WATCH_LIST_NAME = "Вікентій Бурзолович Залютвор"
"""A synthetic watch-list may carry this invented person, of country RU; two owners sound like him, one is close."""
LOOKALIKE_NAME = "Vikentiy Zalyutvor"
NAMESAKE_NAME = "Віталій Залютвор"

OWNERS: tuple[Row, ...] = (
    {"owned_key": "ua-brunvard", "owner_name": LOOKALIKE_NAME, "owner_kind": "person", "country": "CY",
     "share_min": "0.3", "share_max": "0.3", "interest": "shareholding"},
    {"owned_key": "ua-kelmistra", "owner_name": NAMESAKE_NAME, "owner_kind": "person", "country": "UA",
     "share_min": "0.2", "share_max": "0.2", "interest": "shareholding"},
)  # fmt: skip

FUNDS: tuple[Fund, ...] = (
    Fund(key="fund-tavrovesna", name="Tavrovesna Patient Capital", country="NL", kind="venture", investors="NL;DK",
         mandates=(), cash_days=45),
    Fund(key="fund-hyperborel", name="Hyperborel Orbital", country="FI", kind="growth", investors="FI", mandates=(),
         cash_days=200),
)  # fmt: skip

MANDATES: tuple[Row, ...] = (
    {"key": "tavrovesna-m1", "fund_key": "fund-tavrovesna", "name": "Patient equity for fast reconnaissance makers",
     "areas": "UMS.UAS.ISR:1;UMS.UAS:0.4", "ticket_min": "2000000", "ticket_max": "8000000",
     "ticket_typical": "4000000", "currency": "EUR", "stages": "seed:0.3;series_a:1;series_b:0.6",
     "instruments": "equity;convertible", "places": "UA:1", "trl_min": "6", "trl_max": "9",
     "offered_cost_of_capital": "0.19", "offer_tier": "E3", "lever_key": "lev-guarantee-full", "tenor_years": "9",
     "capacity": "40000000", "max_foreign_share": "0.5", "perimeter": "EU+EEA+UA",
     "exclusions": "cluster_munition;lethal_autonomous",
     "terms": "ip_transfer:no;board_seat:yes;lead:yes;max_stake:0.2;follow_on:yes"},
    {"key": "hyperborel-m1", "fund_key": "fund-hyperborel", "name": "Satellite buses in serial production",
     "areas": "SPS.SAT:1", "ticket_min": "60000000", "ticket_max": "120000000", "ticket_typical": "80000000",
     "currency": "EUR", "stages": "growth:1", "instruments": "equity", "countries": "FI;SE", "places": "FI:1",
     "trl_min": "9", "trl_max": "9", "offered_cost_of_capital": "0.3", "offer_tier": "E1", "tenor_years": "6",
     "capacity": "120000000", "max_foreign_share": "0.1", "perimeter": "EU", "exclusions": "lethal;dual_use"},
)  # fmt: skip

COMPONENTS: tuple[Row, ...] = tuple(
    {"capability_key": "ua-zorevind-c2", "name": name, "unit_cost": cost, "currency": "EUR", "quantity": pieces,
     "origin": origin, "supplier": "", "single_source": single}
    for name, cost, pieces, origin, single in (
        ("mesh radio", "3100", "1", "CN", "true"),
        ("autopilot", "1500", "1", "UA", "false"),
        ("electric motor", "1000", "4", "DE", "false"),
        ("composite wing and fuselage", "1400", "1", "PL", "false"),
    )
)  # fmt: skip
"""A bill of 10,000 EUR: 31 % is from outside EU, EEA and Ukraine, 46 % from outside EU and EEA."""

DEALS: tuple[Row, ...] = tuple(
    {"fund_key": "fund-tavrovesna", "startup_key": key, "introduced_on": introduced, "date": closed,
     "amount": amount, "currency": "EUR", "stage": stage, "outcome": "closed"}
    for key, introduced, closed, amount, stage in (
        ("ua-dovhozir", "2026-01-12", "2026-02-20", "1500000", "series_a"),
        ("ua-brunvard", "2026-02-02", "2026-03-20", "800000", "seed"),
        ("ua-kelmistra", "2026-03-09", "2026-04-17", "900000", "seed"),
        ("ua-avren", "2026-03-30", "2026-05-08", "2000000", "series_a"),
        ("ua-bazur", "2026-05-04", "2026-06-19", "2400000", "series_a"),
        ("ua-buzghorn", "2026-06-08", "2026-07-17", "1200000", "seed"),
        ("ua-vazghil", "2026-07-20", "2026-09-04", "3000000", "series_a"),
        ("ua-veldarn", "2026-08-31", "2026-10-16", "2600000", "series_b"),
    )
)  # fmt: skip
"""The patient fund closes in about six weeks, every time."""


def _capability(
    key: str, area: str, title: str, maturity: str, tier: str, flags: str, cost: int, output: int | None = None
) -> Capability:
    trl = {"concept": 2, "prototype": 4, "tested": 6, "codified": 7, "fielded": 8, "serial": 9}[maturity]
    return Capability(
        key=key, area=area, title=title, maturity=maturity, trl=trl, tier=tier, cost_eur=cost, output=output,
        flags=flags,
    )  # fmt: skip


def _firms() -> Iterator[Firm]:
    base = Firm(
        key="", name="", name_uk="", code="", root="UMS", size="series_a", founded=date(2022, 4, 11), staff=60,
        rhythm="weekly", style="attested", autonomy=1.0, naming="all_verified",
    )  # fmt: skip

    def firm(word: str, descriptor_uk: str, descriptor: str, code: int, *made: Capability, **rest: Any) -> Firm:
        return replace(
            base, key=f"ua-{names.slug(word)}", name=f"{names.transliterate(word)} {descriptor} LLC",
            name_uk=f"ТОВ «{word} {descriptor_uk}»", code=codes.edrpou(stem=code), capabilities=list(made), **rest,
        )  # fmt: skip

    yield firm(
        "Зоревінд", "Аеро", "Aero", 5_890_001,
        _capability("ua-zorevind-c1", "UMS.UAS.ISR", "Weekly-updated reconnaissance drone",
                    "serial", "E3", "dual_use", 24_000, 45),
        _capability("ua-zorevind-c2", "UMS.UAS.ISR", "Relay drone with mesh radio",
                    "fielded", "E2", "none", 15_000, 20),
        staff=95,
    )  # fmt: skip
    yield firm(
        "Брунвард", "Радіо", "Radio", 5_890_002,
        _capability("ua-brunvard-c1", "EW.SUP", "Direction finder network",
                    "tested", "E1", "dual_use", 18_000),
        root="EW", size="seed", rhythm="monthly", style="documented", staff=14,
    )  # fmt: skip
    yield firm(
        "Кельмістра", "Сенсори", "Sensors", 5_890_003,
        _capability("ua-kelmistra-c1", "SPS.ACO", "Acoustic drone detection net",
                    "codified", "E2", "none", 900, 120),
        root="SPS", size="seed", rhythm="monthly", staff=22,
    )  # fmt: skip
    yield firm(
        "Довгозір", "Робототехніка", "Robotics", 5_890_004,
        _capability("ua-dovhozir-c1", "UMS.UGV", "Tracked cargo and evacuation robot",
                    "fielded", "E2", "none", 14_000, 30),
        rhythm="fortnightly", foreign="CN", staff=70,
    )  # fmt: skip
    yield firm(
        "Відчаїл", "Безпілотники", "Drones", 5_890_005,
        _capability("ua-vidchail-c1", "UMS.UAS.ISR", "Reconnaissance drone on paper",
                    "concept", "E0", "none", 20_000),
        size="seed", rhythm="silent", style="loose", staff=4,
    )  # fmt: skip
    yield firm(
        "Скибозріз", "Аеро", "Aero", 5_890_006,
        _capability("ua-skybozriz-c1", "UMS.UAS.ISR", "Fixed-wing reconnaissance drone",
                    "fielded", "E2", "none", 26_000, 12),
        rhythm="salami", staff=48,
    )  # fmt: skip
    yield firm(
        "Хваствель", "Аеро", "Aero", 5_890_007,
        _capability("ua-khvastvel-c1", "UMS.UAS.ISR", "Quiet multirotor observer",
                    "fielded", "E0", "none", 21_000, 15),
        style="unattested", staff=40,
    )  # fmt: skip
    yield firm(
        "Крицемоль", "Метал", "Metal", 5_890_008,
        _capability("ua-krytsemol-c1", "GCM.AMM", "Mortar rounds",
                    "serial", "E3", "lethal", 420, 14_000),
        _capability("ua-krytsemol-c2", "GCM.AMM", "Rifle-calibre training rounds",
                    "serial", "E3", "lethal", 60, 26_000),
        root="GCM", size="growth", rhythm="arsenal", style="attested", staff=640, founded=date(2009, 9, 14),
    )  # fmt: skip


FIRMS: tuple[Firm, ...] = tuple(_firms())


def _equity(firm: str, amount: int, cost: str, tier: str, stage: str = "series_a", **rest: str) -> Row:
    return {
        "key": f"{firm}-r1", "startup_key": firm, "lead_capability_key": f"{firm}-c1", "amount": str(amount),
        "currency": "EUR", "syndicate": "true", "min_ticket": str(amount // 10), "instruments": "equity;convertible",
        "stage": stage, "tenor_years": "7", "marginal_cost_of_capital": cost, "cost_tier": tier,
        "opened_on": "2026-09-01", "need_by": "2029-12-31",
        "terms": "ip_transfer:no;board_seat:yes;lead:yes;max_stake:0.25", **rest,
    }  # fmt: skip


RAISES: Mapping[str, Row] = {
    row["startup_key"]: row
    for row in (
        _equity("ua-zorevind", 4_000_000, "0.42", "E3", syndicate="false", min_ticket="",
                terms="ip_transfer:no!;board_seat:yes;lead:yes;max_stake:0.25!", blocked_countries="RU;BY"),
        _equity("ua-brunvard", 900_000, "0.31", "E1", stage="seed"),
        _equity("ua-kelmistra", 1_200_000, "0.3", "E2", stage="seed"),
        _equity("ua-dovhozir", 3_500_000, "0.34", "E2"),
        _equity("ua-vidchail", 5_000_000, "1.4", "E0", stage="seed", instruments="convertible", min_ticket="2000000",
                tenor_years="", opened_on="2026-02-02"),
        _equity("ua-skybozriz", 4_000_000, "0.33", "E2"),
        _equity("ua-khvastvel", 4_000_000, "0.33", "E0"),
        _equity("ua-krytsemol", 9_000_000, "0.16", "E2", stage="equipment", instruments="loan;guarantee",
                tenor_years="5", terms="collateral:yes;personal_guarantee:no"),
    )
}  # fmt: skip
"""Startup key → its only raise. Scoring sees the slicer, the self-declared and the perfect firm seek the same money."""
