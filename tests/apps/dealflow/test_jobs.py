"""What an import listed is followed by a job, once for each import."""

from __future__ import annotations

import pytest

from apps.dealflow.models import AlertHit
from apps.dealflow.services.alerts import KIND, TOUCHED, alerts_import_follow
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.chunks import job_drive
from kernel.events import publish
from kernel.ids import uuid7
from kernel.models import Job
from tests.apps.dealflow.services.test_alerts import fund, raising, watching

pytestmark = pytest.mark.django_db


def imported(*firms: Firm) -> Job | None:
    """The job of an import that touched the firms."""
    import_id = uuid7()
    for firm in firms:
        organisation = firm.organisation
        data = {"import": str(import_id)}
        publish(TOUCHED, actor=Actor.system(), subject=organisation, organisation_id=organisation.pk, data=data)
    jobs = {alerts_import_follow(import_id=import_id) for _ in range(2)}
    [job] = jobs
    return job


class TestAlertsJob:
    def test_tells_of_what_an_import_listed(self) -> None:
        search = watching(fund())
        touched, other = raising(), raising()

        job = imported(touched.firm)

        assert job is not None
        assert job_drive(job_id=job.pk).result == {"alerts": 1}
        told = AlertHit.objects.filter(search=search, is_told=True)
        assert list(told.values_list("listing", flat=True)) == [touched.pk]
        assert not AlertHit.objects.filter(listing=other.pk).exists()

    def test_is_not_queued_where_nobody_watches(self) -> None:
        assert imported(raising().firm) is None
        assert not Job.objects.filter(kind=KIND).exists()
