"""Counts of attempts and half-minutes belong to one test."""

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_attempts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _half_minute_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test must not begin in one half-minute of the authenticator apps and end in the next."""
    at = time.time() // 30 * 30 + 15
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: at))
