"""A scoring model fitted to a folder's deals, judged once by what followed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.exchange.backtesting import (
    Market,
    NoOutcomes,
    earlier_pairs,
    first_outcome,
    followed_pairs,
    judge,
    market_read,
    oldest_edition,
)
from apps.exchange.readers.uploads import folder_digest
from apps.exchange.services import import_folder
from apps.matching.backtest.paired import Figures, as_json, is_better, lines
from apps.matching.backtest.training import TooLittlePast, Trained, train
from apps.matching.engine.model import Model
from apps.matching.scoring_models import CURRENT, ScoringModel, scoring_model
from apps.matching.selectors.history import situations
from apps.matching.services.scoring_models import canonical, evaluation_record, model_register
from apps.matching.states import EvaluationSource, ModelKind
from kernel.access import Actor


class Command(BaseCommand):
    help = (
        "Fit step tables to a folder's deals before the cut date, and judge the model against the base model by the "
        "folder's outcomes.csv. Nothing is kept unless asked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--cut", type=dt.date.fromisoformat, default=None, help="default: the first outcome's day")
        parser.add_argument("--base", default=CURRENT, help="the model to begin with and to beat")
        parser.add_argument("--id", default="", help="of the trained model; default: the base's with the cut date")
        parser.add_argument("--reference", default=None, help="edition; default: the oldest one there is")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--output", type=Path, default=None, help="write the model's JSON to this file")
        parser.add_argument(
            "--no-judge", action="store_true", help="leave the outcomes alone: while settings are tried"
        )
        parser.add_argument("--register", action="store_true", help="keep the model and the evaluation in the database")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            cut = options["cut"] or first_outcome(folder=folder)
        except NoOutcomes as missing:
            raise CommandError(f"{missing} holds no outcome: name the date with --cut") from None
        base, seed = scoring_model(options["base"]), options["seed"]
        market, trained = self._trained(folder, cut, base, options)
        content = json.loads(canonical(trained.content))
        self._tell(trained)
        if options["output"] is not None:
            options["output"].write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        figures: Figures | None = None
        if not options["no_judge"]:
            figures = judge(
                market=market,
                candidate=Model.from_json(content),
                baseline=base.engine,
                earlier=earlier_pairs(folder=folder, before=cut),
                followed=followed_pairs(folder=folder),
                seed=seed,
            )
            self.stdout.write(f"\nWhat followed {cut}: {content['id']} against {base.id}")
            self.stdout.write("\n".join(lines(figures)))
            self.stdout.write(f"better on each side: {'yes' if is_better(figures) else 'no'}")
        if options["register"]:
            self._register(content, trained, base, folder, cut, seed, figures)

    def _trained(
        self, folder: Path, cut: dt.date, base: ScoringModel, options: dict[str, Any]
    ) -> tuple[Market, Trained]:
        identifier = options["id"] or f"{base.id.rsplit('-trained', 1)[0]}-trained-{cut:%Y%m%d}"
        with transaction.atomic():
            loaded = import_folder(folder=folder, verified=True)
            if loaded.problems:
                raise CommandError(f"{loaded.problem_count} problems, the first: {loaded.problems[0]}")
            market = market_read(
                folder=folder, as_of=cut, model_id=base.id, edition=options["reference"] or oldest_edition()
            )
            past = situations(
                cut=cut,
                model=base.raw,
                reference=market.table,
                taxonomy=market.taxonomy,
                at_war=market.reference.at_war,
            )
            transaction.set_rollback(True)
        self.stdout.write(
            "\n".join(f"{item.at}: {len(item.mandates)} mandates, {len(item.raises)} raises" for item in past)
        )
        try:
            trained = train(
                situations=past,
                base=base.raw,
                areas=market.areas,
                reference=market.reference,
                identifier=identifier,
                basis=f"{base.raw['basis']}; tables fitted to the deals before {cut} of one folder",
                seed=options["seed"],
            )
        except TooLittlePast:
            raise CommandError(f"too few years with deals before {cut}") from None
        return market, trained

    def _tell(self, trained: Trained) -> None:
        for choice in trained.tried:
            mark = "chosen: " if trained.chosen[choice.side] is choice else ""
            self.stdout.write(f"\n{mark}{choice.side}, strength {choice.strength}, scale of capacity {choice.scale}")
            self.stdout.write("\n".join(lines({choice.side: choice.gains})))
        for side, kept in trained.chosen.items():
            if kept is None:
                self.stdout.write(f"\n{side} side: no sure gain in the years before, left as it is")

    def _register(
        self,
        content: dict[str, Any],
        trained: Trained,
        base: ScoringModel,
        folder: Path,
        cut: dt.date,
        seed: int,
        figures: Figures | None,
    ) -> None:
        digest, actor = folder_digest(folder=folder), Actor.system()
        held_out = {side: choice.gains for side, choice in trained.chosen.items() if choice is not None}
        with transaction.atomic():
            row = model_register(
                actor=actor,
                content=content,
                kind=ModelKind.TRAINED,
                provenance={
                    "folder_sha256": digest,
                    "base": base.id,
                    "as_of": cut.isoformat(),
                    "seed": seed,
                    "settings": {
                        side: None if choice is None else {"strength": choice.strength, "scale": choice.scale}
                        for side, choice in trained.chosen.items()
                    },
                    "held_out": as_json(held_out),
                },
            )
            if figures is not None:
                evaluation_record(
                    actor=actor,
                    candidate=scoring_model(row.name),
                    baseline=base,
                    source=EvaluationSource.FOLDER,
                    subject=digest,
                    as_of=cut,
                    seed=seed,
                    figures=figures,
                )
        self.stdout.write(f"registered {row.name} {row.sha256}")
