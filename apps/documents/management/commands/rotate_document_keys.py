"""Changes the keys of documents from the console."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q
from django.db.models.functions import Now

from apps.documents.models import Vault, VaultKey
from apps.documents.services import rotation
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.job_states import ChunkStatus, JobStatus
from kernel.models import Chunk, Job

PAUSE_S = 0.1
KINDS = (rotation.ROTATE_MASTER, rotation.ROTATE_VAULT)


class Command(BaseCommand):
    help = (
        "master: wrap all vaults' keys by the first key of DOCUMENT_MASTER_KEYS. vaults: give vaults new keys. "
        "resume: go on with what was begun. show: how many keys each master wraps."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("master", "vaults", "resume", "show"))
        parser.add_argument("--organisation", type=UUID, help="vaults: of this organisation only")
        parser.add_argument("--here", action="store_true", help="do the work in this process, without workers")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "show":
            self._show()
            return
        jobs = self._jobs(options["what"], options["organisation"])
        for job in jobs:
            self.stdout.write(str(job.pk))
        self.stdout.flush()
        if options["here"] or options["what"] == "resume":
            self._work(jobs)

    def _jobs(self, what: str, organisation_id: UUID | None) -> list[Job]:
        actor = Actor.system()
        if what == "master":
            return [rotation.master_rotate(actor=actor)]
        if what == "resume":
            return list(Job.objects.filter(kind__in=KINDS, ended_at=None).order_by("id"))
        vaults = Vault.objects.order_by("id")
        if organisation_id is not None:
            vaults = vaults.filter(organisation_id=organisation_id)
        return [rotation.vault_rotate(vault=vault, actor=actor) for vault in vaults]

    def _work(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            while job.ended_at is None:
                free = Q(status=ChunkStatus.QUEUED) | Q(status=ChunkStatus.RUNNING, lease_until__lt=Now())
                waiting = list(Chunk.objects.filter(free, job=job).order_by("position").values_list("pk", flat=True))
                for chunk_id in waiting:
                    chunk_run(chunk_id=chunk_id)
                if not waiting:
                    # Another process holds the lease: it ends the chunk, or the lease runs out.
                    time.sleep(PAUSE_S)
                job.refresh_from_db()
            if job.status != JobStatus.SUCCEEDED:
                raise CommandError(f"the rotation {job.pk} is {job.status}: {job.reasons}")
            self.stdout.write(f"{job.pk} {job.status} {job.result.get('rewrapped', 0)} keys wrapped anew")

    def _show(self) -> None:
        kept = VaultKey.objects.filter(wrapped__isnull=False)
        counts = dict(kept.order_by("master").values_list("master").annotate(Count("pk")))
        for number, name in enumerate(settings.DOCUMENT_MASTER_KEYS):
            self.stdout.write(f"{name}: {counts.pop(name, 0)} keys{'' if number else ', the current master'}")
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count} keys, MISSING in DOCUMENT_MASTER_KEYS")
