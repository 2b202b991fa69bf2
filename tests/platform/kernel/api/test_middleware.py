"""The first to see a request: ids and shapes, from the outside."""

from __future__ import annotations

import uuid

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from kernel.api.middleware import RequestIdMiddleware, body_limit_of
from tests.platform.kernel.api.sample import Upload

ME = "/api/v1/me"
MEGABYTE = 1024 * 1024
pytestmark = pytest.mark.django_db


class TestRequestId:
    def test_keeps_a_well_formed_one(self, client):
        assert client.get(ME, HTTP_X_REQUEST_ID="abc-123_x")["X-Request-ID"] == "abc-123_x"

    @pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space", "new\nline-123", "-leading", "їїїїїїїїї"])
    def test_makes_one_otherwise(self, client, given):
        made = client.get(ME, HTTP_X_REQUEST_ID=given)["X-Request-ID"]

        assert uuid.UUID(made).version == 7

    def test_is_in_the_log_context_and_only_during_the_request(self):
        seen = []

        def view(request):
            seen.append((structlog.contextvars.get_contextvars()["request_id"], request.META["HTTP_X_REQUEST_ID"]))
            return HttpResponse()

        response = RequestIdMiddleware(view)(RequestFactory().get("/"))

        assert seen == [(response["X-Request-ID"], response["X-Request-ID"])]
        assert "request_id" not in structlog.contextvars.get_contextvars()

    def test_is_on_refusals_of_the_shape(self, client):
        response = client.get(f"{ME}?a=%00", HTTP_X_REQUEST_ID="abc-123_x")

        assert response.json()["request_id"] == response["X-Request-ID"] == "abc-123_x"


class TestShape:
    @pytest.mark.parametrize(
        ("path", "headers"),
        [
            (f"{ME}?how=%00", {}),
            (f"{ME}?how=%ED%A0%80", {}),
            ("/api/v1/jobs/%00", {}),
            (ME, {"HTTP_AUTHORIZATION": "Basic AGE6Yg=="}),
            (ME, {"HTTP_X_ORGANISATION": "a\x00b"}),
        ],
    )
    def test_refuses_unsafe_text_outside_the_body(self, anonymous, path, headers):
        response = anonymous.get(path, **headers)

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(
        "body",
        [
            "[" * 1000 + "]" * 1000,
            '{"a": "\\u0000"}',
            '{"a": "\\ud800"}',
            '{"a": 1e999}',
            '{"a": NaN}',
            '{"a": 1, "a": 2}',
            "1" * 5000,
        ],
    )
    def test_refuses_a_body_that_nothing_can_hold(self, anonymous, body):
        response = anonymous.post(ME, body, content_type="application/json")

        assert response.status_code == 400
        assert response.json()["code"] == "body_malformed"

    def test_takes_a_body_of_a_megabyte_and_not_one_byte_more(self, anonymous):
        fits = '"' + "x" * (MEGABYTE - 2) + '"'

        assert anonymous.post(ME, fits, content_type="application/json").status_code == 200
        assert anonymous.post(ME, fits + " ", content_type="application/json").status_code == 413

    def test_takes_what_the_view_takes(self, anonymous):
        body = b"x" * (3 * MEGABYTE)

        assert anonymous.post("/api/v1/upload", body, content_type="application/octet-stream").json() == {
            "length": len(body)
        }
        assert anonymous.post("/api/v1/upload", body + b"x", content_type="application/octet-stream").status_code == 413

    @pytest.mark.parametrize("length", ["-1", "ten", "1e3", "9" * 30, "٣"])
    def test_refuses_a_length_that_is_none(self, anonymous, length):
        response = anonymous.post(ME, "{}", content_type="application/json", CONTENT_LENGTH=length)

        assert response.status_code == 400

    def test_refuses_another_charset(self, anonymous):
        response = anonymous.post(ME, "{}".encode("utf-16"), content_type="application/json; charset=utf-16")

        assert response.status_code == 415

    def test_refuses_unsafe_text_in_a_form(self, anonymous):
        form = "application/x-www-form-urlencoded"

        assert anonymous.post("/api/plain", "a=%00", content_type=form).status_code == 400
        assert anonymous.post("/api/plain", "a=%C3%A9", content_type=form).status_code == 405

    def test_speaks_the_language_of_the_request(self, anonymous):
        ukrainian = anonymous.get(f"{ME}?a=%00", HTTP_ACCEPT_LANGUAGE="uk-UA,uk;q=0.9")
        english = anonymous.get(f"{ME}?a=%00", HTTP_ACCEPT_LANGUAGE="en")

        assert (ukrainian.json()["title"], english.json()["title"]) == ("Некоректний запит", "Bad request")

    def test_refuses_a_foreign_host(self, anonymous):
        response = anonymous.get("/api/v1/chunks", HTTP_HOST="evil.example")

        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"


class TestBodyLimit:
    def test_is_the_views_own_first_then_the_longest_prefix_then_a_megabyte(self):
        limits = {"/api/": 10, "/api/v1/imports": 20}

        with override_settings(API_BODY_LIMITS=limits):
            found = [body_limit_of(object(), path) for path in ("/api/v1/imports/7", "/api/v1/me", "/home")]
            own = body_limit_of(Upload.as_view(), "/api/v1/imports/7")

        assert found == [20, 10, MEGABYTE]
        assert own == 3 * MEGABYTE
