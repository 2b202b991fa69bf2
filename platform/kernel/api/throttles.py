"""Rate limits: fixed windows per key or person, per organisation, per address for the rest, counted in the cache."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from prometheus_client import Counter
from redis.exceptions import RedisError
from rest_framework.settings import api_settings

from kernel.access import Actor

log = structlog.get_logger(__name__)

UNCOUNTED = Counter("api_throttle_unavailable", "Requests let through uncounted because the cache did not answer.")
REFUSED = Counter("api_throttled", "Requests refused for their rate, by policy.", ["policy"])
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Rate:
    """A policy: at most `quota` requests in a window of `window` seconds."""

    name: str
    quota: int
    window: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands with a policy: requests left, seconds until the window ends."""

    rate: Rate
    remaining: int
    reset: int

    @property
    def is_exceeded(self) -> bool:
        return self.remaining < 0


def rate_of(name: str) -> Rate | None:
    """The policy `name` of the settings (`API_RATES`, "600/minute"), None when it has none."""
    text = getattr(settings, "API_RATES", {}).get(name)
    if not text:
        return None
    quota, _, unit = text.partition("/")
    return Rate(name, int(quota), SECONDS[unit.strip()[0]])


def subjects_of(*, actor: Actor, address: str, scopes: Iterable[str] = ()) -> dict[str, str]:
    """Who is counted under which policy. `scopes` are policies of single operations, counted per key or person."""
    if not actor.is_signed_in:
        return {"anonymous": address, **dict.fromkeys(scopes, address)}
    caller = actor.label()
    subjects = {"key": caller}
    if actor.organisation_id is not None:
        subjects["organisation"] = str(actor.organisation_id)
    return {**subjects, **dict.fromkeys(scopes, caller)}


def rates_consume(*, subjects: Mapping[str, str], now: float | None = None) -> list[Standing]:
    """Counts one request under each policy until one is exceeded. A cache that does not answer lets all through."""
    moment = time.time() if now is None else now
    standings: list[Standing] = []
    try:
        for name, subject in subjects.items():
            rate = rate_of(name)
            if rate is None:
                continue
            standings.append(_consume(rate, subject, moment))
            if standings[-1].is_exceeded:
                REFUSED.labels(policy=name).inc()
                break
    except (RedisError, OSError) as exc:
        UNCOUNTED.inc()
        log.warning("throttle_unavailable", error=type(exc).__name__)
        return []
    return standings


def _consume(rate: Rate, subject: str, moment: float) -> Standing:
    turn, elapsed = divmod(int(moment), rate.window)
    who = hashlib.sha256(subject.encode()).hexdigest()[:32]
    key = f"rate:{rate.name}:{turn}:{who}"
    cache.add(key, 0, timeout=rate.window + 1)
    try:
        used = cache.incr(key)
    except ValueError:  # the entry was evicted between the two calls
        used = 1
    return Standing(rate, rate.quota - used, rate.window - elapsed)


def rate_headers(standings: Sequence[Standing]) -> dict[str, str]:
    """`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers) as structured-field lists."""
    if not standings:
        return {}
    policies = ", ".join(f'"{item.rate.name}";q={item.rate.quota};w={item.rate.window}' for item in standings)
    limits = ", ".join(f'"{item.rate.name}";r={max(0, item.remaining)};t={item.reset}' for item in standings)
    return {"RateLimit-Policy": policies, "RateLimit": limits}


def address_of(request: Any) -> str:
    """The caller's address; forwarded addresses count only behind the configured number of proxies (`NUM_PROXIES`)."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    proxies = api_settings.NUM_PROXIES or 0
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies <= 0 or not forwarded:
        return remote
    return str(forwarded[-min(proxies, len(forwarded))])
