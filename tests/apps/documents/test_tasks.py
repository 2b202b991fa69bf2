"""Celery's entry points to documents."""

from apps.documents import tasks
from config.celery import app


class TestTidy:
    def test_tidies(self, monkeypatch):
        calls = []
        monkeypatch.setattr("apps.documents.services.retention.tidy", lambda: calls.append("tidied"))

        tasks.tidy()

        assert calls == ["tidied"]

    def test_is_on_the_schedule(self):
        assert tasks.tidy.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
