"""One world for all tests of a module; each leaves it as it was."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.matching.engine.compile import warm_up
from kernel.clock import utc_today
from tests.leaks.work import log_is_open
from tests.leaks.world import World, world_made


@pytest.fixture(autouse=True)
def unlimited(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are not counted: their number is the test's own affair."""
    settings.API_RATES = {}
    settings.ACCOUNT_RATE_LIMITS = False
    # A second factor shown when the world was made counts for as long as the reading takes.
    monkeypatch.setattr("kernel.api.permissions.STEP_UP_LASTS", dt.timedelta(days=1))
    # Whatever firms a figure is compared with shows in the comparison.
    monkeypatch.setattr("apps.startups.selectors.speed.COMPARED_FROM", 1)
    # Each value of a facet shows, however few have it.
    monkeypatch.setattr("apps.dealflow.selectors.facets.FEWEST", 1)


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    """Thousands of refusals are not worth a line each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", autouse=True)
def one_day() -> Iterator[None]:
    """The day on which a world is made lasts until its tests are done: both worlds are read on one date."""
    last = dt.datetime.combine(utc_today(), dt.time.max, dt.UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kernel.clock.timezone", SimpleNamespace(now=lambda: min(timezone.now(), last)))
        yield


@pytest.fixture(scope="module")
def _market(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    # Before the transaction: the server ends one that idles for as long as the engine may take to compile.
    warm_up()
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            log_is_open(cursor)
        yield world_made()
        transaction.set_rollback(True)


@pytest.fixture
def world(_market: World, db: None) -> World:
    """The module's world; what a test changes in it is undone."""
    return _market
