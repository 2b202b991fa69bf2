"""A folder in the import format with what followed: read into the database for a moment, scored, and judged."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.exchange.models import ImportKey
from apps.matching.backtest.measures import owners_measured
from apps.matching.backtest.paired import Figures, paired
from apps.matching.engine.columns import in_pool, mandates_columns, raises_columns
from apps.matching.engine.facts import MandateFacts, RaiseFacts
from apps.matching.engine.model import SIDES, Areas, Model, Reference
from apps.matching.engine.pairs import Scored, score
from apps.matching.engine.world import World, world
from apps.matching.scoring_models import engine_areas, engine_reference, scoring_model
from apps.matching.selectors.inputs import mandate_facts, raise_facts
from apps.reference.areas import Area, Taxonomy
from apps.reference.models import CapabilityArea
from apps.reference.tables import ReferenceTable, editions

PAIR_KEYS = ("fund_key", "startup_key")
OUTCOMES = "outcomes.csv"


class NoOutcomes(ValueError):
    """The folder does not say what followed."""


@dataclass(frozen=True, eq=False)
class Market:
    """A folder's mandates and raises at a date, with what the engine scores them by. Plain values, no rows."""

    as_of: dt.date
    mandates: Sequence[MandateFacts]
    raises: Sequence[RaiseFacts]
    funds: Sequence[str]
    """by mandate, the sender's key of its fund"""
    firms: Sequence[str]
    areas: Areas
    reference: Reference
    table: ReferenceTable
    taxonomy: Taxonomy

    def scored(self, model: Model) -> tuple[Scored, World]:
        """All pairs by a model, mandate after mandate."""
        made = world(
            mandates=mandates_columns(
                mandates=self.mandates, model=model, areas=self.areas, reference=self.reference, as_of=self.as_of
            ),
            raises=raises_columns(raises=self.raises, model=model, areas=self.areas, reference=self.reference),
            model=model,
            reference=self.reference,
            as_of=self.as_of,
        )
        grid = np.meshgrid(range(len(self.mandates)), range(len(self.raises)), indexing="ij")
        mandate, raise_ = (axis.ravel() for axis in grid)
        return score(world=made, mandate=mandate, raise_=raise_), made

    def known(self, pairs: frozenset[tuple[str, ...]]) -> NDArray[np.bool_]:
        """[mandate, raise] whether the pair of fund and firm is among the pairs of keys."""
        return np.array([[(fund, firm) in pairs for firm in self.firms] for fund in self.funds], np.bool_)


def oldest_edition() -> str:
    """The oldest edition of the reference figures."""
    tables = editions().tables
    return min(tables, key=lambda name: tables[name].as_of)


def first_outcome(*, folder: Path) -> dt.date:
    """The day of the first outcome. Raises NoOutcomes."""
    days = [row["date"] for row in rows(folder / OUTCOMES)]
    if not days:
        raise NoOutcomes(str(folder / OUTCOMES))
    return min(map(dt.date.fromisoformat, days))


def earlier_pairs(*, folder: Path, before: dt.date | None = None) -> frozenset[tuple[str, ...]]:
    """(fund, firm) of the folder's deals, by the sender's keys."""
    found = rows(folder / "deals.csv")
    return frozenset(_pair(row) for row in found if before is None or dt.date.fromisoformat(row["date"]) < before)


def followed_pairs(*, folder: Path) -> frozenset[tuple[str, ...]]:
    """(fund, firm) of the outcomes that closed."""
    return frozenset(_pair(row) for row in rows(folder / OUTCOMES) if row["outcome"] == "closed")


def _pair(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[key] for key in PAIR_KEYS)


def market_read(*, folder: Path, as_of: dt.date, model_id: str, edition: str) -> Market:
    """The market of a folder that was imported in the present transaction."""
    known = dict(ImportKey.objects.filter(sender="", table__in=("mandates", "raises")).values_list("object_id", "key"))
    wanted = {row["key"] for name in ("mandates", "raises") for row in rows(folder / f"{name}.csv")}
    ours = {str(identifier): key for identifier, key in known.items() if key in wanted}
    model, table = scoring_model(model_id), editions().table(edition)
    taxonomy = max(editions().taxonomies.values(), key=lambda item: item.id)
    extra = tuple(
        CapabilityArea.objects.exclude(edition=taxonomy.id).order_by("code").values_list("code", "parent__code")
    )
    extended = taxonomy.extended(areas=[Area(code=code, parent=parent, label_en=code) for code, parent in extra])
    mandates = [item for item in mandate_facts(as_of=as_of, model=model.raw, reference=table) if item.id in ours]
    raises = [
        item
        for item in raise_facts(as_of=as_of, model=model.raw, reference=table, taxonomy=extended)
        if item.id in ours and in_pool(raise_=item, as_of=as_of)
    ]
    fund_of = {row["key"]: row["fund_key"] for row in rows(folder / "mandates.csv")}
    firm_of = {row["key"]: row["startup_key"] for row in rows(folder / "raises.csv")}
    return Market(
        as_of=as_of,
        mandates=mandates,
        raises=raises,
        funds=[fund_of[ours[item.id]] for item in mandates],
        firms=[firm_of[ours[item.id]] for item in raises],
        areas=engine_areas(taxonomy.id, extra),
        reference=engine_reference(edition),
        table=table,
        taxonomy=extended,
    )


def judge(
    *,
    market: Market,
    candidate: Model,
    baseline: Model,
    earlier: frozenset[tuple[str, ...]],
    followed: frozenset[tuple[str, ...]],
    seed: int,
) -> Figures:
    """How two models ranked what followed, side by side, owner by owner; failed pairs last, known pairs not at all."""
    shape = (len(market.mandates), len(market.raises))
    relevant, eligible = market.known(followed), ~market.known(earlier)
    scores: list[dict[str, NDArray[np.float64]]] = []
    for model in (candidate, baseline):
        found, _ = market.scored(model)
        failed = found.failed.reshape(shape) != 0
        points = dict(zip(SIDES, (found.score_investor, found.score_startup), strict=True))
        scores.append({side: np.where(failed, -1.0, own.reshape(shape)) for side, own in points.items()})

    def table(side: str, values: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        if side == SIDES[0]:
            return owners_measured(scores=values[side], relevant=relevant, eligible=eligible, seed=seed)
        return owners_measured(scores=values[side].T, relevant=relevant.T, eligible=eligible.T, seed=seed)

    return {
        side: paired(candidate=table(side, scores[0]), baseline=table(side, scores[1]), seed=seed) for side in SIDES
    }


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a table; none where there is no such file."""
    if file.exists():
        with file.open(encoding="utf-8-sig", newline="") as stream:
            yield from csv.DictReader(stream)
