"""The organisation's side of its verification: opening the case, showing what is asked for, submitting, answering."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.compliance import events
from apps.compliance.checklists import checklists
from apps.compliance.models import CaseDocument, CaseItem, InformationRequest, VerificationCase
from apps.compliance.rules.cases import RENEWAL_WITHIN_DAYS, items_missing
from apps.compliance.services.evidence import evidence_missing, evidence_of, evidence_open
from apps.compliance.states import (
    VERIFICATION,
    WITH_ORGANISATION,
    CaseCause,
    ItemNeed,
    ItemState,
)
from apps.documents.models import Document
from apps.organisations.models import Organisation
from apps.organisations.rules import own_require
from apps.organisations.services import AlreadyMerged, organisation_lock
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish
from kernel.states import NotNow


class CaseUnderWay(Conflict):
    """A verification of this organisation is under way already."""


class NotVerifiable(Conflict):
    """Operators are set up with the installation and not verified here."""


class CaseNeedsPerson(Forbidden):
    """A person submits and answers, not software with a key."""


class CaseIncomplete(Invalid):
    """Something that is asked for is missing."""


class ProvisionNotAcceptable(Invalid):
    """What you want to show is not acceptable."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an organisation shows for one item of the checklist, in place of what it showed before."""

    code: str
    document_ids: Sequence[UUID] = ()
    statement: str = ""


