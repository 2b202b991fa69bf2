"""What is held of the capacity of mandates: reserved with accepted terms, used up by money, given back.

Each service serves a step that another app has judged; none asks who acts.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from apps.investors import events
from apps.investors.models import CapacityHold, Mandate
from apps.investors.rules import capacity_left, held_amount
from apps.investors.states import HOLD, HoldStatus, MandateStatus
from apps.reference.tables import UnknownCurrency, editions
from kernel.access import Actor
from kernel.clock import database_now, utc_today
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import publish

HOLDING = (MandateStatus.ACTIVE, MandateStatus.PAUSED)
"""The statuses in which a mandate gives capacity: pausing hides it from new firms, deals under way go on."""
EXPIRED_AT_ONCE = 500


class CapacityUsedUp(Conflict):
    """The mandate has less capacity left than that."""


class MandateHoldsNothing(Conflict):
    """Only a mandate that is active or paused reserves capacity."""


class HeldOtherwise(Conflict):
    """This cause holds another amount already."""


class HoldEnded(Conflict):
    """What this cause held is free again."""


class HoldUsedUp(Conflict):
    """What this cause held is used up and cannot be given back."""


class HoldNotAcceptable(Invalid):
    """A hold is more than nothing, and does not end before it begins."""


class NoSuchHold(NotFound):
    """This cause holds nothing of the mandate."""


@transaction.atomic
def capacity_reserve(
    *,
    actor: Actor,
    mandate: Mandate,
    amount: Decimal,
    currency: str,
    cause: str,
    cause_id: UUID,
    expires_at: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> CapacityHold:
    """Reserve `amount` of a mandate for a cause until `expires_at`, for good without.

    Again for the same cause and amount it is the hold that there is, lasting until the later of both ends. Raises
    CapacityUsedUp, MandateHoldsNothing, HeldOtherwise, HoldEnded, HoldNotAcceptable and UnknownCurrency.
    """
    locked = _locked(mandate)
    now = now or database_now()
    if amount <= 0 or (expires_at is not None and expires_at <= now):
        raise HoldNotAcceptable
    hold = CapacityHold.objects.filter(mandate=locked, cause=cause, cause_id=cause_id).first()
    if hold is not None:
        return _again(hold, amount, currency, expires_at, now)
    if locked.status not in HOLDING:
        raise MandateHoldsNothing
    rates = editions().table_at(utc_today(now)).fx_to_eur
    taken = held_amount(amount=amount, currency=currency, of=locked.currency, rates=rates)
    if taken is None:
        raise UnknownCurrency(
            "There is no exchange rate between {one} and {other}.", one=currency, other=locked.currency
        )
    held = CapacityHold.objects.filter(mandate=locked).in_force(now).values_list("amount", "currency")
    left = capacity_left(stated=locked.capacity, currency=locked.currency, held=held, rates=rates)
    if locked.capacity is not None and (left is None or taken > left):
        raise CapacityUsedUp
    made = CapacityHold.objects.create(
        mandate=locked, amount=amount, currency=currency, cause=cause, cause_id=cause_id, expires_at=expires_at
    )
    publish(
        events.CAPACITY_RESERVED,
        actor=actor,
        subject=made,
        organisation_id=locked.fund.organisation_id,
        data=_told(made),
    )
    return made


@transaction.atomic
def capacity_consume(*, mandate: Mandate, cause: str, cause_id: UUID, now: dt.datetime | None = None) -> CapacityHold:
    """Use up what a cause has reserved: the money is paid. Again it changes nothing.

    Raises NoSuchHold and, when the time of the reservation is over, HoldEnded.
    """
    locked, hold = _held(mandate, cause, cause_id)
    if hold.status == HoldStatus.CONSUMED:
        return hold
    if hold.status == HoldStatus.RELEASED or _is_over(hold, now or database_now()):
        raise HoldEnded
    return _fire("consume", hold, locked)


@transaction.atomic
def capacity_release(*, mandate: Mandate, cause: str, cause_id: UUID) -> CapacityHold:
    """Give back what a cause has reserved. Again it changes nothing. Raises NoSuchHold and HoldUsedUp."""
    locked, hold = _held(mandate, cause, cause_id)
    if hold.status == HoldStatus.CONSUMED:
        raise HoldUsedUp
    return hold if hold.status == HoldStatus.RELEASED else _fire("release", hold, locked)


def capacity_expire(*, now: dt.datetime | None = None) -> int:
    """Release what is reserved and whose time is over; it takes no capacity from then on anyway. Returns how many."""
    now = now or database_now()
    expired = 0
    with transaction.atomic():
        rows = CapacityHold.objects.expired(now).select_for_update(of=("self",), skip_locked=True)
        for hold in rows.select_related("mandate__fund").order_by("pk")[:EXPIRED_AT_ONCE]:
            _fire("release", hold, hold.mandate)
            expired += 1
    return expired


def _locked(mandate: Mandate) -> Mandate:
    """The mandate as it is now; until the transaction ends nobody else holds or changes anything of it."""
    rows = Mandate.objects.select_related("fund").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=mandate.pk)


def _held(mandate: Mandate, cause: str, cause_id: UUID) -> tuple[Mandate, CapacityHold]:
    locked = _locked(mandate)
    hold = CapacityHold.objects.filter(mandate=locked, cause=cause, cause_id=cause_id).first()
    if hold is None:
        raise NoSuchHold
    return locked, hold


def _again(
    hold: CapacityHold, amount: Decimal, currency: str, expires_at: dt.datetime | None, now: dt.datetime
) -> CapacityHold:
    if (hold.amount, hold.currency) != (amount, currency):
        raise HeldOtherwise
    if hold.status == HoldStatus.CONSUMED:
        return hold
    if hold.status == HoldStatus.RELEASED or _is_over(hold, now):
        raise HoldEnded
    if hold.expires_at is not None and (expires_at is None or expires_at > hold.expires_at):
        hold.expires_at = expires_at
        hold.save(update_fields=["expires_at"])
    return hold


def _is_over(hold: CapacityHold, now: dt.datetime) -> bool:
    return hold.expires_at is not None and hold.expires_at <= now


def _fire(name: str, hold: CapacityHold, mandate: Mandate) -> CapacityHold:
    return HOLD.fire(
        name,
        instance=hold,
        actor=Actor.system(),
        organisation_id=mandate.fund.organisation_id,
        data=_told(hold),
    )


def _told(hold: CapacityHold) -> dict[str, str]:
    """What facts tell of a hold: ids and the kind of its cause, no amount."""
    return {"mandate": str(hold.mandate_id), "cause": hold.cause, "cause_id": str(hold.cause_id)}
