"""A scoring model judged by what was chosen since a generation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.matching.models import MatchRun
from apps.matching.states import RunStatus
from kernel.access import Actor
from kernel.errors import DomainError


class Command(BaseCommand):
    help = "Rank a generation's inputs by a model and by the current one, and compare both with what was chosen since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", help="id of the candidate")
        parser.add_argument("--run", type=UUID, required=True, help="a published generation whose inputs are kept")
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, **options: Any) -> None:
        from apps.matching.services.evaluations import outcomes_evaluate

        run = MatchRun.objects.filter(pk=options["run"], status=RunStatus.PUBLISHED, is_shadow=False).first()
        if run is None:
            raise CommandError("there is no such published generation")
        try:
            row = outcomes_evaluate(actor=Actor.system(), candidate_id=options["model"], run=run, seed=options["seed"])
        except DomainError as refused:
            raise CommandError(refused.detail) from None
        for side, measures in row.figures.items():
            for name, item in measures.items():
                self.stdout.write(f"{side} {name}: {item}")
        self.stdout.write(f"evaluation {row.pk}: {'better' if row.is_better else 'not shown better'} on each side")
