"""Making the second world: every hidden value different, hidden rows more and fewer, and the same for the viewer."""

from __future__ import annotations

import datetime as dt
import random
import string
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from apps.accounts.models import User
from apps.compliance.models import (
    CaseDocument,
    CaseItem,
    GroupMembership,
    OwnershipStatement,
    Party,
    Screening,
    ScreeningRun,
    ScreeningSubject,
    VerificationCase,
)
from apps.dealflow.models import (
    AlertHit,
    SavedSearch,
    SearchSubscription,
    WatchlistEntry,
    WatchlistMove,
    WatchlistNote,
    WatchlistNoteText,
    WatchlistReminder,
)
from apps.documents.models import DocumentAccess, DocumentVersion, Upload
from apps.exchange.models import Export, Import
from apps.investors.models import CapacityHold, Fund, Lever, Mandate, MandateVersion
from apps.matching.models import Deal
from apps.notifications.models import Mention, Notification
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
)
from apps.organisations.states import ClashCause, Standing
from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAddress,
    AttestorAdmission,
    AttestorSeat,
    Capability,
    CapabilityCodification,
    Component,
    DevelopmentEvent,
    EventEvidence,
    Financials,
    Firm,
    Listing,
    Raise,
    SelfAttestation,
    TrackerReference,
)
from apps.startups.models.speed import SpeedPoint, SpeedProfile
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from apps.startups.services.search_words import search_words_refresh
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Job
from tests.factories.accounts import UserFactory
from tests.factories.compliance import owns
from tests.factories.investors import LeverFactory, MandateFactory
from tests.factories.organisations import (
    GrantFactory,
    MembershipFactory,
    OrganisationFactory,
    actor_of,
    key_of,
    undertaking_of,
)
from tests.factories.startups import (
    CapabilityFactory,
    ComponentFactory,
    DevelopmentEventFactory,
    FinancialsFactory,
    RaiseFactory,
)
from tests.leaks.keeping import mentioned, terms_of, watches
from tests.leaks.papers import document, interest_of, list_of, opened
from tests.leaks.rules import (
    COUNTERPART,
    ELSEWHERE,
    GRANTED,
    HIDDEN,
    OWN,
    SELF,
    SUBJECTS,
    TEASER,
    Sight,
    registries,
    subject_of,
)
from tests.leaks.values import NoWayToVary, beside, is_single, value_for
from tests.leaks.work import asked_of, seat_of, tracker_made
from tests.leaks.world import World, belongings, firm, fund, number, plain

Held = Mapping[tuple[type[models.Model], str], str]

