"""Cancels a match run from the console."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from apps.matching import services
from apps.matching.models import MatchRun
from kernel.access import Actor


class Command(BaseCommand):
    help = "Cancel a match run that has not ended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        run = services.run_cancel(run=MatchRun.objects.get(pk=options["run"]), actor=Actor.system())
        self.stdout.write(run.status)
