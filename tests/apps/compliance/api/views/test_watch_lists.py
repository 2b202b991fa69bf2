"""Watch-lists in the REST interface."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from apps.compliance.models import ListVersion
from apps.permissions import Kind, Role
from kernel.chunks import job_drive
from tests.factories.organisations import OrganisationFactory, actor_of, key_of
from tests.factories.watch_lists import as_lines, list_make, load, person, sample

pytestmark = pytest.mark.django_db

PEOPLE = [person(f"p{number}", f"Kvorzhyn Ostap{number}") for number in range(10)]


def client_of(kind=Kind.OPERATOR, *roles: str) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key_of(actor_of(OrganisationFactory(kind=kind), *roles)).token}")
    return client


@pytest.fixture
def client():
    return client_of()


def send(client, watch_list, content: bytes, **fields):
    file = SimpleUploadedFile("list", content, content_type="application/octet-stream")
    return client.post(f"/api/v1/watch-lists/{watch_list.pk}/versions", {"file": file, **fields}, format="multipart")


def waiting() -> ListVersion:
    watch_list = list_make()
    load(watch_list, as_lines(*PEOPLE))
    return load(watch_list, as_lines(*PEOPLE[:2]))


class TestWatchLists:
    def test_shows_age_and_what_is_in_force(self, client):
        watch_list = list_make()
        version = load(watch_list, as_lines(*PEOPLE))

        shown = client.get("/api/v1/watch-lists").json()["results"]

        assert [item["code"] for item in shown] == ["test-list"]
        assert (shown[0]["age_days"], shown[0]["is_overdue"]) == (0, False)
        assert (shown[0]["in_force"]["id"], shown[0]["in_force"]["entries"]) == (str(version.pk), 10)
        assert shown[0]["open"] is None

    def test_an_expected_list_without_a_version_is_overdue(self, client):
        list_make()

        shown = client.get("/api/v1/watch-lists").json()["results"][0]

        assert (shown["age_days"], shown["is_overdue"], shown["in_force"]) == (None, True, None)

    @pytest.mark.long
    def test_asks_as_often_for_many_lists_as_for_one(self, client, django_assert_max_num_queries):
        for number in range(5):
            load(list_make(f"list-{number}"), as_lines(*PEOPLE))
        client.get("/api/v1/watch-lists")

        with django_assert_max_num_queries(12):
            assert len(client.get("/api/v1/watch-lists").json()["results"]) == 5

    @pytest.mark.parametrize("kind", [Kind.FIRM, Kind.FUND, Kind.AUTHORITY])
    def test_is_not_for_others(self, kind):
        list_make()
        assert client_of(kind).get("/api/v1/watch-lists").status_code == 403


class TestVersions:
    def test_a_file_is_taken_and_its_job_named(self, client):
        answer = send(client, list_make(), as_lines(*PEOPLE))

        version = ListVersion.objects.get()
        assert answer.status_code == 202, answer.json()
        assert answer["Location"] == f"/api/v1/jobs/{version.job_id}"
        assert (answer.json()["status"], answer.json()["id"]) == ("received", str(version.pk))

    def test_the_same_file_again_is_the_same_version(self, client):
        watch_list = list_make()
        first = send(client, watch_list, as_lines(*PEOPLE)).json()["id"]

        assert send(client, watch_list, as_lines(*PEOPLE)).json()["id"] == first
        assert send(client, watch_list, as_lines(*PEOPLE[:3])).status_code == 409

    def test_a_refused_file_says_where_and_why(self, client):
        watch_list = list_make()
        answer = send(client, watch_list, b'{"id"')
        job_drive(job_id=ListVersion.objects.get().job_id)

        shown = client.get(f"/api/v1/list-versions/{answer.json()['id']}").json()

        assert (shown["status"], shown["reasons"][0]["code"]) == ("refused", "broken_file")
        assert shown["reasons"][0]["text"].startswith("line 1: ")
        listed = client.get(f"/api/v1/watch-lists/{watch_list.pk}/versions", {"status": "refused"}).json()["results"]
        assert [item["id"] for item in listed] == [shown["id"]]

    def test_refuses_an_empty_file(self, client):
        assert send(client, list_make(), b"").status_code == 422

    def test_a_viewer_may_look_but_not_load(self):
        viewer = client_of(Kind.OPERATOR, Role.VIEWER)
        watch_list = list_make()

        assert viewer.get(f"/api/v1/watch-lists/{watch_list.pk}/versions").status_code == 200
        assert send(viewer, watch_list, as_lines(*PEOPLE)).status_code == 403

    def test_an_unknown_list_is_not_found(self, client):
        assert client.get("/api/v1/watch-lists/nothing/versions").status_code == 404


class TestDecisions:
    def test_a_version_that_waits_is_confirmed(self, client):
        version = waiting()
        shown = client.get(f"/api/v1/list-versions/{version.pk}").json()
        assert (shown["status"], shown["actions"]) == ("waiting", ["confirm", "discard"])

        answer = client.post(f"/api/v1/list-versions/{version.pk}/confirm")

        assert (answer.status_code, answer.json()["status"]) == (200, "in_force")
        assert client.post(f"/api/v1/list-versions/{version.pk}/discard").status_code == 409

    def test_a_version_that_waits_is_given_up(self, client):
        version = waiting()

        answer = client.post(f"/api/v1/list-versions/{version.pk}/discard")

        assert (answer.status_code, answer.json()["status"]) == (200, "discarded")

    def test_a_viewer_decides_nothing(self):
        viewer, version = client_of(Kind.OPERATOR, Role.VIEWER), waiting()

        assert viewer.post(f"/api/v1/list-versions/{version.pk}/confirm").status_code == 403


class TestEntries:
    def test_finds_by_the_lists_own_id(self, client):
        watch_list = list_make("ua", format="ua-nsdc")
        load(watch_list, sample("ua-nsdc"))

        shown = client.get(f"/api/v1/watch-lists/{watch_list.pk}/entries", {"source_id": "501"}).json()["results"]

        assert [item["names"][0] for item in shown] == ["Вікентій Бурзолович Залютвор"]
        assert (shown[0]["countries"], shown[0]["birth_dates"]) == (["RU"], ["1968-03-14"])

    def test_does_not_show_what_never_came_into_force(self, client):
        version = waiting()
        address = f"/api/v1/watch-lists/{version.watch_list_id}/entries"

        assert len(client.get(address, {"in_force": "true"}).json()["results"]) == 10
