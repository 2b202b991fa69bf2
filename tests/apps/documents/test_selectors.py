"""Reads of documents."""

import pytest

from apps.documents.models import DocumentVersion
from apps.documents.selectors import document_find, document_list, version_list
from kernel.access import Actor
from kernel.errors import NotFound
from tests.factories.documents import document_of, operator_with
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unseen")]


@pytest.fixture
def document(actor):
    """A document whose second version was blocked."""
    document = document_of(actor)
    DocumentVersion.objects.create(
        document=document, number=2, name="x", size=1, sha256="0" * 64, status="blocked", reasons=[]
    )
    return document


class TestDocumentList:
    def test_tells_of_the_newest_version_that_the_reader_sees(self, actor, document):
        own, other = (document_list(actor=reader).get() for reader in (actor, operator_with(document)))

        assert (own.newest, own.status, own.viewer_tier) == (2, "blocked", 4)
        assert (other.newest, other.status, other.viewer_tier) == (1, "clean", 3)
        assert other.disclosed_by == actor.organisation_id

    def test_is_empty_for_nobody_and_for_strangers(self, document):
        assert not document_list(actor=Actor.anonymous()).exists()
        assert not document_list(actor=actor_of(OrganisationFactory())).exists()

    def test_is_everything_for_the_system(self, document):
        assert document_list(actor=Actor.system()).get() == document


class TestDocumentFind:
    def test_finds_what_the_reader_sees(self, actor, document):
        assert document_find(actor=actor, document_id=str(document.pk)) == document

    @pytest.mark.parametrize("name", ["", "7", "x" * 300])
    def test_knows_no_malformed_id(self, actor, name):
        with pytest.raises(NotFound):
            document_find(actor=actor, document_id=name)

    def test_finds_nothing_for_a_stranger(self, document):
        with pytest.raises(NotFound):
            document_find(actor=actor_of(OrganisationFactory()), document_id=str(document.pk))


class TestVersionList:
    def test_shows_others_what_is_or_was_clean(self, actor, document):
        officer = operator_with(document)

        assert [item.number for item in version_list(actor=actor, document=document).order_by("number")] == [1, 2]
        assert [item.number for item in version_list(actor=officer, document=document)] == [1]
