"""Documents and their versions in the REST interface."""

import datetime as dt

import pytest

from apps.compliance.models import DeclaredInterest
from apps.compliance.services.interests import interest_declare
from apps.documents.models import DocumentVersion
from apps.documents.services import document_withdraw
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.clock import database_now, utc_today
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.documents import (
    TEXT,
    document_of,
    opened_to,
    operator_with,
    organisation_of,
    received,
    upload_of,
)
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unseen")]

DOCUMENTS = "/api/v1/documents"


@pytest.fixture
def client(actor):
    return client_of(actor)


def seen_by(reader) -> list[str]:
    answer = client_of(reader).get(DOCUMENTS)
    assert answer.status_code == 200, answer.json()
    return [item["id"] for item in answer.json()["results"]]


def assert_unseen(reader, document) -> None:
    """The document is not listed, and each address of it answers as one that never was."""
    assert seen_by(reader) == []
    client = client_of(reader)
    for part in ("", "/versions", "/content"):
        refused, absent = (client.get(f"{DOCUMENTS}/{pk}{part}") for pk in (document.pk, uuid7()))
        assert (refused.status_code, absent.status_code) == (404, 404)
        assert without_place(refused.json()) == without_place(absent.json())


def without_place(problem: dict) -> dict:
    return {name: value for name, value in problem.items() if name not in ("instance", "request_id")}


class TestList:
    def test_shows_ones_own(self, client, document):
        document_of(actor_of(OrganisationFactory()))

        (shown,) = client.get(DOCUMENTS).json()["results"]

        assert shown["id"] == str(document.pk)
        assert (shown["status"], shown["newest"], shown["actions"]) == ("clean", 1, ["withdraw"])
        assert (shown["export_mark"], shown["declared_marking"], shown["retain_until"]) == ("unknown", "none", None)

    @pytest.mark.parametrize("count", [1, 6])
    def test_asks_the_database_once(self, client, actor, count, django_assert_num_queries):
        for _ in range(count):
            document_of(actor)

        with django_assert_num_queries(1):
            client.get(DOCUMENTS)

    def test_filters(self, client, actor, document):
        other = document_of(actor, purpose="evidence")
        document_withdraw(actor=actor, document=other)

        def ids(**query):
            return {item["id"] for item in client.get(DOCUMENTS, query).json()["results"]}

        assert ids(status="clean") == ids(purpose="verification") == {str(document.pk)}
        assert ids(status="withdrawn") == ids(purpose="evidence") == {str(other.pk)}
        assert ids(own="false") == set()

    def test_pages(self, client, actor):
        for _ in range(3):
            document_of(actor)

        first = client.get(DOCUMENTS, {"page_size": 2}).json()
        second = client.get(first["next"]).json()

        assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)

    @pytest.mark.parametrize("role", ["viewer"])
    def test_refuses_who_does_not_read_documents(self, document, role):
        assert client_of(actor_of(document.organisation, role)).get(DOCUMENTS).status_code == 403


class TestWhoSees:
    def test_an_operators_officer_to_whom_it_was_opened(self, document):
        assert seen_by(operator_with(document)) == [str(document.pk)]

    @pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
    def test_no_other_role_of_the_operator(self, document, role):
        assert client_of(operator_with(document, role)).get(DOCUMENTS).status_code == 403

    def test_no_operator_without_access(self, document):
        assert seen_by(actor_of(OrganisationFactory(kind=Kind.OPERATOR), "compliance")) == []

    def test_no_officer_who_belongs_to_the_owner(self, document):
        officer = operator_with(document)
        MembershipFactory(organisation=document.organisation, user_id=officer.user_id, roles=["viewer"])

        assert_unseen(officer, document)

    def test_no_officer_who_has_declared_an_interest_in_the_owner(self, document):
        officer = operator_with(document)
        colleague = actor_of(organisation_of(officer), "compliance")
        interest_declare(actor=officer, organisation_id=document.organisation_id, reason="Shares of a cousin.")

        assert_unseen(officer, document)
        assert seen_by(colleague) == [str(document.pk)]

    def test_the_officer_whose_interest_is_over(self, document):
        officer = operator_with(document)
        interest_declare(actor=officer, organisation_id=document.organisation_id, reason="Shares of a cousin.")
        DeclaredInterest.objects.update(until=utc_today() - dt.timedelta(days=1))

        assert seen_by(officer) == [str(document.pk)]

    def test_the_officer_who_has_an_interest_in_somebody_else(self, document):
        officer, other = operator_with(document), OrganisationFactory()
        MembershipFactory(organisation=other, user_id=officer.user_id)
        interest_declare(actor=officer, organisation_id=OrganisationFactory().pk, reason="Shares of a cousin.")

        assert seen_by(officer) == [str(document.pk)]

    def test_a_fund_to_which_it_was_opened(self, document):
        fund = actor_of(OrganisationFactory(kind=Kind.FUND))
        opened_to(document, fund.organisation_id, cause="room")

        assert seen_by(fund) == [str(document.pk)]

    @pytest.mark.parametrize(
        "state", [{"dark_since": database_now}, {"standing": Standing.SUSPENDED}, {"standing": Standing.REGISTERED}]
    )
    def test_no_fund_of_an_owner_that_is_not_shown(self, document, state):
        fund = actor_of(OrganisationFactory(kind=Kind.FUND))
        opened_to(document, fund.organisation_id, cause="room")
        values = {name: value() if callable(value) else value for name, value in state.items()}
        Organisation.objects.filter(pk=document.organisation_id).update(**values)

        assert seen_by(fund) == []

    @pytest.mark.parametrize("state", [{"dark_since": database_now}, {"standing": Standing.REGISTERED}])
    def test_the_officer_all_the_same(self, document, state):
        officer = operator_with(document)
        values = {name: value() if callable(value) else value for name, value in state.items()}
        Organisation.objects.filter(pk=document.organisation_id).update(**values)

        assert seen_by(officer) == [str(document.pk)]

    def test_a_suspended_reader_sees_its_own_only(self, document):
        reader = OrganisationFactory(kind=Kind.FUND, standing=Standing.SUSPENDED)
        opened_to(document, reader.pk, cause="room")

        assert seen_by(actor_of(reader)) == []

    def test_a_suspended_owner_reads_on(self, actor, document):
        Organisation.objects.filter(pk=document.organisation_id).update(standing=Standing.SUSPENDED)

        assert seen_by(actor_of(organisation_of(actor))) == [str(document.pk)]

    def test_others_see_no_inner_fields(self, document):
        (shown,) = client_of(operator_with(document)).get(DOCUMENTS).json()["results"]

        assert {"retain_until", "actions"}.isdisjoint(shown)
        assert shown["title"] == "Statement"

    def test_is_recorded_as_a_read(self, document):
        officer = operator_with(document)

        seen_by(officer)

        event = Event.objects.order_by("-id").first()
        assert (event.actor_organisation_id, str(document.pk) in str(event.data)) == (officer.organisation_id, True)


