"""Shadow runs: what a candidate would make of the current generation's inputs, kept apart from what readers see."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from apps.matching import events
from apps.matching.engine.facts import MandateFacts, RaiseFacts, from_json
from apps.matching.models import InputVersion, MatchRun
from apps.matching.scoring_models import scoring_model
from apps.matching.selectors.freshness import RECORDED, changes_of
from apps.matching.services.runs import KIND, START_LOCK
from apps.matching.states import InputKind, RunStatus
from kernel.access import Actor
from kernel.errors import Conflict
from kernel.events import publish
from kernel.jobs import job_enqueue


class NothingToShadow(Conflict):
    """There is no current generation whose inputs could be scored."""


class ShadowUnderWay(Conflict):
    """A run is under way; a shadow run waits for its end."""


def shadow_start(*, actor: Actor, model_id: str) -> MatchRun:
    """Queue a run that scores the current generation's inputs, as its lists go by them now, with another model.

    It is published to nobody but operators. Raises UnknownScoringModel (404), NothingToShadow, ShadowUnderWay (409).
    """
    model = scoring_model(model_id)
    with transaction.atomic():
        connection.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [START_LOCK])
        if MatchRun.objects.filter(status__in=(RunStatus.QUEUED, RunStatus.RUNNING)).exists():
            raise ShadowUnderWay
        current = MatchRun.objects.filter(is_current=True).first()
        if current is None:
            raise NothingToShadow
        run = MatchRun.objects.create(
            is_shadow=True,
            shadow_of=current,
            as_of=current.as_of,
            model_id=model.id,
            model_sha256=model.sha256,
            areas_id=current.areas_id,
            areas_sha256=current.areas_sha256,
            extra_areas=current.extra_areas,
            reference_id=current.reference_id,
            reference_sha256=current.reference_sha256,
            **_versions_now(current),
        )
        publish(
            events.RUN_QUEUED,
            actor=actor,
            subject=run,
            data={"as_of": run.as_of.isoformat(), "model": model.id, "shadow_of": str(current.pk)},
        )
        run.job = job_enqueue(kind=KIND, actor=actor, payload={"run": str(run.pk)})
        run.save(update_fields=["job"])
    return run


def _versions_now(run: MatchRun) -> dict[str, list[Any]]:
    """The versions that a generation's lists go by, ordered by mandate and by raise."""
    found = {}
    changes = changes_of(run=run)
    for kind, column in RECORDED.items():
        named = InputVersion.objects.filter(id__in=getattr(run, column)).values_list("entity_id", "id")
        versions = dict(named) | {change.entity_id: change.version_id for change in changes if change.kind == kind}
        found[column] = [versions[entity] for entity in sorted(versions) if versions[entity] is not None]
    return found


def shadow_facts(*, run: MatchRun, kind: str, after: str | None, until: str | None) -> list[Any]:
    """The facts of a range of ids as the shadow run's versions recorded them, ordered by id."""
    span = {name: value for name, value in (("entity_id__gt", after), ("entity_id__lte", until)) if value is not None}
    of: type[Any] = MandateFacts if kind == InputKind.MANDATE else RaiseFacts
    versions = InputVersion.objects.filter(id__in=getattr(run, RECORDED[InputKind(kind)]), **span)
    return [from_json(of, facts) for facts in versions.order_by("entity_id").values_list("facts", flat=True)]
