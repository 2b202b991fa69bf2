"""The clock's entry points call the services."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.notifications import tasks
from apps.notifications.models import Digest, Notification
from apps.permissions import Kind
from config.celery import app
from kernel.clock import utc_now
from tests.factories.notifications import told
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def old() -> Notification:
    row = told(actor_of(OrganisationFactory(kind=Kind.FUND)), cadence="daily")
    Notification.objects.filter(pk=row.pk).update(created_at=utc_now() - dt.timedelta(days=300))
    return row


class TestTasks:
    def test_plan_what_is_due(self) -> None:
        old()

        tasks.plan_digests()

        assert Digest.objects.count() == 1

    def test_remove_what_is_old(self) -> None:
        old()

        tasks.tidy()

        assert not Notification.objects.exists()

    def test_are_on_the_clock(self) -> None:
        assert {tasks.plan_digests.name, tasks.tidy.name} <= {
            entry["task"] for entry in app.conf.beat_schedule.values()
        }
