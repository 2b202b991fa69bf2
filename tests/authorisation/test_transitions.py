"""Who may fire which transition, below the interface: the machines refuse whoever the list does not name."""

import datetime as dt
from typing import Any

import pytest

from apps.compliance.models import Hit, ListVersion
from apps.compliance.states import (
    HIT,
    LIST_VERSION,
    PERMIT,
    VERIFICATION,
    CaseStatus,
    ListVersionStatus,
    PermitStatus,
)
from apps.documents.models import DocumentVersion, Upload
from apps.documents.states import DOCUMENT_VERSION, UPLOAD
from apps.exchange.models import Import
from apps.exchange.states import IMPORT, ImportStatus
from apps.investors.states import MANDATE, MandateStatus
from apps.matching.models import Introduction, MatchRun
from apps.matching.services import run_start
from apps.matching.states import INTRODUCTION, RUN
from apps.organisations.models import Membership, Organisation
from apps.organisations.selectors import actor_for_member
from apps.permissions import Kind, Role
from apps.startups.models import AttestationRequest, AttestorAddress, EventEvidence
from apps.startups.states import (
    ATTESTATION_REQUEST,
    ATTESTOR_ADDRESS,
    CAPABILITY,
    EVIDENCE,
    RAISE,
    AddressStatus,
    CapabilityStatus,
    EvidenceStatus,
    RaiseStatus,
)
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Event
from kernel.states import Machine, NotNow, NotPermitted
from tests.authorisation.sets import attestations, introductions
from tests.authorisation.sets.permits import permit
from tests.authorisation.sets.screening import hit
from tests.authorisation.world import organisation_made
from tests.factories.accounts import UserFactory
from tests.factories.cases import case_drafted, clean_document
from tests.factories.compliance import list_version_made
from tests.factories.documents import upload_of
from tests.factories.investors import MandateFactory
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.startups import CapabilityFactory, DevelopmentEventFactory, RaiseFactory, evidence_of

pytestmark = pytest.mark.django_db

FIRM, FUND, OPERATOR = "firm owner, firm editor", "fund owner, fund editor", "operator owner, operator editor"

KEEPS = (
    "firm owner, firm editor, firm compliance, fund owner, fund editor, fund compliance, authority owner, "
    "authority officer, attestor owner, attestor editor"
)
"""Who keeps the documents of an organisation."""
ANSWERS = "firm owner, firm compliance, fund owner, fund compliance, authority owner, attestor owner"
"""Who answers for an organisation to the operator."""
OFFICERS = "operator compliance"
LOADS = "operator owner, operator editor, operator compliance"


def drafted(_organisation: Organisation) -> Any:
    return CapabilityFactory(status=CapabilityStatus.DRAFT)


def published(_organisation: Organisation) -> Any:
    return CapabilityFactory()


def raise_in(status: str) -> Any:
    return lambda _organisation: RaiseFactory(status=status)


def mandate_in(status: str) -> Any:
    return lambda _organisation: MandateFactory(status=status)


def queued(_organisation: Organisation) -> MatchRun:
    return run_start(actor=Actor.system())


def checked(organisation: Organisation) -> Import:
    return Import.objects.create(
        organisation=organisation, file_name="market.zip", sha256="0" * 64, content=b"", status=ImportStatus.CHECKED
    )


def case_in(status: str) -> Any:
    """A firm's case that was given this status."""

    def build(_organisation: Organisation) -> Any:
        case = case_drafted(actor_of(OrganisationFactory(standing="registered")))
        type(case).objects.filter(pk=case.pk).update(status=status)
        case.refresh_from_db()
        return case

    return build


def hit_pending(organisation: Organisation) -> Hit:
    return Hit.objects.get(pk=hit(organisation))


def permit_in(status: str) -> Any:
    """A firm's permit that was given this status."""

    def build(_organisation: Organisation) -> Any:
        made = permit(OrganisationFactory())
        type(made).objects.filter(pk=made.pk).update(status=status)
        made.refresh_from_db()
        return made

    return build


def version_waiting(_organisation: Organisation) -> ListVersion:
    return list_version_made(status=ListVersionStatus.WAITING, loaded_at=None)


def request_open(_organisation: Organisation) -> AttestationRequest:
    return attestations.request(OrganisationFactory(kind="fund"))


def evidence_in(status: str) -> Any:
    """Evidence that was given this status, with what a decision and a withdrawal would leave on it."""

    def build(_organisation: Organisation) -> EventEvidence:
        made = evidence_of(DevelopmentEventFactory())
        left = {"judged_by_id": UserFactory().pk, "judged_at": utc_now(), "withdrawn_at": utc_now()}
        EventEvidence.objects.filter(pk=made.pk).update(status=status, **left)
        made.refresh_from_db()
        return made

    return build


def address_in(status: str) -> Any:
    """A mail address that was given this status."""

    def build(_organisation: Organisation) -> AttestorAddress:
        made = attestations.address()
        AttestorAddress.objects.filter(pk=made.pk).update(status=status, decided_at=utc_now(), reason="Known.")
        made.refresh_from_db()
        return made

    return build


def introduction_of(kind: Kind, *, is_asked: bool) -> Any:
    """An interest of a firm or fund, or in it, with what an answer or its end would leave on it."""

    def build(_organisation: Organisation) -> Introduction:
        moment = utc_now() + dt.timedelta(seconds=1)
        left = {"mutual_at": moment, "closed_at": moment}
        made = introductions.introduction(organisation_made(kind), is_asked=is_asked, **left)
        return Introduction.objects.get(pk=made)

    return build


