"""Back-test: how well the scorer's order over yesterday's pairs foretold the deals that followed."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from numpy.typing import NDArray

from apps.exchange.models import ImportKey
from apps.exchange.services import import_folder
from apps.matching.backtest import popularity, report
from apps.matching.engine.columns import in_pool, mandates_columns, raises_columns
from apps.matching.engine.pairs import STARTUP_FEATURES, Scored, World, score, world
from apps.matching.scoring_models import CURRENT, engine_areas, engine_reference, scoring_model
from apps.matching.selectors.inputs import mandate_facts, raise_facts
from apps.reference.areas import Area
from apps.reference.models import CapabilityArea
from apps.reference.tables import editions

PAIR_KEYS = ("fund_key", "startup_key")


class Command(BaseCommand):
    help = "Score a folder in the import format and judge the order against its outcomes.csv. Leaves nothing behind."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--as-of", type=dt.date.fromisoformat, default=None, help="default: the first outcome's day"
        )
        parser.add_argument("--model", default=CURRENT)
        parser.add_argument("--reference", default=None, help="edition; default: the oldest one there is")
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        outcomes = list(_rows(folder / "outcomes.csv"))
        if not outcomes:
            raise CommandError(f"{folder / 'outcomes.csv'} holds no outcome")
        as_of = options["as_of"] or min(dt.date.fromisoformat(row["date"]) for row in outcomes)
        tables = editions().tables
        edition = options["reference"] or min(tables, key=lambda name: tables[name].as_of)
        with transaction.atomic():
            loaded = import_folder(folder=folder, verified=True)
            if loaded.problems:
                raise CommandError(f"{loaded.problem_count} problems, the first: {loaded.problems[0]}")
            scored, made, keys = _scored(folder, as_of, options["model"], edition)
            transaction.set_rollback(True)
        earlier = {tuple(row[key] for key in PAIR_KEYS) for row in _rows(folder / "deals.csv")}
        followed = {tuple(row[key] for key in PAIR_KEYS) for row in outcomes if row["outcome"] == "closed"}
        self._report(scored, made, keys, earlier, followed, options["seed"])

    def _report(
        self,
        scored: Scored,
        made: World,
        keys: dict[str, str],
        earlier: set[tuple[str, ...]],
        followed: set[tuple[str, ...]],
        seed: int,
    ) -> None:
        funds = [keys[item.fund_id] for item in made.mandates.facts]
        firms = [keys[item.firm_id] for item in made.raises.facts]
        shape = (len(funds), len(firms))

        def known(pairs: set[tuple[str, ...]]) -> NDArray[np.bool_]:
            return np.array([[(fund, firm) in pairs for firm in firms] for fund in funds])

        before, after = known(earlier), known(followed)
        overlap = scored.contributions_startup[:, STARTUP_FEATURES.index("area_overlap")].reshape(shape)
        failed = scored.failed.reshape(shape) != 0
        self.stdout.write(
            f"{shape[0]} mandates, {shape[1]} raises, {int((after & ~before).sum())} new pairs that closed"
        )
        for side, own in (("investor", scored.score_investor), ("startup", scored.score_startup)):
            orders = {
                "tandem-1": np.where(failed, -1.0, own.reshape(shape).astype(np.float64)),
                "random": np.zeros(shape),
                "popularity": popularity(earlier=before if side == "investor" else before.T),
                "area only": overlap.astype(np.float64),
            }
            if side == "startup":
                orders = {name: order if name == "popularity" else order.T for name, order in orders.items()}
            relevant, eligible = (after, ~before) if side == "investor" else (after.T, ~before.T)
            self.stdout.write(f"\n{side} side")
            report(orders=orders, relevant=relevant, eligible=eligible, seed=seed, write=self.stdout.write)


def _scored(folder: Path, as_of: dt.date, model_id: str, edition: str) -> tuple[Scored, World, dict[str, str]]:
    """All pairs of the folder's mandates and raises, scored exactly, and the sender's keys by object id."""
    known = dict(ImportKey.objects.filter(sender="", table__in=("mandates", "raises")).values_list("object_id", "key"))
    wanted = {row["key"] for name in ("mandates", "raises") for row in _rows(folder / f"{name}.csv")}
    model, reference = scoring_model(model_id), editions().table(edition)
    taxonomy = max(editions().taxonomies.values(), key=lambda item: item.id)
    extra = tuple(
        CapabilityArea.objects.exclude(edition=taxonomy.id).order_by("code").values_list("code", "parent__code")
    )
    extended = taxonomy.extended(areas=[Area(code=code, parent=parent, label_en=code) for code, parent in extra])
    engine = model.engine
    figures = engine_reference(edition)
    areas = engine_areas(taxonomy.id, extra)
    ours = {str(identifier): key for identifier, key in known.items() if key in wanted}
    mandates = [item for item in mandate_facts(as_of=as_of, model=model.raw, reference=reference) if item.id in ours]
    raises = [
        item
        for item in raise_facts(as_of=as_of, model=model.raw, reference=reference, taxonomy=extended)
        if item.id in ours and in_pool(raise_=item, as_of=as_of)
    ]
    made = world(
        mandates=mandates_columns(mandates=mandates, model=engine, areas=areas, reference=figures, as_of=as_of),
        raises=raises_columns(raises=raises, model=engine, areas=areas, reference=figures),
        model=engine,
        reference=figures,
        as_of=as_of,
    )
    keys = _organisation_keys(folder, mandates, raises, ours)
    i, s = (grid.ravel() for grid in np.meshgrid(range(len(mandates)), range(len(raises)), indexing="ij"))
    return score(world=made, mandate=i, raise_=s), made, keys


def _organisation_keys(folder: Path, mandates: list[Any], raises: list[Any], ours: dict[str, str]) -> dict[str, str]:
    """Fund or firm id → the sender's key, by way of the mandates' and raises' rows."""
    fund_of = {row["key"]: row["fund_key"] for row in _rows(folder / "mandates.csv")}
    firm_of = {row["key"]: row["startup_key"] for row in _rows(folder / "raises.csv")}
    return {item.fund_id: fund_of[ours[item.id]] for item in mandates} | {
        item.firm_id: firm_of[ours[item.id]] for item in raises
    }


def _rows(file: Path) -> Iterator[dict[str, str]]:
    if file.exists():
        with file.open(encoding="utf-8-sig", newline="") as stream:
            yield from csv.DictReader(stream)
