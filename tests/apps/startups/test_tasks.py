"""The registry's Celery entry points."""

import pytest

from apps.startups.models import AttestationRequest, SearchWord
from apps.startups.services.attestation_requests import REQUEST_LASTS
from apps.startups.services.speed import KIND
from apps.startups.states import RequestStatus
from apps.startups.tasks import attestations_tidy, search_keep, speed_refresh
from config.celery import app
from kernel.clock import utc_now
from kernel.models import Job
from tests.factories.startups import DevelopmentEventFactory, asked


@pytest.mark.django_db
class TestSpeedRefresh:
    def test_queues_the_days_job_once(self) -> None:
        speed_refresh()
        speed_refresh()

        assert Job.objects.filter(kind=KIND).count() == 1

    def test_is_on_the_beat(self) -> None:
        assert "startups.speed_refresh" in {entry["task"] for entry in app.conf.beat_schedule.values()}


@pytest.mark.django_db
class TestAttestationsTidy:
    def test_expires_what_is_overdue(self) -> None:
        request = asked(DevelopmentEventFactory(), now=utc_now() - REQUEST_LASTS)

        attestations_tidy()

        assert AttestationRequest.objects.get(pk=request.pk).status == RequestStatus.EXPIRED

    def test_is_on_the_beat(self) -> None:
        assert "startups.attestations_tidy" in {entry["task"] for entry in app.conf.beat_schedule.values()}


@pytest.mark.django_db
class TestSearchKeep:
    def test_counts_the_words(self) -> None:
        search_keep()

        assert SearchWord.objects.exists()

    def test_is_on_the_beat(self) -> None:
        assert "startups.search_keep" in {entry["task"] for entry in app.conf.beat_schedule.values()}