HELD: Held = {
    (Firm, "staff"): "the size band is T0; varied within its band",
    (Firm, "naming"): "decides what the name's tier is",
    (Organisation, "standing"): "decides who is seen at all; varied by whole organisations",
    (Organisation, "dark_since"): "decides who is seen at all; varied among the dark",
    (Organisation, "merged_into"): "decides who is seen at all; a merged organisation is added",
    (Organisation, "legal_name"): "shown by the firm's choice; varied where that does not show it",
    (Organisation, "legal_name_uk"): "shown by the firm's choice; varied where that does not show it",
    (Organisation, "kind"): "decides which registry an organisation is in",
    (Organisation, "country"): "shown at T0 of firms and funds; varied where not even a teaser is seen",
    (Capability, "status"): "decides who is seen; hidden rows of every status are added",
    (Raise, "status"): "decides who is seen; hidden rows of every status are added",
    (Mandate, "status"): "decides who is seen; hidden rows of every status are added",
    (DisclosureGrant, "viewer"): "decides who is seen; grants to others are added and taken",
    (DisclosureGrant, "person"): "decides who is seen; grants to others are added and taken",
    (DisclosureGrant, "cause"): "decides who is seen; grants to others are added and taken",
    (RegistrationClash, "similarity"): "is null where numbers are equal",
    (DocumentVersion, "status"): "decides who is seen; hidden versions of every status are added",
    (DocumentVersion, "stored_at"): "hangs on the status",
    (DocumentVersion, "destroyed_at"): "hangs on the key",
    (DocumentVersion, "scan_state"): "hangs on the status",
    (DocumentVersion, "number"): "once a document",
    **dict.fromkeys(
        ((DocumentVersion, name) for name in ("storage_key", "wrapped_key", "vault_key", "segments")),
        "what a shown content is read by",
    ),
    **dict.fromkeys(
        ((DocumentAccess, name) for name in ("viewer", "cause", "since", "until")),
        "decides who is seen; what is opened to others is added",
    ),
    (Upload, "status"): "hangs on what was received; hidden uploads of every status are added",
    (Upload, "received"): "hangs on the size; varied beside it",
    (VerificationCase, "is_standing"): "once an organisation, and hangs on the status",
    (CaseItem, "need"): "decides whether its organisation sees an item",
    (CaseDocument, "item"): "either this or the request",
    (CaseDocument, "request"): "either this or the item",
    (GroupMembership, "role"): "once an organisation",
    **dict.fromkeys(
        ((OwnershipStatement, name) for name in ("owned", "owner", "stated_by", "supersedes")),
        "whose a statement is; hidden ones are added",
    ),
    (Party, "stated_by"): "whose a party is; hidden ones are added",
    **dict.fromkeys(
        (
            *((AttestationRequest, name) for name in ("event", "seat", "address")),
            *((model, "event") for model in (EventEvidence, SelfAttestation, TrackerReference)),
            (AttestorAdmission, "seat"),
            (Attestation, "event"),
        ),
        "what a row is about; hidden ones are added",
    ),
    (AttestationRequest, "status"): "hangs on the link; hidden requests of every status are added",
    **dict.fromkeys(
        ((WatchlistEntry, name) for name in ("kind", "firm", "capability", "raise_item")),
        "what an entry is about; hidden ones are added",
    ),
    **dict.fromkeys(
        (
            (WatchlistEntry, "stage"),
            *((WatchlistMove, name) for name in ("entry", "from_stage", "to_stage")),
            *((model, "entry") for model in (WatchlistNote, WatchlistReminder)),
            (WatchlistNoteText, "note"),
            *((model, "search") for model in (SearchSubscription, AlertHit)),
            (Mention, "notification"),
            *((model, "mandate") for model in (MandateVersion, CapacityHold)),
        ),
        "what a row is a part of; hidden ones are added",
    ),
    **dict.fromkeys(
        ((SavedSearch, name) for name in ("owner", "is_shared")), "decides who is seen; hidden searches are added"
    ),
    (Lever, "code"): "of the public ones alone",
    (CapabilityCodification, "scheme"): "hangs on the number",
    (AttestorAddress, "status"): "hangs on who decided it",
    (EventEvidence, "status"): "hangs on who judged it; hidden evidence of every status is added",
    (Export, "status"): "hangs on the content; hidden exports of every status are added",
}
"""Hidden fields that are not simply varied, and why."""
HELD_AT_TEASER: Held = {
    (Capability, "area"): "the teaser's root area",
    (Capability, "trl"): "the teaser's TRL band",
    (Capability, "maturity"): "the teaser's TRL band where none is stated",
    (Mandate, "areas"): "a fund's teaser names the roots of its areas",
    (Mandate, "countries"): "a fund's teaser names countries",
}
"""What a teaser (T0) is derived from."""
HELD_AT_COUNTERPART: Held = {
    (Financials, "year"): "which year the bands are of",
    (Financials, "withdrawn_at"): "which year the bands are of",
    (Financials, "currency"): "bands of revenue and orders",
    (Financials, "revenue"): "band of revenue",
    (Financials, "order_book"): "band of orders",
    (Financials, "debt"): "band of debt",
    (Financials, "largest_customer_share"): "band of the largest customer",
    (Financials, "cash_months"): "band of the cash",
    **dict.fromkeys(
        ((Component, name) for name in ("unit_cost", "currency", "quantity", "origin")), "bands of the foreign share"
    ),
}
"""What figures shown to counterparts (T1) are derived from."""
HELD_AT_GRANTED: Held = {
    (GroupMembership, "party"): "countries of the group",
    (GroupMembership, "ended_at"): "countries of the group",
    (Party, "country"): "countries of the group",
    (Party, "organisation"): "countries of the group",
}
"""What is shown to those whom a firm granted more (T2) is derived from."""
HELD_IN_MATCHING: Held = {
    (Financials, "tier"): "part of the evidence behind a score",
    (Financials, "year"): "which year's evidence counts",
    (Financials, "withdrawn_at"): "a withdrawn year is no evidence",
    (Capability, "flags"): "gate: exclusions",
    (Capability, "trl"): "gate: TRL",
    (Capability, "area"): "gate and feature: area",
    (Capability, "maturity"): "feature: maturity",
    (Component, "unit_cost"): "share of foreign parts",
    (Component, "currency"): "share of foreign parts",
    (Component, "quantity"): "share of foreign parts",
    (Component, "origin"): "share of foreign parts",
    (DevelopmentEvent, "kind"): "speed figures",
    (DevelopmentEvent, "occurred_at"): "speed figures",
    (DevelopmentEvent, "answers"): "speed figures",
    (DevelopmentEvent, "supersedes"): "speed figures",
    (DevelopmentEvent, "capability"): "speed figures",
    (DevelopmentEvent, "tier"): "speed figures",
    (Attestation, "attestor"): "evidence of speed figures",
    (Attestation, "verdict"): "evidence of speed figures",
    (Attestation, "attested_on"): "evidence of speed figures",
    (Attestation, "counts"): "evidence of speed figures",
    (Attestation, "withdrawn_at"): "evidence of speed figures",
    (Raise, "issuer"): "gate: country of the issuer",
    (Raise, "min_ticket"): "gate: ticket",
    (Raise, "marginal_cost_of_capital"): "feature: saving",
    (Raise, "cost_tier"): "feature: evidence of the saving",
    (Raise, "blocked_countries"): "gate: exclusions of the firm",
    (Raise, "blocked_organisations"): "gate: exclusions of the firm",
    (Raise, "terms"): "gate: structure",
    (Screening, "result"): "gate: screening",
    (Screening, "run"): "gate: screening, which is behind where its subjects changed after the run",
    (ScreeningRun, "started_at"): "gate: screening",
    (ScreeningSubject, "changed_at"): "gate: screening",
    (ScreeningSubject, "is_current"): "gate: screening",
    (Deal, "introduced_on"): "decision figures",
    (Deal, "date"): "decision figures",
    (Deal, "outcome"): "decision figures",
    (Deal, "reason"): "decision figures and gate: history",
    (Deal, "tier"): "evidence of decision figures",
    (Fund, "investor_countries"): "gate: exclusions of the firm",
    (Mandate, "places"): "feature: place",
    (Mandate, "capacity"): "gate: capacity",
    (Mandate, "max_foreign_share"): "gate: dependency",
    (Mandate, "perimeter"): "gate: dependency",
    (Mandate, "exclusions"): "gate: exclusions",
    **dict.fromkeys(
        ((CapacityHold, name) for name in ("amount", "currency", "status", "expires_at")), "gate: capacity"
    ),
}
"""What a T1 figure, the score, is derived from (held only where the second world is matched anew)."""

