"""Documents: changed, withdrawn, read."""

import datetime as dt

import pytest

from apps.documents.models import DocumentVersion
from apps.documents.services import access_end, documents
from apps.documents.services.documents import (
    DocumentNotAcceptable,
    DocumentWithdrawn,
    NothingToRead,
    document_read,
    document_update,
    document_withdraw,
    version_to_read,
)
from apps.documents.services.uploads import MarkingNotTaken
from apps.documents.states import VersionStatus
from apps.organisations.rules import NotYours
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import NotFound
from kernel.models import Event
from kernel.states import NotPermitted
from kernel.versions import ChangedMeanwhile
from tests.factories.documents import (
    DocumentFactory,
    opened_to,
    operator_with,
    organisation_of,
    received,
    upload_of,
)
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unseen")]


class TestDocumentUpdate:
    def test_tells_the_old_and_the_new_mark(self, actor, document):
        document_update(actor=actor, document=document, export_mark="dual_use", export_code="6A001")

        document.refresh_from_db()
        assert (document.export_mark, document.export_code, document.version) == ("dual_use", "6A001", 2)
        assert Event.objects.get(name="documents.document.updated").data == {
            "fields": ["export_code", "export_mark"],
            "from": {"export_mark": "unknown", "export_code": ""},
            "to": {"export_mark": "dual_use", "export_code": "6A001"},
        }

    def test_takes_no_title_that_bears_a_marking(self, actor, document):
        with pytest.raises(MarkingNotTaken) as refusal:
            document_update(actor=actor, document=document, title="Для службового користування")

        assert [problem.pointer for problem in refusal.value.errors] == ["/title"]

    def test_tells_nothing_of_a_title(self, actor, document):
        document_update(actor=actor, document=document, title="Secret sauce")

        assert Event.objects.get(name="documents.document.updated").data == {"fields": ["title"]}

    def test_tells_nothing_when_nothing_changes(self, actor, document):
        document_update(actor=actor, document=document, title=document.title)

        assert not Event.objects.filter(name="documents.document.updated").exists()

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"export_mark": "military"}, "/export_code"),
            ({"export_code": "ML4"}, "/export_code"),
            ({"retain_until": utc_today()}, "/retain_until"),
        ],
    )
    def test_refuses_what_is_not_acceptable(self, actor, document, changes, pointer):
        with pytest.raises(DocumentNotAcceptable) as refused:
            document_update(actor=actor, document=document, **changes)

        assert [problem.pointer for problem in refused.value.errors] == [pointer]

    def test_refuses_another_organisation(self, document):
        with pytest.raises(NotYours):
            document_update(actor=operator_with(document), document=document, title="Mine")

    def test_refuses_a_withdrawn_one(self, actor, document):
        document_withdraw(actor=actor, document=document)

        with pytest.raises(DocumentWithdrawn):
            document_update(actor=actor, document=document, title="Again")

    def test_of_two_writers_one_wins(self, actor, document):
        stale = type(document).objects.get(pk=document.pk)
        document_update(actor=actor, document=document, title="First")

        with pytest.raises(ChangedMeanwhile):
            document_update(actor=actor, document=stale, title="Second")


class TestDocumentWithdraw:
    def test_takes_every_clean_version_back(self, actor, document):
        received(upload_of(actor, b"Amended.\n", document=document), actor)

        document_withdraw(actor=actor, document=document)

        versions = DocumentVersion.objects.filter(document=document)
        assert {version.status for version in versions} == {VersionStatus.WITHDRAWN}
        assert {version.withdrawn_at for version in versions} == {document.withdrawn_at}
        assert Event.objects.filter(name="documents.version.withdrawn").count() == 2
        assert Event.objects.filter(name="documents.document.withdrawn").count() == 1

    def test_again_changes_nothing(self, actor, document):
        first = document_withdraw(actor=actor, document=document).withdrawn_at

        assert document_withdraw(actor=actor, document=document).withdrawn_at == first
        assert Event.objects.filter(name="documents.document.withdrawn").count() == 1

    def test_refuses_another_organisation(self, document):
        with pytest.raises(NotYours):
            document_withdraw(actor=actor_of(OrganisationFactory()), document=document)

    def test_refuses_who_only_reads(self, actor, document):
        with pytest.raises(NotPermitted):
            document_withdraw(actor=actor_of(organisation_of(actor), "signatory"), document=document)

        document.refresh_from_db()
        assert document.withdrawn_at is None


class TestVersionToRead:
    def test_is_the_newest_clean_one(self, actor, document):
        received(upload_of(actor, b"Amended.\n", document=document), actor)
        DocumentVersion.objects.create(
            document=document, number=3, name="x", size=1, sha256="0" * 64, status=VersionStatus.BLOCKED
        )

        assert version_to_read(actor=actor, document=document).number == 2
        assert version_to_read(actor=actor, document=document, number=1).number == 1

    def test_refuses_a_number_that_there_is_not(self, actor, document):
        with pytest.raises(NotFound):
            version_to_read(actor=actor, document=document, number=2)

    @pytest.mark.parametrize("status", [VersionStatus.QUARANTINED, VersionStatus.BLOCKED])
    def test_refuses_what_is_not_clean(self, actor, status):
        document = DocumentFactory(organisation=organisation_of(actor))
        DocumentVersion.objects.create(document=document, number=1, name="x", size=1, sha256="0" * 64, status=status)

        with pytest.raises(NothingToRead):
            version_to_read(actor=actor, document=document, number=1)

    def test_withdrawn_content_is_read_by_who_decided_by_it_alone(self, actor, document):
        officer = operator_with(document)
        evidence = actor_of(OrganisationFactory(kind="operator"), "compliance")
        opened_to(document, evidence.organisation_id, cause="evidence")
        document_withdraw(actor=actor, document=document)

        assert version_to_read(actor=officer, document=document).status == VersionStatus.WITHDRAWN
        for nobody in (actor, evidence):
            with pytest.raises(NothingToRead):
                version_to_read(actor=nobody, document=document)

    def test_destroyed_content_is_read_by_nobody(self, actor, document):
        officer = operator_with(document)
        DocumentVersion.objects.update(destroyed_at=dt.datetime.now(dt.UTC), wrapped_key=None)

        for reader in (actor, officer):
            with pytest.raises(NothingToRead):
                version_to_read(actor=reader, document=document)


class TestDocumentRead:
    def test_is_a_fact_of_whose_document_it_is(self, document):
        officer, version = operator_with(document), document.versions.get()

        document_read(actor=officer, version=version, start=0, stop=10)

        event = Event.objects.get(name="documents.document.read")
        assert (event.object_id, event.organisation_id) == (document.pk, document.organisation_id)
        assert (event.actor, event.actor_organisation_id) == (officer.label(), officer.organisation_id)
        assert event.data == {"version": str(version.pk), "number": 1, "start": 0, "stop": 10}


class TestHeld:
    def test_is_what_a_live_verification_is_recorded_by(self, document):
        opened_to(document, OrganisationFactory(kind="operator").pk, cause="evidence")
        verification = opened_to(document, OrganisationFactory(kind="operator").pk)

        assert list(documents.held()) == [verification]

    def test_ends_with_the_access(self, document):
        verification = opened_to(document, OrganisationFactory(kind="operator").pk)

        access_end(actor=Actor.system(), cause="verification", cause_id=verification.cause_id)

        assert not documents.held().exists()
