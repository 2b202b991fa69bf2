"""Documents after a merge."""

import pytest

from apps.documents.models import Document, DocumentAccess, Upload
from apps.documents.services import access_give
from apps.documents.services.content import content_open
from apps.organisations.services import organisation_merge
from kernel.access import Actor
from kernel.ids import uuid7
from tests.factories.documents import TEXT, document_of, opened_to, received, upload_of
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unseen")]


def merge(merged, into):
    return organisation_merge(actor=Actor.system(), organisation=merged, into=into, dry_run=False)


class TestDocumentsMerge:
    def test_documents_and_uploads_go_along_and_open(self):
        merged, into = OrganisationFactory.create_batch(2)
        before, after = actor_of(merged), actor_of(into)
        document, upload = document_of(before), upload_of(before, b"More.\n")

        report = merge(merged, into)

        assert (report.moved["documents"], report.moved["uploads"]) == (1, 2)
        assert Document.objects.visible_to(after).get() == document
        assert b"".join(content_open(document.versions.get()).read_whole()) == TEXT
        upload = received(Upload.objects.get(pk=upload.pk), after)
        assert b"".join(content_open(upload.document_version).read_whole()) == b"More.\n"
        assert upload.document.organisation_id == into.pk

    def test_what_was_opened_goes_along(self):
        merged, into = OrganisationFactory.create_batch(2, kind="fund")
        document = document_of(actor_of(OrganisationFactory()))
        opened_to(document, merged.pk, cause="room")

        report = merge(merged, into)

        assert report.moved["document_access"] == 1
        assert Document.objects.visible_to(actor_of(into)).get() == document

    def test_what_both_may_read_is_kept_once(self):
        merged, into = OrganisationFactory.create_batch(2, kind="fund")
        document, cause_id = document_of(actor_of(OrganisationFactory())), uuid7()
        for viewer in (merged, into):
            access_give(actor=Actor.system(), document=document, viewer_id=viewer.pk, cause="room", cause_id=cause_id)

        report = merge(merged, into)

        assert (report.moved["document_access"], report.conflicts["document_access"]) == (0, 1)
        assert DocumentAccess.objects.live().get().viewer_id == into.pk
