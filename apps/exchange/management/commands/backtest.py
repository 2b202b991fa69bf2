"""Back-test: how well the scorer's order over yesterday's pairs foretold the deals that followed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.exchange.backtesting import (
    Market,
    NoOutcomes,
    earlier_pairs,
    first_outcome,
    followed_pairs,
    market_read,
    oldest_edition,
)
from apps.exchange.services import import_folder
from apps.matching.backtest.measures import popularity, report
from apps.matching.engine.model import Model
from apps.matching.engine.pairs import STARTUP_FEATURES
from apps.matching.scoring_models import CURRENT, scoring_model


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
        try:
            as_of = options["as_of"] or first_outcome(folder=folder)
        except NoOutcomes as missing:
            raise CommandError(f"{missing} holds no outcome") from None
        edition = options["reference"] or oldest_edition()
        model = scoring_model(options["model"])
        with transaction.atomic():
            loaded = import_folder(folder=folder, verified=True)
            if loaded.problems:
                raise CommandError(f"{loaded.problem_count} problems, the first: {loaded.problems[0]}")
            market = market_read(folder=folder, as_of=as_of, model_id=model.id, edition=edition)
            transaction.set_rollback(True)
        self._report(market, model.id, model.engine, folder, options["seed"])

    def _report(self, market: Market, name: str, model: Model, folder: Path, seed: int) -> None:
        scored, _ = market.scored(model)
        shape = (len(market.mandates), len(market.raises))
        before, after = (market.known(pairs) for pairs in (earlier_pairs(folder=folder), followed_pairs(folder=folder)))
        overlap = scored.contributions_startup[:, STARTUP_FEATURES.index("area_overlap")].reshape(shape)
        failed = scored.failed.reshape(shape) != 0
        self.stdout.write(
            f"{shape[0]} mandates, {shape[1]} raises, {int((after & ~before).sum())} new pairs that closed"
        )
        for side, own in (("investor", scored.score_investor), ("startup", scored.score_startup)):
            orders = {
                name: np.where(failed, -1.0, own.reshape(shape).astype(np.float64)),
                "random": np.zeros(shape),
                "popularity": popularity(earlier=before if side == "investor" else before.T),
                "area only": overlap.astype(np.float64),
            }
            if side == "startup":
                orders = {name: order if name == "popularity" else order.T for name, order in orders.items()}
            relevant, eligible = (after, ~before) if side == "investor" else (after.T, ~before.T)
            self.stdout.write(f"\n{side} side")
            report(orders=orders, relevant=relevant, eligible=eligible, seed=seed, write=self.stdout.write)