def received(_organisation: Organisation) -> Upload:
    return upload_of(actor_of(OrganisationFactory()))


def version_clean(_organisation: Organisation) -> DocumentVersion:
    return clean_document(OrganisationFactory()).versions.get()


@pytest.mark.parametrize(
    ("machine", "name", "build", "firing"),
    [
        (CAPABILITY, "publish", drafted, FIRM),
        (CAPABILITY, "archive", published, FIRM),
        (RAISE, "open", raise_in(RaiseStatus.DRAFT), FIRM),
        (RAISE, "commit_partly", raise_in(RaiseStatus.OPEN), FIRM),
        (RAISE, "reopen", raise_in(RaiseStatus.PARTLY_COMMITTED), FIRM),
        (RAISE, "close", raise_in(RaiseStatus.OPEN), FIRM),
        (RAISE, "withdraw", raise_in(RaiseStatus.OPEN), FIRM),
        (EVIDENCE, "confirm", evidence_in(EvidenceStatus.STATED), OFFICERS),
        (EVIDENCE, "refuse", evidence_in(EvidenceStatus.CONFIRMED), OFFICERS),
        (EVIDENCE, "withdraw", evidence_in(EvidenceStatus.STATED), FIRM),
        (ATTESTATION_REQUEST, "cancel", request_open, FIRM),
        (ATTESTOR_ADDRESS, "vouch", address_in(AddressStatus.WAITING), OFFICERS),
        (ATTESTOR_ADDRESS, "refuse", address_in(AddressStatus.VOUCHED), OFFICERS),
        (MANDATE, "activate", mandate_in(MandateStatus.DRAFT), FUND),
        (MANDATE, "pause", mandate_in(MandateStatus.ACTIVE), FUND),
        (MANDATE, "close", mandate_in(MandateStatus.ACTIVE), FUND),
        (RUN, "cancel", queued, OPERATOR),
        (INTRODUCTION, "accept", introduction_of(Kind.FUND, is_asked=True), FUND),
        (INTRODUCTION, "accept", introduction_of(Kind.FIRM, is_asked=True), FIRM),
        (INTRODUCTION, "decline", introduction_of(Kind.FUND, is_asked=True), FUND),
        (INTRODUCTION, "decline", introduction_of(Kind.FIRM, is_asked=True), FIRM),
        (INTRODUCTION, "withdraw", introduction_of(Kind.FUND, is_asked=False), FUND),
        (INTRODUCTION, "withdraw", introduction_of(Kind.FIRM, is_asked=False), FIRM),
        (IMPORT, "confirm", checked, f"{FIRM}, {OPERATOR}"),
        (UPLOAD, "complete", received, KEEPS),
        (UPLOAD, "abort", received, KEEPS),
        (DOCUMENT_VERSION, "withdraw", version_clean, KEEPS),
        (VERIFICATION, "submit", case_in(CaseStatus.DRAFT), ANSWERS),
        (VERIFICATION, "take", case_in(CaseStatus.SUBMITTED), OFFICERS),
        (VERIFICATION, "ask", case_in(CaseStatus.IN_REVIEW), OFFICERS),
        (VERIFICATION, "answer", case_in(CaseStatus.INFO_REQUESTED), ANSWERS),
        (VERIFICATION, "verify", case_in(CaseStatus.IN_REVIEW), OFFICERS),
        (VERIFICATION, "refuse", case_in(CaseStatus.IN_REVIEW), OFFICERS),
        (VERIFICATION, "suspend", case_in(CaseStatus.VERIFIED), OFFICERS),
        (VERIFICATION, "reinstate", case_in(CaseStatus.SUSPENDED), OFFICERS),
        (HIT, "judge_true", hit_pending, OFFICERS),
        (HIT, "judge_false", hit_pending, OFFICERS),
        (LIST_VERSION, "confirm", version_waiting, LOADS),
        (LIST_VERSION, "discard", version_waiting, LOADS),
        (PERMIT, "confirm", permit_in(PermitStatus.RECORDED), OFFICERS),
        (PERMIT, "refuse", permit_in(PermitStatus.RECORDED), OFFICERS),
        (PERMIT, "revoke", permit_in(PermitStatus.CONFIRMED), OFFICERS),
    ],
    ids=lambda value: getattr(value, "name", value) if isinstance(value, Machine | str) else "",
)
class TestTransition:
    def test_is_fired_by_these_roles_alone(self, machine: Machine, name: str, build: Any, firing: str) -> None:
        organisations = {kind: organisation_made(kind) for kind in Kind}
        instance = build(organisations[Kind.OPERATOR])
        rows = type(instance)._default_manager.filter(pk=instance.pk)
        before = rows.values("status").get()

        user = UserFactory()
        let = set()
        for kind in Kind:
            for role in Role:
                told = Event.objects.count()
                try:
                    member = Membership(organisation=organisations[kind], user=user, roles=[role])
                    machine.fire(name, instance=instance, actor=actor_for_member(membership=member))
                except (NotPermitted, NotNow):  # the other side's, where a machine has two
                    assert rows.values("status").get() == before
                    assert Event.objects.count() == told
                else:
                    let.add(f"{kind} {role}")
                    rows.update(**before)

        assert let == set(firing.split(", "))
