"""Celery's entry points to compliance."""

import pytest

from apps.compliance import tasks
from config.celery import app


@pytest.mark.parametrize(
    ("task", "work"),
    [
        (tasks.screening_sweep, "apps.compliance.services.rescreening.screening_sweep"),
        (tasks.renewals, "apps.compliance.services.renewals.renewals_tick"),
    ],
)
class TestTasks:
    def test_does_its_work(self, task, work, monkeypatch):
        calls = []
        monkeypatch.setattr(work, lambda: calls.append("done"))

        task()

        assert calls == ["done"]

    def test_is_on_the_schedule(self, task, work):
        assert task.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