class TestPartialUpdate:
    def test_changes_title_and_mark(self, client, document):
        answer = client.patch(f"{DOCUMENTS}/{document.pk}", {"title": "Charter", "export_mark": "none"})

        assert answer.status_code == 200, answer.json()
        assert (answer.json()["title"], answer.json()["export_mark"]) == ("Charter", "none")

    def test_refuses_a_stale_tag(self, client, document):
        tag = client.get(f"{DOCUMENTS}/{document.pk}")["ETag"]
        client.patch(f"{DOCUMENTS}/{document.pk}", {"title": "First"})

        answer = client.patch(f"{DOCUMENTS}/{document.pk}", {"title": "Second"}, headers={"If-Match": tag})

        assert answer.status_code == 412

    def test_refuses_a_mark_without_its_entry(self, client, document):
        answer = client.patch(f"{DOCUMENTS}/{document.pk}", {"export_mark": "military"})

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/export_code")

    def test_refuses_who_only_reads(self, document):
        signatory = client_of(actor_of(document.organisation, "signatory"))

        assert signatory.get(f"{DOCUMENTS}/{document.pk}").status_code == 200
        assert signatory.patch(f"{DOCUMENTS}/{document.pk}", {"title": "x"}).status_code == 403

    def test_is_404_for_readers_of_others(self, document):
        fund = actor_of(OrganisationFactory(kind=Kind.FUND))
        opened_to(document, fund.organisation_id, cause="room")

        assert client_of(fund).patch(f"{DOCUMENTS}/{document.pk}", {"title": "x"}).status_code == 404


class TestWithdraw:
    def test_hides_it_from_others(self, client, document):
        fund = actor_of(OrganisationFactory(kind=Kind.FUND))
        opened_to(document, fund.organisation_id, cause="room")

        answer = client.post(f"{DOCUMENTS}/{document.pk}/withdraw")

        assert (answer.status_code, answer.json()["status"], answer.json()["actions"]) == (200, "withdrawn", [])
        assert seen_by(fund) == []

    def test_is_open_to_a_suspended_organisation(self, document):
        Organisation.objects.filter(pk=document.organisation_id).update(standing=Standing.SUSPENDED)
        owner = actor_of(Organisation.objects.get(pk=document.organisation_id))

        assert client_of(owner).post(f"{DOCUMENTS}/{document.pk}/withdraw").status_code == 200


class TestVersions:
    def test_lists_the_newest_first(self, client, actor, document):
        received(upload_of(actor, b"Amended.\n", document=document), actor)

        shown = client.get(f"{DOCUMENTS}/{document.pk}/versions").json()["results"]

        assert [item["number"] for item in shown] == [2, 1]
        assert (shown[1]["size"], shown[1]["scan_state"], shown[1]["reasons"]) == (len(TEXT), "not_scanned", [])
        assert {"storage_key", "wrapped_key", "vault_key"}.isdisjoint(shown[0])

    def test_shows_the_owner_why_one_was_blocked(self, client, document):
        DocumentVersion.objects.create(
            document=document,
            number=2,
            name="x",
            size=1,
            sha256="0" * 64,
            status="blocked",
            reasons=[{"code": "macro", "member": "word/vbaProject.bin"}],
        )

        blocked = client.get(f"{DOCUMENTS}/{document.pk}/versions").json()["results"][0]

        assert [(item["code"], item["member"]) for item in blocked["reasons"]] == [("macro", "word/vbaProject.bin")]
        assert "macros" in blocked["reasons"][0]["text"]
        officer = client_of(operator_with(document))
        assert [item["number"] for item in officer.get(f"{DOCUMENTS}/{document.pk}/versions").json()["results"]] == [1]

    @pytest.mark.parametrize("part", ["", "/versions", "/content"])
    def test_is_one_404_for_what_one_does_not_see(self, client, part):
        other = document_of(actor_of(OrganisationFactory()))

        for name in (str(other.pk), "0" * 8, "not-an-id"):
            assert client.get(f"{DOCUMENTS}/{name}{part}").status_code == 404
