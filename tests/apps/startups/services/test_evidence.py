"""Documents attached to events: what they give, what takes it away, and who decides."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson, interest_declare
from apps.documents.models import DocumentAccess, DocumentVersion
from apps.documents.services.documents import document_withdraw
from apps.organisations.rules import NotYours
from apps.startups.models import DevelopmentEvent, EventEvidence
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.services.evidence import (
    MOST_EVIDENCE,
    EvidenceAttached,
    EvidenceNotAcceptable,
    EvidenceUnreadable,
    evidence_attach,
    evidence_judge,
    evidence_of_document_withdraw,
    evidence_withdraw,
)
from apps.startups.states import CapabilityStatus, EvidenceStatus
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.ids import uuid7
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.cases import clean_document, officer_made
from tests.factories.documents import DocumentFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of
from tests.factories.startups import DevelopmentEventFactory, FirmFactory, evidence_of

pytestmark = pytest.mark.django_db

GIVEN: dict[str, Any] = {"number": "17/3", "issuer": "Polygon", "issued_on": dt.date(2026, 1, 4)}


def tier_of(event: DevelopmentEvent) -> str:
    """The event's own tier as it is read."""
    return str(DevelopmentEvent.objects.with_own_tier().get(pk=event.pk).own_tier)


def ordered() -> DevelopmentEvent:
    made: DevelopmentEvent = DevelopmentEventFactory(kind="order_received")
    return made


def owner_of(event: DevelopmentEvent) -> Actor:
    return actor_of(event.capability.firm.organisation)


class TestEvidenceAttach:
    def test_makes_the_event_documented(self) -> None:
        event = ordered()

        evidence = evidence_of(event, "state_contract")

        assert (evidence.sha256, evidence.tier, evidence.status) == ("0" * 64, "E1", "stated")
        assert tier_of(event) == "E1"
        fact = Event.objects.get(name="startups.evidence.attached")
        assert fact.organisation_id == event.capability.firm.organisation_id
        assert fact.data == {
            "event_id": str(event.pk),
            "capability_id": str(event.capability_id),
            "template": "state_contract",
            "tier": "E1",
        }

    def test_opens_the_document_to_the_operators(self) -> None:
        officer = officer_made()

        evidence = evidence_of(ordered())

        opened = DocumentAccess.objects.live().get(document=evidence.document)
        assert (opened.viewer_id, opened.cause, opened.cause_id) == (officer.organisation_id, "evidence", evidence.pk)

    def test_lowers_no_tier_that_an_import_gave(self) -> None:
        event = DevelopmentEventFactory(tier="E3")

        evidence_of(event)

        assert tier_of(event) == "E3"

    @pytest.mark.parametrize(
        ("change", "problems"),
        [
            ({"template": "napkin"}, [("/template", "unknown_template")]),
            ({"template": "acceptance_act"}, [("/template", "other_kind")]),
            ({"number": " "}, [("/number", "required")]),
            ({"issuer": "", "issued_on": None}, [("/issued_on", "required"), ("/issuer", "required")]),
            ({"issued_on": utc_today() + dt.timedelta(days=1)}, [("/issued_on", "in_the_future")]),
            ({"document_id": uuid7()}, [("/document", "does_not_exist")]),
        ],
    )
    def test_says_what_is_wrong(self, change: dict[str, Any], problems: list[tuple[str, str]]) -> None:
        event = ordered()
        document = clean_document(event.capability.firm.organisation)
        given = {**GIVEN, "template": "state_contract", "document_id": document.pk, **change}

        with pytest.raises(EvidenceNotAcceptable) as refusal:
            evidence_attach(actor=owner_of(event), event=event, **given)

        assert [(problem.pointer, problem.code) for problem in refusal.value.errors] == problems

    def test_takes_only_clean_documents_of_the_firm(self) -> None:
        event = ordered()
        organisation = event.capability.firm.organisation
        withdrawn = clean_document(organisation)
        document_withdraw(actor=actor_of(organisation), document=withdrawn)
        unusable = [DocumentFactory(organisation=organisation), clean_document(FirmFactory().organisation), withdrawn]

        for document in unusable:
            with pytest.raises(EvidenceNotAcceptable):
                evidence_of(event, document=document)

    def test_takes_one_content_once_and_again_when_it_was_withdrawn(self) -> None:
        event = ordered()
        first = evidence_of(event)

        with pytest.raises(EvidenceAttached):
            evidence_of(event, document=first.document)
        evidence_withdraw(actor=owner_of(event), evidence=first)
        again = evidence_of(event, document=first.document)

        assert again.status == EvidenceStatus.STATED

    def test_takes_so_many_and_no_more(self) -> None:
        event = ordered()
        for _ in range(MOST_EVIDENCE):
            evidence_of(event)

        with pytest.raises(EvidenceNotAcceptable) as refusal:
            evidence_of(event)

        assert [problem.code for problem in refusal.value.errors] == ["too_many"]

    def test_is_for_events_of_the_own_living_capability(self) -> None:
        event = ordered()
        archived = DevelopmentEventFactory(capability__status=CapabilityStatus.ARCHIVED)

        with pytest.raises(NotYours):
            evidence_attach(
                actor=actor_of(FirmFactory().organisation), event=event, template="other_document", document_id=uuid7()
            )
        with pytest.raises(CapabilityArchived):
            evidence_of(archived)


