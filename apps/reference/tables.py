"""The editions of taxonomy and reference table: versioned, hashed files as frozen values, by id and by date."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from apps.reference.areas import Area, AreaFigures, LogNormal, Taxonomy, collected
from kernel.errors import Invalid, NotFound

PACKAGED = Path(__file__).parent / "data"

PERIMETERS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "EU": (("EU",), ()),
        "EU+EEA": (("EU", "EEA_only"), ()),
        "EU+EEA+UA": (("EU", "EEA_only"), ("UA",)),
    }
)
"""Origin perimeter → the country groups and the single countries it consists of."""

FIGURE_KEYS = frozenset(
    {
        "countermeasure_cycle_days",
        "half_life_days",
        "delivery_half_life_days",
        "european_iteration_days",
        "prior",
        "profile",
    }
)


class UnknownEdition(NotFound):
    """No edition has this id."""


class NoEditionYet(NotFound):
    """Every edition is newer than the date asked for."""


class UnknownCurrency(Invalid):
    """The reference table has no exchange rate for this currency."""


class UnknownPerimeter(Invalid):
    """No such origin perimeter."""


class EditionMalformed(ValueError):
    """An edition's file is not what its format says."""


@dataclass(frozen=True, slots=True)
class SourcedFigure:
    """A figure with where it comes from; `basis` "assumption" says that nobody published it."""

    value: float
    basis: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class SubsidisedLoan:
    """A country's subsidised lending to makers: rate per year, limits in hryvnia, terms in years."""

    rate: float
    working_capital_uah: Decimal
    working_capital_years: int
    investment_uah: Decimal
    investment_years: int
    source: str


@dataclass(frozen=True, slots=True)
class WarRiskInsurance:
    """A public war-risk scheme: premium as a fraction per year, what it is worth, and how sure that is (A, B, C)."""

    premium_per_year: float
    note: str
    confidence: str


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceTable:
    """Everything dated that figures rest on. Rates are fractions per year, nominal EUR; exchange rates EUR per unit."""

    id: str
    as_of: dt.date
    sha256: str
    risk_free: SourcedFigure
    mature_erp: SourcedFigure
    beta: SourcedFigure
    size_premium: SourcedFigure
    debt_margin: SourcedFigure
    country_risk_premia: Mapping[str, SourcedFigure]
    expected_loss: Mapping[str, SourcedFigure]
    inflation: Mapping[str, SourcedFigure]
    inflation_as_of: dt.date
    fx_to_eur: Mapping[str, Decimal]
    fx_as_of: dt.date
    fx_basis: str
    decision_priors: Mapping[str, LogNormal]
    decision_basis: str
    subsidised_loans: Mapping[str, SubsidisedLoan]
    war_risk_insurance: Mapping[str, WarRiskInsurance]
    country_groups: Mapping[str, frozenset[str]]

    def perimeter(self, name: str) -> frozenset[str]:
        """The countries (ISO 3166-1 alpha-2) inside an origin perimeter. Raises UnknownPerimeter."""
        if name not in PERIMETERS:
            raise UnknownPerimeter("There is no perimeter {name}.", name=name)
        groups, countries = PERIMETERS[name]
        return frozenset(countries).union(*(self.country_groups[group] for group in groups))

    def in_eur(self, amount: Decimal, currency: str) -> Decimal:
        """An amount in EUR at the reference rate, not rounded. Raises UnknownCurrency."""
        if currency not in self.fx_to_eur:
            raise UnknownCurrency(
                "The edition {edition} has no exchange rate for {currency}.", edition=self.id, currency=currency
            )
        return amount * self.fx_to_eur[currency]


