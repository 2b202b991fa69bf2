"""What a viewer may see of a row, told from the roles of the two organisations alone: nothing here asks the product.

Tiers are whole numbers as in the registries, −1 where the row is not to be known of, OWN for one's own.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule

from apps.accounts.models import User
from apps.compliance.models import (
    CaseDocument,
    CaseItem,
    CaseNote,
    DeclaredInterest,
    GroupMembership,
    Hit,
    InformationRequest,
    ListDeparture,
    ListEntry,
    ListFilePart,
    ListName,
    ListVersion,
    OwnershipStatement,
    Party,
    Permit,
    Screening,
    ScreeningDue,
    ScreeningRun,
    ScreeningSubject,
    VerificationCase,
    WatchList,
)
from apps.dealflow.models import (
    AlertHit,
    PipelineStage,
    SavedSearch,
    SearchSubscription,
    WatchlistEntry,
    WatchlistMove,
    WatchlistNote,
    WatchlistNoteText,
    WatchlistReminder,
)
from apps.documents.models import Document, DocumentAccess, DocumentVersion, Upload, UploadChunk, Vault, VaultKey
from apps.exchange.models import Export, ExportPart, Import, ImportKey
from apps.investors.models import CapacityHold, Fund, Lever, Mandate, MandateVersion
from apps.matching.models import Deal, InputVersion, MatchList, MatchRun, RunPart
from apps.notifications.models import Digest, Mention, Notification, Preference
from apps.organisations.models import (
    ApiKey,
    BreakGlass,
    DisclosureGrant,
    Identifier,
    Invitation,
    Membership,
    Organisation,
    Registration,
    RegistrationClash,
    UndertakingAcceptance,
)
from apps.reference.models import CapabilityArea
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    AttestorSeat,
    Capability,
    CapabilityCodification,
    CapabilityDocument,
    CapabilityStandard,
    Component,
    DevelopmentEvent,
    EventEvidence,
    Financials,
    Firm,
    Listing,
    ListingValue,
    Raise,
    SearchText,
    SearchWord,
    SelfAttestation,
    StartDraft,
    TrackerDelivery,
    TrackerEndpoint,
    TrackerProject,
    TrackerReference,
)
from apps.startups.models.speed import SpeedFlag, SpeedPoint, SpeedProfile
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from kernel.models import Event, Job
from tests.leaks.shown import Shown
from tests.leaks.world import World

HIDDEN, TEASER, COUNTERPART, GRANTED, OPENED, SELF, OWN = -1, 0, 1, 2, 3, 4, 9

SUBJECTS: Mapping[type[models.Model], str] = {
    Organisation: "pk",
    Identifier: "organisation_id",
    Membership: "organisation_id",
    Invitation: "organisation_id",
    ApiKey: "organisation_id",
    DisclosureGrant: "subject_id",
    UndertakingAcceptance: "organisation_id",
    BreakGlass: "subject_id",
    Registration: "organisation_id",
    RegistrationClash: "organisation_id",
    Firm: "organisation_id",
    Financials: "firm.organisation_id",
    Capability: "firm.organisation_id",
    Component: "capability.firm.organisation_id",
    DevelopmentEvent: "capability.firm.organisation_id",
    EventEvidence: "event.capability.firm.organisation_id",
    TrackerEndpoint: "firm.organisation_id",
    TrackerProject: "endpoint.firm.organisation_id",
    TrackerDelivery: "endpoint.firm.organisation_id",
    TrackerReference: "endpoint.firm.organisation_id",
    Attestation: "event.capability.firm.organisation_id",
    AttestationRequest: "event.capability.firm.organisation_id",
    AttestorSeat: "organisation_id",
    AttestorAdmission: "capability.firm.organisation_id",
    AttestorAddress: "organisation_id",
    SelfAttestation: "organisation_id",
    SpeedProfile: "firm.organisation_id",
    SpeedPoint: "profile.firm.organisation_id",
    SpeedFlag: "firm.organisation_id",
    StartDraft: "firm.organisation_id",
    CapabilityStandard: "capability.firm.organisation_id",
    CapabilityCodification: "capability.firm.organisation_id",
    CapabilityDocument: "capability.firm.organisation_id",
    Raise: "firm.organisation_id",
    Fund: "organisation_id",
    Lever: "organisation_id",
    Mandate: "fund.organisation_id",
    MandateVersion: "mandate.fund.organisation_id",
    CapacityHold: "mandate.fund.organisation_id",
    PipelineStage: "organisation_id",
    WatchlistEntry: "organisation_id",
    WatchlistMove: "entry.organisation_id",
    WatchlistNote: "entry.organisation_id",
    WatchlistNoteText: "note.entry.organisation_id",
    WatchlistReminder: "entry.organisation_id",
    SavedSearch: "organisation_id",
    SearchSubscription: "search.organisation_id",
    AlertHit: "search.organisation_id",
    Notification: "organisation_id",
    Mention: "notification.organisation_id",
    Digest: "organisation_id",
    Preference: "user_id",
    Party: "stated_by_id",
    OwnershipStatement: "owned_id",
    GroupMembership: "organisation_id",
    Screening: "organisation_id",
    ScreeningSubject: "screened_id",
    ScreeningRun: "screened_id",
    Hit: "screened_id",
    ScreeningDue: "screened_id",
    VerificationCase: "organisation_id",
    CaseItem: "case.organisation_id",
    InformationRequest: "case.organisation_id",
    CaseDocument: "case.organisation_id",
    CaseNote: "case.organisation_id",
    DeclaredInterest: "organisation_id",
    Permit: "organisation_id",
    WatchList: "pk",
    ListVersion: "pk",
    ListEntry: "pk",
    Document: "organisation_id",
    DocumentVersion: "document.organisation_id",
    DocumentAccess: "document.organisation_id",
    Upload: "organisation_id",
    UploadChunk: "upload.organisation_id",
    Deal: "fund.organisation_id",
    Import: "organisation_id",
    Export: "organisation_id",
    Job: "organisation_id",
    Event: "organisation_id",
}
"""The way from a row to the organisation that it is about. A model of a registry that is missing here fails."""
ELSEWHERE: Mapping[type[models.Model], str] = {
    CapabilityArea: "public",
    User: "people are varied one by one: they belong to several organisations or to none",
    Listing: "made anew of what firms state",
    SearchText: "made anew of what firms state",
    SearchWord: "made anew of what firms state",
    ListingValue: "numbers that nobody reads",
    InputVersion: "what a run scored, made anew by matching; nobody reads it",
    RunPart: "what a run scored, made anew by matching; nobody reads it",
    MatchRun: "made anew by matching",
    MatchList: "made anew by matching",
    ImportKey: "nobody reads it",
    ExportPart: "nobody reads it",
    Vault: "what the contents of documents lie under; nobody reads it",
    VaultKey: "what the contents of documents lie under; nobody reads it",
    ListFilePart: "a file on its way in; nobody reads it",
    ListName: "what screening looks into; nobody reads it",
    ListDeparture: "what loading works with; nobody reads it",
}
"""Models of the registries that are about no one organisation, and what becomes of them."""
PRIVATE = (Membership, Invitation, ApiKey, DisclosureGrant, UndertakingAcceptance, BreakGlass, Registration)
PRIVATE += (Deal, Event)  # type: ignore[assignment]
PRIVATE += (RegistrationClash, Import, Job, DevelopmentEvent, Attestation, Component)  # type: ignore[assignment]
PRIVATE += (StartDraft, CapabilityDocument)  # type: ignore[assignment]
PRIVATE += (TrackerEndpoint, TrackerProject, TrackerDelivery, TrackerReference)  # type: ignore[assignment]
PRIVATE += (EventEvidence, AttestationRequest, AttestorSeat, AttestorAdmission)  # type: ignore[assignment]
PRIVATE += (MandateVersion, CapacityHold, PipelineStage)  # type: ignore[assignment]
PRIVATE += (WatchlistEntry, WatchlistMove, WatchlistNote, WatchlistNoteText)  # type: ignore[assignment]
PRIVATE += (WatchlistReminder,)  # type: ignore[assignment]
SEARCHES = (SavedSearch, SearchSubscription, AlertHit)
MESSAGES = (Notification, Mention, Digest, Preference)
LISTS = (WatchList, ListVersion, ListEntry)
"""Of the platform itself, for operators."""
PAPERS = (Document, DocumentVersion, DocumentAccess, Upload, UploadChunk)
OWNERS = (Party, OwnershipStatement, GroupMembership)
SCREENED = (Screening, ScreeningSubject, ScreeningRun, Hit, ScreeningDue)
"""What lists say of an organisation, of which itself is told nothing."""
SUSPECTED = (SpeedFlag, SelfAttestation, AttestorAddress)
"""What officers judge of a firm, of which itself is told nothing."""
CASES = (VerificationCase, CaseItem, InformationRequest, CaseDocument, CaseNote)
OF_FUNDS = (Fund, Lever, Mandate)
SHOWN_STATES: Mapping[type[models.Model], frozenset[str]] = {
    Capability: frozenset({"published"}),
    Raise: frozenset({"open", "partly_committed"}),
    Mandate: frozenset({"active"}),
}
STATED_OF_CAPABILITY = (CapabilityStandard, CapabilityCodification)
SHOWN_AFTER = dt.timedelta(days=30)
"""How old a month's figures are before others see them."""
NAME_FROM = {"all_verified": 1, "accepted": 2, "nobody": 3}


