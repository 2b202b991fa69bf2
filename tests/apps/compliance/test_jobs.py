"""The jobs of compliance."""

from __future__ import annotations

import pytest

from apps.compliance.models import ScreeningDue, ScreeningRun
from apps.compliance.services.rescreening import subjects_follow
from apps.compliance.services.screening import SCREENING, rescreen_enqueue, screening_run
from apps.compliance.services.subjects import subjects_refresh
from apps.compliance.states import Clearance, ScreeningCause
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.chunks import job_drive
from kernel.models import Job
from tests.factories.compliance import entry_made, list_version_made
from tests.factories.organisations import MembershipFactory

pytestmark = pytest.mark.django_db

LISTED, ALIKE = "Вікентій Бурзолович Залютвор", "Vikentiy Zalyutvor"


def firm(name: str) -> Organisation:
    organisation: Organisation = MembershipFactory(user__name=name).organisation
    return organisation


class TestScreening:
    def test_takes_up_everything_that_is_due(self) -> None:
        list_version_made()
        for name in ("Taras Bryzhvan", "Iryna Holub"):
            subjects_follow(organisation_id=firm(name).pk)

        job = job_drive(job_id=Job.objects.get(kind=SCREENING).pk)

        assert (job.status, job.result) == ("succeeded", {"screened": 2, "clear": 2})
        assert not ScreeningDue.objects.exists()

    def test_what_it_could_not_do_stays_due(self, monkeypatch: pytest.MonkeyPatch) -> None:
        list_version_made()
        organisation = firm("Taras Bryzhvan")
        subjects_follow(organisation_id=organisation.pk)

        def broken(**_given: object) -> ScreeningRun:
            raise LookupError

        monkeypatch.setattr("apps.compliance.services.rescreening.screening_run", broken)
        job = job_drive(job_id=Job.objects.get(kind=SCREENING).pk)

        assert job.status == "failed"
        assert ScreeningDue.objects.get(job=None).screened == organisation


class TestRescreen:
    def test_screens_those_that_a_version_concerns_and_nobody_else(self) -> None:
        first = list_version_made()
        entry_made(first, "Ostap Hryva")
        alike, other = firm(ALIKE), firm("Taras Bryzhvan")
        for organisation in (alike, other):
            screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)
        version = list_version_made()
        entry_made(version, LISTED)

        job = job_drive(job_id=rescreen_enqueue(list_version_id=version.pk).pk)

        assert job.result == {"entries": 1, "concerned": 1, "screened": 1, "review": 1}
        run = ScreeningRun.objects.get(job=job)
        assert (run.screened, run.cause, run.result) == (alike, "list_changed", Clearance.REVIEW)

    def test_screens_whom_nobody_has_compared_yet(self) -> None:
        version = list_version_made()
        entry_made(version, LISTED)
        organisation = firm("Taras Bryzhvan")
        subjects_refresh(organisation_id=organisation.pk)

        job = job_drive(job_id=rescreen_enqueue(list_version_id=version.pk).pk)

        assert ScreeningRun.objects.get(job=job).screened == organisation

    def test_passes_over_whom_a_run_has_compared_with_that_version(self) -> None:
        version = list_version_made()
        entry_made(version, LISTED)
        organisation = firm(ALIKE)
        screening_run(actor=Actor.system(), organisation_id=organisation.pk, cause=ScreeningCause.REQUESTED)

        job = job_drive(job_id=rescreen_enqueue(list_version_id=version.pk).pk)

        assert (job.status, job.result) == ("succeeded", {"entries": 1, "concerned": 0})

    def test_is_queued_once_for_each_version(self) -> None:
        version = list_version_made()

        assert rescreen_enqueue(list_version_id=version.pk) == rescreen_enqueue(list_version_id=version.pk)
