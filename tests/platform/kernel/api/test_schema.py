"""The OpenAPI document of the sample API."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from kernel.api.schema_examples import example_of, examples_fill

pytestmark = pytest.mark.long


@pytest.fixture
def document() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    return examples_fill(SchemaGenerator().get_schema(request=None, public=True), None, None, True)


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = [item for path in document["paths"].values() for item in path.values()]
    return {item["operationId"]: item for item in found}


def parameter(operation: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in operation["parameters"] if item["name"] == name)


class TestDocument:
    def test_is_valid_and_made_without_warnings(self, document):
        validate_schema(document)

        assert document["openapi"].startswith("3.1")
        assert not GENERATOR_STATS._warn_cache, GENERATOR_STATS._warn_cache
        assert not GENERATOR_STATS._error_cache, GENERATOR_STATS._error_cache

    def test_names_every_operation_after_its_path_and_action(self, document):
        assert set(operations(document)) == {
            "chunks_list",
            "jobs_list",
            "jobs_create",
            "jobs_retrieve",
            "jobs_partial_update",
            "jobs_destroy",
            "jobs_begin",
            "jobs_finish",
            "jobs_forgetful",
            "jobs_fail",
            "jobs_refuse",
            "jobs_wait",
            "jobs_undeclared",
            "numbers_list",
            "me_retrieve",
            "me_create",
            "upload_create",
        }

    def test_gives_every_operation_a_summary_and_an_example(self, document):
        for name, operation in operations(document).items():
            assert operation["summary"], name
            for response in [operation.get("requestBody", {}), *operation["responses"].values()]:
                for media in response.get("content", {}).values():
                    assert "example" in media or "examples" in media, name

    def test_takes_summaries_from_docstrings(self, document):
        found = operations(document)

        assert found["jobs_create"]["summary"] == "Create a piece of work"
        assert found["jobs_list"]["summary"] == "List pieces of work"
        assert found["jobs_finish"]["description"].startswith("Only once.")

    def test_tells_the_permission(self, document):
        found = operations(document)

        assert found["jobs_list"]["x-permission"] == "sample.job.use"
        assert "`sample.job.use`" in found["jobs_list"]["description"]
        assert found["jobs_begin"]["x-permission"] == "signed-in"
        assert found["chunks_list"]["x-permission"] == "public"
        assert "x-permission" not in found["jobs_undeclared"]

    def test_tells_the_statuses(self, document):
        found = operations(document)

        assert {"200", "304", "400", "401", "403", "404", "429", "503"} <= set(found["jobs_retrieve"]["responses"])
        assert {"201", "409", "413", "415", "422"} <= set(found["jobs_create"]["responses"])
        assert {"200", "409", "412", "428"} <= set(found["jobs_finish"]["responses"])
        assert "202" in found["jobs_begin"]["responses"]
        assert "204" in found["jobs_destroy"]["responses"]
        assert "401" not in found["chunks_list"]["responses"]

    def test_shows_the_problems_that_a_view_declares(self, document):
        problem = operations(document)["jobs_finish"]["responses"]["409"]["content"]["application/problem+json"]

        assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert problem["examples"]["too_late"]["value"]["detail"] == "It is too late for that."

    def test_tells_the_headers(self, document):
        found = operations(document)

        assert parameter(found["jobs_begin"], "Idempotency-Key")["required"] is True
        assert "required" not in parameter(found["jobs_create"], "Idempotency-Key")
        assert parameter(found["jobs_finish"], "If-Match")["required"] is True
        assert "ETag" in found["jobs_retrieve"]["responses"]["200"]["headers"]

    def test_tells_the_query_parameters(self, document):
        operation = operations(document)["jobs_list"]
        names = {item["name"] for item in operation["parameters"]}

        assert {"cursor", "page_size", "with_count", "ordering", "fields", "expand", "status", "year"} <= names
        assert parameter(operation, "status")["schema"]["maxItems"] == 100
        assert "queued" in parameter(operation, "status")["schema"]["items"]["enum"]
        assert "-created_at" in parameter(operation, "ordering")["schema"]["items"]["enum"]
        assert parameter(operations(document)["me_retrieve"], "how")["schema"] == {"type": "string"}

    def test_wraps_lists_in_the_envelope(self, document):
        schema = operations(document)["jobs_list"]["responses"]["200"]["content"]["application/json"]["schema"]
        page = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]

        assert page["required"] == ["results", "next", "previous"]

    def test_promises_no_field_that_a_viewer_may_not_get(self, document):
        assert "required" not in document["components"]["schemas"]["JobOut"]

    def test_is_written_by_the_command_with_warnings_as_errors(self):
        out = io.StringIO()

        call_command("spectacular", "--fail-on-warn", "--validate", stdout=out)

        assert "jobs_finish" in out.getvalue()


class TestExampleOf:
    @pytest.mark.parametrize(
        ("schema", "expected"),
        [
            ({"type": "string", "format": "date"}, "2026-03-02"),
            ({"type": ["string", "null"], "minLength": 9, "maxLength": 10}, "texttextte"),
            ({"type": "array", "items": {"$ref": "#/components/schemas/A"}}, [{"n": 3}]),
            (
                {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"m": {"type": "boolean"}}}]},
                {"n": 3, "m": True},
            ),
            ({"oneOf": [{"enum": ["x", "y"]}, {"type": "null"}]}, "x"),
            ({"type": "object", "properties": {"a": {"default": 7}}}, {"a": 7}),
            ({}, None),
        ],
    )
    def test_makes_a_value_that_fits(self, schema, expected):
        components = {"A": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}}}

        assert example_of(schema, components) == expected

    def test_ends_on_a_schema_that_holds_itself(self):
        components = {"A": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}}}

        assert example_of({"$ref": "#/components/schemas/A"}, components) is not None