class _Edition(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def as_of(self) -> dt.date | None: ...


E = TypeVar("E", bound=_Edition)


@dataclass(frozen=True, slots=True, eq=False)
class Editions:
    """The known editions by id."""

    tables: Mapping[str, ReferenceTable]
    taxonomies: Mapping[str, Taxonomy]

    def table(self, edition: str) -> ReferenceTable:
        """The reference table of this id. Raises UnknownEdition."""
        return _by_id(self.tables, edition)

    def table_at(self, on: dt.date) -> ReferenceTable:
        """The newest reference table that is not newer than `on`. Raises NoEditionYet."""
        return _newest(self.tables.values(), on)

    def taxonomy(self, edition: str) -> Taxonomy:
        """The taxonomy of this id. Raises UnknownEdition."""
        return _by_id(self.taxonomies, edition)

    def taxonomy_at(self, on: dt.date) -> Taxonomy:
        """The newest taxonomy that is not newer than `on`. Raises NoEditionYet."""
        return _newest(self.taxonomies.values(), on)


@functools.cache
def editions() -> Editions:
    """The editions that the product carries. Raises EditionMalformed."""
    return editions_load(folder=PACKAGED)


def editions_load(*, folder: Path) -> Editions:
    """Read every `areas-*.json` and `reference-*.json` of a folder.

    A later edition of areas has or retires every area of an earlier one, so that nothing points to nowhere. Raises
    EditionMalformed.
    """
    taxonomies = _read_all(folder.glob("areas-*.json"), taxonomy_parse)
    known: set[str] = set()
    for taxonomy in sorted(taxonomies.values(), key=_age):
        if lost := known - taxonomy.areas.keys() - taxonomy.successors.keys():
            raise EditionMalformed(f"{taxonomy.id} neither has nor retires {', '.join(sorted(lost))}")
        known |= taxonomy.areas.keys()
    return Editions(
        tables=MappingProxyType(_read_all(folder.glob("reference-*.json"), reference_table_parse)),
        taxonomies=MappingProxyType(taxonomies),
    )


def reference_table_parse(*, content: bytes) -> ReferenceTable:
    """A reference table from the bytes of its file, hashed over exactly these bytes. Raises EditionMalformed."""
    with _Reading():
        raw = _document(content)
        equity, debt = raw["cost_of_equity"], raw["cost_of_debt"]
        premia, losses = raw["country_risk_premium"], dict(debt["expected_loss_per_year_by_tier"])
        inflation, decisions = dict(raw["inflation"]), dict(raw["fund_decision_prior_days"])
        losses_basis, inflation_basis = losses.pop("basis"), inflation.pop("basis")
        inflation_as_of, decision_basis = dt.date.fromisoformat(inflation.pop("as_of")), decisions.pop("basis")
        return ReferenceTable(
            id=str(raw["id"]),
            as_of=dt.date.fromisoformat(raw["as_of"]),
            sha256=hashlib.sha256(content).hexdigest(),
            risk_free=_sourced(equity["risk_free"]),
            mature_erp=_sourced(equity["mature_erp"]),
            beta=_sourced(equity["beta"]),
            size_premium=_sourced(equity["size_premium"]),
            debt_margin=_sourced(debt["margin"]),
            country_risk_premia=_figures(premia["values"], basis=premia.get("basis"), source=premia.get("source")),
            expected_loss=_figures(losses, basis=losses_basis),
            inflation=_figures(inflation, basis=inflation_basis),
            inflation_as_of=inflation_as_of,
            fx_to_eur=MappingProxyType({code: _rate(rate) for code, rate in raw["fx_to_eur"]["values"].items()}),
            fx_as_of=dt.date.fromisoformat(raw["fx_to_eur"]["as_of"]),
            fx_basis=str(raw["fx_to_eur"]["basis"]),
            decision_priors=MappingProxyType({step: _log_normal(prior) for step, prior in decisions.items()}),
            decision_basis=str(decision_basis),
            subsidised_loans=MappingProxyType({c: _loan(loan) for c, loan in raw["subsidised_loans"].items()}),
            war_risk_insurance=MappingProxyType({c: _cover(cover) for c, cover in raw["war_risk_insurance"].items()}),
            country_groups=MappingProxyType({name: frozenset(codes) for name, codes in _groups(raw).items()}),
        )


def taxonomy_parse(*, content: bytes) -> Taxonomy:
    """A taxonomy from the bytes of its file, hashed over exactly these bytes. Raises EditionMalformed."""
    with _Reading():
        raw = _document(content)
        basis = str(raw["basis"])
        return Taxonomy(
            id=str(raw["id"]),
            as_of=dt.date.fromisoformat(raw["as_of"]) if "as_of" in raw else None,
            sha256=hashlib.sha256(content).hexdigest(),
            basis=basis,
            areas=collected(_area(area, basis=basis) for area in raw["areas"]),
            successors=_successors(raw.get("retired", [])),
        )


class _Reading:
    """Turns what goes wrong while a file is taken apart into EditionMalformed."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, KeyError):
            raise EditionMalformed(f"{problem.args[0]!r} is missing") from problem
        if isinstance(problem, ValueError | TypeError | AttributeError | ArithmeticError):
            raise EditionMalformed(str(problem)) from problem


def _document(content: bytes) -> dict[str, Any]:
    # Exact decimals: exchange rates are multiplied with money, and a rate's float is then the one nearest to its text.
    raw = json.loads(content.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
    if not isinstance(raw, dict):
        raise TypeError("the document is not an object")
    return raw


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _read_all(paths: Iterable[Path], parse: Callable[..., E]) -> dict[str, E]:
    found: dict[str, E] = {}
    for path in sorted(paths):
        try:
            edition = parse(content=path.read_bytes())
        except EditionMalformed as problem:
            raise EditionMalformed(f"{path.name}: {problem}") from problem
        if edition.id != path.stem:
            raise EditionMalformed(f"{path.name} holds the edition {edition.id!r}: name and id must be the same")
        found[edition.id] = edition
    return found


def _by_id(known: Mapping[str, E], edition: str) -> E:
    if edition not in known:
        raise UnknownEdition("There is no edition {edition}.", edition=edition)
    return known[edition]


def _newest(known: Iterable[E], on: dt.date) -> E:
    in_force = [edition for edition in known if edition.as_of is None or edition.as_of <= on]
    if not in_force:
        raise NoEditionYet("No edition is as old as {date}.", date=on.isoformat())
    return max(in_force, key=_age)


def _age(edition: _Edition) -> tuple[dt.date, list[int]]:
    """By this editions are ordered, the oldest first."""
    return edition.as_of or dt.date.min, _numbers(edition.id)


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", name)]


def _figures(values: Mapping[str, Any], *, basis: str | None, source: str | None = None) -> Mapping[str, SourcedFigure]:
    return MappingProxyType({key: SourcedFigure(_number(value), basis, source) for key, value in values.items()})


def _sourced(raw: Mapping[str, Any]) -> SourcedFigure:
    return SourcedFigure(value=_number(raw["value"]), basis=raw.get("basis"), source=raw.get("source"))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _rate(value: object) -> Decimal:
    if _number(value) <= 0:
        raise ValueError(f"an exchange rate must be positive, not {value}")
    return Decimal(str(value))


def _groups(raw: Mapping[str, Any]) -> Mapping[str, list[str]]:
    groups: Mapping[str, list[str]] = raw["country_groups"]
    missing = {group for needed, _ in PERIMETERS.values() for group in needed} - groups.keys()
    if missing:
        raise KeyError(min(missing))
    return groups


def _loan(raw: Mapping[str, Any]) -> SubsidisedLoan:
    return SubsidisedLoan(
        rate=_number(raw["rate"]),
        working_capital_uah=Decimal(raw["working_capital_uah"]),
        working_capital_years=int(raw["working_capital_years"]),
        investment_uah=Decimal(raw["investment_uah"]),
        investment_years=int(raw["investment_years"]),
        source=str(raw["source"]),
    )


def _cover(raw: Mapping[str, Any]) -> WarRiskInsurance:
    return WarRiskInsurance(_number(raw["premium_per_year"]), str(raw["note"]), str(raw["confidence"]))


def _successors(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row["code"] in found:
            raise ValueError(f"the retired area {row['code']!r} stands twice")
        found[str(row["code"])] = tuple(str(code) for code in row["into"])
    return found


def _area(raw: Mapping[str, Any], *, basis: str) -> Area:
    return Area(
        code=str(raw["code"]),
        parent=None if raw["parent"] is None else str(raw["parent"]),
        label_en=str(raw["label"]["en"]),
        label_uk=str(raw["label"].get("uk", "")),
        figures=_area_figures(raw, basis=basis) if FIGURE_KEYS & raw.keys() else None,
    )


def _area_figures(raw: Mapping[str, Any], *, basis: str) -> AreaFigures:
    prior = raw["prior"]
    return AreaFigures(
        cycle=_log_normal(raw["countermeasure_cycle_days"]),
        half_life_days=_days(raw["half_life_days"]),
        delivery_half_life_days=_days(raw["delivery_half_life_days"]),
        european_iteration_days=_days(raw["european_iteration_days"]),
        iteration=_log_normal(prior.get("iteration_days")),
        feedback_to_fix=_log_normal(prior.get("feedback_to_fix_days")),
        countermeasure_response=_log_normal(prior.get("countermeasure_response_days")),
        order_to_delivery=_log_normal(prior.get("order_to_delivery_days")),
        profile=str(raw["profile"]),
        basis=basis,
    )


def _days(value: object) -> float | None:
    return None if value is None else _number(value)


def _log_normal(raw: Mapping[str, Any] | None) -> Any:
    return None if raw is None else LogNormal(median=_number(raw["median"]), sigma=_number(raw["sigma"]))
