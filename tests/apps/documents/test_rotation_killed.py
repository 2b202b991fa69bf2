"""Rotations whose process is killed at random instants: every document stays readable, and the end is reached."""

from __future__ import annotations

import base64
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as live_settings
from django.db import connection

from apps.documents.keys.masters import master_current
from apps.documents.models import DocumentVersion, Vault, VaultKey
from apps.documents.services import rotation
from apps.documents.services.keys import data_key_open, vault_for, vault_key_wrap
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.job_states import ChunkStatus, JobStatus
from kernel.models import Chunk, Job
from tests.apps.documents.services.stored import keyed_versions
from tests.factories.organisations import OrganisationFactory

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("process")]

ROOT = Path(__file__).resolve().parents[3]
SAMPLE, WHOLE = 1_200, 10_000
"""Documents in the suite and in a campaign."""
KILLS = 3
LONGEST_S = 0.4
"""The longest that a process works before it is killed, in seconds."""


def start(var: Path) -> subprocess.Popen[str]:
    """A process that goes on with the rotations that were begun, at the moment when it starts to work."""
    database = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}"))
    keys = (f"{name}:{base64.b64encode(key).decode()}" for name, key in live_settings.DOCUMENT_MASTER_KEYS.items())
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "rotate_document_keys", "resume", "--skip-checks"],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("COV_")},
            "DATABASE_URL": database,
            "DATABASE_OWNER_URL": database,
            "DOCUMENT_MASTER_KEYS": ",".join(keys),
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "TANDEM_VAR": str(var),
            "JOB_LEASE_SECONDS": "2",
            "LOG_LEVEL": "ERROR",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    assert len(first.strip()) == 36, first + process.communicate()[0]
    return process


def killed(var: Path, chance: random.Random) -> bool:
    """Whether a process that was given a random time to work was killed before its end."""
    process = start(var)
    time.sleep(chance.uniform(0, LONGEST_S))
    process.kill()
    process.communicate()
    # The dead hold their leases no longer: the next need not wait for that.
    Chunk.objects.filter(status=ChunkStatus.RUNNING).update(lease_until="2000-01-01T00:00:00Z")
    return process.returncode != 0


def unreadable(keys: dict[Any, bytes]) -> int:
    versions = DocumentVersion.objects.select_related("vault_key").filter(pk__in=keys)
    return len(keys) - sum(data_key_open(version=version) == keys[version.pk] for version in versions)


def many_vaults(count: int) -> dict[Any, bytes]:
    """Vaults with one key each, the first of them with versions."""
    keys = keyed_versions(vault_for(organisation_id=OrganisationFactory().pk), 20)
    organisations = Organisation.objects.bulk_create(OrganisationFactory.build_batch(count))
    vaults = Vault.objects.bulk_create(Vault(organisation=organisation) for organisation in organisations)
    made = []
    for vault in vaults:
        wrapped, master = vault_key_wrap(key=bytes(32), vault_id=vault.pk, number=1)
        made.append(VaultKey(vault=vault, number=1, wrapped=wrapped, master=master))
    VaultKey.objects.bulk_create(made)
    return keys


def go_on_to_the_end(job: Job, keys: dict[Any, bytes], *, var: Path, chance: random.Random) -> int:
    """Kill the rotation some times, look at every document after each, then let it end; returns the kills that met."""
    kills = 0
    for _ in range(KILLS):
        kills += killed(var, chance)
        assert unreadable(keys) == 0
        job.refresh_from_db()
        if job.ended_at is not None:
            break
    if job.ended_at is None:
        last = start(var)
        output, _ = last.communicate(timeout=120)
        assert last.returncode == 0, output
    job.refresh_from_db()
    assert job.status == JobStatus.SUCCEEDED
    assert unreadable(keys) == 0
    return kills


class TestRotation:
    def test_of_a_vault_survives(self, committed: None, tmp_path: Path, rounds: int, whole: bool) -> None:
        vault = vault_for(organisation_id=OrganisationFactory().pk)
        keys, chance, kills = keyed_versions(vault, WHOLE if whole else SAMPLE), random.Random(), 0

        for turn in range(rounds):
            job = rotation.vault_rotate(vault=vault, actor=Actor.system())
            kills += go_on_to_the_end(job, keys, var=tmp_path, chance=chance)

            assert set(DocumentVersion.objects.values_list("vault_key__number", flat=True)) == {turn + 2}
            assert VaultKey.objects.filter(vault=vault, retired_at=None).count() == 1

        assert kills > 0

    def test_of_the_master_survives(
        self, committed: None, tmp_path: Path, rounds: int, whole: bool, settings: Any
    ) -> None:
        keys, chance, kills = many_vaults(WHOLE if whole else SAMPLE), random.Random(), 0

        for turn in range(rounds):
            _, old = master_current()
            before = next(iter(settings.DOCUMENT_MASTER_KEYS))
            settings.DOCUMENT_MASTER_KEYS = {f"new-{turn}": bytes([turn + 1]) * 32, before: old}
            job = rotation.master_rotate(actor=Actor.system())
            kills += go_on_to_the_end(job, keys, var=tmp_path, chance=chance)

            assert set(VaultKey.objects.values_list("master", flat=True)) == {f"new-{turn}"}

        assert kills > 0
