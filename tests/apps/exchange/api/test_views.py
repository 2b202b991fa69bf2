"""Imports in the REST interface."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from apps.exchange import services
from apps.exchange.models import Export, Import
from apps.exchange.sealing import content_seal
from apps.exchange.services import import_check, import_check_finish, import_create, import_read
from apps.organisations.models import Organisation
from apps.permissions import Kind, Role
from kernel.clock import utc_now
from kernel.ids import uuid7
from kernel.models import Job
from tests.factories.exchange import as_zip, market
from tests.factories.organisations import OrganisationFactory, actor_of, key_of
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db


def client_of(actor) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key_of(actor).token}")
    return client


@pytest.fixture
def operator():
    return actor_of(OrganisationFactory(kind=Kind.OPERATOR))


@pytest.fixture
def client(operator):
    return client_of(operator)


def upload(client, content: bytes, name: str = "market.zip", **fields):
    file = SimpleUploadedFile(name, content, content_type="application/octet-stream")
    return client.post("/api/v1/imports", {"file": file, **fields}, format="multipart")


def checked(operator, tables, **options) -> Import:
    item = import_create(actor=operator, file_name="market.zip", content=as_zip(tables), **options)
    report = import_check(import_id=item.pk, reading=import_read(import_id=item.pk))
    return import_check_finish(import_id=item.pk, report=report)


class TestCreate:
    def test_queues_a_check(self, client, operator):
        answer = upload(client, as_zip(market()), verified="true")

        item = Import.objects.get()
        assert answer.status_code == 202, answer.json()
        assert answer["Location"] == f"/api/v1/jobs/{item.job_id}"
        assert answer.json()["status"] == "uploaded"
        assert (item.organisation_id, item.verified, item.partial) == (operator.organisation_id, True, False)
        assert Job.objects.get().kind == "exchange.check"

    def test_needs_a_file(self, client):
        answer = client.post("/api/v1/imports", {"partial": "true"}, format="multipart")

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/file")

    def test_refuses_an_empty_file(self, client):
        assert upload(client, b"").status_code == 422

    def test_refuses_json(self, client):
        assert client.post("/api/v1/imports", {"file": "x"}, format="json").status_code == 415

    def test_declares_how_large_an_upload_may_be(self):
        from apps.exchange.api.views import Imports

        assert Imports.body_limit == 65 * 1024 * 1024

    def test_the_same_request_again_is_answered_as_before(self, client):
        client.credentials(**client._credentials, HTTP_IDEMPOTENCY_KEY="once")
        content = as_zip(market())

        first, second = (upload(client, content) for _ in range(2))

        assert (first.json()["id"], second["Idempotency-Replayed"]) == (second.json()["id"], "true")
        assert Import.objects.count() == 1

    @pytest.mark.parametrize(("kind", "role"), [(Kind.FUND, Role.OWNER), (Kind.OPERATOR, Role.VIEWER)])
    def test_refuses_who_may_not(self, kind, role):
        answer = upload(client_of(actor_of(OrganisationFactory(kind=kind), role)), as_zip(market()))

        assert answer.status_code == 403

    def test_refuses_strangers_first(self):
        assert upload(APIClient(), b"x").status_code == 401


class TestRead:
    def test_shows_an_import_with_what_may_be_done(self, client, operator):
        item = checked(operator, market())

        shown = client.get(f"/api/v1/imports/{item.pk}").json()

        assert (shown["status"], shown["actions"], shown["problem_count"]) == ("checked", ["confirm"], 0)
        assert shown["counts"]["raises"] == {"rows": 1, "inserted": 1, "updated": 0, "unchanged": 0, "left_out": 0}
        assert "content" not in shown

    def test_lists_and_filters_ones_own(self, client, operator, django_assert_max_num_queries):
        item = checked(operator, market())
        checked(operator, market(funds={"country": "XX"}))
        checked(actor_of(OrganisationFactory(kind=Kind.OPERATOR)), market())

        with django_assert_max_num_queries(12):
            listed = client.get("/api/v1/imports?status=checked").json()["results"]

        assert [entry["id"] for entry in listed] == [str(item.pk)]

    def test_another_operators_import_is_not_there(self, client):
        other = checked(actor_of(OrganisationFactory(kind=Kind.OPERATOR)), market())

        paths = (f"/api/v1/imports/{other.pk}", f"/api/v1/imports/{other.pk}/problems")
        assert [client.get(path).status_code for path in paths] == [404, 404]
        assert client.post(f"/api/v1/imports/{other.pk}/confirm").status_code == 404


class TestProblems:
    def test_are_shown_page_by_page(self, client, operator):
        tables = market()
        tables["funds"] = [{**tables["funds"][0], "key": f"fund{number}", "country": "XX"} for number in range(3)]
        item = checked(operator, {"funds": tables["funds"]})

        first = client.get(f"/api/v1/imports/{item.pk}/problems?page_size=2").json()
        second = client.get(first["next"]).json()

        assert [problem["row"] for problem in first["results"] + second["results"]] == [2, 3, 4]
        assert second["next"] is None
        assert {**first["results"][0], "message": ""} == {
            "table": "funds",
            "row": 2,
            "column": "country",
            "code": "bad_country",
            "message": "",
        }


class TestConfirm:
    def test_queues_the_loading(self, client, operator):
        item = checked(operator, market())

        answer = client.post(f"/api/v1/imports/{item.pk}/confirm")

        job = Job.objects.get(kind="exchange.load")
        assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/jobs/{job.pk}")
        assert answer.json()["status"] == "loading"

    def test_twice_is_a_conflict(self, client, operator):
        item = checked(operator, market())
        client.post(f"/api/v1/imports/{item.pk}/confirm")

        answer = client.post(f"/api/v1/imports/{item.pk}/confirm")

        assert (answer.status_code, answer.json()["code"]) == (409, "not_now")

    def test_a_rejected_import_cannot_be_confirmed(self, client, operator):
        item = checked(operator, market(funds={"country": "XX"}))

        assert client.post(f"/api/v1/imports/{item.pk}/confirm").status_code == 409


class TestExports:
    @pytest.fixture
    def firm(self):
        return actor_of(FirmFactory().organisation)

    def test_queues_a_job(self, firm):
        answer = client_of(firm).post("/api/v1/exports", {"what": "own", "format": "csv"}, format="json")

        item = Export.objects.get()
        assert answer.status_code == 202, answer.json()
        assert answer["Location"] == f"/api/v1/jobs/{item.job_id}"
        assert (answer.json()["status"], item.requested_by_id) == ("queued", firm.user_id)

    def test_names_the_table_that_there_is_not(self, firm):
        wanted = {"what": "own", "format": "csv", "tables": ["deals"]}

        answer = client_of(firm).post("/api/v1/exports", wanted, format="json")

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/tables/0")

    def test_gives_the_content_as_a_file(self, firm):
        export_id = uuid7()
        Export.objects.create(
            pk=export_id,
            organisation_id=firm.organisation_id,
            requested_by_id=firm.user_id,
            what="own",
            tables=["startups"],
            format="xlsx",
            status="ready",
            content=content_seal(content=b"PK", export_id=export_id),
            expires_at=utc_now() + dt.timedelta(days=1),
        )

        answer = client_of(firm).get(f"/api/v1/exports/{export_id}/content")

        assert (answer.status_code, answer.content) == (200, b"PK")
        assert answer["Content-Disposition"] == 'attachment; filename="export-own.xlsx"'
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")

    def test_shows_nobody_elses(self, firm):
        services.export_create(actor=firm, what="own", file_format="csv")
        colleague = actor_of(Organisation.objects.get(pk=firm.organisation_id))

        answer = client_of(colleague).get("/api/v1/exports")

        assert answer.json()["results"] == []

    def test_a_firm_imports_nothing_as_verified(self, firm):
        answer = upload(client_of(firm), as_zip(market()), verified="true")

        assert (answer.status_code, answer.json()["code"]) == (403, "verified_not_permitted")
