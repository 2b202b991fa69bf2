"""Problems: one shape, constant texts, two languages, leftovers counted."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError as ModelInvalid
from django.db import IntegrityError, OperationalError
from django.test import RequestFactory, override_settings
from rest_framework.exceptions import ErrorDetail

from kernel.api.handler import LEFTOVERS, csrf_failure, field_problems, problem_handler, server_error
from kernel.errors import StorageFull
from kernel.models import Event, Slot

FAIL = "/api/v1/jobs/fail"
MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "errors"}
pytestmark = pytest.mark.django_db


def counted(kind: str) -> float:
    return float(LEFTOVERS.labels(kind=kind)._value.get())


class TestProblemHandler:
    @pytest.mark.parametrize(
        ("how", "status", "code", "kind"),
        [
            ("crash", 500, "internal_error", "internal"),
            ("overflow", 400, "bad_request", "overflow"),
            ("unicode", 400, "bad_request", "text"),
            ("database", 503, "unavailable", "database"),
            ("interface", 503, "unavailable", "database"),
            ("data", 422, "not_storable", "data"),
            ("integrity", 422, "not_storable", "integrity"),
            ("duplicate", 409, "duplicate", "duplicate"),
        ],
    )
    def test_turns_leftovers_into_constant_problems_and_counts_them(self, client, how, status, code, kind):
        before = counted(kind)

        response = client.post(FAIL, {"how": how})

        assert response.status_code == status
        assert response["Content-Type"] == "application/problem+json"
        assert set(response.json()) == MEMBERS
        assert response.json()["code"] == code
        assert response.json()["request_id"] == response["X-Request-ID"]
        assert b"secret" not in response.content
        assert counted(kind) == before + 1
        assert not Slot.objects.exists()

    @pytest.mark.parametrize(("how", "status"), [("denied", 403), ("suspicious", 400), ("missing", 404), ("data", 400)])
    def test_says_nothing_of_the_error_on_a_read(self, client, how, status):
        response = client.get("/api/v1/me", {"how": how})

        assert response.status_code == status
        assert b"secret" not in response.content
        assert b"room 17" not in response.content

    def test_asks_to_come_back_when_the_database_is_down(self, client):
        assert int(client.post(FAIL, {"how": "database"})["Retry-After"]) > 0

    def test_says_that_something_still_refers_to_it(self, client, django_capture_on_commit_callbacks):
        event = Event.objects.create(name="sample", actor="system", object_type="sample", object_id=Event().pk)
        event.deliveries.create(subscriber="sample")

        response = client.post(FAIL, {"how": "protected"})

        assert response.status_code == 409
        assert response.json()["code"] == "referenced"
        assert "deliver" not in response.content.decode().lower()

    def test_speaks_ukrainian_when_asked(self, client):
        english = client.post(FAIL, {"how": "crash"}).json()
        ukrainian = client.post(FAIL, {"how": "crash"}, HTTP_ACCEPT_LANGUAGE="uk").json()

        assert english["title"] == "Internal error"
        assert ukrainian["title"] == "Внутрішня помилка"
        assert ukrainian["code"] == english["code"]

    def test_translates_what_serializers_say(self, client):
        response = client.post("/api/v1/jobs", {}, HTTP_ACCEPT_LANGUAGE="uk")

        assert response.json()["errors"] == [{"pointer": "/kind", "code": "required", "detail": "Це поле обов'язкове."}]

    def test_refuses_malformed_json(self, client):
        response = client.post("/api/v1/jobs", "{", content_type="application/json")

        assert response.status_code == 400
        assert response.json()["code"] == "body_malformed"

    def test_refuses_a_media_type_it_does_not_read(self, client):
        response = client.post("/api/v1/jobs", "kind=x", content_type="application/x-www-form-urlencoded")

        assert response.status_code == 415
        assert response["Content-Type"] == "application/problem+json"

    def test_answers_the_same_404_outside_the_views(self, client):
        same = {"HTTP_X_REQUEST_ID": "request-1"}

        nowhere = client.get("/api/v1/nowhere", **same)

        assert nowhere.status_code == 404
        assert nowhere.content == client.get("/api/v1/jobs/nothing", **same).content

    @pytest.mark.parametrize(("how", "status"), [("crash", 500), ("denied", 403), ("suspicious", 400)])
    def test_covers_views_of_other_makers(self, client, how, status):
        response = client.get("/api/plain", {"how": how})

        assert response.status_code == status
        assert response["Content-Type"] == "application/problem+json"
        assert set(response.json()) == MEMBERS
        assert b"secret" not in response.content

    def test_covers_the_bare_405_of_other_makers(self, client):
        response = client.post("/api/plain", {})

        assert response.status_code == 405
        assert response.json()["code"] == "method_not_allowed"
        assert response["Allow"] == "GET"

    def test_points_into_the_errors_of_models(self):
        request = RequestFactory().post("/")

        response = problem_handler(ModelInvalid({"name": [ModelInvalid("Bad.", code="bad")]}), {"request": request})

        assert response is not None
        assert response.status_code == 422
        assert response.data["errors"] == [{"pointer": "/name", "code": "bad", "detail": "Bad."}]

    def test_tells_that_there_is_no_room(self):
        response = problem_handler(StorageFull(), {"request": RequestFactory().post("/")})

        assert response is not None
        assert response.status_code == 507
        assert (response.data["code"], response.data["title"]) == ("storage_full", "Insufficient storage")

    def test_takes_a_full_disk_of_the_database_for_the_same(self):
        class DiskFull(Exception):
            sqlstate = "53100"

        failure = OperationalError("could not extend file secret")
        failure.__cause__ = DiskFull()
        before = counted("disk_full")

        response = problem_handler(failure, {"request": RequestFactory().post("/")})

        assert response is not None
        assert (response.status_code, response.data["code"]) == (507, "storage_full")
        assert b"secret" not in response.content
        assert counted("disk_full") == before + 1

    def test_leaves_unknown_errors_to_be_reported(self):
        assert problem_handler(ZeroDivisionError(), {"request": None}) is None

    def test_treats_an_integrity_error_without_a_cause_as_not_storable(self):
        response = problem_handler(IntegrityError("Key (email)=(a@b.c)"), {"request": RequestFactory().post("/")})

        assert response is not None
        assert response.status_code == 422
        assert b"a@b.c" not in response.content


class TestFieldProblems:
    def test_flattens_nested_errors_into_pointers(self):
        detail = {
            "a/b": [ErrorDetail("x", "one")],
            "rows": [{}, {"name": [ErrorDetail("y", "two")]}],
            "items": {2: [ErrorDetail("z", "three")]},
            "non_field_errors": [ErrorDetail("w", "four")],
        }

        found = [(item.pointer, item.code) for item in field_problems(detail)]

        assert found == [("/a~1b", "one"), ("/rows/1/name", "two"), ("/items/2", "three"), ("", "four")]


class TestPages:
    def test_shows_a_browser_a_page_where_one_is_shipped(self, tmp_path):
        (tmp_path / "500.html").write_text("<h1>{{ status }}</h1>")
        engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [str(tmp_path)]}

        with override_settings(TEMPLATES=[engine]):
            page = server_error(RequestFactory().get("/home", headers={"accept": "text/html"}))
            problem = server_error(RequestFactory().get("/api/v1/me", headers={"accept": "text/html"}))

        assert page.content == b"<h1>500</h1>"
        assert problem["Content-Type"] == "application/problem+json"

    def test_answers_a_missing_csrf_token_with_a_problem(self):
        response = csrf_failure(RequestFactory().post("/api/v1/me"), reason="secret")

        assert response.status_code == 403
        assert b"csrf_failed" in response.content
        assert b"secret" not in response.content
