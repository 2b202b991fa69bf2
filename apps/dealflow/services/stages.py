"""A fund's stages: made on first use, named, put in order, archived while nothing stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from apps.dealflow import events
from apps.dealflow.models import PipelineStage, WatchlistEntry
from apps.dealflow.rules.pipeline import MOST_STAGES, MOST_STAGES_EVER, is_order_of
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from apps.organisations.services import organisation_lock
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict, FieldProblem, Invalid
from kernel.events import publish
from kernel.versions import version_save


class StageNotAcceptable(Invalid):
    """A stage has a name of its own, of up to 60 characters."""


class StageNameTaken(Conflict):
    """Another stage of yours has this name."""


class TooManyStages(Conflict):
    """There are as many stages as there may be. Archive or restore one instead."""


class StageInUse(Conflict):
    """Entries stand in this stage. Move them first."""


class LastStage(Conflict):
    """A pipeline has at least one stage."""


class StageArchived(Conflict):
    """The stage is archived."""


class StageNotArchived(Conflict):
    """The stage is not archived."""


class StagesNotAll(Conflict):
    """An order names each stage in use once. Read the stages again."""


def default_names() -> list[str]:
    """The names of the stages that a fund begins with, in the language of the request."""
    return [
        gettext("New"),
        gettext("Screening"),
        gettext("First talks"),
        gettext("Due diligence"),
        gettext("Terms"),
        gettext("Committed"),
        gettext("Passed"),
    ]


def stages_ensure(*, actor: Actor) -> None:
    """Make the fund's first stages, unless it has had any. Raises NotYours for an actor without an organisation."""
    own = PipelineStage.objects.filter(organisation_id=_own(actor))
    if own.exists():
        return
    with transaction.atomic():
        organisation = organisation_lock(organisation_id=_own(actor))
        if not own.exists():
            for position, name in enumerate(default_names(), start=1):
                stage = PipelineStage.objects.create(organisation=organisation, name=name, position=position)
                publish(events.STAGE_CREATED, actor=actor, subject=stage)


@transaction.atomic
def stage_create(*, actor: Actor, name: str) -> PipelineStage:
    """Add a stage behind the others. Raises StageNotAcceptable, StageNameTaken and TooManyStages."""
    stages_ensure(actor=actor)
    organisation = organisation_lock(organisation_id=_own(actor))
    if PipelineStage.objects.filter(organisation=organisation).count() >= MOST_STAGES_EVER:
        raise TooManyStages
    _room_require(organisation)
    stage = PipelineStage.objects.create(
        organisation=organisation, name=_name(organisation, name), position=_next(organisation)
    )
    publish(events.STAGE_CREATED, actor=actor, subject=stage)
    return stage


@transaction.atomic
def stage_rename(*, actor: Actor, stage: PipelineStage, name: str) -> PipelineStage:
    """Give a stage another name. Raises StageNotAcceptable, StageNameTaken and ChangedMeanwhile."""
    organisation = organisation_lock(organisation_id=stage.organisation_id)
    changes: dict[str, Any] = {"name": _name(organisation, name, but=stage)}
    if version_save(instance=stage, changes=changes):
        publish(events.STAGE_UPDATED, actor=actor, subject=stage)
    return stage


@transaction.atomic
def stages_order(*, actor: Actor, stages: Sequence[UUID]) -> None:
    """Put the fund's stages in use in this order. Raises StagesNotAll unless each is named once."""
    stages_ensure(actor=actor)
    organisation = organisation_lock(organisation_id=_own(actor))
    present = PipelineStage.objects.select_for_update().filter(organisation=organisation, archived_at=None)
    by_id = {stage.pk: stage for stage in present.order_by("pk")}
    if not is_order_of(wanted=stages, present=by_id):
        raise StagesNotAll
    for position, stage_id in enumerate(stages, start=1):
        version_save(instance=by_id[stage_id], changes={"position": position})
    publish(
        events.STAGES_ORDERED,
        actor=actor,
        subject=organisation,
        organisation_id=organisation.pk,
        data={"stages": [str(stage_id) for stage_id in stages]},
    )


@transaction.atomic
def stage_archive(*, actor: Actor, stage: PipelineStage) -> PipelineStage:
    """Take an empty stage off the board. Raises StageArchived, StageInUse, LastStage and ChangedMeanwhile."""
    organisation = organisation_lock(organisation_id=stage.organisation_id)
    stage = PipelineStage.objects.select_for_update().get(pk=stage.pk)
    if stage.archived_at is not None:
        raise StageArchived
    if WatchlistEntry.objects.filter(stage=stage).exists():
        raise StageInUse
    if PipelineStage.objects.filter(organisation=organisation, archived_at=None).count() == 1:
        raise LastStage
    version_save(instance=stage, changes={"archived_at": utc_now()})
    publish(events.STAGE_ARCHIVED, actor=actor, subject=stage)
    return stage


@transaction.atomic
def stage_restore(*, actor: Actor, stage: PipelineStage) -> PipelineStage:
    """Put an archived stage behind the others again. Raises StageNotArchived, StageNameTaken and TooManyStages."""
    organisation = organisation_lock(organisation_id=stage.organisation_id)
    stage = PipelineStage.objects.select_for_update().get(pk=stage.pk)
    if stage.archived_at is None:
        raise StageNotArchived
    _room_require(organisation)
    _name(organisation, stage.name, but=stage)
    version_save(instance=stage, changes={"archived_at": None, "position": _next(organisation)})
    publish(events.STAGE_RESTORED, actor=actor, subject=stage)
    return stage


def stage_hold(*, organisation_id: UUID, stage_id: UUID) -> PipelineStage | None:
    """A stage in use of the fund, which nobody archives until the transaction ends; None for any other."""
    held = PipelineStage.objects.select_for_update(no_key=True)
    return held.filter(pk=stage_id, organisation_id=organisation_id, archived_at=None).first()


def _own(actor: Actor) -> UUID:
    if actor.organisation_id is None:
        raise NotYours
    return actor.organisation_id


def _room_require(organisation: Organisation) -> None:
    if PipelineStage.objects.filter(organisation=organisation, archived_at=None).count() >= MOST_STAGES:
        raise TooManyStages


def _next(organisation: Organisation) -> int:
    last = PipelineStage.objects.filter(organisation=organisation).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _name(organisation: Organisation, name: str, *, but: PipelineStage | None = None) -> str:
    """The name with its spaces put right. Holds only while the organisation is locked."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise StageNotAcceptable(errors=[FieldProblem("/name", "blank", "A stage has a name.")])
    others = PipelineStage.objects.filter(organisation=organisation, archived_at=None, name__iexact=cleaned)
    if (others if but is None else others.exclude(pk=but.pk)).exists():
        raise StageNameTaken
    return cleaned
