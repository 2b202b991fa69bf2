"""Firms, raises, funds and mandates as the rows of an import describe them at one date."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.oracle import tables
from tests.oracle.areas import Taxonomy
from tests.oracle.events import QUESTIONS, TIERS, Evidence, evidence, last_order, rank, release_ranks, standing
from tests.oracle.origin import Band, foreign_band, perimeters
from tests.oracle.rates import CLASSES, Rates
from tests.oracle.speed import Figure, decision_speed, firm_speed
from tests.oracle.tables import Row, number, several, text


@dataclass(frozen=True)
class Capability:
    key: str
    area: str
    trl: int | None
    maturity: str
    tier: str
    flags: tuple[str, ...] | None


@dataclass(frozen=True)
class Firm:
    key: str
    country: str
    region: str | None
    capabilities: tuple[Capability, ...]
    financials_tier: str
    last_order: datetime | None

    @property
    def flags(self) -> frozenset[str]:
        return frozenset(flag for capability in self.capabilities for flag in capability.flags or ())

    @property
    def flags_declared(self) -> bool:
        return all(capability.flags is not None for capability in self.capabilities)


@dataclass(frozen=True)
class Raise:
    key: str
    firm: Firm
    lead: Capability
    issuer_country: str
    amount_left: Fraction | None
    min_ticket: Fraction
    syndicate: bool
    instruments: tuple[str, ...]
    stage: str | None
    tenor_years: Fraction | None
    k_marginal: int | None
    cost_tier: str
    blocked_countries: tuple[str, ...]
    terms: dict[str, tuple[str, bool]]
    speed: dict[str, Figure]
    foreign_bands: dict[str, Band | None]

    @property
    def kind(self) -> str:
        return CLASSES[self.instruments[0]]


@dataclass(frozen=True)
class Fund:
    key: str
    country: str
    investor_countries: tuple[str, ...] | None
    decision_speed: Figure
    declines: dict[str, tuple[tuple[datetime, str], ...]]


@dataclass(frozen=True)
class Lever:
    key: str
    classes: tuple[str, ...] | None
    countries: tuple[str, ...] | None
    excluded_flags: tuple[str, ...] | None
    cover: Fraction
    cap: Fraction | None
    premium: Fraction
    in_force: bool


@dataclass(frozen=True)
class Mandate:
    key: str
    fund: Fund
    areas: dict[str, float]
    ticket_min: Fraction | None
    ticket_max: Fraction | None
    ticket_typical: Fraction | None
    stages: dict[str, float]
    instruments: tuple[str, ...]
    countries: tuple[str, ...]
    places: dict[str, float]
    trl_min: int | None
    trl_max: int | None
    k_offer: int | None
    offer_tier: str
    names_lever: bool
    lever: Lever | None
    tenor_years: Fraction | None
    capacity: Fraction | None
    max_foreign_share: Fraction | None
    perimeter: str | None
    exclusions: tuple[str, ...]
    terms: dict[str, tuple[str, bool]]


def _whole(row: Row, column: str) -> int | None:
    value = number(row, column)
    return None if value is None else int(value)


def _grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


class Registry:
    """Everything an import says, hoisted per entity."""

    def __init__(
        self,
        folder: Path,
        as_of: date,
        *,
        verified: bool,
        model: dict[str, Any],
        areas: dict[str, Any],
        reference: dict[str, Any],
    ) -> None:
        self.now = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
        self.verified, self.model, self.reference = verified, model, reference
        self.rates = Rates(reference)
        rows = tables.read_tables(folder)
        self.taxonomy = Taxonomy(areas, rows["areas"])
        self._perimeters = perimeters(reference)
        self._components = _grouped(rows["components"], "capability_key")
        self._capabilities = {row["key"]: self._capability(row) for row in rows["capabilities"]}
        self._events = self._firm_events(rows)
        financials = _grouped(rows["financials"], "startup_key")
        owned = _grouped(rows["capabilities"], "startup_key")
        self.firms = {
            row["key"]: self._firm(row, owned.get(row["key"], []), financials.get(row["key"], []))
            for row in rows["startups"]
        }
        self._countries = {row["key"]: row["country"] for name in ("startups", "organisations") for row in rows[name]}
        self._evidence: dict[str, tuple[dict[str, Evidence], list[int]]] = {}
        self.raises = [self._raise(row) for row in rows["raises"] if self._in_pool(row)]
        deals = _grouped(rows["deals"], "fund_key")
        self.funds = {row["key"]: self._fund(row, deals.get(row["key"], [])) for row in rows["funds"]}
        self.levers = {row["key"]: self._lever(row) for row in rows["levers"]}
        self.mandates = [self._mandate(row) for row in rows["mandates"]]

    def _capability(self, row: Row) -> Capability:
        return Capability(
            key=row["key"],
            area=row["area"],
            trl=_whole(row, "trl"),
            maturity=row["maturity"],
            tier=text(row, "tier") or "E0",
            flags=several(row, "flags"),
        )

    def _firm_events(self, rows: dict[str, list[Row]]) -> dict[str, list[Any]]:
        owner = {row["key"]: row["startup_key"] for row in rows["capabilities"]}
        found: dict[str, list[Any]] = defaultdict(list)
        for event in standing(rows["development_events"], rows["attestations"], self.now, verified=self.verified):
            found[owner[event.capability]].append(event)
        return found

    def _firm(self, row: Row, capabilities: list[Row], financials: list[Row]) -> Firm:
        newest = max((int(line["year"]) for line in financials), default=None)
        ranks = [rank(text(line, "tier")) for line in financials if int(line["year"]) == newest]
        return Firm(
            key=row["key"],
            country=row["country"],
            region=text(row, "region"),
            capabilities=tuple(self._capabilities[line["key"]] for line in capabilities),
            financials_tier=TIERS[max(ranks, default=0)],
            last_order=last_order(self._events.get(row["key"], [])),
        )

    def _in_pool(self, row: Row) -> bool:
        opened, need_by = tables.moment(row, "opened_on"), tables.moment(row, "need_by")
        return (opened is None or opened <= self.now) and (need_by is None or need_by >= self.now)

    def _speed(self, firm: Firm, area: str) -> dict[str, Figure]:
        if firm.key not in self._evidence:
            window, floor = (self.model["parameters"][name] for name in ("window_days", "duration_floor_days"))
            events = self._events.get(firm.key, [])
            durations = {figure: evidence(events, figure, self.now, window, floor) for figure in QUESTIONS}
            self._evidence[firm.key] = durations, release_ranks(events, self.now, window)
        durations, releases = self._evidence[firm.key]
        return firm_speed(durations, releases, area, self.taxonomy, self.model)

    def _raise(self, row: Row) -> Raise:
        firm = self.firms[row["startup_key"]]
        lead = self._capabilities[row["lead_capability_key"]]
        issuer, currency = text(row, "issuer_key"), text(row, "currency")
        left = number(row, "amount_left")
        bill = self._components.get(lead.key, [])
        edges = self.model["parameters"]["foreign_share_band_edges"]
        return Raise(
            key=row["key"],
            firm=firm,
            lead=lead,
            issuer_country=firm.country if issuer is None else self._countries[issuer],
            amount_left=self.rates.eur(number(row, "amount") if left is None else left, currency),
            min_ticket=self.rates.eur(number(row, "min_ticket"), currency) or Fraction(0),
            syndicate=tables.truth(row, "syndicate"),
            instruments=several(row, "instruments") or (),
            stage=text(row, "stage"),
            tenor_years=number(row, "tenor_years"),
            k_marginal=self.rates.stated(number(row, "marginal_cost_of_capital"), currency),
            cost_tier=text(row, "cost_tier") or "E0",
            blocked_countries=several(row, "blocked_countries") or (),
            terms=tables.terms(row, "terms"),
            speed=self._speed(firm, lead.area),
            foreign_bands={
                name: foreign_band(bill, inside, edges, self.rates) for name, inside in self._perimeters.items()
            },
        )

    def _fund(self, row: Row, deals: list[Row]) -> Fund:
        counts: Counter[str] = Counter()
        declines: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        durations = []
        oldest = self.now - timedelta(days=self.model["parameters"]["window_days"])
        for deal in deals:
            on, introduced = tables.moment(deal, "date"), tables.moment(deal, "introduced_on")
            if on is None or on > self.now:
                continue
            counts[deal["outcome"]] += 1
            if deal["outcome"] == "passed":
                declines[deal["startup_key"]].append((on, text(deal, "reason") or "other"))
            if deal["outcome"] == "closed" and introduced is not None and self.verified and on >= oldest:
                durations.append(
                    (max(self.model["parameters"]["duration_floor_days"], tables.days(introduced, on)), rank("E2"))
                )
        return Fund(
            key=row["key"],
            country=row["country"],
            investor_countries=several(row, "investor_countries"),
            decision_speed=decision_speed(Evidence(tuple(durations)), counts, self.model, self.reference),
            declines={firm: tuple(dated) for firm, dated in declines.items()},
        )

    def _lever(self, row: Row) -> Lever:
        starts, ends = tables.moment(row, "valid_from"), tables.moment(row, "valid_to")
        return Lever(
            key=row["key"],
            classes=several(row, "classes"),
            countries=several(row, "countries"),
            excluded_flags=several(row, "excluded_flags"),
            cover=number(row, "risk_cover") or Fraction(0),
            cap=self.rates.eur(number(row, "cover_cap"), text(row, "currency")),
            premium=number(row, "premium") or Fraction(0),
            in_force=(starts is None or starts <= self.now) and (ends is None or ends >= self.now),
        )

    def _mandate(self, row: Row) -> Mandate:
        currency, lever = text(row, "currency"), text(row, "lever_key")
        return Mandate(
            key=row["key"],
            fund=self.funds[row["fund_key"]],
            areas=tables.weighted(row, "areas"),
            ticket_min=self.rates.eur(number(row, "ticket_min"), currency),
            ticket_max=self.rates.eur(number(row, "ticket_max"), currency),
            ticket_typical=self.rates.eur(number(row, "ticket_typical"), currency),
            stages=tables.weighted(row, "stages"),
            instruments=several(row, "instruments") or (),
            countries=several(row, "countries") or (),
            places=tables.weighted(row, "places"),
            trl_min=_whole(row, "trl_min"),
            trl_max=_whole(row, "trl_max"),
            k_offer=self.rates.stated(number(row, "offered_cost_of_capital"), currency),
            offer_tier=text(row, "offer_tier") or "E0",
            names_lever=lever is not None,
            lever=None if lever is None else self.levers.get(lever),
            tenor_years=number(row, "tenor_years"),
            capacity=self.rates.eur(number(row, "capacity"), currency),
            max_foreign_share=number(row, "max_foreign_share"),
            perimeter=text(row, "perimeter"),
            exclusions=several(row, "exclusions") or (),
            terms=tables.terms(row, "terms"),
        )
