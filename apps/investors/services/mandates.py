"""Mandates: what a fund will do, from draft to close."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.investors import events
from apps.investors.models import Fund, Mandate
from apps.investors.rules import held_amount
from apps.investors.services.limits import MATCHED, drafts_require, edits_require
from apps.investors.services.mandate_terms import SCORED_MANDATE_FIELDS, MandateNotAcceptable, terms_checked
from apps.investors.services.versions import versions_record
from apps.investors.states import MANDATE, MandateStatus
from apps.organisations.rules import own_require
from apps.reference.areas import weights_followed
from apps.reference.tables import editions
from kernel.access import Actor
from kernel.clock import database_now, utc_today
from kernel.errors import Conflict, FieldProblem
from kernel.events import publish
from kernel.versions import version_save

Weights = Sequence[tuple[str, float]]
"""Pairs of a code and its weight."""


class MandateEnded(Conflict):
    """The mandate is closed and no longer changes."""


@transaction.atomic
def mandate_create(
    *,
    actor: Actor,
    fund: Fund,
    name: str,
    areas: Weights,
    ticket_min: Decimal,
    ticket_max: Decimal,
    currency: str,
    instruments: Sequence[str],
    **values: Any,
) -> Mandate:
    """A draft mandate for one class of capital; `lever` is the id of a public or own one.

    Raises NotYours and MandateNotAcceptable.
    """
    own_require(actor=actor, organisation_id=fund.organisation_id)
    values |= {"name": name, "areas": areas, "ticket_min": ticket_min, "ticket_max": ticket_max}
    values |= {"currency": currency, "instruments": list(instruments)}
    mandate = Mandate.objects.create(fund=fund, **terms_checked(actor=actor, values=values))
    versions_record(actor=actor, mandate_ids=[mandate.pk])
    publish(events.MANDATE_CREATED, actor=actor, subject=mandate, organisation_id=fund.organisation_id)
    return mandate


@transaction.atomic
def mandate_update(*, actor: Actor, mandate: Mandate, **changes: Any) -> Mandate:
    """Change what the fund will do; what is matched changes its terms `EDITS_PER_DAY` times a day, its name at will.

    Raises NotYours, MandateEnded, MandateNotAcceptable, TooManyEditsToday and ChangedMeanwhile.
    """
    organisation_id = mandate.fund.organisation_id
    own_require(actor=actor, organisation_id=organisation_id)
    if mandate.status == MandateStatus.CLOSED:
        raise MandateEnded
    changed = version_save(instance=mandate, changes=terms_checked(actor=actor, values=changes, present=mandate))
    _capacity_require(mandate, changed)
    if mandate.status in MATCHED:
        edits_require(
            actor=actor,
            subject=mandate,
            changed=changed,
            scored=SCORED_MANDATE_FIELDS,
            event=events.MANDATE_UPDATED,
        )
    if changed:
        versions_record(actor=actor, mandate_ids=[mandate.pk])
        data = {"fields": changed}
        publish(events.MANDATE_UPDATED, actor=actor, subject=mandate, organisation_id=organisation_id, data=data)
    return mandate


@transaction.atomic
def mandates_follow(*, moves: Mapping[str, Sequence[str]]) -> int:
    """Let every mandate that wants a retired area want all its successors, with the same weight; returns how many.

    `moves` are codes of retired areas with their successors. Again changes nothing.
    """
    wanting = reduce(or_, [Q(areas__contains=[[code]]) for code in moves], Q(pk__in=[]))
    locked = Mandate.objects.select_for_update(of=("self",), no_key=True).select_related("fund")
    rows = list(locked.filter(wanting).order_by("pk"))
    for mandate in rows:
        areas = [list(pair) for pair in weights_followed(weights=mandate.areas, moves=moves)]
        changed = version_save(instance=mandate, changes={"areas": areas})
        organisation_id = mandate.fund.organisation_id
        data = {"fields": changed}
        publish(
            events.MANDATE_UPDATED, actor=Actor.system(), subject=mandate, organisation_id=organisation_id, data=data
        )
    versions_record(actor=Actor.system(), mandate_ids=[mandate.pk for mandate in rows])
    return len(rows)


@transaction.atomic
def mandate_activate(*, actor: Actor, mandate: Mandate) -> Mandate:
    """Let the mandate be matched and shown to verified firms; of a fund's drafts `DRAFTS_PER_DAY` in a day.

    Raises NotYours, NotPermitted, NotNow and TooManyMandatesToday.
    """
    _fire("activate", actor, mandate)
    drafts_require(actor=actor, mandate=mandate)
    return mandate


def mandate_pause(*, actor: Actor, mandate: Mandate) -> Mandate:
    """Take the mandate out of matching for a while; what it holds goes on. Raises NotYours, NotPermitted and NotNow."""
    return _fire("pause", actor, mandate)


def mandate_close(*, actor: Actor, mandate: Mandate) -> Mandate:
    """End the mandate: nothing new is reserved of it, what is reserved may still be used up.

    Raises NotYours, NotPermitted and NotNow.
    """
    return _fire("close", actor, mandate)


@transaction.atomic
def _fire(name: str, actor: Actor, mandate: Mandate) -> Mandate:
    organisation_id = mandate.fund.organisation_id
    own_require(actor=actor, organisation_id=organisation_id)
    MANDATE.fire(name, instance=mandate, actor=actor, organisation_id=organisation_id)
    versions_record(actor=actor, mandate_ids=[mandate.pk])
    return mandate


def _capacity_require(mandate: Mandate, changed: Collection[str]) -> None:
    """Raises MandateNotAcceptable when less capacity is stated than is held. To be called with the row saved: whoever
    holds more waits for it.
    """
    if mandate.capacity is None or {"capacity", "currency"}.isdisjoint(changed):
        return
    held = [(hold.amount, hold.currency) for hold in mandate.holds.in_force(database_now())]
    rates = editions().table_at(utc_today()).fx_to_eur
    taken = [held_amount(amount=amount, currency=own, of=mandate.currency, rates=rates) for amount, own in held]
    if None in taken or sum(amount for amount in taken if amount is not None) > mandate.capacity:
        problem = FieldProblem("/capacity", "below_held", "Not below what is reserved and used up.")
        raise MandateNotAcceptable(errors=[problem])
