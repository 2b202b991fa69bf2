"""Verification cases: what an organisation shows, what an officer asks, judges and decides."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from apps.compliance.states import (
    OPEN_CASES,
    CaseCause,
    CaseStatus,
    ItemNeed,
    ItemState,
    RequestKind,
    SuspensionCause,
)
from apps.documents.models import Document
from apps.organisations.models import Membership, Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.ids import uuid7
from kernel.models import status_check


class DeclaredInterestQuerySet(models.QuerySet["DeclaredInterest"]):
    def visible_to(self, actor: Actor) -> Self:
        """What people of the actor's own operator declared."""
        return self if actor.is_system else self.filter(operator_id=actor.organisation_id)

    def in_force(self, *, on: dt.date) -> Self:
        """Those that bar somebody on a day, which may be their last."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=on))


class DeclaredInterest(models.Model):
    """That a person of an operator has an interest in an organisation, and until when: it bars them from its cases."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    declared_at = models.DateTimeField(db_default=Now())
    until = models.DateField(null=True)

    objects = DeclaredInterestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="interest_reason", condition=~Q(reason=""))]
        indexes: ClassVar = [models.Index(fields=["user", "organisation"], name="interest_by_user")]


class VerificationCaseQuerySet(models.QuerySet["VerificationCase"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own organisation's; for operators that are not suspended, all that were submitted or are in force,
        but for those of organisations that the person belongs to or has declared an interest in.
        """
        if actor.is_system:
            return self
        if actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED:
            return self.filter(~Q(status=CaseStatus.DRAFT)).exclude(_conflict(actor))
        return self.filter(organisation_id=actor.organisation_id)

    def open(self) -> Self:
        """Those not decided yet."""
        return self.filter(status__in=OPEN_CASES)


def _conflict(actor: Actor) -> Q:
    """Cases of which the person knows more than an officer may."""
    who = Q(user_id=actor.user_id)
    member = Membership.objects.filter(who, organisation_id=OuterRef("organisation_id"))
    declared = DeclaredInterest.objects.in_force(on=utc_today())
    interested = declared.filter(who, organisation_id=OuterRef("organisation_id"))
    return Q(organisation_id=actor.organisation_id) | Q(Exists(member)) | Q(Exists(interested))


class VerificationCase(models.Model):
    """The case that gives an organisation its standing, or renews it.

    `is_standing` marks the one that the standing rests on. `due_on` is by when the organisation has to bring a renewal
    to its end, `next_due_on` when the standing is to be renewed. `checklist` is the edition that the items come from.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="verification_cases")
    cause = models.CharField(max_length=17, choices=CaseCause.choices, default=CaseCause.INITIAL)
    status = models.CharField(max_length=14, choices=CaseStatus.choices, default=CaseStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    checklist = models.CharField(max_length=40)
    is_standing = models.BooleanField(default=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=2000, blank=True)
    remedy = models.CharField(max_length=2000, blank=True)
    ownership_note = models.CharField(max_length=2000, blank=True)
    suspension_cause = models.CharField(max_length=8, choices=SuspensionCause.choices, blank=True)
    suspension_reason = models.CharField(max_length=2000, blank=True)
    suspended_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    next_due_on = models.DateField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)

    objects = VerificationCaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            status_check("case_status", CaseStatus),
            models.CheckConstraint(name="case_cause", condition=Q(cause__in=CaseCause.values)),
            models.CheckConstraint(
                name="case_suspension_cause", condition=Q(suspension_cause__in=["", *SuspensionCause.values])
            ),
            models.CheckConstraint(
                name="case_decider_did_not_submit",
                condition=Q(decided_by__isnull=True) | Q(submitted_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="case_officer_did_not_submit",
                condition=Q(officer__isnull=True) | Q(submitted_by__isnull=True) | ~Q(officer=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="case_standing_was_given",
                condition=Q(is_standing=False) | Q(status__in=[CaseStatus.VERIFIED, CaseStatus.SUSPENDED]),
            ),
            models.UniqueConstraint(name="case_one_open", fields=["organisation"], condition=Q(status__in=OPEN_CASES)),
            models.UniqueConstraint(name="case_one_standing", fields=["organisation"], condition=Q(is_standing=True)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "id"], name="case_by_status"),
            models.Index(fields=["due_on"], name="case_by_due", condition=Q(status__in=OPEN_CASES)),
            models.Index(fields=["next_due_on"], name="case_by_next_due", condition=Q(is_standing=True)),
        ]


class CaseItem(models.Model):
    """One item of a case's checklist: what the organisation showed for it and how the officer judged that.

    `note` is the officer's reason, which the organisation reads unless the item is the officer's own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(VerificationCase, on_delete=models.CASCADE, related_name="items")
    code = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()
    need = models.CharField(max_length=9, choices=ItemNeed.choices)
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.OPEN)
    statement = models.CharField(max_length=2000, blank=True)
    provided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    provided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=2000, blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="case_item_once", fields=["case", "code"]),
            models.CheckConstraint(name="case_item_need", condition=Q(need__in=ItemNeed.values)),
            models.CheckConstraint(name="case_item_state", condition=Q(state__in=ItemState.values)),
            models.CheckConstraint(
                name="case_item_judged",
                condition=~Q(state__in=[ItemState.ACCEPTED, ItemState.REJECTED]) | Q(judged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="case_item_rejected_with_reason", condition=~Q(state=ItemState.REJECTED) | ~Q(note="")
            ),
        ]


class InformationRequest(models.Model):
    """What an officer wants to know before deciding, by when, and what the organisation answered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(VerificationCase, on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=14, choices=RequestKind.choices, default=RequestKind.QUESTION)
    text = models.CharField(max_length=4000)
    item_codes = ArrayField(models.CharField(max_length=40), default=list)
    due_on = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    answer = models.CharField(max_length=4000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="information_request_kind", condition=Q(kind__in=RequestKind.values)),
            models.UniqueConstraint(
                name="information_request_one_open", fields=["case"], condition=Q(answered_at__isnull=True)
            ),
        ]


class CaseDocument(models.Model):
    """A document of the organisation that it shows in its case: for an item, or with an answer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(VerificationCase, on_delete=models.CASCADE, related_name="case_documents")
    item = models.ForeignKey(CaseItem, null=True, on_delete=models.CASCADE, related_name="case_documents")
    request = models.ForeignKey(InformationRequest, null=True, on_delete=models.CASCADE, related_name="case_documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="case_document_once_an_item", fields=["item", "document"], condition=Q(item__isnull=False)
            ),
            models.UniqueConstraint(
                name="case_document_once_an_answer", fields=["request", "document"], condition=Q(request__isnull=False)
            ),
            models.CheckConstraint(
                name="case_document_for_something",
                condition=Q(item__isnull=True, request__isnull=False) | Q(item__isnull=False, request__isnull=True),
            ),
        ]


class CaseNote(models.Model):
    """What officers write to each other about a case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(VerificationCase, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=4000)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.CheckConstraint(name="case_note_text", condition=~Q(text=""))]
