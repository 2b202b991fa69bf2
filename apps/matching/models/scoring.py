"""Scoring models that were registered beside the packaged ones, how they were judged, and which were promoted."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.matching.states import EvaluationSource, ModelKind
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.access import Actor
from kernel.ids import uuid7

M = TypeVar("M", bound=models.Model)


class OperatorsQuerySet(models.QuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        """Operators': judgements rest on everybody's outcomes."""
        if actor.is_system or (actor.kind == Kind.OPERATOR and actor.standing != Standing.SUSPENDED):
            return self
        return self.none()


class RegisteredModelQuerySet(OperatorsQuerySet["RegisteredModel"]):
    pass


class ModelEvaluationQuerySet(OperatorsQuerySet["ModelEvaluation"]):
    pass


class ModelPromotionQuerySet(OperatorsQuerySet["ModelPromotion"]):
    pass


class RegisteredModel(models.Model):
    """A scoring model as data: never changed, never removed. `content` is the canonical JSON text that `sha256` is of.

    `provenance` says what a trained one was made of: hash of the folder, `as_of`, seed, held-out figures.
    `registered_by` names the actor as the audit trail does.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=40, unique=True)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=7, choices=ModelKind.choices)
    basis = models.TextField()
    content = models.TextField()
    provenance = models.JSONField(default=dict)
    registered_by = models.CharField(max_length=60)
    registered_at = models.DateTimeField(db_default=Now())

    objects = RegisteredModelQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="registered_model_kind", condition=Q(kind__in=ModelKind.values)),
        ]


class ModelEvaluation(models.Model):
    """How a candidate ranked against a baseline over the same outcomes: never changed.

    `figures`: side → measure → owners, both means, the mean paired difference, its 95 % interval and its one-sided
    95 % lower bound. `is_better`: the bound of every measure is above zero on each side.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    candidate = models.CharField(max_length=40)
    candidate_sha256 = models.CharField(max_length=64)
    baseline = models.CharField(max_length=40)
    baseline_sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=8, choices=EvaluationSource.choices)
    subject = models.CharField(max_length=64, help_text="sha256 of the folder, or id of the run")
    as_of = models.DateField()
    seed = models.PositiveIntegerField()
    resamples = models.PositiveIntegerField()
    figures = models.JSONField()
    is_better = models.BooleanField()
    evaluated_by = models.CharField(max_length=60)
    evaluated_at = models.DateTimeField(db_default=Now())

    objects = ModelEvaluationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="model_evaluation_source", condition=Q(source__in=EvaluationSource.values)),
        ]
        indexes: ClassVar = [models.Index(fields=["candidate"], name="model_evaluation_candidate")]


class ModelPromotion(models.Model):
    """From when on a model is the one that runs score with; the last row counts. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    evaluation = models.ForeignKey(ModelEvaluation, on_delete=models.PROTECT, related_name="promotions")
    promoted_by = models.CharField(max_length=60)
    promoted_at = models.DateTimeField(db_default=Now())

    objects = ModelPromotionQuerySet.as_manager()
