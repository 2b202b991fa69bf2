"""What documents keep about a person."""

import pytest

from apps.accounts.models import User
from apps.accounts.personal_data import parts
from apps.documents.models import Document
from tests.factories.documents import document_of
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unseen")]


@pytest.fixture
def part():
    return next(part for part in parts() if part.section == "documents")


class TestExport:
    def test_tells_what_the_person_brought(self, part):
        firm = OrganisationFactory()
        actor = actor_of(firm)
        document = document_of(actor)
        document_of(actor_of(firm))

        told = part.export(User.objects.get(pk=actor.user_id))

        assert [item["id"] for item in told["documents"]] == [document.pk]
        assert [item["name"] for item in told["versions"]] == ["statement.txt"]
        assert [item["status"] for item in told["uploads"]] == ["done"]


class TestErase:
    def test_leaves_the_organisations_documents(self, part):
        actor = actor_of(OrganisationFactory())
        document = document_of(actor)

        part.erase(User.objects.get(pk=actor.user_id), actor)

        assert Document.objects.get() == document