class TestEvidenceWithdraw:
    def test_lets_the_tier_fall_and_closes_the_document(self) -> None:
        officer_made()
        event = ordered()
        evidence = evidence_of(event)

        withdrawn = evidence_withdraw(actor=owner_of(event), evidence=evidence)

        assert (withdrawn.status, withdrawn.withdrawn_at is not None) == ("withdrawn", True)
        assert tier_of(event) == "E0"
        assert not DocumentAccess.objects.live().filter(document=evidence.document).exists()
        assert Event.objects.filter(name="startups.evidence.withdrawn", object_id=evidence.pk).count() == 1

    def test_happens_once_and_not_to_what_was_refused(self) -> None:
        event = ordered()
        refused = evidence_judge(
            actor=officer_made(), evidence=evidence_of(event), decision="refuse", reason="Not in the registry."
        )

        with pytest.raises(NotNow):
            evidence_withdraw(actor=owner_of(event), evidence=refused)

        refused.refresh_from_db()
        assert refused.withdrawn_at is None

    def test_is_the_firms_own(self) -> None:
        with pytest.raises(NotYours):
            evidence_withdraw(actor=actor_of(FirmFactory().organisation), evidence=evidence_of(ordered()))


class TestEvidenceJudge:
    @pytest.mark.parametrize(
        ("template", "tier"), [("state_contract", "E3"), ("marketplace_order", "E2"), ("other_document", "E1")]
    )
    def test_confirms_at_the_tier_of_the_template(self, template: str, tier: str) -> None:
        event = ordered()
        officer = officer_made()

        judged = evidence_judge(
            actor=officer, evidence=evidence_of(event, template), decision="confirm", reason="In the registry."
        )

        judged.refresh_from_db()
        assert (judged.status, judged.tier, judged.judged_by_id) == ("confirmed", tier, officer.user_id)
        assert tier_of(event) == tier
        fact = Event.objects.get(name="startups.evidence.confirmed")
        assert (fact.organisation_id, fact.data["tier"]) == (event.capability.firm.organisation_id, tier)

    def test_refuses_also_what_was_confirmed(self) -> None:
        event = ordered()
        officer = officer_made()
        evidence = evidence_of(event, "state_contract")
        evidence_judge(actor=officer, evidence=evidence, decision="confirm", reason="In the registry.")

        evidence_judge(actor=officer, evidence=evidence, decision="refuse", reason="The registry was wrong.")

        assert tier_of(event) == "E0"
        with pytest.raises(NotNow):
            evidence_judge(actor=officer, evidence=evidence, decision="confirm", reason="It was not.")

    def test_confirms_nothing_that_cannot_be_read(self) -> None:
        evidence = evidence_of(ordered())
        DocumentVersion.objects.filter(document=evidence.document).update(sha256="1" * 64)

        with pytest.raises(EvidenceUnreadable):
            evidence_judge(actor=officer_made(), evidence=evidence, decision="confirm", reason="Seen.")

    def test_wants_a_reason(self) -> None:
        with pytest.raises(EvidenceNotAcceptable):
            evidence_judge(actor=officer_made(), evidence=evidence_of(ordered()), decision="confirm", reason=" ")

    def test_is_an_officers_without_interest(self) -> None:
        event = ordered()
        evidence = evidence_of(event)
        organisation = event.capability.firm.organisation
        member, interested = officer_made(), officer_made()
        MembershipFactory(organisation=organisation, user_id=member.user_id)
        interest_declare(actor=interested, organisation_id=organisation.pk, reason="Shares.")
        given: dict[str, Any] = {"evidence": evidence, "decision": "confirm", "reason": "In the registry."}

        with pytest.raises(OfficerNeedsPerson):
            evidence_judge(actor=owner_of(event), **given)
        for officer in (member, interested):
            with pytest.raises(ConflictOfInterest):
                evidence_judge(actor=officer, **given)
        with pytest.raises(NotPermitted):
            evidence_judge(actor=actor_of(_operator(), "editor"), **given)

        evidence.refresh_from_db()
        assert (evidence.status, evidence.judged_by_id) == ("stated", None)


class TestEvidenceOfDocumentWithdraw:
    def test_withdraws_it_from_every_event(self) -> None:
        event = ordered()
        evidence = evidence_of(event, "state_contract")
        other = DevelopmentEventFactory(capability=event.capability, kind="order_received")
        evidence_of(other, document=evidence.document)
        kept = evidence_of(other)

        assert evidence_of_document_withdraw(document_id=evidence.document_id) == 2
        assert evidence_of_document_withdraw(document_id=evidence.document_id) == 0

        assert (tier_of(event), tier_of(other)) == ("E0", "E1")
        assert list(EventEvidence.objects.filter(status=EvidenceStatus.STATED)) == [kept]

    def test_the_tier_falls_with_the_document_at_once(self) -> None:
        event = ordered()
        evidence = evidence_of(event, "state_contract")
        evidence_judge(actor=officer_made(), evidence=evidence, decision="confirm", reason="In the registry.")

        document_withdraw(actor=owner_of(event), document=evidence.document)

        assert tier_of(event) == "E0"


class TestEventEvidence:
    def test_is_not_judged_without_a_judge(self) -> None:
        evidence = evidence_of(ordered())

        with pytest.raises(IntegrityError, match="event_evidence_judged"), transaction.atomic():
            EventEvidence.objects.filter(pk=evidence.pk).update(status="confirmed")


def _operator() -> Any:
    return OrganisationFactory(kind="operator", country="EE")
