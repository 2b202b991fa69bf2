"""Rates: counted per caller, organisation and address; told in headers; forgiving when the cache is away."""

from __future__ import annotations

import uuid

import pytest
from django.test import RequestFactory, override_settings
from redis.exceptions import ConnectionError as RedisAway

from kernel.access import Actor
from kernel.api import throttles
from kernel.api.throttles import UNCOUNTED, address_of, rate_headers, rates_consume, subjects_of
from tests.platform.kernel.api.conftest import SampleClient

ME = "/api/v1/me"
pytestmark = pytest.mark.django_db


def rates(**policies: str):
    return override_settings(API_RATES=policies)


class TestRequests:
    def test_tells_what_is_left(self, client, monkeypatch):
        monkeypatch.setattr(throttles.time, "time", lambda: 1_000_000_060.0)

        with rates(key="5/minute", organisation="10/hour"):
            response = client.get(ME)

        assert response["RateLimit-Policy"] == '"key";q=5;w=60, "organisation";q=10;w=3600'
        assert response["RateLimit"] == '"key";r=4;t=20, "organisation";r=9;t=740'

    def test_refuses_beyond_the_quota_until_the_window_ends(self, client, monkeypatch):
        now = 1_000_000_060.0
        monkeypatch.setattr(throttles.time, "time", lambda: now)

        with rates(key="2/minute"):
            answers = [client.get(ME).status_code for _ in range(3)]
            refused = client.get(ME)
            now += 20
            again = client.get(ME)

        assert answers == [200, 200, 429]
        assert refused["Retry-After"] == "20"
        assert refused["RateLimit"] == '"key";r=0;t=20'
        assert refused["Content-Type"] == "application/problem+json"
        assert again.status_code == 200

    def test_counts_an_organisation_over_all_its_people(self, organisation_id):
        people = [SampleClient(Actor(user_id=uuid.uuid4(), organisation_id=organisation_id)) for _ in range(3)]

        with rates(organisation="2/minute"):
            answers = [person.get(ME).status_code for person in people]

        assert answers == [200, 200, 429]

    def test_counts_strangers_and_failed_sign_ins_by_address(self, anonymous):
        with rates(anonymous="2/minute"):
            answers = [
                anonymous.get(ME).status_code,
                anonymous.get(ME, HTTP_AUTHORIZATION="Sample guess").status_code,
                anonymous.get(ME, HTTP_AUTHORIZATION="Sample guess").status_code,
                anonymous.get(ME, REMOTE_ADDR="192.0.2.7").status_code,
            ]

        assert answers == [401, 401, 429, 401]

    def test_counts_a_costly_operation_by_itself(self, client):
        with rates(key="9/minute", costly="1/minute"):
            answers = [
                client.get(ME).status_code,
                client.get(ME).status_code,
                client.get("/api/v1/numbers").status_code,
            ]

        assert answers == [200, 429, 200]


class TestRatesConsume:
    def test_lets_everything_through_when_the_cache_is_away(self, monkeypatch):
        def away(*args: object, **kwargs: object) -> None:
            raise RedisAway

        monkeypatch.setattr(throttles.cache, "add", away)
        before = UNCOUNTED._value.get()

        with rates(key="1/minute"):
            standings = rates_consume(subjects={"key": "somebody"})

        assert standings == []
        assert UNCOUNTED._value.get() == before + 1
        assert rate_headers(standings) == {}

    def test_stops_at_the_first_policy_exceeded(self):
        with rates(key="1/minute", organisation="9/minute"):
            subjects = {"key": "a", "organisation": "b"}
            first, second = (rates_consume(subjects=subjects, now=7) for _ in range(2))

        assert [item.remaining for item in first] == [0, 8]
        assert [item.remaining for item in second] == [-1]

    def test_counts_only_policies_that_have_a_rate(self):
        with rates():
            assert rates_consume(subjects={"key": "a"}) == []


class TestSubjects:
    def test_names_a_key_apart_from_its_user(self):
        user, key = uuid.uuid4(), uuid.uuid4()

        assert subjects_of(actor=Actor(user_id=user), address="a") == {"key": f"user:{user}"}
        assert subjects_of(actor=Actor(user_id=user, api_key_id=key), address="a") == {"key": f"key:{key}"}


class TestAddress:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "expected"),
        [
            (None, "198.51.100.9", "127.0.0.1"),
            (0, "198.51.100.9", "127.0.0.1"),
            (1, "203.0.113.1, 198.51.100.9", "198.51.100.9"),
            (2, "203.0.113.1, 198.51.100.9", "203.0.113.1"),
            (3, "198.51.100.9", "198.51.100.9"),
            (1, "", "127.0.0.1"),
        ],
    )
    def test_believes_only_its_own_proxies(self, settings, proxies, forwarded, expected):
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
        request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})

        assert address_of(request) == expected
