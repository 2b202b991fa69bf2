"""Who is screened for which organisation, the runs, their hits and the newest result of each organisation."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.compliance.states import (
    Clearance,
    HitStatus,
    OwnerKind,
    ScreeningBasis,
    ScreeningCause,
    ScreeningResult,
    SubjectRole,
)
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7
from kernel.models import Job, status_check


def _operators(rows: models.QuerySet[models.Model], actor: Actor) -> models.QuerySet[models.Model]:
    """All rows for the system and for operators that are not suspended: whom a list names is the officers' alone."""
    if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
        return rows
    return rows.none()


class Screening(models.Model):
    """The newest result of screening an organisation, its signatories and owners against watch-lists.

    An organisation without a row was not screened against any list. `run` is where the result comes from, none for an
    import's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="screening")
    result = models.CharField(max_length=6, choices=ScreeningResult.choices)
    basis = models.CharField(max_length=6, choices=ScreeningBasis.choices)
    run = models.ForeignKey("ScreeningRun", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="screening_result", condition=Q(result__in=ScreeningResult.values))
        ]


class ScreeningSubject(models.Model):
    """Somebody who is screened for an organisation: itself, a member who binds it, an owner.

    `party_id` is the id of the organisation, the account or the owning party. `names` is empty where none is stated.
    `keys` are the blocking keys of all names, by which changed list entries find the subject. `digest` changes with
    whatever is compared.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    screened = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="screening_subjects")
    role = models.CharField(max_length=12, choices=SubjectRole.choices)
    party_id = models.UUIDField()
    kind = models.CharField(max_length=6, choices=OwnerKind.choices)
    names = ArrayField(models.CharField(max_length=400), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    date = models.CharField(max_length=10, blank=True)
    identifiers = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    keys = ArrayField(models.BigIntegerField(), default=list)
    is_current = models.BooleanField(default=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["screened", "role", "party_id"], name="screening_subject_once"),
            models.CheckConstraint(name="screening_subject_role", condition=Q(role__in=SubjectRole.values)),
            models.CheckConstraint(name="screening_subject_kind", condition=Q(kind__in=OwnerKind.values)),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["keys"], name="screening_subject_keys", condition=Q(is_current=True)),
        ]


class ScreeningRunQuerySet(models.QuerySet["ScreeningRun"]):
    def visible_to(self, actor: Actor) -> Self:
        """Operators see all, nobody else any."""
        return _operators(self, actor)  # type: ignore[return-value]


class ScreeningRun(models.Model):
    """One comparison of an organisation's subjects with every list in force; it never changes afterwards.

    `lists` are the sources with version, hash and age; `gaps` codes of what the result does not cover; `query` the
    subjects as compared; `candidates` the entries that come near each subject and their scores, `candidate_count` how
    many were compared.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    screened = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="screening_runs")
    cause = models.CharField(max_length=16, choices=ScreeningCause.choices)
    asked_by = models.CharField(max_length=60)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    algorithm = models.CharField(max_length=40)
    algorithm_version = models.CharField(max_length=20)
    threshold = models.FloatField()
    lists = models.JSONField(default=list)
    gaps = models.JSONField(default=list)
    query = models.JSONField(default=list)
    candidates = models.JSONField(default=dict)
    candidate_count = models.PositiveIntegerField(default=0)
    result = models.CharField(max_length=8, choices=Clearance.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    objects = ScreeningRunQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="screening_run_result", condition=Q(result__in=Clearance.values)),
            models.CheckConstraint(name="screening_run_cause", condition=Q(cause__in=ScreeningCause.values)),
        ]
        indexes: ClassVar = [models.Index(fields=["screened", "id"], name="screening_run_screened")]


class HitQuerySet(models.QuerySet["Hit"]):
    def visible_to(self, actor: Actor) -> Self:
        """Operators see all, nobody else any."""
        return _operators(self, actor)  # type: ignore[return-value]


class Hit(models.Model):
    """A subject and a list entry that match by the algorithm; a person says whether they are the same.

    `subject_key` and `list_code` with `source_id` name the pair beyond this run: with both digests as they were, the
    next run takes the decision over (`recalled`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(ScreeningRun, on_delete=models.PROTECT, related_name="hits")
    screened = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(ScreeningSubject, on_delete=models.PROTECT, related_name="hits")
    subject_key = models.CharField(max_length=60)
    subject_digest = models.CharField(max_length=64)
    entry = models.ForeignKey("ListEntry", on_delete=models.PROTECT, related_name="hits")
    list_code = models.CharField(max_length=40)
    source_id = models.CharField(max_length=200)
    entry_digest = models.CharField(max_length=32)
    entry_names = models.JSONField(default=list)
    score = models.FloatField()
    features = models.JSONField(default=dict)
    status = models.CharField(max_length=14, choices=HitStatus.choices, default=HitStatus.PENDING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    recalled = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = HitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            status_check("screening_hit_status", HitStatus),
            models.CheckConstraint(name="screening_hit_score", condition=Q(score__gte=0, score__lte=1)),
            models.UniqueConstraint(fields=["run", "subject", "entry"], name="screening_hit_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "id"], name="screening_hit_by_status"),
            models.Index(fields=["screened", "id"], name="screening_hit_screened"),
            models.Index(fields=["subject_key", "list_code", "source_id", "id"], name="screening_hit_pair"),
            models.Index(fields=["entry"], name="screening_hit_entry"),
        ]


class ScreeningDue(models.Model):
    """An organisation that has to be screened again. `job` is the one that has taken it up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    screened = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="+")
    cause = models.CharField(max_length=16, choices=ScreeningCause.choices)
    since = models.DateTimeField(db_default=Now())
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="screening_due_cause", condition=Q(cause__in=ScreeningCause.values)),
        ]
