"""The jobs of the registry."""

from __future__ import annotations

import pytest

from apps.startups.models import SpeedProfile
from apps.startups.services.speed import speed_queue
from kernel.access import Actor
from kernel.chunks import job_drive
from kernel.jobs import job_cancel, job_progress
from tests.factories.startups import CapabilityFactory

pytestmark = pytest.mark.django_db


class TestSpeed:
    def test_measures_every_firm_and_counts(self) -> None:
        firms = {CapabilityFactory().firm_id for _ in range(3)}

        job = job_drive(job_id=speed_queue().pk)

        assert (job.status, job.result) == ("succeeded", {"firms": 3, "profiles": 6})
        assert job_progress(job=job)["fraction"] == 1.0
        assert set(SpeedProfile.objects.values_list("firm", flat=True)) == firms

    def test_ends_where_there_is_nobody(self) -> None:
        assert job_drive(job_id=speed_queue().pk).status == "succeeded"

    def test_cancelled_measures_nobody_more(self) -> None:
        CapabilityFactory()
        job = speed_queue()

        job_cancel(job=job, actor=Actor.system())

        assert job_drive(job_id=job.pk).status == "cancelled"
        assert not SpeedProfile.objects.exists()
