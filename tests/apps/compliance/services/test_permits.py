"""Recording permits, and the operator's word on them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.compliance.models import Permit
from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson
from apps.compliance.services.permits import (
    EvidenceMissing,
    PermitKnown,
    PermitNotAcceptable,
    RecorderDecides,
    permit_confirm,
    permit_record,
    permit_refuse,
    permit_revoke,
)
from apps.documents.models import DocumentAccess
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.cases import clean_document, officer_made
from tests.factories.documents import DocumentFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

STATED: dict[str, Any] = {
    "kind": "export",
    "issuer": "State Service of Export Control",
    "issuer_country": "UA",
    "number": "EX-17",
    "export_codes": ["ML10", "ML11.a"],
    "recipient_countries": ["EE"],
    "valid_from": dt.date(2026, 1, 1),
    "valid_to": dt.date(2026, 12, 31),
}


@pytest.fixture
def holder() -> Organisation:
    organisation: Organisation = OrganisationFactory()
    return organisation


@pytest.fixture
def owner(holder: Organisation) -> Actor:
    return actor_of(holder)


def recorded(owner: Actor, **changes: Any) -> Permit:
    evidence = clean_document(Organisation.objects.get(pk=owner.organisation_id))
    return permit_record(actor=owner, **{**STATED, "evidence_id": evidence.pk, **changes})


class TestPermitRecord:
    def test_records_and_opens_the_evidence(self, owner: Actor) -> None:
        operator = OrganisationFactory(kind=Kind.OPERATOR)

        permit = recorded(owner)

        assert (permit.status, permit.organisation_id, permit.recorded_by_id) == (
            "recorded",
            owner.organisation_id,
            owner.user_id,
        )
        opened = DocumentAccess.objects.get()
        assert (opened.document_id, opened.viewer_id, opened.cause_id) == (permit.evidence_id, operator.pk, permit.pk)
        assert Event.objects.get(name="compliance.permit.recorded").organisation_id == owner.organisation_id

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"issuer": " "}, "/issuer"),
            ({"number": ""}, "/number"),
            ({"issuer_country": "XX"}, "/issuer_country"),
            ({"valid_to": dt.date(2025, 12, 31)}, "/valid_to"),
            ({"export_codes": []}, "/export_codes"),
            ({"export_codes": ["ML10", "ML99"]}, "/export_codes/1"),
            ({"recipient_countries": []}, "/recipients"),
            ({"recipient_countries": ["EE", "EU"]}, "/recipient_countries/1"),
            ({"recipient_ids": [uuid7()]}, "/recipients/0"),
            ({"evidence_id": uuid7()}, "/evidence"),
        ],
    )
    def test_refuses(self, owner: Actor, changes: dict[str, Any], pointer: str) -> None:
        with pytest.raises(PermitNotAcceptable) as refusal:
            permit_record(actor=owner, **{**STATED, **changes})

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    def test_refuses_evidence_that_is_not_clean_or_anothers(self, holder: Organisation, owner: Actor) -> None:
        for document in (DocumentFactory(organisation=holder), clean_document(OrganisationFactory())):
            with pytest.raises(PermitNotAcceptable):
                permit_record(actor=owner, **{**STATED, "evidence_id": document.pk})

    def test_refuses_the_same_twice(self, owner: Actor) -> None:
        recorded(owner)

        with pytest.raises(PermitKnown):
            recorded(owner)

    def test_a_refused_one_may_be_recorded_again(self, owner: Actor) -> None:
        permit_refuse(actor=officer_made(), permit=recorded(owner), reason="Unreadable.")

        assert recorded(owner).status == "recorded"


class TestDecisions:
    def test_confirms(self, owner: Actor) -> None:
        officer = officer_made()

        permit = permit_confirm(actor=officer, permit=recorded(owner))

        assert (permit.status, permit.decided_by_id, permit.revoked_at) == ("confirmed", officer.user_id, None)

    def test_not_without_evidence(self, owner: Actor) -> None:
        with pytest.raises(EvidenceMissing):
            permit_confirm(actor=officer_made(), permit=recorded(owner, evidence_id=None))

    def test_revokes_with_a_reason(self, owner: Actor) -> None:
        officer = officer_made()
        permit = permit_confirm(actor=officer, permit=recorded(owner))

        with pytest.raises(PermitNotAcceptable):
            permit_revoke(actor=officer, permit=permit, reason=" ")
        permit_revoke(actor=officer, permit=permit, reason="Withdrawn by the issuer.")

        assert (permit.status, permit.reason) == ("revoked", "Withdrawn by the issuer.")
        assert permit.revoked_at is not None
        with pytest.raises(NotNow):
            permit_revoke(actor=officer, permit=permit, reason="!")

    def test_nobody_decides_on_their_own(self, holder: Organisation, owner: Actor) -> None:
        officer = officer_made()
        permit = recorded(owner)
        Permit.objects.filter(pk=permit.pk).update(recorded_by=officer.user_id)
        permit.refresh_from_db()
        with pytest.raises(RecorderDecides):
            permit_confirm(actor=officer, permit=permit)
        with pytest.raises(IntegrityError, match="permit_two_people"), transaction.atomic():
            Permit.objects.filter(pk=permit.pk).update(decided_by=officer.user_id)

        member = officer_made()
        MembershipFactory(organisation=holder, user_id=member.user_id)
        with pytest.raises(ConflictOfInterest):
            permit_confirm(actor=member, permit=permit)
        with pytest.raises(IntegrityError, match="member"), transaction.atomic():
            Permit.objects.filter(pk=permit.pk).update(decided_by=member.user_id)

    def test_is_for_the_operators_compliance(self, owner: Actor) -> None:
        permit = recorded(owner)

        with pytest.raises(OfficerNeedsPerson):
            permit_confirm(actor=owner, permit=permit)
        with pytest.raises(NotPermitted):
            permit_confirm(actor=actor_of(OrganisationFactory(kind=Kind.OPERATOR), "editor"), permit=permit)
