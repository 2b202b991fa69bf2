"""Who else may read a document."""

import datetime as dt

import pytest

from apps.documents.models import Document, DocumentAccess
from apps.documents.services import access_end, access_give
from apps.documents.states import AccessCause
from kernel.access import Actor
from kernel.clock import database_now
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.documents import DocumentFactory, opened_to
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


@pytest.fixture
def document():
    return DocumentFactory()


def give(document, viewer, cause_id, **options) -> DocumentAccess:
    return access_give(
        actor=SYSTEM, document=document, viewer_id=viewer.pk, cause=AccessCause.ROOM, cause_id=cause_id, **options
    )


class TestAccessGive:
    def test_is_a_fact_of_the_owner(self, document):
        viewer, cause_id = OrganisationFactory(kind="fund"), uuid7()

        access = give(document, viewer, cause_id)

        event = Event.objects.get(name="documents.access.given")
        assert (event.object_id, event.organisation_id) == (access.pk, document.organisation_id)
        assert event.data == {
            "viewer": str(viewer.pk),
            "document": str(document.pk),
            "cause": "room",
            "cause_id": str(cause_id),
            "until": None,
        }

    def test_again_changes_nothing(self, document):
        viewer, cause_id = OrganisationFactory(kind="fund"), uuid7()

        assert give(document, viewer, cause_id) == give(document, viewer, cause_id)
        assert Event.objects.filter(name="documents.access.given").count() == 1

    def test_again_gives_it_its_new_end(self, document):
        viewer, cause_id = OrganisationFactory(kind="fund"), uuid7()
        until = database_now() + dt.timedelta(days=1)
        give(document, viewer, cause_id)

        access = give(document, viewer, cause_id, until=until)

        assert DocumentAccess.objects.get() == access
        assert access.until == until

    def test_opens_to_the_viewer_at_once(self, document):
        reader = actor_of(OrganisationFactory(kind="fund"))
        assert not Document.objects.visible_to(reader).exists()

        opened_to(document, reader.organisation_id)

        assert Document.objects.visible_to(reader).get().viewer_tier == 3

    @pytest.mark.parametrize("standing", ["registered", "suspended"])
    def test_opens_nothing_to_who_is_not_verified(self, document, standing):
        reader = actor_of(OrganisationFactory(kind="fund", standing=standing))
        own = DocumentFactory(organisation_id=reader.organisation_id)

        opened_to(document, reader.organisation_id)

        assert Document.objects.visible_to(reader).get() == own


class TestAccessEnd:
    def test_ends_everything_of_a_cause(self, document):
        cause_id = uuid7()
        for _ in range(2):
            give(document, OrganisationFactory(kind="fund"), cause_id)
        other = give(document, OrganisationFactory(kind="fund"), uuid7())

        assert access_end(actor=SYSTEM, cause="room", cause_id=cause_id) == 2
        assert list(DocumentAccess.objects.live()) == [other]
        assert Event.objects.filter(name="documents.access.ended").count() == 2

    def test_ends_that_of_one_viewer(self, document):
        cause_id, viewer = uuid7(), OrganisationFactory(kind="fund")
        kept = give(document, OrganisationFactory(kind="fund"), cause_id)
        give(document, viewer, cause_id)

        assert access_end(actor=SYSTEM, cause="room", cause_id=cause_id, viewer_id=viewer.pk) == 1
        assert list(DocumentAccess.objects.live()) == [kept]

    def test_ends_that_of_one_document(self, document):
        cause_id, viewer = uuid7(), OrganisationFactory(kind="fund")
        kept = give(document, viewer, cause_id)
        other = DocumentFactory()
        give(other, viewer, cause_id)

        assert access_end(actor=SYSTEM, cause="room", cause_id=cause_id, document=other) == 1
        assert list(DocumentAccess.objects.live()) == [kept]

    def test_again_ends_nothing(self, document):
        access = opened_to(document, OrganisationFactory(kind="operator").pk)
        ending = {"actor": SYSTEM, "cause": access.cause, "cause_id": access.cause_id}

        assert (access_end(**ending), access_end(**ending)) == (1, 0)

    def test_closes_from_the_next_request_on(self, document):
        reader = actor_of(OrganisationFactory(kind="fund"))
        access = opened_to(document, reader.organisation_id)

        access_end(actor=SYSTEM, cause=access.cause, cause_id=access.cause_id)

        assert not Document.objects.visible_to(reader).exists()
