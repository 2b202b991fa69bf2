"""Where each address leads, and that the description of the interface is sound and can be read without the internet."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from kernel.api.permissions import undeclared_actions

pytestmark = pytest.mark.long

EXTERNAL = re.compile(r"""(?:src|href)=["'](https?:)?//""")


def api_routes() -> list[tuple[str, Any]]:
    found = []

    def walk(patterns: Any, prefix: str) -> None:
        for item in patterns:
            place = prefix + str(item.pattern)
            if hasattr(item, "url_patterns"):
                walk(item.url_patterns, place)
            elif place.startswith("api/v1/"):
                found.append((place, item.callback))

    walk(get_resolver().url_patterns, "")
    return found


class TestSchema:
    def test_is_valid_and_free_of_warnings(self, tmp_path: Any) -> None:
        target = tmp_path / "schema.yaml"

        call_command("spectacular", "--validate", "--fail-on-warn", file=str(target))

        assert "openapi: 3.1" in target.read_text()

    def test_is_served(self) -> None:
        answer = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})

        assert answer.status_code == 200
        document = answer.json()
        operations = [item for path in document["paths"].values() for item in path.values() if isinstance(item, dict)]
        assert len({item["operationId"] for item in operations}) == len(operations)
        assert all(item["summary"] and item["x-permission"] for item in operations)
        assert {"apiKey", "sessionToken", "browserSession"} == set(document["components"]["securitySchemes"])


class TestRoutes:
    def test_declare_a_permission_for_every_action(self) -> None:
        routes = api_routes()

        undeclared = {
            place: undeclared_actions(callback.cls, getattr(callback, "actions", None) or {})
            for place, callback in routes
            if getattr(callback, "actions", None)
        }

        assert len(undeclared) > 25
        assert {place for place, actions in undeclared.items() if actions} == set()


@pytest.mark.django_db
class TestDocs:
    @pytest.mark.parametrize("place", ["/api/docs/", "/api/redoc/"])
    def test_load_nothing_from_elsewhere_and_run_nothing_inline(self, place: str) -> None:
        answer = Client().get(place)

        page = answer.content.decode()
        assert answer.status_code == 200
        assert not EXTERNAL.search(page)
        assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
        assert "<style" not in page
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self';" in policy + ";"
        assert "default-src 'self'" in policy

    @pytest.mark.parametrize("place", ["/api/docs/", "/api/redoc/"])
    def test_find_their_assets_here(self, place: str) -> None:
        page = Client().get(place).content.decode()

        sources = [item for item in re.findall(r'(?:src|href)="([^"]+)"', page) if item.startswith("/static/")]

        assert len(sources) >= 1
        for source in sources:
            answer = Client().get(source)
            assert answer.status_code == 200
            answer.close()

    def test_start_swagger_by_a_script_of_its_own(self) -> None:
        page = Client().get("/api/docs/").content.decode()
        source = re.findall(r'<script src="([^"]*script[^"/]*)"></script>', page)[-1]

        answer = Client().get(source.replace("&amp;", "&"))

        assert answer["Content-Type"].startswith("application/javascript")
        assert b"SwaggerUIBundle" in answer.content
        assert b"/api/schema/" in answer.content


class TestElsewhere:
    @pytest.mark.parametrize("place", ["/admin/", "/admin/login/"])
    def test_no_administration_passes_by_the_sign_in(self, place: str) -> None:
        assert Client().get(place).status_code == 404

    @pytest.mark.django_db
    def test_metrics_are_told(self) -> None:
        answer = Client().get("/metrics")

        assert answer.status_code == 200
        assert b"django_http_requests" in answer.content

    def test_an_unknown_address_is_a_problem(self) -> None:
        answer = Client().get("/api/v1/nothing")

        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")

    @pytest.mark.django_db
    def test_the_headless_sign_in_answers(self) -> None:
        assert Client().get("/_allauth/app/v1/config").status_code == 200
        assert Client().get("/_allauth/app/v1/auth/session").status_code == 401
