"""Documents that are shown: which can serve, and who may read them then."""

from __future__ import annotations

import pytest

from apps.compliance.services.evidence import evidence_of, evidence_open
from apps.documents.models import DocumentAccess
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.cases import clean_document
from tests.factories.documents import DocumentFactory
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Organisation:
    organisation: Organisation = OrganisationFactory()
    return organisation


class TestEvidenceOf:
    def test_is_what_one_has_that_is_clean_and_was_asked_for(self, holder: Organisation) -> None:
        own, _unasked = clean_document(holder), clean_document(holder)

        assert list(evidence_of(actor=actor_of(holder), ids=[own.pk, uuid7()])) == [own]

    def test_leaves_out_what_cannot_serve(self, holder: Organisation) -> None:
        unclean = DocumentFactory(organisation=holder)
        withdrawn = clean_document(holder, withdrawn_at=utc_now())
        foreign = clean_document(OrganisationFactory())

        ids = [unclean.pk, withdrawn.pk, foreign.pk]

        assert not evidence_of(actor=actor_of(holder), ids=ids).exists()


class TestEvidenceOpen:
    def test_lets_operators_in_that_are_not_suspended(self, holder: Organisation) -> None:
        operator = OrganisationFactory(kind=Kind.OPERATOR)
        OrganisationFactory(kind=Kind.OPERATOR, standing=Standing.SUSPENDED)
        documents, cause_id = [clean_document(holder), clean_document(holder)], uuid7()

        evidence_open(actor=actor_of(holder), documents=documents, cause_id=cause_id)

        opened = DocumentAccess.objects.values_list("document", "viewer", "cause", "cause_id", "until")
        assert set(opened) == {(item.pk, operator.pk, "verification", cause_id, None) for item in documents}
