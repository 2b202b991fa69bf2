"""Starts a match run from the console and follows it."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.matching import services
from apps.matching.selectors import runs
from apps.matching.states import RunStatus
from kernel.access import Actor


class Command(BaseCommand):
    help = "Queue a match run for the workers; --wait follows it to its end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=dt.date.fromisoformat, default=None, help="UTC date, today by default")
        parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        run = services.run_start(actor=Actor.system(), as_of=options["as_of"])
        self.stdout.write(str(run.pk))
        deadline = time.monotonic() + options["wait"]
        while run.status in {RunStatus.QUEUED, RunStatus.RUNNING} and time.monotonic() < deadline:
            time.sleep(0.2)
            run.refresh_from_db()
            self.stderr.write(f"{run.status} {runs.run_progress(run=run):.0%}")
        if options["wait"] and run.status != RunStatus.PUBLISHED:
            raise CommandError(f"the run is {run.status}")