HELD_FROM_OPERATORS = frozenset({(VerificationCase, "status")})
"""Drafts are all that operators do not see."""
HELD_OF_ITSELF = frozenset({(VerificationCase, "suspension_cause")})
"""Whether it is suspended is told to an organisation; that it was listed is not, and is varied of others."""
CLEARANCE = frozenset(
    {
        (Screening, "result"),
        (Screening, "run"),
        (ScreeningRun, "started_at"),
        (ScreeningSubject, "changed_at"),
        (ScreeningSubject, "is_current"),
    }
)
"""What the gate of one's own screening is derived from: whether it is open is told to an organisation, no more."""
OF_ROWS = frozenset({"endpoint", "profile", "document", "upload", "case", "screened", "watch_list"})
"""What a row is a part of."""

UNTOUCHED = frozenset({"secret_hash", "token_hash", "prefix"})
"""Unique by chance: varied by making new rows."""


TRIES = 40
NOTHING: Any = object()
TIED = (BreakGlass, Invitation, Lever, Mandate, Party, OwnershipStatement, Upload, VerificationCase, CaseItem)
TIED += (Attestation,)  # type: ignore[assignment]
"""Models of which some fields can only be set together (`beside`)."""


EMPTY_OR_ALL = frozenset(
    {
        *((AttestationRequest, name) for name in ("sealed_address", "token_hash")),
        *((AttestorSeat, name) for name in ("sealed_address", "disabled_at")),
        *((Attestation, name) for name in ("token", "withdrawn_by", "withdrawn_reason")),
        *((EventEvidence, name) for name in ("judged_at", "judged_by", "withdrawn_at")),
        *((CapabilityCodification, name) for name in ("confirmed_at", "confirmed_by")),
        *((Capability, f"export_class_confirmed_{name}") for name in ("at", "by")),
        (Capability, "confirmed_export_class"),
        (Export, "content"),
    }
)
"""Fields that can only be stated along with others: varied where they are."""


