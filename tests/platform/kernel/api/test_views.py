"""Base views: refusals in order, rows, transactions, chosen fields."""

from __future__ import annotations

import uuid

import pytest

from kernel.access import Actor
from kernel.api.permissions import undeclared_actions
from kernel.models import Chunk, Job, Slot
from tests.platform.kernel.api.conftest import SampleClient, pointers
from tests.platform.kernel.api.sample import Chunks, Jobs, job_make

JOBS = "/api/v1/jobs"
pytestmark = pytest.mark.django_db


class TestPermissions:
    def test_asks_a_stranger_to_sign_in_before_any_look_up(self, anonymous, django_assert_num_queries):
        with django_assert_num_queries(0):
            response = anonymous.get(f"{JOBS}/{uuid.uuid4()}")

        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Sample realm="tests"'
        assert response.json()["code"] == "not_authenticated"

    def test_asks_to_sign_in_before_it_tells_of_a_wrong_method(self, anonymous):
        assert anonymous.put(JOBS, {}).status_code == 401

    def test_answers_405_to_a_wrong_method_of_a_caller(self, client):
        response = client.put(JOBS, {})

        assert response.status_code == 405
        assert response["Content-Type"] == "application/problem+json"
        assert "GET" in response["Allow"]

    def test_answers_405_to_anybody_where_something_is_public(self, anonymous):
        assert anonymous.put("/api/v1/chunks", {}).status_code == 405

    def test_lets_anybody_read_what_is_public(self, anonymous):
        assert anonymous.get("/api/v1/chunks").status_code == 200

    def test_refuses_a_caller_without_the_permission(self, organisation_id):
        client = SampleClient(Actor(user_id=uuid.uuid4(), organisation_id=organisation_id))

        response = client.get(JOBS)

        assert response.status_code == 403
        assert response.json()["code"] == "permission_missing"

    def test_refuses_an_undeclared_action(self, client):
        response = client.post(f"{JOBS}/undeclared", {})

        assert response.status_code == 403
        assert response.json()["code"] == "permission_undeclared"

    def test_finds_undeclared_actions_of_a_route(self):
        assert undeclared_actions(Jobs, {"get": "list", "post": "undeclared"}) == ["undeclared"]

    def test_tells_the_methods_to_a_caller_only(self, client, anonymous):
        assert client.options(JOBS).status_code == 204
        assert anonymous.options(JOBS).status_code == 401

    def test_refuses_unknown_credentials(self, anonymous):
        response = anonymous.get(JOBS, HTTP_AUTHORIZATION="Sample nobody")

        assert response.status_code == 401
        assert response.json()["code"] == "authentication_failed"


class TestGetObject:
    def test_shows_an_own_object(self, client, organisation_id):
        job = job_make(organisation_id)

        response = client.get(f"{JOBS}/{job.pk}")

        assert response.status_code == 200
        assert response.json()["id"] == str(job.pk)

    def test_answers_the_same_for_foreign_and_for_absent(self, client):
        foreign = job_make(uuid.uuid4())
        same = {"HTTP_X_REQUEST_ID": "request-1"}

        answers = [client.get(f"{JOBS}/{key}", **same) for key in (foreign.pk, uuid.uuid4(), "no-id", "9" * 500)]

        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1


class TestTransaction:
    def test_undoes_a_crashed_request(self, client):
        assert client.post(f"{JOBS}/fail", {"how": "crash"}).status_code == 500
        assert not Slot.objects.exists()

    def test_undoes_a_refusal_that_was_returned(self, client):
        assert client.post(f"{JOBS}/refuse", {}).status_code == 409
        assert not Slot.objects.exists()

    def test_keeps_what_succeeded(self, client):
        response = client.post(JOBS, {"kind": "new"})

        assert response.status_code == 201
        assert response["Location"] == f"{JOBS}/{response.json()['id']}"
        assert Job.objects.get().kind == "new"

    def test_removes_with_an_empty_answer(self, organisation_id):
        client = SampleClient(
            Actor(user_id=uuid.uuid4(), organisation_id=organisation_id, permissions=frozenset({"sample.job.own"}))
        )
        job = job_make(organisation_id)

        response = client.delete(f"{JOBS}/{job.pk}")

        assert (response.status_code, response.content) == (204, b"")
        assert not Job.objects.exists()


class TestQuery:
    def test_refuses_an_unknown_parameter(self, client):
        response = client.get(JOBS, {"colour": "red", "format": "json"})

        assert response.status_code == 400
        assert response.json()["code"] == "query_invalid"
        assert pointers(response) == ["/colour", "/format"]

    def test_refuses_parameters_on_a_write(self, client):
        assert client.post(f"{JOBS}?fields=id", {"kind": "x"}).status_code == 400

    def test_takes_declared_parameters(self, client):
        assert client.get("/api/v1/me", {"how": "well"}).status_code == 200

    def test_shows_only_chosen_fields(self, client, organisation_id):
        job_make(organisation_id)

        response = client.get(JOBS, {"fields": "id,kind"})

        assert set(response.json()["results"][0]) == {"id", "kind"}

    @pytest.mark.parametrize("names", ["secret", "", "id,secret"])
    def test_refuses_fields_it_does_not_have(self, client, names):
        response = client.get(JOBS, {"fields": names})

        assert response.status_code == 400
        assert pointers(response) == ["/fields"]

    def test_opens_what_is_expanded_in_constant_queries(self, client, organisation_id, django_assert_num_queries):
        for _ in range(3):
            Chunk.objects.create(job=job_make(organisation_id), stage=0, position=7)

        with django_assert_num_queries(2):
            response = client.get(JOBS, {"expand": "chunks"})

        assert [row["chunks"][0]["position"] for row in response.json()["results"]] == [7, 7, 7]

    def test_hides_what_is_not_expanded(self, client, organisation_id):
        job = job_make(organisation_id)

        assert "chunks" not in client.get(f"{JOBS}/{job.pk}").json()

    def test_refuses_an_expansion_it_does_not_have(self, client):
        assert client.get(JOBS, {"expand": "kind"}).status_code == 400

    def test_is_not_for_shared_caches(self, client):
        assert client.get(JOBS)["Cache-Control"] == "private, no-cache"

    def test_refuses_a_type_it_cannot_answer_in(self, client):
        response = client.get(JOBS, HTTP_ACCEPT="text/csv")

        assert response.status_code == 406
        assert response["Content-Type"] == "application/problem+json"


class TestValidated:
    def test_points_at_every_wrong_place(self, client):
        response = client.post(JOBS, {"items": [1, "x", 3], "stage": "y"})

        assert response.status_code == 422
        assert sorted(pointers(response)) == ["/items/1", "/kind", "/stage"]

    def test_refuses_a_body_that_is_no_object(self, client):
        response = client.post(JOBS, [1])

        assert response.status_code == 422
        assert pointers(response) == [""]

    def test_asks_a_patch_for_nothing_but_changes(self, client, organisation_id):
        job = job_make(organisation_id, kind="old")

        response = client.patch(f"{JOBS}/{job.pk}", {"stage": 3})

        assert response.status_code == 200
        assert response.json()["kind"] == "old"


class TestVisible:
    def test_shows_no_rows_of_a_model_that_scopes_none(self, anonymous, monkeypatch):
        monkeypatch.setattr(Chunks, "public_rows", False)

        assert anonymous.get("/api/v1/chunks").status_code == 500

    def test_lists_own_rows_only(self, client, organisation_id):
        job_make(uuid.uuid4())
        own = job_make(organisation_id)

        assert [row["id"] for row in client.get(JOBS).json()["results"]] == [str(own.pk)]
