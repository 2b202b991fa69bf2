"""The organisation's side of its verification."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from apps.compliance.models import CaseDocument, CaseItem, VerificationCase
from apps.compliance.services.cases import (
    CaseIncomplete,
    CaseNeedsPerson,
    CaseUnderWay,
    NotVerifiable,
    ProvisionNotAcceptable,
    Shown,
    case_answer,
    case_open,
    case_provide,
    case_submit,
)
from apps.compliance.services.reviews import case_ask, case_item_judge
from apps.compliance.states import CaseCause, CaseStatus, ItemState
from apps.documents.models import Document, DocumentAccess
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from apps.organisations.services import AlreadyMerged
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.errors import DomainError
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from tests.factories.cases import (
    case_drafted,
    case_in_review,
    case_submitted,
    case_verified,
    clean_document,
    officer_made,
    registered,
    shown_for,
)
from tests.factories.documents import DocumentFactory
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def pointers(refusal: pytest.ExceptionInfo[DomainError]) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.code) for problem in refusal.value.errors]


class TestCaseOpen:
    def test_begins_with_the_checklist_of_the_kind(self) -> None:
        organisation, owner = registered(Kind.AUTHORITY)

        case = case_open(actor=owner, organisation=organisation)

        assert (case.status, case.cause, case.checklist) == (CaseStatus.DRAFT, CaseCause.INITIAL, "checklist-1")
        assert [item.code for item in case.items.all()] == [
            "register_extract",
            "signatories_identity",
            "mandate_letter",
            "register_compared",
            "screening_decided",
        ]
        event = Event.objects.get(name="compliance.case.opened")
        assert (event.organisation_id, event.data) == (organisation.pk, {"cause": "initial"})

    def test_refuses_a_second_one(self) -> None:
        organisation, owner = registered()
        case_open(actor=owner, organisation=organisation)

        with pytest.raises(CaseUnderWay):
            case_open(actor=owner, organisation=organisation)

    def test_a_refused_one_leaves_room(self) -> None:
        organisation, owner = registered()
        VerificationCase.objects.create(organisation=organisation, checklist="x", status=CaseStatus.REFUSED)

        assert case_open(actor=owner, organisation=organisation).cause == CaseCause.INITIAL

    def test_a_verified_one_is_renewed(self) -> None:
        organisation = OrganisationFactory(standing=Standing.VERIFIED)

        assert case_open(actor=actor_of(organisation), organisation=organisation).cause == CaseCause.YEARLY

    def test_long_before_the_year_is_over_data_have_changed(self) -> None:
        _organisation, owner = registered()
        case = case_verified(owner, officer_made())

        renewal = case_open(actor=owner, organisation=Organisation.objects.get(pk=case.organisation_id))

        assert renewal.cause == CaseCause.DATA_CHANGED

    def test_is_ones_own(self) -> None:
        organisation, _owner = registered()

        with pytest.raises(NotYours):
            case_open(actor=actor_of(OrganisationFactory()), organisation=organisation)

    def test_operators_are_not_verified_here(self) -> None:
        operator = OrganisationFactory(kind=Kind.OPERATOR)

        with pytest.raises(NotVerifiable):
            case_open(actor=Actor.system(), organisation=operator)

    def test_what_was_merged_is_not_verified(self) -> None:
        organisation = OrganisationFactory(standing=Standing.REGISTERED, merged_into=OrganisationFactory())

        with pytest.raises(AlreadyMerged):
            case_open(actor=actor_of(organisation), organisation=organisation)


class TestCaseProvide:
    def test_keeps_documents_and_statements(self) -> None:
        organisation, owner = registered()
        case = case_open(actor=owner, organisation=organisation)
        document = clean_document(organisation)

        case_provide(
            actor=owner,
            case=case,
            shown=[
                Shown("register_extract", [document.pk, document.pk]),
                Shown("ownership_complete", (), " All of it. "),
            ],
        )

        items = {item.code: item for item in case.items.all()}
        extract, statement = items["register_extract"], items["ownership_complete"]
        assert (extract.state, extract.provided_by_id) == (ItemState.PROVIDED, owner.user_id)
        assert [row.document_id for row in extract.case_documents.all()] == [document.pk]
        assert (statement.state, statement.statement) == (ItemState.PROVIDED, "All of it.")
        assert not DocumentAccess.objects.exists()

    def test_takes_the_place_of_what_was_shown(self) -> None:
        organisation, owner = registered()
        case = case_open(actor=owner, organisation=organisation)
        first, second = clean_document(organisation), clean_document(organisation)
        case_provide(actor=owner, case=case, shown=[Shown("articles", [first.pk])])

        case_provide(actor=owner, case=case, shown=[Shown("articles", [second.pk])])

        assert [row.document_id for row in CaseDocument.objects.filter(case=case)] == [second.pk]

    def test_names_every_problem(self) -> None:
        organisation, owner = registered()
        case = case_open(actor=owner, organisation=organisation)
        foreign = clean_document(OrganisationFactory())
        unread: Document = DocumentFactory(organisation=organisation)

        with pytest.raises(ProvisionNotAcceptable) as refusal:
            case_provide(
                actor=owner,
                case=case,
                shown=[
                    Shown("register_extract", [foreign.pk, unread.pk]),
                    Shown("articles"),
                    Shown("ownership_complete", (), " "),
                    Shown("screening_decided", (), "Clear"),
                    Shown("mandate_letter"),
                    Shown("articles", [clean_document(organisation).pk]),
                ],
            )

        assert pointers(refusal) == [
            ("/items/0/documents/0", "does_not_exist"),
            ("/items/0/documents/1", "does_not_exist"),
            ("/items/1/documents", "required"),
            ("/items/2/statement", "required"),
            ("/items/3/code", "does_not_exist"),
            ("/items/4/code", "does_not_exist"),
            ("/items/5/code", "repeated"),
        ]
        assert not CaseItem.objects.exclude(state=ItemState.OPEN).exists()

    def test_not_while_the_officer_has_it(self) -> None:
        organisation, owner = registered()
        case = case_submitted(owner)

        with pytest.raises(NotNow):
            case_provide(actor=owner, case=case, shown=[Shown("articles", [clean_document(organisation).pk])])


class TestCaseSubmit:
    def test_opens_the_documents_to_the_operators(self) -> None:
        organisation, owner = registered()
        operator = OrganisationFactory(kind=Kind.OPERATOR)
        OrganisationFactory(kind=Kind.OPERATOR, standing=Standing.SUSPENDED)

        case = case_submitted(owner)

        shown = set(case.case_documents.values_list("document_id", flat=True))
        opened = DocumentAccess.objects.filter(cause="verification", cause_id=case.pk, until=None)
        assert {(row.document_id, row.viewer_id) for row in opened} == {(pk, operator.pk) for pk in shown}
        assert len(shown) == 3
        assert (case.status, case.submitted_by_id) == (CaseStatus.SUBMITTED, owner.user_id)
        assert Document.objects.visible_to(officer_made(operator)).filter(organisation=organisation).count() == 3

    def test_names_what_is_missing(self) -> None:
        organisation, owner = registered(Kind.FUND)
        case = case_open(actor=owner, organisation=organisation)
        case_provide(actor=owner, case=case, shown=shown_for(case, organisation)[:3])

        with pytest.raises(CaseIncomplete) as refusal:
            case_submit(actor=owner, case=case)

        assert pointers(refusal) == [
            ("/items/signatories_identity", "missing"),
            ("/items/fund_authorisation", "missing"),
        ]
        case.refresh_from_db()
        assert case.status == CaseStatus.DRAFT

    def test_is_for_a_person(self) -> None:
        _organisation, owner = registered()
        case = case_drafted(owner)

        with pytest.raises(CaseNeedsPerson):
            case_submit(actor=dataclasses.replace(owner, api_key_id=case.pk), case=case)

    def test_not_twice(self) -> None:
        _organisation, owner = registered()
        case = case_submitted(owner)

        with pytest.raises(NotNow):
            case_submit(actor=owner, case=case)

    def test_is_not_for_editors(self) -> None:
        organisation, owner = registered()
        case = case_drafted(owner)

        with pytest.raises(NotPermitted):
            case_submit(actor=actor_of(organisation, "editor"), case=case)


class TestCaseAnswer:
    def asked(self) -> tuple[Organisation, Actor, Actor, VerificationCase]:
        organisation, owner = registered()
        officer = officer_made()
        case = case_in_review(owner, officer)
        case_item_judge(actor=officer, case=case, code="articles", state="rejected", note="Of 2019.")
        due_on = utc_today() + dt.timedelta(days=7)
        case_ask(actor=officer, case=case, text="The articles in force?", due_on=due_on, item_codes=["articles"])
        return organisation, owner, officer, case

    def test_gives_the_case_back_with_its_documents(self) -> None:
        organisation, owner, officer, case = self.asked()
        case_provide(actor=owner, case=case, shown=[Shown("articles", [clean_document(organisation).pk])])
        more = clean_document(organisation)

        answered = case_answer(actor=owner, case=case, answer=" Here. ", document_ids=[more.pk])

        assert (answered.answer, answered.answered_by_id) == ("Here.", owner.user_id)
        assert case.status == CaseStatus.IN_REVIEW
        assert DocumentAccess.objects.filter(document=more, viewer_id=officer.organisation_id).exists()
        assert case.items.get(code="articles").state == ItemState.PROVIDED

    def test_wants_what_was_asked_for(self) -> None:
        _organisation, owner, _officer, case = self.asked()

        with pytest.raises(CaseIncomplete) as refusal:
            case_answer(actor=owner, case=case, answer="Here.")

        assert pointers(refusal) == [("/items/articles", "missing")]
        assert VerificationCase.objects.get(pk=case.pk).status == CaseStatus.INFO_REQUESTED

    def test_wants_a_text_and_documents_of_ones_own(self) -> None:
        _organisation, owner, _officer, case = self.asked()
        foreign = clean_document(OrganisationFactory())

        with pytest.raises(ProvisionNotAcceptable) as refusal:
            case_answer(actor=owner, case=case, answer=" ", document_ids=[foreign.pk])

        assert pointers(refusal) == [("/documents/0", "does_not_exist"), ("/answer", "blank")]

    def test_only_what_was_asked_is_answered(self) -> None:
        _organisation, owner = registered()
        case = case_submitted(owner)

        with pytest.raises(NotNow):
            case_answer(actor=owner, case=case, answer="Hello?")