def is_left_empty(row: models.Model, name: str) -> bool:
    """Whether a field is one of these and empty."""
    field = row._meta.get_field(name)
    return (type(row), name) in EMPTY_OR_ALL and getattr(row, field.attname) in {None, ""}


class Changer:
    """Changes a world for one viewer."""

    def __init__(self, world: World, actor: Actor | None, *, seed: int, is_matched_anew: bool) -> None:
        self.world, self.sight = world, Sight(world, actor)
        self.chance = random.Random(seed)
        self.added: set[type[models.Model]] = set()
        self.is_matched_anew = is_matched_anew
        self.is_operator = self.sight.actor.kind == "operator"
        self.changed: set[tuple[type[models.Model], str]] = set()

    def change(self) -> None:
        """All of it."""
        self.vary_fields()
        self.vary_people()
        before = counted()
        self.add_rows()
        self.added = {model for model, count in counted().items() if count > before[model]}
        self.take_rows()
        listed_anew()

    # -- values

    def vary_fields(self) -> None:
        """Every field above the viewer's tier, row by row."""
        for model, tiers in registries().items():
            if model in ELSEWHERE:
                continue
            for row in list(model._base_manager.order_by("pk")):
                tier = self.sight.of_row(row)
                if tier == OWN:
                    self._vary_all(row, sorted(name for name in self.sight.kept(row) if not is_left_empty(row, name)))
                    continue
                hidden = [name for name, needed in tiers.items() if int(needed) > tier]
                self._vary_all(row, [name for name in hidden if not self._is_held(model, name, row, tier)])
                if isinstance(row, Organisation):
                    self._vary_names(row)
                if isinstance(row, SpeedProfile) and tier in {COUNTERPART, GRANTED}:
                    self._vary_behind(row)
                if isinstance(row, Firm) and row.staff is not None and tier in {TEASER, COUNTERPART}:
                    self._set(row, "staff", 10 + (row.staff + 7) % 40)

    def _vary_behind(self, row: SpeedProfile) -> None:
        """What figures hold for the firm alone: how widely they spread, and what they rest on."""
        kept = {"sigma": self.chance.random(), "weight": self.chance.random()}
        self._set(row, "figures", {name: {**figure, **kept} for name, figure in row.figures.items()})

    def _is_held(self, model: type[models.Model], name: str, row: models.Model, tier: int) -> bool:
        if name in self.sight.beside(row) or model._meta.get_field(name).generated or is_left_empty(row, name):
            return True
        if name in UNTOUCHED or name in {"id", "organisation", "firm", "fund", "capability"} | OF_ROWS:
            return True
        if (model, name) in HELD_FROM_OPERATORS and self.is_operator:
            return True
        if (model, name) in HELD_OF_ITSELF and tier == SELF:
            return True
        if (model, name) in HELD:
            return True
        if (model, name) in CLEARANCE and subject_of(row) == self.sight.own:
            return True
        seen = self.sight.of_organisation(subject_of(row))
        if (model, name) in {(Firm, "teaser_id"), (Fund, "teaser_id"), (Fund, "fund_type")}:
            return seen >= TEASER
        if seen == TEASER and (model, name) in HELD_AT_TEASER:
            return True
        if seen >= COUNTERPART and (model, name) in HELD_AT_COUNTERPART:
            return True
        if seen >= GRANTED and (model, name) in HELD_AT_GRANTED:
            return True
        return self.is_matched_anew and (model, name) in HELD_IN_MATCHING and max(seen, tier) != HIDDEN

    def _vary_names(self, row: Organisation) -> None:
        if row.pk != self.sight.own and not self.sight.is_name_shown(row):
            word = "".join(self.chance.choices(string.ascii_uppercase, k=9))
            Organisation.objects.filter(pk=row.pk).update(
                legal_name=f"{word} LLC", legal_name_uk=f"ТОВ {word}", name_key=word.lower()
            )
            self.changed |= {(Organisation, "legal_name"), (Organisation, "legal_name_uk")}

    def vary_people(self) -> None:
        """Names and addresses of everybody who is not of the viewer's organisation."""
        own = Membership.objects.filter(organisation_id=self.sight.own).values("user")
        for user in User.objects.exclude(pk__in=own).exclude(pk=self.sight.actor.user_id):
            word = "".join(self.chance.choices(string.ascii_lowercase, k=9))
            User.objects.filter(pk=user.pk).update(name=f"{word} {word}", email=f"{word}{number()}@example.net")

    def _vary_all(self, row: models.Model, names: list[str]) -> None:
        """The fields of a row at once; one by one where they hang together or the database refuses."""
        values = {} if isinstance(row, TIED) else {name: self._another(row, name) for name in names}
        if values and NOTHING not in values.values():
            try:
                self._set_all(row, values)
            except IntegrityError:
                values = {}
            else:
                self.changed |= {(type(row), name) for name in names}
                return
        for name in names:
            self._vary(row, name)

    def _vary(self, row: models.Model, name: str) -> None:
        for _ in range(TRIES):
            value = self._another(row, name)
            if value is NOTHING:
                break
            try:
                self._set(row, name, value)
            except IntegrityError:
                continue
            self.changed.add((type(row), name))
            return
        if not is_single(row, row._meta.get_field(name)):
            raise NoWayToVary(f"{type(row).__name__}.{name}: say in `value_for` what else it may be")

    def _another(self, row: models.Model, name: str) -> Any:
        """A value that the field does not have and that does not make the row the viewer's own; NOTHING if none."""
        field = row._meta.get_field(name)
        own = (getattr(row, field.attname), self.sight.own or "", self.sight.actor.user_id or "")
        tried = (value_for(row, field, self.chance) for _ in range(TRIES))
        return next((value for value in tried if value not in own), NOTHING)

    def _set(self, row: models.Model, name: str, value: Any) -> None:
        self._set_all(row, {name: value, **beside(row, name, value)})

    def _set_all(self, row: models.Model, values: dict[str, Any]) -> None:
        by_column = {row._meta.get_field(name).attname: value for name, value in values.items()}
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**by_column)
        for name, value in by_column.items():
            setattr(row, name, value)

    # -- rows

    def add_rows(self) -> None:
        """Hidden rows of every kind: of organisations that nobody sees, and of those that are seen."""
        if self.is_operator:
            # Operators see every organisation: nothing that is hidden from them is an organisation.
            self._add_to_organisations()
            return
        list_of("eu", "Hidden", "Unseen")
        list_of("ua", "Hidden")
        grove = firm("Grove", "UA", dark_since=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        merged = firm("Quill", "UA", naming="all_verified")
        Organisation.objects.filter(pk=merged.organisation_id).update(merged_into=self.world["dusk"])
        heath = firm("Heath", "UA", standing=Standing.SUSPENDED)
        asked_of(merged, seat_of(plain("attestor", "Unit three", "UA", standing=Standing.REGISTERED)), "Quill")
        for hidden in (grove, heath):
            # What an attestor said stays its own to read; what it is asked by whom nobody sees does not reach it.
            asked_of(hidden, self.world.seat, "Hidden", shows_name=True, is_answered=False)
        fund("Kestrel", "DE", standing=Standing.REGISTERED)
        fund("Larch", "DE", dark_since=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        self._add_to_organisations()
        self._add_between()

    def _add_to_organisations(self) -> None:
        for name, org in self.world.organisations.items():
            if org.pk == self.sight.own or name == "operator":
                continue
            # Operators see every organisation's file: what is hidden from them is what was opened to nobody.
            belongings(org, is_filed=not self.is_operator)
            Import.objects.create(organisation=org, file_name="more.zip", sha256="1" * 64)
            if org.pk not in self.sight.granted_to:
                undertaking_of(org)
            if hasattr(org, "firm"):
                self._add_to_firm(org)
            if hasattr(org, "fund"):
                for status in ("draft", "paused", "closed"):
                    MandateFactory(fund=org.fund, status=status, name=f"Hidden {number()}", ticket_max="9000000.00")
                LeverFactory(organisation=org, issuer=f"Hidden {number()}")
                self._add_to_fund(org)

    def _add_to_fund(self, org: Organisation) -> None:
        owner = self.world.actors[org.legal_name.lower()]
        entered = WatchlistEntry.objects.filter(organisation=org, kind="firm").values("firm")
        others = Firm.objects.exclude(pk__in=entered).order_by("pk")
        watches(org.fund, owner, others, f"Hidden {number()}")
        # A hold that is in force closes the gate of capacity.
        terms_of(org.fund, owner, status="released" if self.is_matched_anew else "reserved")

    def _add_to_firm(self, org: Organisation) -> None:
        area = org.firm.capabilities.order_by("id")[0].area
        for status in ("draft", "archived"):
            CapabilityFactory(firm=org.firm, area=area, status=status, title=f"Hidden {number()}", trl=2)
        lead = org.firm.capabilities.filter(status="published").order_by("id")[0]
        for status in ("draft", "closed", "withdrawn"):
            RaiseFactory(firm=org.firm, lead_capability=lead, status=status, amount="7.00", min_ticket=None)
        draft = org.firm.capabilities.filter(status="draft").order_by("id")[0]
        if self.sight.of_organisation(org.pk) < 2:
            FinancialsFactory(firm=org.firm, year=2019, tier="E0")
        tracker_made(org.firm, f"Hidden {number()}")
        if not self.is_matched_anew:
            is_bill_shown = self.sight.of_organisation(org.pk) >= COUNTERPART
            ComponentFactory(capability=draft if is_bill_shown else lead, name=f"Hidden {number()}")
            asked = DevelopmentEventFactory(capability=draft)
            on = dt.date(2026, 5, 1)
            Attestation.objects.create(event=asked, attestor=self.world["fern"], verdict="refused", attested_on=on)

    def _add_between(self) -> None:
        third = OrganisationFactory(kind="fund", standing="registered", legal_name="Third")
        Identifier.objects.create(organisation=third, scheme="other", value=f"N-{number():06}")
        for name in ("birch", "cedar", "aster", "gale"):
            subject = self.world[name]
            if subject.pk != self.sight.own:
                GrantFactory(viewer=third, subject=subject, tier=2)
                GrantFactory(viewer=third, subject=subject, tier=1, cause="naming")
        requester = UserFactory()
        registration = Registration.objects.create(
            applicant=requester, kind="firm", legal_name="Birch too", country="EE", identifiers=[["other", "N-2"]]
        )
        RegistrationClash.objects.create(
            registration=registration, organisation=self.world["birch"], cause=ClashCause.values[0]
        )
        desk = OrganisationFactory(kind="operator", legal_name="Desk three", standing="registered")
        subject = self.world["cedar" if self.sight.own == self.world["birch"].pk else "birch"]
        BreakGlass.objects.create(operator=desk, subject=subject, tier=3, reason="Another.", requested_by=requester)
        owns(None, self.world["fern"], name="Hidden")
        interest_of(desk, actor_of(desk), subject)
        opened(third, document(subject, "Hidden", "clean"), "evidence")
        if not self.is_matched_anew:
            on = dt.date(2026, 4, 1)
            Deal.objects.create(
                fund=self.world["juniper"].fund, firm=self.world["dusk"].firm, date=on, outcome="closed"
            )
        actor = actor_of(third)
        key_of(actor)
        self._mention_hidden()
        MembershipFactory(organisation=third)

    def _mention_hidden(self) -> None:
        """In the viewer's own messages and finds, listings that it does not see: what is told of is counted."""
        hidden = [row for row in Listing.objects.order_by("pk") if self.sight.of_organisation(row.organisation_id) < 1]
        for message in Notification.objects.filter(user=self.sight.actor.user_id, mentions__isnull=False).distinct():
            told = message.mentions.values_list("object_id", flat=True)
            mentioned(message, [(row.organisation, row.pk) for row in hidden if row.pk not in told][:3])
        for search in SavedSearch.objects.filter(owner=self.sight.actor.user_id, organisation=self.sight.own):
            known = search.hits.values_list("listing", flat=True)
            found = [row.pk for row in hidden if row.pk not in known][:3]
            AlertHit.objects.bulk_create(AlertHit(search=search, listing=pk, is_told=True) for pk in found)

    def take_rows(self) -> None:
        """Fewer of what is hidden: keys, invitations, entries, searches, messages, grants to others, drafts."""
        for model in (ApiKey, Invitation, Identifier, WatchlistEntry, SavedSearch, Notification, CapacityHold):
            for row in model._base_manager.order_by("pk"):
                if self.sight.of_row(row) == HIDDEN and self.chance.random() < 0.5:
                    row.delete()
        for grant in DisclosureGrant.objects.order_by("pk"):
            if self.sight.of_row(grant) == HIDDEN and self.chance.random() < 0.5:
                grant.delete()
        for capability in Capability.objects.filter(status="draft", raises=None, development_events=None):
            if self.sight.of_row(capability) == HIDDEN and self.chance.random() < 0.5:
                capability.delete()


ADDED = frozenset(SUBJECTS)
"""Models of which hidden rows are added."""


def counted() -> dict[type[models.Model], int]:
    """How many rows each of these models has."""
    return {model: model._base_manager.count() for model in ADDED}


UPDATE = 'UPDATE "{0}" SET "{1}" = %s WHERE "{1}" = %s'


def rekey(model: type[models.Model], old: Any, new: Any) -> None:
    """Gives a row another id, and everything that points at it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if model is Organisation:
            # The party of an organisation bears its id.
            _point(cursor, Party, old, new)
            cursor.execute("UPDATE compliance_party SET id = %s, organisation_id = %s WHERE id = %s", [new, new, old])
        _point(cursor, model, old, new)
        cursor.execute(UPDATE.format(model._meta.db_table, model._meta.pk.column), [new, old])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _point(cursor: Any, model: type[models.Model], old: Any, new: Any) -> None:
    """Has everything that points at a row point at another id."""
    hidden = model._meta.get_fields(include_hidden=True)
    for relation in (item for item in hidden if item.one_to_many or (item.one_to_one and item.auto_created)):
        cursor.execute(UPDATE.format(relation.field.model._meta.db_table, relation.field.column), [new, old])


def rekeyed(sight: Sight) -> int:
    """Gives every row whose id is above the viewer's tier another one; returns how many."""
    wanted = []
    for model, tiers in registries().items():
        if model in ELSEWHERE or model is SpeedPoint:
            continue
        for row in model._base_manager.order_by("pk"):
            tier = sight.of_row(row)
            is_hidden = int(tiers.get("id", OWN)) > tier and tier != OWN and "id" not in sight.beside(row)
            if isinstance(row, Organisation):
                # Whoever reads a document of somebody is told whose it is.
                is_hidden = is_hidden and row.pk not in sight.owners_of_opened
                is_hidden = is_hidden and row.kind in {"firm", "fund"} and not sight.is_name_shown(row)
            if is_hidden:
                wanted.append((model, row.pk))
    # A listing has the id of what it lists.
    Listing.objects.filter(pk__in=[key for model, key in wanted if model in {Capability, Raise}]).delete()
    for model, key in wanted:
        rekey(model, key, uuid7())
    listed_anew()
    return len(wanted)


def listed_anew() -> None:
    """Brings what a search reads to what is stated now; when something was listed stays as it was."""
    listings_refresh()
    search_refresh()
    search_words_refresh()


__all__ = ["ADDED", "COUNTERPART", "HELD", "Changer", "Job", "counted", "rekey", "rekeyed"]