ATTESTED_BY = frozenset({"attestor", "token", "attested_on", "given_by", "withdrawn_by", "withdrawn_reason"})
"""What even the firm whose event it is never reads of a word on it; of the day, only its month."""


@functools.cache
def registries() -> Mapping[type[models.Model], Mapping[str, int]]:
    """The tier of every field, from every app that keeps such a registry."""
    found: dict[type[models.Model], Mapping[str, int]] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("apps.") and module_has_submodule(config.module, "disclosure"):
            found |= getattr(import_module(f"{config.name}.disclosure"), "TIERS", {})
    return found


def subject_of(row: models.Model) -> Any:
    """The id of the organisation that a row is about."""
    value: Any = row
    for step in SUBJECTS[type(row)].split("."):
        value = getattr(value, step)
    return value


class Sight:
    """What one viewer may see in a world."""

    def __init__(self, world: World, actor: Actor | None) -> None:
        self.actor = actor or Actor()
        self.own = self.actor.organisation_id
        self.organisations = {item.pk: item for item in Organisation.objects.all()}
        grants = DisclosureGrant.objects.filter(viewer_id=self.own, person=None) if self.own else []
        bound = self.own is not None and UndertakingAcceptance.objects.filter(organisation_id=self.own).exists()
        self.granted = {item.subject_id: item.tier for item in grants if item.tier != GRANTED or bound}
        self.granted_to = set(DisclosureGrant.objects.filter(subject_id=self.own).values_list("viewer_id", flat=True))
        self.revealed = {item.subject_id for item in grants if item.cause == "naming"}
        self.is_officer = self.actor.kind == "operator" and self.actor.standing == "verified"
        rows = DeclaredInterest.objects.filter(user_id=self.actor.user_id, until=None)
        self.barred = set(rows.values_list("organisation_id", flat=True))
        self.opened = self._opened() if self.own and self.actor.standing != "suspended" else set()
        owners = Document.objects.filter(pk__in=self.opened).values_list("organisation_id", flat=True)
        self.owners_of_opened = set(owners)
        said = [row for row in OwnershipStatement.objects.all() if self.own and self._is_said(row)]
        self.named = {party for row in said for party in (row.owner_id, row.owned_id)}
        self.shown = Shown(self.actor, barred=self.barred)

    def of_organisation(self, subject: Any) -> int:
        """The tier that the viewer has of what an organisation says of itself."""
        if self.own is None:
            return HIDDEN
        if subject == self.own:
            return OWN
        about = self.organisations.get(subject)
        if about is None or about.dark_since is not None or about.merged_into_id is not None:
            return HIDDEN
        if about.standing != "verified":
            return TEASER if about.kind == "firm" and about.standing == "registered" else HIDDEN
        if self.actor.standing != "verified":
            return TEASER
        if self.actor.kind == "operator":
            return COUNTERPART
        if self.actor.kind == about.kind == "fund":
            return TEASER
        if self.actor.kind == "attestor" and about.kind in {"firm", "fund"}:
            return TEASER
        return max(COUNTERPART, self.granted.get(subject, 0))

    def _opened(self) -> set[Any]:
        """The documents of others that the viewer may read."""
        now = utc_now()
        found = set()
        for row in DocumentAccess.objects.filter(viewer_id=self.own, since__lte=now).select_related("document"):
            owner = self.organisations[row.document.organisation_id]
            is_seen = owner.standing == "verified" and owner.dark_since is None and owner.merged_into_id is None
            is_kept = self.actor.kind == "operator" and row.cause == "verification"
            is_live = row.until is None or row.until > now
            if is_live and (is_kept or (is_seen and row.document.withdrawn_at is None)):
                found.add(row.document_id)
        return found

    def _is_said(self, row: OwnershipStatement) -> bool:
        """Whether a statement is the viewer's own word, or about it."""
        return self.own in {row.owned_id, row.stated_by_id}

    def of_file(self, row: models.Model, subject: Any) -> int | None:
        """The tier of papers, ownership, screenings, cases and permits; None for anything else."""
        is_own = self.own is not None and subject == self.own
        if isinstance(row, LISTS):
            return OWN if self.is_officer else HIDDEN
        if isinstance(row, Export):
            # Whoever asked for it in the organisation, none of its other members.
            return OWN if is_own and row.requested_by_id == self.actor.user_id else HIDDEN
        if isinstance(row, SEARCHES):
            return OWN if is_own and self._is_searched(row) else HIDDEN
        if isinstance(row, MESSAGES):
            # A person's own affair, of which its colleagues read nothing.
            person = row.notification.user_id if isinstance(row, Mention) else row.user_id
            return OWN if person == self.actor.user_id else HIDDEN
        if isinstance(row, PAPERS):
            return OWN if is_own else self._of_paper(row)
        if isinstance(row, DeclaredInterest):
            return OWN if self.own is not None and row.operator_id == self.own else HIDDEN
        if isinstance(row, SCREENED + SUSPECTED):
            return OWN if self.is_officer else HIDDEN
        if isinstance(row, CASES):
            return self._of_case(row, is_own=is_own)
        if isinstance(row, Permit):
            return OWN if self.is_officer else SELF if is_own else HIDDEN
        if isinstance(row, OWNERS):
            is_known = is_own or self.is_officer or self._is_named(row)
            return OWN if is_known else HIDDEN
        return None

    def _is_searched(self, row: Any) -> bool:
        """Whether a row of one's own organisation belongs to a search that one has, or is one's own stand to it."""
        if isinstance(row, SearchSubscription):
            return bool(row.user_id == self.actor.user_id)
        search = row if isinstance(row, SavedSearch) else row.search
        return bool(search.is_shared or search.owner_id == self.actor.user_id)

    def _of_paper(self, row: Any) -> int:
        if isinstance(row, Document):
            return OPENED if row.pk in self.opened else HIDDEN
        if isinstance(row, DocumentVersion):
            is_shown = row.document_id in self.opened and row.status in {"clean", "withdrawn"}
            return OPENED if is_shown else HIDDEN
        # To whom something was opened is told by the document alone.
        return OWN if isinstance(row, DocumentAccess) and self.own is not None and row.viewer_id == self.own else HIDDEN

    def _of_case(self, row: Any, *, is_own: bool) -> int:
        case = row if isinstance(row, VerificationCase) else row.case
        if is_own:
            is_officers = isinstance(row, CaseNote) or (isinstance(row, CaseItem) and row.need == "officer")
            return HIDDEN if is_officers else SELF
        is_open = self.is_officer and case.status != "draft" and case.organisation_id not in self.barred
        return OWN if is_open else HIDDEN

    def _is_named(self, row: Any) -> bool:
        if isinstance(row, OwnershipStatement):
            return self.own is not None and self._is_said(row)
        if isinstance(row, Party):
            # The party of an organisation says nothing of its own.
            return row.organisation_id is not None or row.pk in self.named
        return False

    def of_row(self, row: models.Model) -> int:
        """The tier that the viewer has of a row."""
        subject = subject_of(row)
        filed = self.of_file(row, subject)
        if filed is not None:
            return filed
        if self._is_own(row, subject):
            return OWN
        if isinstance(row, PRIVATE):
            return HIDDEN
        if isinstance(row, Organisation | Identifier):
            return self._of_name(subject)
        if isinstance(row, Lever):
            return self._of_lever(row)
        tier = self.of_organisation(subject)
        if self._is_unpublished(row):
            return HIDDEN
        states = SHOWN_STATES.get(type(row))
        if states is not None and row.status not in states:  # type: ignore[attr-defined]
            return HIDDEN
        is_counterpart = self.actor.kind in {"firm", "operator"}
        return TEASER if isinstance(row, Mandate) and tier != HIDDEN and not is_counterpart else tier

    def _is_unpublished(self, row: models.Model) -> bool:
        """Whether a row is a part of what is not out: of a capability's draft, or of this month."""
        if isinstance(row, SpeedPoint):
            return row.month_end > utc_today() - SHOWN_AFTER or self._is_unpublished(row.profile)
        if isinstance(row, SpeedProfile):
            return row.capability is not None and row.capability.status != "published"
        return isinstance(row, STATED_OF_CAPABILITY) and row.capability.status != "published"

    def beside(self, row: models.Model) -> frozenset[str]:
        """The fields of a row that the viewer reads although its tier does not reach them."""
        return self.shown.of(row)

    def kept(self, row: models.Model) -> frozenset[str]:
        """The fields of one's own row that even oneself does not read: who attested, and who judged."""
        if isinstance(row, Attestation):
            return frozenset() if row.attestor_id == self.own else ATTESTED_BY
        judged = {Capability: "export_class_confirmed_by", CapabilityCodification: "confirmed_by"}
        return frozenset({judged[type(row)]} if type(row) in judged else ())

    def is_name_shown(self, organisation: Organisation) -> bool:
        """Whether the viewer may read what an organisation is called."""
        tier = self.of_organisation(organisation.pk)
        if self.actor.kind == "operator" and self.actor.standing == "verified":
            return True
        if organisation.pk in self.shown.names:
            return True
        if organisation.kind != "firm" or tier in {HIDDEN, OWN}:
            return max(tier, self._of_name(organisation.pk)) >= COUNTERPART
        return tier >= NAME_FROM[organisation.firm.naming] or organisation.pk in self.revealed

    def _of_name(self, subject: Any) -> int:
        """Organisations as such: firms are known by the registry only, funds by other funds by their teasers."""
        if self.actor.kind == "operator" and self.actor.standing == "verified":
            return COUNTERPART
        tier = self.of_organisation(subject)
        if tier == HIDDEN:
            return HIDDEN
        kind = self.organisations[subject].kind
        if kind == "fund" and self.actor.kind == "attestor" and self.actor.standing == "verified":
            return COUNTERPART
        return min(tier, TEASER) if kind == "firm" else tier

    def _of_lever(self, row: Lever) -> int:
        """The public ones are open; a fund's own one is shown with the active mandates that name it."""
        if row.organisation_id is None:
            return COUNTERPART if self.own else HIDDEN
        tiers = [self.of_row(mandate) for mandate in row.mandates.all()]
        return max([HIDDEN, *(tier for tier in tiers if tier >= COUNTERPART)])

    def _is_own(self, row: models.Model, subject: Any) -> bool:
        if self.own is not None and subject == self.own:
            return True
        if isinstance(row, DisclosureGrant):
            return row.viewer_id == self.own
        if isinstance(row, UndertakingAcceptance):
            # Whoever grants is told whether the other side is bound.
            return row.organisation_id in self.granted_to
        if isinstance(row, Event):
            return self.own is not None and row.actor_organisation_id == self.own
        if isinstance(row, BreakGlass):
            return row.operator_id == self.own
        if isinstance(row, Attestation):
            return self.own is not None and row.attestor_id == self.own
        if isinstance(row, AttestationRequest | AttestorAdmission):
            return self.shown.is_asked(row)
        if isinstance(row, EventEvidence):
            return self.is_officer
        if isinstance(row, Membership):
            return row.user_id == self.actor.user_id
        if isinstance(row, Registration) and row.applicant_id == self.actor.user_id:
            return True
        return isinstance(row, Registration | RegistrationClash) and self.actor.kind == "operator"
