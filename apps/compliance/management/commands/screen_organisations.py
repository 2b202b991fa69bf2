"""Screens from the console whoever was never compared with a list."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.compliance.services.rescreening import unscreened_enqueue
from kernel.access import Actor
from kernel.chunks import job_drive
from kernel.job_states import JobStatus


class Command(BaseCommand):
    help = "Screen every organisation that was never compared with a list, here and now, as one job."

    def handle(self, *args: Any, **options: Any) -> None:
        job = unscreened_enqueue(actor=Actor.system())
        if job is None:
            self.stdout.write("Nobody is to be screened.")
            return
        job = job_drive(job_id=job.pk)
        if job.status != JobStatus.SUCCEEDED:
            raise CommandError(f"the screening is {job.status}")
        counts = {name: job.result.get(name, 0) for name in ("clear", "review", "hit", "unknown")}
        self.stdout.write(f"Screened {job.result.get('screened', 0)} organisations: {counts}")
