"""The officer's side of a verification."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from apps.compliance.models import DeclaredInterest, Screening, VerificationCase
from apps.compliance.rules.cases import year_after
from apps.compliance.services.cases import case_answer, case_submit
from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson
from apps.compliance.services.reviews import (
    CaseNotReady,
    DecisionNotAcceptable,
    JudgementNotAcceptable,
    NothingAgainst,
    RefusalNotAnnounced,
    RequestNotAcceptable,
    SubmitterDecides,
    case_ask,
    case_item_judge,
    case_note,
    case_refuse,
    case_take,
    case_verify,
)
from apps.compliance.states import CaseStatus, ItemState, ScreeningResult
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.errors import DomainError
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.cases import (
    NOTE,
    accept_all,
    case_accepted,
    case_drafted,
    case_in_review,
    case_submitted,
    case_verified,
    notice_given,
    officer_made,
    registered,
)
from tests.factories.compliance import imported_clear, owns
from tests.factories.organisations import MembershipFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db

WEEK = dt.timedelta(days=7)


def pointers(refusal: pytest.ExceptionInfo[DomainError]) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.code) for problem in refusal.value.errors]


def fresh(case: VerificationCase) -> VerificationCase:
    return VerificationCase.objects.select_related("organisation").get(pk=case.pk)


class TestConflicts:
    """Nobody acts on a case of an organisation that they belong to or have an interest in; nor who submitted it."""

    ACTS: tuple[Callable[[Actor, VerificationCase], object], ...] = (
        lambda actor, case: case_take(actor=actor, case=case),
        lambda actor, case: case_ask(actor=actor, case=case, text="?", due_on=utc_today() + WEEK),
        lambda actor, case: case_item_judge(actor=actor, case=case, code="articles", state="accepted"),
        lambda actor, case: case_note(actor=actor, case=case, text="!"),
        lambda actor, case: case_verify(actor=actor, case=case, reason="!"),
        lambda actor, case: case_refuse(actor=actor, case=case, reason="!", remedy="!"),
    )

    @pytest.mark.parametrize("act", ACTS)
    def test_a_member_is_refused(self, act: Callable[[Actor, VerificationCase], object]) -> None:
        organisation, owner = registered()
        officer = officer_made()
        MembershipFactory(organisation=organisation, user_id=officer.user_id, roles=["viewer"])
        case = case_submitted(owner)

        with pytest.raises(ConflictOfInterest):
            act(officer, case)

    @pytest.mark.parametrize("act", ACTS)
    def test_who_declared_an_interest_is_refused(self, act: Callable[[Actor, VerificationCase], object]) -> None:
        organisation, owner = registered()
        officer = officer_made()
        interested(officer, organisation)
        case = case_submitted(owner)

        with pytest.raises(ConflictOfInterest):
            act(officer, case)

    @pytest.mark.parametrize("act", ACTS)
    def test_software_is_refused(self, act: Callable[[Actor, VerificationCase], object]) -> None:
        _organisation, owner = registered()
        case = case_submitted(owner)

        with pytest.raises(OfficerNeedsPerson):
            act(dataclasses.replace(officer_made(), api_key_id=case.pk), case)

    @pytest.mark.parametrize("act", ACTS)
    def test_other_organisations_are_refused(self, act: Callable[[Actor, VerificationCase], object]) -> None:
        _organisation, owner = registered()
        case = case_submitted(owner)

        with pytest.raises(OfficerNeedsPerson):
            act(actor_of(OrganisationFactory(), Role.COMPLIANCE), case)

    def test_the_submitter_is_refused_also_after_leaving(self) -> None:
        _organisation, owner = registered()
        case = case_submitted(owner)
        officer = officer_made()
        case.submitted_by_id = officer.user_id
        case.save()

        with pytest.raises(SubmitterDecides):
            case_take(actor=officer, case=case)

    def test_an_interest_ends_with_its_last_day(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        interested(officer, organisation, until=utc_today() - dt.timedelta(days=1))

        assert case_take(actor=officer, case=case_submitted(owner)).officer_id == officer.user_id

    def test_the_database_refuses_a_member(self) -> None:
        organisation, owner = registered()
        case = case_submitted(owner)
        member = MembershipFactory(organisation=organisation)

        for column in ("officer", "decided_by"):
            with pytest.raises(IntegrityError, match="member"), transaction.atomic():
                VerificationCase.objects.filter(pk=case.pk).update(**{column: member.user})
        with pytest.raises(IntegrityError, match="member"), transaction.atomic():
            case.notes.create(author=member.user, text="!")
        with pytest.raises(IntegrityError, match="member"), transaction.atomic():
            case.requests.create(asked_by=member.user, text="?", due_on=utc_today())
        with pytest.raises(IntegrityError, match="member"), transaction.atomic():
            case.items.update(judged_by=member.user)

    def test_the_database_refuses_the_interested_and_the_submitter(self) -> None:
        organisation, owner = registered()
        case = case_submitted(owner)
        officer, submitter = officer_made(), officer_made()
        interested(officer, organisation)
        VerificationCase.objects.filter(pk=case.pk).update(submitted_by=submitter.user_id)

        with pytest.raises(IntegrityError, match="interest"), transaction.atomic():
            VerificationCase.objects.filter(pk=case.pk).update(officer=officer.user_id)
        with pytest.raises(IntegrityError, match="submitter"), transaction.atomic():
            VerificationCase.objects.filter(pk=case.pk).update(decided_by=submitter.user_id)


def interested(officer: Actor, organisation: Organisation, until: dt.date | None = None) -> None:
    DeclaredInterest.objects.create(
        operator_id=officer.organisation_id, user_id=officer.user_id, organisation=organisation, reason="x", until=until
    )


class TestCaseTake:
    def test_makes_the_officer(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()

        case = case_take(actor=officer, case=case_submitted(owner))

        assert (case.status, case.officer_id) == (CaseStatus.IN_REVIEW, officer.user_id)
        assert case.taken_at is not None

    def test_once(self) -> None:
        _organisation, owner = registered()
        case = case_in_review(owner, officer_made())

        with pytest.raises(NotNow):
            case_take(actor=officer_made(), case=case)

    @pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
    def test_is_for_the_compliance_role(self, role: str) -> None:
        _organisation, owner = registered()
        case = case_submitted(owner)

        with pytest.raises(NotPermitted):
            case_take(actor=actor_of(OrganisationFactory(kind=Kind.OPERATOR), role), case=case)


class TestCaseAsk:
    def test_gives_the_turn_to_the_organisation(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)

        asked = case_ask(
            actor=officer, case=case, text=" Who signs? ", due_on=utc_today() + WEEK, item_codes=["articles"] * 2
        )

        assert case.status == CaseStatus.INFO_REQUESTED
        assert (asked.text, asked.item_codes, asked.kind) == ("Who signs?", ["articles"], "question")

    def test_refuses_bad_dates_items_and_no_text(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)

        with pytest.raises(RequestNotAcceptable) as refusal:
            case_ask(
                actor=officer, case=case, text=" ", due_on=utc_today(), item_codes=["screening_decided", "no_such"]
            )

        assert pointers(refusal) == [
            ("/text", "blank"),
            ("/due_on", "out_of_range"),
            ("/items/0", "does_not_exist"),
            ("/items/1", "does_not_exist"),
        ]

    def test_a_notice_of_refusal_leaves_five_working_days(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)
        friday = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)

        with pytest.raises(RequestNotAcceptable):
            case_ask(
                actor=officer, case=case, kind="refusal_notice", text="!", due_on=dt.date(2026, 11, 26), now=friday
            )
        asked = case_ask(
            actor=officer, case=case, kind="refusal_notice", text="!", due_on=dt.date(2026, 11, 27), now=friday
        )

        assert asked.kind == "refusal_notice"


class TestCaseItemJudge:
    def test_accepts_and_rejects(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)

        case_item_judge(actor=officer, case=case, code="articles", state="accepted")
        case_item_judge(actor=officer, case=case, code="register_extract", state="rejected", note=" Too old. ")

        rejected = case.items.get(code="register_extract")
        assert case.items.get(code="articles").state == ItemState.ACCEPTED
        assert (rejected.state, rejected.note, rejected.judged_by_id) == ("rejected", "Too old.", officer.user_id)

    def test_the_organisation_is_not_told_of_the_officers_own_items(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)

        case_item_judge(actor=officer, case=case, code="screening_decided", state="rejected", note="A hit.")
        case_item_judge(actor=officer, case=case, code="articles", state="accepted")

        told = Event.objects.filter(name="compliance.case_item.judged", organisation_id=organisation.pk)
        assert [event.data["item"] for event in told] == ["articles"]

    @pytest.mark.parametrize(
        ("code", "state", "problem"),
        [
            ("no_such", "accepted", ("/code", "does_not_exist")),
            ("articles", "rejected", ("/note", "blank")),
        ],
    )
    def test_refuses(self, code: str, state: str, problem: tuple[str, str]) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)

        with pytest.raises(JudgementNotAcceptable) as refusal:
            case_item_judge(actor=officer, case=case, code=code, state=state)

        assert pointers(refusal) == [problem]

    def test_accepts_nothing_that_was_not_shown(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)
        case.items.filter(code="articles").update(state=ItemState.OPEN)

        with pytest.raises(JudgementNotAcceptable) as refusal:
            case_item_judge(actor=officer, case=case, code="articles", state="accepted")

        assert pointers(refusal) == [("/code", "not_provided")]

    def test_only_in_review(self) -> None:
        _organisation, owner = registered()
        case = case_submitted(owner)

        with pytest.raises(NotNow):
            case_item_judge(actor=officer_made(), case=case, code="articles", state="accepted")


class TestCaseNote:
    def test_stays_among_officers(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)

        note = case_note(actor=officer, case=case, text=" Call the registry. ")

        assert (note.text, note.author_id) == ("Call the registry.", officer.user_id)
        event = Event.objects.get(name="compliance.case.noted")
        assert event.organisation_id == officer.organisation_id != organisation.pk


class TestCaseVerify:
    def test_verifies_for_a_year(self) -> None:
        organisation, owner = registered()
        officer = officer_made()

        case = case_verified(owner, officer)

        organisation.refresh_from_db()
        assert (organisation.standing, organisation.basis) == (Standing.VERIFIED, "case")
        assert (case.status, case.is_standing, case.decided_by_id) == (CaseStatus.VERIFIED, True, officer.user_id)
        assert case.next_due_on == year_after(day=utc_today())

    def test_names_everything_that_stands_against_it(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)

        with pytest.raises(CaseNotReady) as refusal:
            case_verify(actor=officer, case=case, reason="!")

        assert pointers(refusal) == [
            *((f"/items/{item.code}", "not_accepted") for item in case.items.all()),
            ("/screening", "screening_unknown"),
            ("/ownership_note", "ownership_open"),
        ]
        assert fresh(case).organisation.standing == Standing.REGISTERED

    @pytest.mark.parametrize("result", [ScreeningResult.REVIEW, ScreeningResult.HIT])
    def test_not_while_somebody_may_be_listed(self, result: ScreeningResult) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)
        accept_all(case, officer)
        Screening.objects.create(organisation=case.organisation, result=result, basis="run")

        with pytest.raises(CaseNotReady) as refusal:
            case_verify(actor=officer, case=case, reason="!", ownership_note=NOTE)

        assert pointers(refusal) == [("/screening", f"screening_{result}")]

    def test_needs_no_word_where_the_owners_are_known(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        owns(None, organisation, name="A. Person", share=1)
        case = case_accepted(owner, officer)

        assert case_verify(actor=officer, case=case, reason="!").status == CaseStatus.VERIFIED

    def test_an_authority_has_no_owners_to_name(self) -> None:
        _organisation, owner = registered(Kind.AUTHORITY)
        officer = officer_made()
        case = case_accepted(owner, officer)

        assert case_verify(actor=officer, case=case, reason="!").status == CaseStatus.VERIFIED

    def test_wants_a_reason(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_accepted(owner, officer)

        with pytest.raises(DecisionNotAcceptable):
            case_verify(actor=officer, case=case, reason=" ", ownership_note=NOTE)

    def test_once(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_verified(owner, officer)

        with pytest.raises(NotNow):
            case_verify(actor=officer_made(), case=case, reason="!", ownership_note=NOTE)

    def test_a_renewal_takes_the_place_of_the_case_before(self) -> None:
        organisation, owner = registered()
        officer = officer_made()
        first = case_verified(owner, officer)
        renewal = case_drafted(owner)
        case_submit(actor=owner, case=renewal)
        case_take(actor=officer, case=renewal)
        accept_all(renewal, officer)

        case_verify(actor=officer, case=renewal, reason="!", ownership_note=NOTE)

        assert (fresh(first).is_standing, fresh(renewal).is_standing) == (False, True)
        organisation.refresh_from_db()
        assert organisation.standing == Standing.VERIFIED


class TestCaseRefuse:
    def test_needs_a_notice(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)

        with pytest.raises(RefusalNotAnnounced):
            case_refuse(actor=officer, case=case, reason="!", remedy="!")

    def test_waits_for_the_answer_or_the_day(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = notice_given(case_in_review(owner, officer), officer)

        with pytest.raises(RefusalNotAnnounced):
            case_refuse(actor=officer, case=case, reason="!", remedy="!")
        case_refuse(
            actor=officer, case=case, reason="Papers.", remedy="Ask a court.", now=utc_now() + dt.timedelta(days=20)
        )

        found = fresh(case)
        assert (found.status, found.reason, found.remedy) == (CaseStatus.REFUSED, "Papers.", "Ask a court.")
        assert found.organisation.standing == Standing.REGISTERED

    def test_after_the_answer(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = notice_given(case_in_review(owner, officer), officer)
        case_answer(actor=owner, case=case, answer="We have nothing else.")

        assert case_refuse(actor=officer, case=case, reason="!", remedy="!").status == CaseStatus.REFUSED

    def test_needs_a_criterion(self) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = notice_given(case_in_review(owner, officer), officer)
        case_answer(actor=owner, case=case, answer="Look again.")
        case.items.filter(state=ItemState.REJECTED).update(state=ItemState.PROVIDED)

        with pytest.raises(NothingAgainst):
            case_refuse(actor=officer, case=case, reason="!", remedy="!")

    @pytest.mark.parametrize("missing", ["reason", "remedy"])
    def test_wants_reason_and_remedy(self, missing: str) -> None:
        _organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)

        with pytest.raises(DecisionNotAcceptable) as refusal:
            case_refuse(actor=officer, case=case, **{"reason": "!", "remedy": "!", missing: " "})

        assert pointers(refusal) == [(f"/{missing}", "blank")]

    def test_a_refused_renewal_suspends(self) -> None:
        organisation = OrganisationFactory(standing=Standing.VERIFIED)
        imported_clear(organisation)
        officer = officer_made()
        case = notice_given(case_in_review(actor_of(organisation), officer), officer)

        case_refuse(actor=officer, case=case, reason="!", remedy="!", now=utc_now() + dt.timedelta(days=20))

        organisation.refresh_from_db()
        standing = VerificationCase.objects.get(organisation=organisation, is_standing=True)
        assert organisation.standing == Standing.SUSPENDED
        assert (standing.status, standing.suspension_cause) == (CaseStatus.SUSPENDED, "refused")
