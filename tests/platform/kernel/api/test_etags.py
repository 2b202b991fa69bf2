"""Entity tags: of what the viewer sees; 304, 412 and 428 follow from them."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from kernel.api.etags import etag_of, is_fresh
from kernel.models import Job
from tests.platform.kernel.api.conftest import SampleClient
from tests.platform.kernel.api.sample import job_make

JOBS = "/api/v1/jobs"


class TestEtagOf:
    def test_is_keyed(self):
        one = etag_of(whole={"a": 1})

        with override_settings(SECRET_KEY="another"):
            other = etag_of(whole={"a": 1})

        assert one != other
        assert one == etag_of(whole={"a": 1})
        assert one != etag_of(whole={"a": 2})

    @pytest.mark.parametrize("header", ['"abc"', 'W/"abc"', '"x", "abc"', "*"])
    def test_is_fresh_when_named(self, header):
        assert is_fresh(header, '"abc"')

    @pytest.mark.parametrize("header", [None, '"x"', "abc", '"ab"', ""])
    def test_is_not_fresh_otherwise(self, header):
        assert not is_fresh(header, '"abc"')


@pytest.mark.django_db
class TestIfNoneMatch:
    def test_answers_304_until_something_visible_changes(self, client, organisation_id):
        job = job_make(organisation_id)
        path = f"{JOBS}/{job.pk}"
        etag = client.get(path)["ETag"]

        same = client.get(path, HTTP_IF_NONE_MATCH=etag)
        Job.objects.filter(pk=job.pk).update(kind="other")
        changed = client.get(path, HTTP_IF_NONE_MATCH=etag)

        assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
        assert changed.status_code == 200

    def test_does_not_move_with_what_is_hidden(self, client, organisation_id):
        job = job_make(organisation_id)
        path = f"{JOBS}/{job.pk}"
        etag = client.get(path)["ETag"]

        Job.objects.filter(pk=job.pk).update(payload={"hidden": 1})

        assert client.get(path)["ETag"] == etag

    def test_tells_chosen_fields_apart(self, client, organisation_id):
        path = f"{JOBS}/{job_make(organisation_id).pk}"
        tags = {client.get(path, query)["ETag"] for query in ({}, {"fields": "id"}, {"expand": "chunks"})}

        assert len(tags) == 3


@pytest.mark.django_db
class TestIfMatch:
    def test_is_asked_for_where_the_view_says_so(self, client, organisation_id):
        response = client.post(f"{JOBS}/{job_make(organisation_id).pk}/finish", {})

        assert response.status_code == 428
        assert response.json()["code"] == "precondition_required"

    def test_is_not_asked_of_who_may_not_see_it(self, client):
        assert client.post(f"{JOBS}/{job_make(uuid.uuid4()).pk}/finish", {}).status_code == 404

    def test_lets_through_who_read_the_present_state(self, client, organisation_id):
        job = job_make(organisation_id)
        etag = client.get(f"{JOBS}/{job.pk}", {"fields": "id"})["ETag"]

        response = client.post(f"{JOBS}/{job.pk}/finish", {}, HTTP_IF_MATCH=etag)

        assert response.status_code == 200
        assert response.json()["kind"] == "sample!"
        assert response["ETag"] == client.get(f"{JOBS}/{job.pk}")["ETag"]

    @pytest.mark.parametrize("header", ['"stale"', "*", "", "rubbish", '"ї"'])
    def test_refuses_anything_else(self, client, organisation_id, header):
        job = job_make(organisation_id)

        response = client.post(f"{JOBS}/{job.pk}/finish", {}, HTTP_IF_MATCH=header)

        assert response.status_code == 412
        assert Job.objects.get(pk=job.pk).ended_at is None

    def test_is_held_when_given_where_it_is_not_asked_for(self, client, organisation_id):
        path = f"{JOBS}/{job_make(organisation_id).pk}"

        assert client.patch(path, {"kind": "new"}, HTTP_IF_MATCH='"stale"').status_code == 412
        assert client.patch(path, {"kind": "new"}, HTTP_IF_MATCH="*").status_code == 200
        assert client.patch(path, {"kind": "newer"}).status_code == 200

    def test_is_never_forgotten_by_a_handler(self, client, organisation_id):
        path = f"{JOBS}/{job_make(organisation_id).pk}/forgetful"

        assert client.post(path, {}, HTTP_IF_MATCH='"x"').status_code == 500


@pytest.mark.usefixtures("committed")
class TestRace:
    def test_lets_one_of_many_writers_through(self, actor, organisation_id):
        job = job_make(organisation_id)
        etag = SampleClient(actor).get(f"{JOBS}/{job.pk}")["ETag"]
        barrier = threading.Barrier(8)
        answers: list[Any] = []

        def send(number: int) -> None:
            client = SampleClient(actor)
            barrier.wait(10)
            answers.append(client.patch(f"{JOBS}/{job.pk}", {"kind": f"by {number}"}, HTTP_IF_MATCH=etag).status_code)
            connection.close()

        threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

        assert sorted(answers) == [200] + [412] * 7
