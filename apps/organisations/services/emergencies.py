"""The operator's way to an organisation's data when it must: asking, approving, ending."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from apps.organisations import events
from apps.organisations.models import BreakGlass, DisclosureGrant, Membership, Organisation
from apps.organisations.rules import own_require, permissions_of
from apps.permissions import Kind, Permission
from kernel.access import Actor
from kernel.clock import database_now
from kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from kernel.events import publish

BREAK_GLASS_LASTS = dt.timedelta(hours=4)
APPROVAL_WITHIN = dt.timedelta(hours=24)


class BreakGlassNeedsPerson(Forbidden):
    """A person asks for this and another approves it, not software with a key."""


class BreakGlassNotAcceptable(Invalid):
    """The request is not acceptable."""


class SecondPersonNeeded(Forbidden):
    """You asked for this yourself: another person approves it."""


class BreakGlassDecided(Conflict):
    """This request was approved or ended already."""


class BreakGlassLapsed(Conflict):
    """This request was not approved within a day. Ask again."""


class RequesterGone(Conflict):
    """Whoever asked for this may do so no longer."""


@transaction.atomic
def break_glass_request(*, actor: Actor, subject_id: UUID, tier: int, reason: str) -> BreakGlass:
    """Ask for an organisation's data up to `tier` (2–4). Nothing is opened before another person approves.

    Raises BreakGlassNeedsPerson and BreakGlassNotAcceptable.
    """
    user_id, operator_id = _person(actor)
    subject = (
        Organisation.objects.visible_to(actor).filter(~Q(pk=operator_id), ~Q(kind=Kind.OPERATOR), pk=subject_id).first()
    )
    problems = []
    if not reason.strip():
        problems.append(FieldProblem("/reason", "blank", "Breaking glass needs a reason."))
    if subject is None:
        problems.append(FieldProblem("/organisation", "does_not_exist", "There is no such organisation."))
    if subject is None or problems:
        raise BreakGlassNotAcceptable(errors=problems)
    asked = BreakGlass.objects.create(
        operator_id=operator_id, subject=subject, tier=tier, reason=reason.strip(), requested_by_id=user_id
    )
    _tell(events.BREAK_GLASS_REQUESTED, actor, asked)
    return asked


@transaction.atomic
def break_glass_approve(*, actor: Actor, break_glass: BreakGlass, now: dt.datetime | None = None) -> BreakGlass:
    """Let the person who asked see the subject's data for four hours; its owners are told.

    Raises NotYours, BreakGlassNeedsPerson, SecondPersonNeeded, BreakGlassDecided, BreakGlassLapsed and RequesterGone.
    """
    own_require(actor=actor, organisation_id=break_glass.operator_id)
    user_id, _operator_id = _person(actor)
    asked = BreakGlass.objects.select_for_update().get(pk=break_glass.pk)
    moment = now or database_now()
    if asked.requested_by_id == user_id:
        raise SecondPersonNeeded
    if asked.approved_at is not None or asked.ended_at is not None:
        raise BreakGlassDecided
    if moment > asked.requested_at + APPROVAL_WITHIN:
        raise BreakGlassLapsed
    if not _may_request(asked):
        raise RequesterGone
    asked.approved_by_id, asked.approved_at, asked.until = user_id, moment, moment + BREAK_GLASS_LASTS
    asked.save(update_fields=["approved_by", "approved_at", "until"])
    DisclosureGrant.objects.create(
        viewer_id=asked.operator_id,
        person_id=asked.requested_by_id,
        subject_id=asked.subject_id,
        tier=asked.tier,
        cause=_cause(asked),
        since=moment,
        until=asked.until,
    )
    _tell(events.BREAK_GLASS_APPROVED, actor, asked)
    return asked


@transaction.atomic
def break_glass_end(*, actor: Actor, break_glass: BreakGlass, now: dt.datetime | None = None) -> BreakGlass:
    """Close what was opened, or take a request back; in force from the next request. Again changes nothing.

    Raises NotYours.
    """
    own_require(actor=actor, organisation_id=break_glass.operator_id)
    asked = BreakGlass.objects.select_for_update().get(pk=break_glass.pk)
    moment = now or database_now()
    if asked.ended_at is not None or (asked.until is not None and asked.until <= moment):
        return asked
    _end(actor, asked, moment)
    return asked


def break_glasses_end(*, actor: Actor, operator_id: UUID, user_id: UUID, now: dt.datetime) -> None:
    """End what this person of the operator asked for; call it in the transaction in which they lose the right to it."""
    asked_for = BreakGlass.objects.select_for_update().filter(
        Q(until=None) | Q(until__gt=now), operator_id=operator_id, requested_by_id=user_id, ended_at=None
    )
    for asked in asked_for.order_by("pk"):
        _end(actor, asked, now)


def break_glass_is_open(*, break_glass: BreakGlass, now: dt.datetime) -> bool:
    """Whether the one who asked may see the subject's data at `now`."""
    return break_glass.ended_at is None and break_glass.until is not None and now < break_glass.until


def break_glass_actions(*, actor: Actor, break_glass: BreakGlass, now: dt.datetime) -> list[str]:
    """Which of `approve` and `end` the actor may do at `now`."""
    if actor.organisation_id != break_glass.operator_id or break_glass.ended_at is not None:
        return []
    is_waiting = break_glass.approved_at is None
    is_another = actor.api_key_id is None and actor.user_id != break_glass.requested_by_id
    is_timely = now <= break_glass.requested_at + APPROVAL_WITHIN
    actions = []
    if actor.may(Permission.BREAK_GLASS_APPROVE) and is_waiting and is_another and is_timely:
        actions.append("approve")
    if actor.may(Permission.BREAK_GLASS_END) and (is_waiting or break_glass_is_open(break_glass=break_glass, now=now)):
        actions.append("end")
    return actions


def _end(actor: Actor, asked: BreakGlass, moment: dt.datetime) -> None:
    asked.ended_at = moment
    asked.save(update_fields=["ended_at"])
    _grants(asked).filter(until__gt=moment).update(until=moment)
    _tell(events.BREAK_GLASS_ENDED, actor, asked)


def _person(actor: Actor) -> tuple[UUID, UUID]:
    """The actor as a person of an organisation. Raises BreakGlassNeedsPerson."""
    if actor.api_key_id is not None or actor.user_id is None or actor.organisation_id is None:
        raise BreakGlassNeedsPerson
    return actor.user_id, actor.organisation_id


def _may_request(asked: BreakGlass) -> bool:
    """Whether the person who asked still holds in the operator's organisation what lets them ask."""
    member = (
        Membership.objects.filter(
            organisation_id=asked.operator_id, user_id=asked.requested_by_id, user__is_active=True
        )
        .select_related("organisation")
        .first()
    )
    if member is None:
        return False
    operator = member.organisation
    held = permissions_of(kind=operator.kind, roles=member.roles, standing=operator.standing)
    return Permission.BREAK_GLASS_REQUEST in held


def _cause(asked: BreakGlass) -> str:
    return f"break_glass:{asked.pk}"


def _grants(asked: BreakGlass) -> models.QuerySet[DisclosureGrant]:
    return DisclosureGrant.objects.filter(viewer_id=asked.operator_id, subject_id=asked.subject_id, cause=_cause(asked))


def _tell(name: str, actor: Actor, asked: BreakGlass) -> None:
    """The fact in the trail of the organisation that it concerns."""
    publish(
        name,
        actor=actor,
        subject=asked,
        organisation_id=asked.subject_id,
        data={"operator": str(asked.operator_id), "tier": asked.tier},
    )
