"""The deal flow's Celery entry points."""

import pytest

from apps.dealflow import tasks
from apps.dealflow.models import WatchlistReminder
from config.celery import app
from kernel.clock import utc_now
from kernel.models import Event
from tests.factories.pipelines import fund_actor, reminded

pytestmark = pytest.mark.django_db


class TestReminders:
    def test_are_told_when_due(self) -> None:
        reminder = reminded(fund_actor())
        WatchlistReminder.objects.filter(pk=reminder.pk).update(due_at=utc_now())

        tasks.reminders_tell()

        assert Event.objects.filter(name="dealflow.reminder.due").count() == 1

    def test_run_on_the_clock(self) -> None:
        assert "dealflow.reminders" in {entry["task"] for entry in app.conf.beat_schedule.values()}
