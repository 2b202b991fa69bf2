"""A caller and a client for the sample API."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from rest_framework.test import APIClient

from kernel.access import Actor
from kernel.models import IdempotentAnswer, Job
from tests.platform.kernel.api.sample import ACTORS


class SampleClient(APIClient):
    """Sends requests as an actor; refusals come back as responses, crashes too."""

    def __init__(self, actor: Actor | None = None) -> None:
        super().__init__(raise_request_exception=False)
        self.actor = actor
        if actor is not None:
            name = str(uuid.uuid4())
            ACTORS[name] = actor
            self.credentials(HTTP_AUTHORIZATION=f"Sample {name}")


@pytest.fixture(autouse=True)
def sample_urls() -> Iterator[None]:
    rates = {"key": "100000/minute", "organisation": "100000/minute", "anonymous": "100000/minute"}
    with override_settings(ROOT_URLCONF="tests.platform.kernel.api.sample", API_RATES=rates):
        cache.clear()
        yield
        cache.clear()
        ACTORS.clear()


@pytest.fixture
def organisation_id() -> uuid.UUID:
    return uuid.uuid4()


@pytest.fixture
def actor(organisation_id: uuid.UUID) -> Actor:
    return Actor(user_id=uuid.uuid4(), organisation_id=organisation_id, permissions=frozenset({"sample.job.use"}))


@pytest.fixture
def client(actor: Actor) -> SampleClient:
    return SampleClient(actor)


@pytest.fixture
def anonymous() -> SampleClient:
    return SampleClient()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database in which transactions really end, for tests of races; the rows made are deleted afterwards.

    Django's own way, to truncate all tables, is refused by the append-only trail.
    """
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            for model in (IdempotentAnswer, Job):
                model.objects.all().delete()
            connection.close()


def pointers(response: Any) -> list[str]:
    """The places that a problem names."""
    return [item["pointer"] for item in response.json()["errors"]]
