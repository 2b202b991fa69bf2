"""What an organisation keeps here beside its profile: documents and uploads, owners, a case, a permit, screenings."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from apps.compliance.models import (
    CaseDocument,
    CaseItem,
    CaseNote,
    DeclaredInterest,
    GroupMembership,
    Hit,
    InformationRequest,
    ListVersion,
    OwnershipStatement,
    Party,
    Permit,
    ScreeningDue,
    ScreeningRun,
    ScreeningSubject,
    VerificationCase,
)
from apps.documents.models import Document, DocumentAccess, DocumentVersion, Upload, UploadChunk
from apps.documents.services.content import content_store
from apps.documents.services.keys import vault_for
from apps.documents.storage import storage_key_new
from apps.organisations.models import Organisation
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.ids import uuid7
from tests.factories.accounts import UserFactory
from tests.factories.compliance import entry_made, list_version_made, owns, party_for
from tests.factories.documents import TEXT

FIRST = ("submitted", "draft", "in_review", "info_requested", "verified", "suspended")
"""Of the first case of an organisation, in turn; every later one is a refused one."""
STANDING = frozenset({"verified", "suspended"})
ITEMS = (("register_extract", "document"), ("ownership_complete", "statement"), ("register_compared", "officer"))
DAY = dt.timedelta(days=1)
NEVER = "f" * 64


def version(of: Document, status: str, **fields: Any) -> DocumentVersion:
    """A version of a document; a clean one has content."""
    number = of.versions.count() + 1
    made = DocumentVersion(document=of, number=number, name=f"{of.title}.txt", size=len(of.title), sha256=NEVER)
    for name, value in {"status": status, "media_type": "text/plain", **fields}.items():
        setattr(made, name, value)
    if status == "clean":
        vault = vault_for(organisation_id=of.organisation_id)
        stored = content_store(io.BytesIO(TEXT), document_id=of.pk, version=number, vault=vault)
        made.size, made.sha256, made.segments = stored.size, stored.sha256, stored.segments
        made.storage_key, made.wrapped_key, made.vault_key_id = stored.key, stored.wrapped_key, stored.vault_key_id
        made.stored_at = utc_now()
    made.save()
    return made


def document(of: Organisation, title: str, *statuses: str, **fields: Any) -> Document:
    """A document with versions in these states, the first one first."""
    made: Document = Document.objects.create(organisation=of, title=title, purpose="verification", **fields)
    for status in statuses:
        version(made, status)
    return made


def opened(to: Organisation, paper: Document, cause: str, *, is_live: bool = True) -> DocumentAccess:
    """A document opened to another organisation, or one that was."""
    since = utc_now() - 9 * DAY
    until = None if is_live else since + DAY
    return DocumentAccess.objects.create(
        document=paper, viewer=to, cause=cause, cause_id=uuid7(), since=since, until=until
    )


def papers_of(of: Organisation, owner: Actor, name: str) -> Document:
    """Documents with a readable, a blocked and a withdrawn version, and uploads under way; returns the readable one."""
    shown = document(of, f"{name} extract", "clean", "blocked", created_by_id=owner.user_id)
    document(of, f"{name} accounts", "blocked", "withdrawn", withdrawn_at=utc_now())
    for received, status in ((0, "receiving"), (3, "receiving"), (1, "failed")):
        upload = Upload.objects.create(
            organisation=of,
            name=f"{name}.pdf",
            title=f"{name} {received}",
            purpose="evidence",
            size=3,
            sha256=NEVER,
            received=received,
            status=status,
            reason="encrypted" if status == "failed" else "",
            expires_at=utc_now() + DAY,
            created_by_id=owner.user_id,
        )
        if received:
            UploadChunk.objects.create(
                upload=upload, offset=0, size=received, sha256=NEVER, storage_key=storage_key_new()
            )
    return shown


def owners_of(of: Organisation, name: str) -> None:
    """A person, and somebody unnamed behind an entity: stated, replaced and withdrawn."""
    holding = Party.objects.create(kind="entity", legal_name=f"{name} holding", country="CY", stated_by=of)
    person = Party.objects.create(kind="person", legal_name=f"{name} Petrenko", nationalities=["UA"], stated_by=of)
    unknown = Party.objects.create(kind="unknown", unknown_reason="unknown", stated_by=of)
    first = owns(holding, of, share="0.3")
    owns(holding, of, share="0.4", supersedes=first)
    withdrawn = owns(person, of, share="0.1")
    owns(person, of, share="0.1", supersedes=withdrawn, is_withdrawn=True)
    for owner, share in ((person, "0.6"), (unknown, "0.4")):
        OwnershipStatement.objects.create(owner=owner, owned=holding, stated_by=of, share_min=share, share_max=share)
    ended = GroupMembership.objects.filter(organisation=of, role="top_company", ended_at=None)
    ended.update(ended_at=utc_now())
    GroupMembership.objects.create(organisation=of, role="top_company", party=holding)
    GroupMembership.objects.create(organisation=of, role="ip_owner", party=person, ended_at=utc_now())


def case_of(of: Organisation, owner: Actor, paper: Document, name: str) -> VerificationCase:
    """A case with items in every state, a question, its answer, and what officers write to each other."""
    is_first = not VerificationCase.objects.filter(organisation=of).exists()
    place = VerificationCase.objects.exclude(status="refused").count()
    status, officer = FIRST[place % len(FIRST)] if is_first else "refused", UserFactory()
    case: VerificationCase = VerificationCase.objects.create(
        organisation=of,
        status=status,
        checklist="2026-1",
        is_standing=status in STANDING,
        opened_by_id=owner.user_id,
        submitted_by_id=None if status == "draft" else owner.user_id,
        submitted_at=None if status == "draft" else utc_now(),
        officer=None if status in {"draft", "submitted"} else officer,
        reason=f"{name} is as it says" if status in {*STANDING, "refused"} else "",
        ownership_note=f"{name} floats",
        suspension_cause="hit" if status == "suspended" else "",
        suspension_reason=f"{name} is listed" if status == "suspended" else "",
        due_on=utc_today() - DAY,
        next_due_on=utc_today() - 2 * DAY,
    )
    for place, (code, need) in enumerate(ITEMS):
        state = ("provided", "rejected", "accepted")[place]
        judged = {} if state == "provided" else {"judged_by": officer, "note": f"{name} {code}"}
        CaseItem.objects.create(case=case, code=code, place=place, need=need, state=state, statement=name, **judged)
    item = case.items.get(code="register_extract")
    CaseDocument.objects.create(case=case, item=item, document=paper, added_by_id=owner.user_id)
    due = utc_today() + 9 * DAY
    asked = InformationRequest.objects.create(case=case, text=f"Is {name} so?", due_on=due, asked_by=officer)
    if status != "info_requested":
        InformationRequest.objects.filter(pk=asked.pk).update(answer="Yes.", answered_at=utc_now())
    CaseNote.objects.create(case=case, author=officer, text=f"{name} looks odd.")
    return case


def permit_of(of: Organisation, owner: Actor, paper: Document, number: str, status: str, **fields: Any) -> Permit:
    """A permit that an organisation recorded."""
    return Permit.objects.create(
        organisation=of,
        kind="export",
        issuer="Export control",
        issuer_country="UA",
        number=number,
        export_codes=["ML10"],
        recipient_countries=["PL"],
        valid_from=utc_today(),
        valid_to=utc_today() + 365 * DAY,
        evidence=paper,
        status=status,
        recorded_by_id=owner.user_id,
        **fields,
    )


def list_of(code: str, *names: str) -> ListVersion:
    """A version in force of a watch-list with these people on it, and one that waits."""
    made = list_version_made(code)
    for name in names:
        entry_made(made, name, source_id=f"{code}-{name}-{made.pk}")
    present = ListVersion.objects.filter(watch_list=made.watch_list, status="waiting")
    present.update(status="discarded")
    list_version_made(code, status="waiting", loaded_at=None)
    ListVersion.objects.filter(pk=made.pk).update(status="in_force")
    return made


def screening_of(of: Organisation, name: str) -> ScreeningRun:
    """A run with a hit that waits and one that was judged."""
    entries = [entry for known in ListVersion.objects.order_by("pk") for entry in known.first_entries.order_by("pk")]
    subject = ScreeningSubject.objects.get_or_create(
        screened=of,
        role="organisation",
        party_id=of.pk,
        defaults={"kind": "entity", "names": [name], "digest": NEVER, "keys": [1, 2]},
    )[0]
    run = ScreeningRun.objects.create(
        screened=of,
        cause="requested",
        asked_by="system",
        algorithm="tandem-names",
        algorithm_version="1",
        threshold=0.7,
        candidates={f"organisation:{of.pk}": [[str(entry.pk), 0.8] for entry in entries[:2]]},
        result="review",
        started_at=utc_now(),
        ended_at=utc_now(),
    )
    for entry, status in zip(entries[:2], ("pending", "false_positive"), strict=True):
        Hit.objects.create(
            run=run,
            screened=of,
            subject=subject,
            subject_key=f"organisation:{of.pk}",
            subject_digest=NEVER,
            entry=entry,
            list_code="eu",
            source_id=entry.source_id,
            entry_digest=NEVER[:32],
            entry_names=entry.names,
            score=0.8,
            status=status,
            reason=f"{name} is another" if status == "false_positive" else "",
        )
    ScreeningDue.objects.get_or_create(screened=of, defaults={"cause": "requested"})
    return run


def interest_of(desk: Organisation, person: Actor, organisation: Organisation) -> DeclaredInterest:
    """That a person of an operator has an interest in an organisation."""
    return DeclaredInterest.objects.create(
        operator=desk, user_id=person.user_id, organisation=organisation, reason="My sister works there."
    )


def file_of(of: Organisation, owner: Actor, paper: Document, name: str) -> None:
    """What the operator's officers see of an organisation: owners, case and permits with their paper, screenings."""
    for desk in Organisation.objects.filter(kind="operator", standing="verified").order_by("pk"):
        opened(desk, paper, "verification")
    owners_of(of, name)
    case_of(of, owner, paper, name)
    for status in ("recorded", "confirmed", "revoked"):
        permit_of(of, owner, paper, f"{name} {status}", status)
    screening_of(of, name)


def owned_by(owner: Organisation, owned: Organisation) -> OwnershipStatement:
    """A registered organisation that owns another one."""
    return owns(party_for(owner), owned, share="0.2")
