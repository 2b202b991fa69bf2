"""What an orchestrator asks: is the process alive, can it do its work, and with which servers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

OK, UNAVAILABLE = "ok", "unavailable"
TIMEOUT_SECONDS = 2


@never_cache
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks no server."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when requests can be answered, 503 without the database.

    Without Redis the answer is 200 and `degraded`: requests are served, work waits in the database until Redis is back.
    """
    database, broker = _state(_ask_database), _state(_ask_redis)
    status = UNAVAILABLE if database != OK else "degraded" if broker != OK else OK
    body = {
        "status": status,
        "database": {"status": database, "server": _origin("DATABASE_URL")},
        "redis": {"status": broker, "server": _origin("REDIS_URL")},
    }
    return JsonResponse(
        body, status=503 if database != OK else 200, headers={"Retry-After": "5"} if database != OK else {}
    )


def _state(ask: Callable[[], Any]) -> str:
    try:
        ask()
    except (DatabaseError, redis.RedisError, OSError):
        return UNAVAILABLE
    return OK


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
    ) as client:
        client.ping()


def _origin(name: str) -> str:
    """Whether the server is the embedded one or one given by its address."""
    address = settings.EMBEDDED.get(name)
    return "embedded" if address and address == getattr(settings, name) else "given"