@transaction.atomic
def case_open(
    *,
    actor: Actor,
    organisation: Organisation,
    cause: CaseCause | None = None,
    due_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> VerificationCase:
    """A draft case with its checklist. Without a `cause` it is the first one, or a renewal as the dates have it.

    `due_on` is by when the organisation has to bring a renewal to its end. Raises NotYours, NotVerifiable,
    AlreadyMerged and CaseUnderWay.
    """
    own_require(actor=actor, organisation_id=organisation.pk)
    present = organisation_lock(organisation_id=organisation.pk)
    if present.kind == Kind.OPERATOR:
        raise NotVerifiable
    if present.merged_into_id is not None:
        raise AlreadyMerged
    chosen = cause or _cause_of(present, utc_today(now))
    edition = checklists()
    try:
        with transaction.atomic():
            case = VerificationCase.objects.create(
                organisation=present, cause=chosen, checklist=edition.id, opened_by_id=actor.user_id, due_on=due_on
            )
    except IntegrityError:
        raise CaseUnderWay from None
    items = edition.items_for(kind=present.kind, cause=chosen)
    CaseItem.objects.bulk_create(
        CaseItem(case=case, code=item.code, place=place, need=item.need) for place, item in enumerate(items)
    )
    publish(events.CASE_OPENED, actor=actor, subject=case, data={"cause": str(chosen)})
    return case


@transaction.atomic
def case_provide(
    *, actor: Actor, case: VerificationCase, shown: Sequence[Shown], now: dt.datetime | None = None
) -> VerificationCase:
    """Show documents of one's own and statements for items of the checklist; accepted items stay as they are.

    Raises NotYours, NotNow and ProvisionNotAcceptable.
    """
    own_require(actor=actor, organisation_id=case.organisation_id)
    locked = case_lock(case=case)
    if locked.status not in WITH_ORGANISATION:
        raise NotNow("{action}: not possible while {status}.", action="provide", status=locked.status)
    items = {item.code: item for item in locked.items.all()}
    documents = _documents(actor, [pk for entry in shown for pk in entry.document_ids])
    problems = [
        problem for index, entry in enumerate(shown) for problem in _problems(index, entry, shown, items, documents)
    ]
    if problems:
        raise ProvisionNotAcceptable(errors=problems)
    moment = now or utc_now()
    for entry in shown:
        item = items[entry.code]
        item.case_documents.all().delete()
        CaseDocument.objects.bulk_create(
            CaseDocument(case=locked, item=item, document_id=pk, added_by_id=actor.user_id)
            for pk in dict.fromkeys(entry.document_ids)
        )
        item.statement = entry.statement.strip()
        item.state, item.provided_by_id, item.provided_at = ItemState.PROVIDED, actor.user_id, moment
        item.note, item.judged_by, item.judged_at = "", None, None
        item.save()
    publish(events.CASE_PROVIDED, actor=actor, subject=locked, data={"items": [entry.code for entry in shown]})
    return case


@transaction.atomic
def case_submit(*, actor: Actor, case: VerificationCase, now: dt.datetime | None = None) -> VerificationCase:
    """Hand the case to the operator, who may read what is shown in it from now on.

    Raises NotYours, CaseNeedsPerson, NotPermitted, NotNow, and CaseIncomplete with a place for each missing item.
    """
    own_require(actor=actor, organisation_id=case.organisation_id)
    user_id = _person(actor)
    case_lock(case=case)
    complete_require(case=case)
    VERIFICATION.fire("submit", instance=case, actor=actor)
    case.submitted_by_id, case.submitted_at = user_id, now or utc_now()
    case.save(update_fields=["submitted_by", "submitted_at"])
    documents_open(actor=actor, case=case)
    return case


@transaction.atomic
def case_answer(
    *,
    actor: Actor,
    case: VerificationCase,
    answer: str,
    document_ids: Sequence[UUID] = (),
    now: dt.datetime | None = None,
) -> InformationRequest:
    """Answer the open request, with documents of one's own; the case goes back to its officer.

    Raises NotYours, CaseNeedsPerson, NotPermitted, NotNow, ProvisionNotAcceptable and CaseIncomplete.
    """
    own_require(actor=actor, organisation_id=case.organisation_id)
    user_id = _person(actor)
    case_lock(case=case)
    request = InformationRequest.objects.filter(case=case, answered_at=None).first()
    documents = _documents(actor, document_ids)
    problems = [
        evidence_missing(pointer=f"/documents/{index}") for index, pk in enumerate(document_ids) if pk not in documents
    ]
    if not answer.strip():
        problems.append(FieldProblem("/answer", "blank", "Say something."))
    if problems:
        raise ProvisionNotAcceptable(errors=problems)
    VERIFICATION.fire("answer", instance=case, actor=actor)
    if request is None:
        raise NotNow("{action}: not possible while {status}.", action="answer", status=case.status)
    complete_require(case=case, codes=request.item_codes)
    request.answer, request.answered_by_id, request.answered_at = answer.strip(), user_id, now or utc_now()
    request.save(update_fields=["answer", "answered_by", "answered_at"])
    CaseDocument.objects.bulk_create(
        CaseDocument(case=case, request=request, document_id=pk, added_by_id=user_id)
        for pk in dict.fromkeys(document_ids)
    )
    documents_open(actor=actor, case=case)
    return request


def case_lock(*, case: VerificationCase) -> VerificationCase:
    """The case as it stands, after its organisation locked until the transaction ends: one writer at a time."""
    organisation_lock(organisation_id=case.organisation_id)
    return VerificationCase.objects.select_for_update(of=("self",)).get(pk=case.pk)


def complete_require(*, case: VerificationCase, codes: Sequence[str] | None = None) -> None:
    """Raises CaseIncomplete, naming each item (of `codes` alone, where given) that the organisation has yet to show."""
    missing = items_missing(items=case.items.all())
    problems = [
        FieldProblem(f"/items/{code}", "missing", "This is still to be shown.")
        for code in missing
        if codes is None or code in codes
    ]
    if problems:
        raise CaseIncomplete(errors=problems)


def documents_open(*, actor: Actor, case: VerificationCase) -> int:
    """Let the operators read every document of the case as long as the case is kept. Returns how many there are."""
    shown = list(Document.objects.filter(pk__in=case.case_documents.values("document_id")).order_by("pk"))
    evidence_open(actor=actor, documents=shown, cause_id=case.pk)
    return len(shown)


def _cause_of(organisation: Organisation, today: dt.date) -> CaseCause:
    if organisation.standing == Standing.REGISTERED:
        return CaseCause.INITIAL
    standing = VerificationCase.objects.filter(organisation=organisation, is_standing=True).first()
    if standing is None or standing.next_due_on is None:
        return CaseCause.YEARLY
    is_due = standing.next_due_on <= today + dt.timedelta(days=RENEWAL_WITHIN_DAYS)
    return CaseCause.YEARLY if is_due else CaseCause.DATA_CHANGED


def _documents(actor: Actor, ids: Sequence[UUID]) -> set[UUID]:
    return set(evidence_of(actor=actor, ids=ids).values_list("pk", flat=True))


def _problems(
    index: int, entry: Shown, shown: Sequence[Shown], items: Mapping[str, CaseItem], documents: set[UUID]
) -> list[FieldProblem]:
    place = f"/items/{index}"
    item = items.get(entry.code)
    if item is None or item.need == ItemNeed.OFFICER:
        return [FieldProblem(f"{place}/code", "does_not_exist", "The checklist has no such item for you.")]
    if item.state == ItemState.ACCEPTED:
        return [FieldProblem(f"{place}/code", "accepted", "This item is accepted already.")]
    problems = []
    if any(other.code == entry.code for other in shown[:index]):
        problems.append(FieldProblem(f"{place}/code", "repeated", "Each item once."))
    if item.need == ItemNeed.DOCUMENT and not entry.document_ids:
        problems.append(FieldProblem(f"{place}/documents", "required", "This item needs a document."))
    if item.need == ItemNeed.STATEMENT and not entry.statement.strip():
        problems.append(FieldProblem(f"{place}/statement", "required", "This item needs a statement."))
    problems += [
        evidence_missing(pointer=f"{place}/documents/{number}")
        for number, pk in enumerate(entry.document_ids)
        if pk not in documents
    ]
    return problems


def _person(actor: Actor) -> UUID:
    if actor.user_id is None or actor.api_key_id is not None:
        raise CaseNeedsPerson
    return actor.user_id
