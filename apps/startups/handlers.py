"""The registry's reactions: a registered firm gets its entry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.organisations.models import Organisation
from apps.permissions import Kind
from apps.startups import events, services
from apps.startups.models import Firm
from apps.startups.services import (
    areas,
    attestation_requests,
    attestations,
    capability_evidence,
    evidence,
    listings,
    search,
    search_words,
    speed,
)
from kernel.access import Actor
from kernel.events import subscribe


@subscribe("organisations.organisation.registered")
def enter_firm(event: Any) -> None:
    """Enter the organisation in the registry if it is a firm."""
    if event.data["kind"] == Kind.FIRM:
        organisation = Organisation.objects.get(pk=event.object_id)
        services.firm_register(actor=Actor.system(), organisation=organisation)


@subscribe("reference.areas.retired")
def follow_areas(event: Any) -> None:
    """Put what stands in a retired area into its successor."""
    areas.areas_follow(moves=event.data["moves"])


@subscribe("reference.areas.loaded")
def refresh_search(_event: Any) -> None:
    """Bring the labels of areas into the words by which capabilities are found, and their tree into the listings."""
    search.search_refresh()
    listings.listings_refresh()
    search_words.search_words_refresh()


@subscribe("organisations.organisation.updated")
def refresh_names(event: Any) -> None:
    """Bring a changed name into the words by which a firm is found."""
    search.search_refresh(firm_ids=list(Firm.objects.filter(organisation=event.object_id).values_list("pk", flat=True)))


@subscribe("exchange.import.loaded")
def refresh_search_imported(event: Any) -> None:
    """Bring imported names into the words by which firms are found, and count the words."""
    search.search_import_follow(import_id=event.object_id)
    search_words.search_words_refresh()


@subscribe("organisations.organisation.went_dark")
@subscribe("organisations.organisation.standing_changed")
def forget_search_words(event: Any) -> None:
    """Forget the words of a firm that is hidden now."""
    search_words.search_words_forget(organisation_id=event.object_id)


@subscribe("documents.document.withdrawn")
def lower_raise_evidence(event: Any) -> None:
    """Take back what a raise's cost of capital had from the document."""
    services.raise_evidence_lost(document_id=event.object_id)


@subscribe("documents.document.withdrawn")
def withdraw_event_evidence(event: Any) -> None:
    """Withdraw the evidence that the document was: its events fall to the tier of what is left."""
    evidence.evidence_of_document_withdraw(document_id=event.object_id)


@subscribe("documents.document.withdrawn")
def lower_registry_evidence(event: Any) -> None:
    """Lower the capabilities and figures that the document evidenced."""
    capability_evidence.document_withdrawn(document_id=event.object_id)


@subscribe(events.DEVELOPMENT_EVENT_RECORDED)
@subscribe(events.EVIDENCE_ATTACHED)
@subscribe(events.EVIDENCE_CONFIRMED)
@subscribe(events.EVIDENCE_REFUSED)
@subscribe(events.EVIDENCE_WITHDRAWN)
@subscribe(events.ATTESTATION_APPLIED)
def settle_capability_tier(event: Any) -> None:
    """Settle the tier of the capability whose log or its evidence changed."""
    capability_evidence.tier_refresh(capability_id=UUID(event.data["capability_id"]))


@subscribe(events.DEVELOPMENT_EVENT_RECORDED)
@subscribe(events.EVIDENCE_ATTACHED)
@subscribe(events.EVIDENCE_CONFIRMED)
@subscribe(events.EVIDENCE_REFUSED)
@subscribe(events.EVIDENCE_WITHDRAWN)
@subscribe(events.ATTESTATION_APPLIED)
@subscribe(events.CAPABILITY_CREATED)
@subscribe(events.CAPABILITY_UPDATED)
@subscribe(events.CAPABILITY_PUBLISHED)
@subscribe(events.CAPABILITY_ARCHIVED)
@subscribe(events.RAISE_OPENED)
@subscribe(events.RAISE_CLOSED)
@subscribe(events.RAISE_WITHDRAWN)
@subscribe(events.RAISE_UPDATED)
def measure_speed(event: Any) -> None:
    """Measure a firm again whose log, evidence or lead has changed: each of these facts is the firm's own."""
    speed.speed_follow(organisation_id=event.organisation_id)


@subscribe("organisations.organisation.merged")
def measure_merged(event: Any) -> None:
    """Measure again the firm that took another's capabilities, and the one that has none left."""
    speed.speed_follow(organisation_id=event.object_id)
    speed.speed_follow(organisation_id=UUID(event.data["into"]))


@subscribe("exchange.import.loaded")
def measure_imported(event: Any) -> None:
    """Measure the firms that an import touched."""
    speed.speed_import_follow(import_id=event.object_id)


@subscribe(events.ATTESTATION_REQUESTED)
def mail_attestation_request(event: Any) -> None:
    """Mail the link; a mail server that refuses is asked again, ever more slowly."""
    attestation_requests.attestation_request_send(request_id=event.object_id)


@subscribe(events.ATTESTATION_REQUEST_DECIDED)
def mail_attestation_receipt(event: Any) -> None:
    """Mail whoever answered by a link what was recorded and how it is withdrawn."""
    if event.data.get("by") == attestations.LINK:
        attestations.receipt_send(request_id=event.object_id)
