"""Rows: hidden ones are added to everybody, and some are taken; what a search reads follows."""

from __future__ import annotations

import datetime as dt
import random

from django.db import models

from apps.dealflow.models import AlertHit, SavedSearch, WatchlistEntry
from apps.exchange.models import Import
from apps.investors.models import CapacityHold
from apps.matching.models import Deal
from apps.notifications.models import Notification
from apps.organisations.models import (
    ApiKey,
    BreakGlass,
    DisclosureGrant,
    Identifier,
    Invitation,
    Organisation,
    Registration,
    RegistrationClash,
)
from apps.organisations.states import ClashCause, Standing
from apps.startups.models import Attestation, Capability, Firm, Listing
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from apps.startups.services.search_words import search_words_refresh
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
from tests.leaks.rules import COUNTERPART, HIDDEN, SUBJECTS, Sight
from tests.leaks.work import asked_of, seat_of, tracker_made
from tests.leaks.world import World, belongings, firm, fund, number, plain


class RowChanges:
    """Adds and takes rows for one viewer; `added` tells of which models."""

    def __init__(self, *, world: World, sight: Sight, chance: random.Random, is_matched_anew: bool) -> None:
        self.world, self.sight, self.chance, self.is_matched_anew = world, sight, chance, is_matched_anew
        self.is_operator = sight.actor.kind == "operator"
        self.other = world["elm" if sight.own == world["fern"].pk else "fern"]
        self.added: set[type[models.Model]] = set()

    def add_rows(self) -> None:
        """Hidden rows of every kind: of organisations that nobody sees, and of those that are seen."""
        before = counted()
        self._add()
        self.added = {model for model, count in counted().items() if count > before[model]}

    def _add(self) -> None:
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
            Attestation.objects.create(event=asked, attestor=self.other, verdict="refused", attested_on=on)

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
        owns(None, self.other, name="Hidden")
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


def listed_anew() -> None:
    """Brings what a search reads to what is stated now; when something was listed stays as it was."""
    listings_refresh()
    search_refresh()
    search_words_refresh()
