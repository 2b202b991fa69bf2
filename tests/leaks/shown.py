"""What a viewer reads of rows beside their tiers: an attestor of what it is asked, an officer of what it judges."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import models

from apps.startups.models import (
    Attestation,
    AttestationRequest,
    AttestorAdmission,
    Capability,
    CapabilityDocument,
    EventEvidence,
    SpeedFlag,
)
from kernel.access import Actor

EVENT = frozenset({"id", "kind", "occurred_at", "note", "answers"})
ANSWERED = frozenset({"kind", "occurred_at"})
SAID = frozenset({"id", "kind", "occurred_at"})
"""Of an event that one's own organisation gave its word on, whatever becomes of the firm."""
EVIDENCED = frozenset({"id", "kind", "occurred_at", "capability"})
TITLES = frozenset({"title", "title_uk"})
PSEUDONYM = frozenset({"id"})
SEAT = frozenset({"code", "role"})
GOODS = frozenset(
    {
        *("id", "area", "title", "description", "maturity", "trl", "flags", "status", "export_class"),
        *("confirmed_export_class", "export_class_reason", "export_class_confirmed_at", "export_class_confirmed_by"),
    }
)
NUMBERS = frozenset({"id", "scheme", "number", "issued_on", "document", "confirmed_at"})
ATTACHED = frozenset({"document", "purpose"})
PAPER = frozenset({"id", "title", "withdrawn_at"})


class Shown:
    """By row, the fields that one viewer reads; `names` are organisations that it reads the names of."""

    def __init__(self, actor: Actor, *, barred: set[Any]) -> None:
        self.actor = actor
        self.names: set[Any] = set()
        self.fields: defaultdict[tuple[str, Any], frozenset[str]] = defaultdict(frozenset)
        if actor.organisation_id is None:
            return
        for request in AttestationRequest.objects.select_related("event__capability__firm", "seat"):
            self._of_request(request)
        for admission in AttestorAdmission.objects.select_related("capability__firm", "seat"):
            self._of_admission(admission)
        for given in Attestation.objects.filter(attestor=actor.organisation_id).select_related("event"):
            self._add(given.event, SAID)
        if actor.kind == "operator" and actor.standing == "verified":
            self._of_officer(barred)

    def of(self, row: models.Model) -> frozenset[str]:
        """The fields of the row that are read."""
        return self.fields[type(row).__name__, row.pk]

    def is_asked(self, row: AttestationRequest | AttestorAdmission) -> bool:
        """Whether a seat of the viewer's own is asked or let in, by a firm that is shown."""
        if row.seat is None or row.seat.organisation_id != self.actor.organisation_id:
            return False
        capability = row.event.capability if isinstance(row, AttestationRequest) else row.capability
        firm = capability.firm.organisation
        is_shown = firm.dark_since is None and firm.standing != "suspended"
        return self.actor.standing == "verified" and is_shown

    def _add(self, row: Any, fields: frozenset[str]) -> None:
        if row is not None:
            self.fields[type(row).__name__, row.pk] |= fields

    def _of_request(self, request: AttestationRequest) -> None:
        firm = request.event.capability.firm
        if firm.organisation_id == self.actor.organisation_id:
            self._add(request.seat, SEAT)
        if self.is_asked(request):
            self._add(request.event, EVENT)
            self._add(request.event.answers, ANSWERED)
            self._add(request.event.capability, TITLES)
            self._of_firm(firm, shows_name=request.shows_name)

    def _of_admission(self, admission: AttestorAdmission) -> None:
        firm = admission.capability.firm
        if firm.organisation_id == self.actor.organisation_id:
            self._add(admission.seat, SEAT)
        if self.is_asked(admission):
            self._add(admission.capability, TITLES)
            self._of_firm(firm, shows_name=admission.shows_name)

    def _of_firm(self, firm: Any, *, shows_name: bool) -> None:
        # Its pseudonym is made of its id.
        self._add(firm, PSEUDONYM)
        if shows_name:
            self.names.add(firm.organisation_id)

    def _of_officer(self, barred: set[Any]) -> None:
        for evidence in EventEvidence.objects.select_related("event__capability"):
            self._add(evidence.event, EVIDENCED)
            self._add(evidence.event.capability, PSEUDONYM)
            self._add(evidence.document, PSEUDONYM)
        for flag in SpeedFlag.objects.select_related("firm", "capability"):
            # Each in the list itself says whose log it is in, whatever became of the firm.
            self._add(flag.firm, PSEUDONYM)
            self._add(flag.capability, PSEUDONYM)
        stated = Capability.objects.filter(
            models.Q(codifications__isnull=False) | ~models.Q(export_class=""),
            status="published",
            firm__organisation__dark_since=None,
            firm__organisation__merged_into=None,
        ).exclude(firm__organisation__in=barred)
        for capability in stated.distinct():
            self._add(capability, GOODS)
            for number in capability.codifications.all():
                self._add(number, NUMBERS)
                self._add(number.document, PSEUDONYM)
            for attached in CapabilityDocument.objects.filter(capability=capability).select_related("document"):
                self._add(attached, ATTACHED)
                self._add(attached.document, PAPER)
