"""Idempotency-Key: one effect, one answer, one caller."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import RequestFactory, override_settings
from django.test.client import encode_multipart
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from kernel.access import Actor
from kernel.api import idempotency
from kernel.api.idempotency import claim_of, idempotent_answers_purge
from kernel.models import IdempotentAnswer, Job, Slot
from tests.platform.kernel.api.conftest import SampleClient
from tests.platform.kernel.api.sample import ENTERED, GATE, job_make

JOBS = "/api/v1/jobs"
KEY = {"HTTP_IDEMPOTENCY_KEY": "key-1"}


@pytest.mark.django_db
class TestReplay:
    def test_does_once_what_is_sent_twice(self, client):
        first = client.post(JOBS, {"kind": "once"}, **KEY)
        second = client.post(JOBS, {"kind": "once"}, **KEY)

        assert (first.status_code, second.status_code) == (201, 201)
        assert second.content == first.content
        assert (second["Location"], second["ETag"]) == (first["Location"], first["ETag"])
        assert second["Content-Type"] == first["Content-Type"]
        assert (first.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")
        assert Job.objects.count() == 1

    def test_does_twice_what_carries_no_key(self, client):
        client.post(JOBS, {"kind": "twice"})
        client.post(JOBS, {"kind": "twice"})

        assert Job.objects.count() == 2
        assert not IdempotentAnswer.objects.exists()

    def test_refuses_another_body(self, client):
        client.post(JOBS, {"kind": "one"}, **KEY)

        response = client.post(JOBS, {"kind": "other"}, **KEY)

        assert response.status_code == 422
        assert response.json()["code"] == "idempotency_key_reused"
        assert Job.objects.count() == 1

    def test_is_bound_to_the_caller(self, client, organisation_id):
        other = Actor(user_id=uuid.uuid4(), organisation_id=organisation_id, permissions=frozenset({"sample.job.use"}))
        client.post(JOBS, {"kind": "mine"}, **KEY)

        response = SampleClient(other).post(JOBS, {"kind": "mine"}, **KEY)

        assert "Idempotency-Replayed" not in response
        assert Job.objects.count() == 2

    def test_is_bound_to_the_organisation_acted_for(self, client, actor):
        other = Actor(user_id=actor.user_id, organisation_id=uuid.uuid4(), permissions=actor.permissions)
        client.post(JOBS, {"kind": "mine"}, **KEY)

        assert "Idempotency-Replayed" not in SampleClient(other).post(JOBS, {"kind": "mine"}, **KEY)

    def test_is_bound_to_the_operation(self, client, organisation_id):
        one, other = job_make(organisation_id), job_make(organisation_id)

        client.post(f"{JOBS}/{one.pk}/begin", {}, **KEY)
        response = client.post(f"{JOBS}/{other.pk}/begin", {}, **KEY)

        assert "Idempotency-Replayed" not in response
        assert response.json()["id"] == str(other.pk)

    def test_is_refused_to_one_who_lost_the_permission(self, client, actor):
        client.post(JOBS, {"kind": "mine"}, **KEY)

        demoted = SampleClient(Actor(user_id=actor.user_id, organisation_id=actor.organisation_id))

        assert demoted.post(JOBS, {"kind": "mine"}, **KEY).status_code == 403

    def test_repeats_a_refusal_and_keeps_none_of_its_work(self, client):
        first = client.post(f"{JOBS}/refuse", {}, **KEY)
        second = client.post(f"{JOBS}/refuse", {}, **KEY)

        assert (first.status_code, second.status_code) == (409, 409)
        assert second["Idempotency-Replayed"] == "true"
        assert not Slot.objects.exists()

    def test_repeats_a_problem(self, client):
        first = client.post(JOBS, {}, **KEY)
        second = client.post(JOBS, {}, **KEY)

        assert (first.status_code, second.status_code) == (422, 422)
        assert second.content == first.content
        assert second["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(("how", "status"), [("crash", 500), ("database", 503)])
    def test_keeps_no_failure_of_ours(self, client, how, status):
        for _ in range(2):
            response = client.post(f"{JOBS}/fail", {"how": how}, **KEY)
            assert response.status_code == status
            assert "Idempotency-Replayed" not in response

        assert not IdempotentAnswer.objects.exists()
        assert not Slot.objects.exists()

    def test_keeps_no_refusal_that_turns_on_the_moment(self, client, organisation_id):
        job = job_make(organisation_id)
        path = f"{JOBS}/{job.pk}/finish"

        stale = client.post(path, {}, **KEY, HTTP_IF_MATCH='"stale"')
        fresh = client.post(path, {}, **KEY, HTTP_IF_MATCH=client.get(f"{JOBS}/{job.pk}")["ETag"])

        assert (stale.status_code, fresh.status_code) == (412, 200)

    def test_is_forgotten_after_a_day(self, client):
        client.post(JOBS, {"kind": "old"}, **KEY)
        IdempotentAnswer.objects.update(created_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

        response = client.post(JOBS, {"kind": "new"}, **KEY)

        assert response.status_code == 201
        assert Job.objects.count() == 2

    def test_keeps_nothing_readable(self, client):
        client.post(JOBS, {"kind": "shown-only-once"}, HTTP_IDEMPOTENCY_KEY="my-own-key")

        stored = IdempotentAnswer.objects.get()

        assert b"shown-only-once" not in bytes(stored.body)
        assert b"my-own-key" not in bytes(stored.scope) + bytes(stored.body)

    def test_cannot_be_opened_with_another_secret(self, client):
        client.post(JOBS, {"kind": "one"}, **KEY)

        with override_settings(SECRET_KEY="another"):
            response = client.post(JOBS, {"kind": "one"}, **KEY)

        assert "Idempotency-Replayed" not in response


@pytest.mark.django_db
class TestHeader:
    def test_is_asked_for_where_the_view_says_so(self, client, organisation_id):
        path = f"{JOBS}/{job_make(organisation_id).pk}/begin"

        response = client.post(path, {})

        assert response.status_code == 400
        assert response.json()["code"] == "idempotency_key_required"
        assert client.post(path, {}, **KEY).status_code == 202

    @pytest.mark.parametrize("key", ["", "has space", "x" * 256, "ключ"])
    def test_is_refused_when_malformed(self, client, key):
        response = client.post(JOBS, {"kind": "x"}, HTTP_IDEMPOTENCY_KEY=key)

        assert response.status_code == 400
        assert response.json()["code"] == "idempotency_key_malformed"

    def test_means_nothing_on_other_methods(self, client, organisation_id):
        job = job_make(organisation_id)

        client.patch(f"{JOBS}/{job.pk}", {"stage": 1}, **KEY)
        response = client.patch(f"{JOBS}/{job.pk}", {"stage": 2}, **KEY)

        assert response.status_code == 200
        assert not IdempotentAnswer.objects.exists()

    def test_means_nothing_without_a_caller(self, anonymous):
        anonymous.post("/api/v1/me", {"a": 1}, **KEY)

        assert not IdempotentAnswer.objects.exists()


class TestClaim:
    def test_knows_the_same_upload_with_another_boundary(self, actor):
        assert self._claim(actor, b"same", "one").fingerprint == self._claim(actor, b"same", "two").fingerprint
        assert self._claim(actor, b"same", "one").fingerprint != self._claim(actor, b"else", "one").fingerprint

    def _claim(self, actor: Actor, content: bytes, boundary: str) -> Any:
        body = encode_multipart(boundary, {"name": "n", "file": SimpleUploadedFile("f.txt", content)})
        request = RequestFactory().generic("POST", "/x", body, content_type=f"multipart/form-data; boundary={boundary}")
        request.META["HTTP_IDEMPOTENCY_KEY"] = "key-1"
        return claim_of(request=Request(request, parsers=[MultiPartParser()]), actor=actor, is_required=False)


@pytest.mark.usefixtures("committed")
class TestInFlight:
    def test_refuses_the_second_while_the_first_is_at_work(self, actor):
        answers: list[Any] = []
        GATE.clear()
        ENTERED.clear()

        def send() -> None:
            answers.append(SampleClient(actor).post(f"{JOBS}/wait", {}, **KEY))
            connection.close()

        first = threading.Thread(target=send)
        first.start()
        assert ENTERED.wait(10)
        second = SampleClient(actor).post(f"{JOBS}/wait", {}, **KEY)
        GATE.set()
        first.join(10)
        third = SampleClient(actor).post(f"{JOBS}/wait", {}, **KEY)

        assert second.status_code == 409
        assert second.json()["code"] == "idempotency_key_in_flight"
        assert answers[0].status_code == 200
        assert third["Idempotency-Replayed"] == "true"

    def test_lets_one_of_many_at_once_do_the_work(self, actor):
        answers: list[Any] = []
        barrier = threading.Barrier(8)

        def send() -> None:
            client = SampleClient(actor)
            barrier.wait(10)
            answers.append(client.post(JOBS, {"kind": "race"}, **KEY))
            connection.close()

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

        assert {answer.status_code for answer in answers} <= {201, 409}
        assert 201 in {answer.status_code for answer in answers}
        assert Job.objects.count() == 1


@pytest.mark.django_db
class TestPurge:
    def test_deletes_what_is_older_than_a_day(self):
        now = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
        for number, age in enumerate((1, 23, 24, 25)):
            IdempotentAnswer.objects.create(
                scope=bytes([number]), fingerprint=b"", status=200, body=b"", created_at=now - dt.timedelta(hours=age)
            )

        assert idempotent_answers_purge(now=now) == 2
        assert IdempotentAnswer.objects.count() == 2
        assert dt.timedelta(hours=24) == idempotency.LIFETIME
