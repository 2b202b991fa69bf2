"""Reads of introductions: one's own word and what was answered, and of the other side what is seen of it now."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from apps.investors.models import Fund, Mandate
from apps.matching.models import DecisionStep, Introduction
from apps.matching.rules.introductions import RECORDED
from apps.matching.states import INTRODUCTION, SIDES, IntroductionStatus, Side
from apps.permissions import Permission
from apps.startups.disclosure import firm_pseudonym
from apps.startups.models import Firm, Raise
from kernel.access import Actor

RECORD_STEP = "record_step"
ACTIONS = (*INTRODUCTION.by_name, RECORD_STEP)


def introduction_list(*, actor: Actor) -> QuerySet[Introduction]:
    """The introductions of the actor's fund or firm, each with its `recorded` steps and with `shown_mandate`,
    `shown_fund`, `shown_raise_item` and `shown_firm`: what the actor sees of these now, else None.
    """
    shown: list[tuple[str, QuerySet[Any]]] = [
        ("mandate", Mandate.objects.visible_to(actor)),
        ("fund", Fund.objects.visible_to(actor).select_related("organisation")),
        ("raise_item", Raise.objects.visible_to(actor).select_related("lead_capability__area")),
        ("firm", Firm.objects.visible_to(actor).select_related("organisation")),
    ]
    steps = Prefetch("steps", queryset=DecisionStep.objects.order_by("on", "pk"), to_attr="recorded")
    return Introduction.objects.visible_to(actor).prefetch_related(
        steps, *(Prefetch(name, queryset=rows, to_attr=f"shown_{name}") for name, rows in shown)
    )


def own_side(*, actor: Actor) -> str:
    """The side of the actor's organisation; nobody else reads introductions."""
    return SIDES[actor.kind]


def is_counterpart_seen(*, introduction: Any, side: str) -> bool:
    """Whether `side` sees the other one's fund or firm now; of an introduction of `introduction_list`."""
    name = "shown_firm" if side == Side.INVESTOR else "shown_fund"
    return getattr(introduction, name, None) is not None


def introduction_actions(*, introduction: Introduction, actor: Actor) -> list[str]:
    """What the actor may do with it now."""
    found = INTRODUCTION.available(introduction, actor)
    if actor.may(Permission.INTRODUCTION_RECORD) and steps_open(introduction=introduction, side=own_side(actor=actor)):
        found.append(RECORD_STEP)
    return found


def steps_open(*, introduction: Any, side: str) -> list[str]:
    """The steps that a side may still record; of an introduction of `introduction_list`."""
    if introduction.status != IntroductionStatus.MUTUAL or introduction.closed_at is not None:
        return []
    done = {step.step for step in introduction.recorded if step.side == side}
    return [step for step in RECORDED[side] if step not in done]


def counterpart_names(*, ids: Collection[UUID], actor: Actor) -> dict[UUID, str]:
    """What the other side of these introductions is called in a message to the actor's organisation, without those
    whose other side it does not see now. Messages leave the site: they name no firm, also where it revealed itself.
    """
    side = SIDES.get(actor.kind)
    if side is None:
        return {}
    rows = Introduction.objects.visible_to(actor).filter(pk__in=ids)
    column = "fund_id" if side == Side.STARTUP else "firm_id"
    others = dict(rows.values_list("pk", column))
    names: dict[UUID, str] = {}
    if side == Side.STARTUP:
        for fund in Fund.objects.visible_to(actor).filter(pk__in=others.values()).select_related("organisation"):
            names[fund.pk] = fund.organisation.legal_name
    else:
        for firm in Firm.objects.visible_to(actor).filter(pk__in=others.values()):
            names[firm.pk] = firm_pseudonym(firm_id=str(firm.pk))
    return {pk: names[other] for pk, other in others.items() if other in names}


def of_mandates(*, actor: Actor, ids: list[UUID]) -> Q:
    """Introductions to these mandates, as far as the actor sees them now."""
    return Q(mandate__in=Mandate.objects.visible_to(actor).filter(pk__in=ids).values("pk"))


def of_raises(*, actor: Actor, ids: list[UUID]) -> Q:
    """Introductions to these raises, as far as the actor sees them now."""
    return Q(raise_item__in=Raise.objects.visible_to(actor).filter(pk__in=ids).values("pk"))


def awaiting(*, actor: Actor) -> Q:
    """Introductions that wait for the actor's side's answer."""
    return Q(status=IntroductionStatus.INTERESTED) & ~Q(side=SIDES.get(actor.kind, ""))
