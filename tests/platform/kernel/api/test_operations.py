"""What an orchestrator asks."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from kernel.api import operations


def ready() -> tuple[HttpResponse, Any]:
    answer = operations.readyz(RequestFactory().get("/readyz"))
    return answer, json.loads(answer.content)


class TestLivez:
    def test_answers_without_asking_any_server(self) -> None:
        answer = operations.livez(RequestFactory().get("/livez"))

        assert (answer.status_code, answer.content) == (200, b"ok\n")
        assert "no-store" in answer["Cache-Control"]
        assert operations.livez(RequestFactory().post("/livez")).status_code == 405


@pytest.mark.django_db
class TestReadyz:
    def test_names_the_servers_in_use(self) -> None:
        answer, body = ready()

        assert answer.status_code == 200
        assert body == {
            "status": "ok",
            "database": {"status": "ok", "server": "given"},
            "redis": {"status": "ok", "server": "given"},
        }

    def test_tells_the_embedded_servers_apart(self, settings: Any) -> None:
        settings.EMBEDDED = {"REDIS_URL": settings.REDIS_URL}

        _, body = ready()

        assert (body["database"]["server"], body["redis"]["server"]) == ("given", "embedded")

    def test_goes_on_without_redis(self, settings: Any) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"

        answer, body = ready()

        assert (answer.status_code, body["status"]) == (200, "degraded")
        assert body["redis"]["status"] == "unavailable"

    def test_is_not_ready_without_the_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def gone() -> None:
            raise OperationalError("no connection to 10.0.0.5")

        monkeypatch.setattr(operations, "_ask_database", gone)

        answer, body = ready()

        assert (answer.status_code, body["status"]) == (503, "unavailable")
        assert answer["Retry-After"] == "5"
        assert b"10.0.0.5" not in answer.content
