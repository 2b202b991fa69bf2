"""Celery's entry points to funds and mandates."""

import datetime as dt

import pytest

from apps.investors.models import CapacityHold
from apps.investors.states import HoldStatus
from apps.investors.tasks import capacity_expire
from config.celery import app
from kernel.clock import database_now
from tests.factories.investors import CapacityHoldFactory


class TestCapacityExpire:
    @pytest.mark.django_db
    def test_releases_what_has_expired(self) -> None:
        hold = CapacityHoldFactory(expires_at=database_now() - dt.timedelta(seconds=1))

        capacity_expire()

        assert CapacityHold.objects.get(pk=hold.pk).status == HoldStatus.RELEASED

    def test_is_run_by_the_clock(self) -> None:
        assert capacity_expire.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
