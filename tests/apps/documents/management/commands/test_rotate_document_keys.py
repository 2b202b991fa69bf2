"""Keys from the console."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.documents.models import VaultKey
from apps.documents.services.keys import vault_for
from kernel.job_states import JobStatus
from kernel.models import Job
from tests.apps.documents.services.stored import keyed_versions
from tests.factories.organisations import OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_heart")]
NEW = bytes([9]) * 32


def said(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    capsys.readouterr()
    call_command("rotate_document_keys", *words)
    return capsys.readouterr().out.splitlines()


class TestVaults:
    def test_get_new_keys_here(self, capsys: pytest.CaptureFixture[str]) -> None:
        vaults = [vault_for(organisation_id=OrganisationFactory().pk) for _ in range(2)]
        keyed_versions(vaults[0], 3)

        lines = said(capsys, "vaults", "--here")

        assert [line.split(maxsplit=1)[1] for line in lines[2:]] == [
            "succeeded 3 keys wrapped anew",
            "succeeded 0 keys wrapped anew",
        ]
        assert VaultKey.objects.filter(retired_at=None, number=2).count() == 2

    def test_of_one_organisation_are_left_to_the_workers(self, capsys: pytest.CaptureFixture[str]) -> None:
        vaults = [vault_for(organisation_id=OrganisationFactory().pk) for _ in range(2)]

        lines = said(capsys, "vaults", "--organisation", str(vaults[1].organisation_id))

        job = Job.objects.get(pk=uuid.UUID(lines[0]))
        assert (len(lines), job.status, job.payload) == (1, JobStatus.QUEUED, {"vault": str(vaults[1].pk)})

    def test_are_gone_on_with(self, capsys: pytest.CaptureFixture[str]) -> None:
        vault_for(organisation_id=OrganisationFactory().pk)
        said(capsys, "vaults")

        said(capsys, "resume")

        assert Job.objects.get().status == JobStatus.SUCCEEDED
        assert said(capsys, "resume") == []


class TestMaster:
    def test_is_changed(self, capsys: pytest.CaptureFixture[str], settings: Any) -> None:
        vault_for(organisation_id=OrganisationFactory().pk)
        settings.DOCUMENT_MASTER_KEYS = {"new": NEW, **settings.DOCUMENT_MASTER_KEYS}
        assert said(capsys, "show") == ["new: 0 keys, the current master", "tests: 1 keys"]

        said(capsys, "master", "--here")

        assert said(capsys, "show") == ["new: 1 keys, the current master", "tests: 0 keys"]

    def test_that_is_missing_is_shown_and_stops_the_change(
        self, capsys: pytest.CaptureFixture[str], settings: Any
    ) -> None:
        vault_for(organisation_id=OrganisationFactory().pk)
        settings.DOCUMENT_MASTER_KEYS = {"new": NEW}

        assert said(capsys, "show")[1] == "tests: 1 keys, MISSING in DOCUMENT_MASTER_KEYS"
        with pytest.raises(CommandError, match="failed"):
            call_command("rotate_document_keys", "master", "--here")
