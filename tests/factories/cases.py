"""Verification cases at every stage, made by the services themselves."""

from __future__ import annotations

import datetime as dt

from apps.compliance.models import VerificationCase
from apps.compliance.rules.cases import NOTICE_WORKING_DAYS, items_missing, working_days_after
from apps.compliance.services.cases import Shown, case_open, case_provide, case_submit
from apps.compliance.services.reviews import case_ask, case_item_judge, case_take, case_verify
from apps.compliance.states import ItemNeed
from apps.documents.models import Document, DocumentVersion
from apps.documents.states import VersionStatus
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from tests.factories.compliance import imported_clear
from tests.factories.documents import DocumentFactory
from tests.factories.organisations import OrganisationFactory, actor_of

NOTE = "The rest is in free float."


def officer_made(operator: Organisation | None = None) -> Actor:
    """A compliance officer of an operator."""
    return actor_of(operator or OrganisationFactory(kind=Kind.OPERATOR, country="EE"), Role.COMPLIANCE)


def clean_document(organisation: Organisation, **values: object) -> Document:
    """A document with a version that may be read, as far as its row tells."""
    document: Document = DocumentFactory(organisation=organisation, **values)
    version = DocumentVersion(document=document, number=1, name="file.pdf", size=10, sha256="0" * 64)
    version.stored_at = utc_now()
    setattr(version, "status", VersionStatus.CLEAN)  # noqa: B010 - a row in a state that the pipeline leads to
    version.save()
    return document


def shown_for(case: VerificationCase, organisation: Organisation) -> list[Shown]:
    """Something for every item that the organisation has yet to show."""
    needs = {item.code: item.need for item in case.items.all()}
    return [
        Shown(code, [clean_document(organisation).pk])
        if needs[code] == ItemNeed.DOCUMENT
        else Shown(code, (), f"We state it: {code}.")
        for code in items_missing(items=case.items.all())
    ]


def registered(kind: str = Kind.FIRM, **values: object) -> tuple[Organisation, Actor]:
    """An organisation that is not verified, and its owner."""
    organisation: Organisation = OrganisationFactory(kind=kind, standing=Standing.REGISTERED, **values)
    return organisation, actor_of(organisation)


def case_drafted(actor: Actor, **values: object) -> VerificationCase:
    """A draft of the actor's organisation in which everything is shown."""
    organisation = Organisation.objects.get(pk=actor.organisation_id)
    case = case_open(actor=actor, organisation=organisation, **values)  # type: ignore[arg-type]
    return case_provide(actor=actor, case=case, shown=shown_for(case, organisation))


def case_submitted(actor: Actor) -> VerificationCase:
    """A case handed in by the actor."""
    return case_submit(actor=actor, case=case_drafted(actor))


def case_in_review(actor: Actor, officer: Actor) -> VerificationCase:
    """A case of the actor's organisation that the officer has taken."""
    return case_take(actor=officer, case=case_submitted(actor))


def case_accepted(actor: Actor, officer: Actor) -> VerificationCase:
    """A case in review with every item accepted and nobody listed."""
    case = case_in_review(actor, officer)
    accept_all(case, officer)
    imported_clear(case.organisation)
    return case


def accept_all(case: VerificationCase, officer: Actor) -> None:
    """The officer accepts every item."""
    for item in case.items.all():
        case_item_judge(actor=officer, case=case, code=item.code, state="accepted")


def case_verified(actor: Actor, officer: Actor, now: dt.datetime | None = None) -> VerificationCase:
    """The case that made the actor's organisation a verified one."""
    case = case_accepted(actor, officer)
    return case_verify(actor=officer, case=case, reason="All is in order.", ownership_note=NOTE, now=now)


def notice_given(case: VerificationCase, officer: Actor) -> VerificationCase:
    """The case with a notice that it will be refused, over one rejected item."""
    code = next(item.code for item in case.items.all() if item.need != ItemNeed.OFFICER)
    case_item_judge(actor=officer, case=case, code=code, state="rejected", note="Out of date.")
    due_on = working_days_after(day=utc_today(), count=NOTICE_WORKING_DAYS)
    case_ask(actor=officer, case=case, kind="refusal_notice", text="We mean to refuse.", due_on=due_on)
    return case
