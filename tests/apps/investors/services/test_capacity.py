"""What is held of the capacity of mandates."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from apps.investors import services
from apps.investors.models import CapacityHold, Mandate
from apps.investors.selectors import capacities_left
from apps.investors.states import HoldStatus, MandateStatus
from apps.reference.tables import UnknownCurrency, editions
from kernel.access import Actor
from kernel.clock import database_now, utc_today
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.investors import CapacityHoldFactory, MandateFactory
from tests.factories.organisations import actor_of
from tests.transactions import together

CAUSE = "dealrooms.termsheet"
HOUR = dt.timedelta(hours=1)


def reserve(mandate: Mandate, amount: Decimal | int = 1_000_000, **values: Any) -> CapacityHold:
    given: dict[str, Any] = {"currency": "EUR", "cause": CAUSE, "cause_id": uuid7(), **values}
    return services.capacity_reserve(actor=Actor.system(), mandate=mandate, amount=Decimal(amount), **given)


def left(mandate: Mandate) -> Decimal | None:
    """What is left by what is stored."""
    stored = Mandate.objects.get(pk=mandate.pk)
    rates = editions().table_at(utc_today()).fx_to_eur
    return capacities_left(mandates=[stored], rates=rates, at=database_now())[stored.pk]


@pytest.mark.django_db
class TestCapacityReserve:
    def test_takes_from_what_is_left_and_tells_no_amount(self) -> None:
        mandate = MandateFactory(capacity=Decimal(3_000_000))

        hold = reserve(mandate, 1_000_000)

        assert left(mandate) == Decimal(2_000_000)
        told = Event.objects.get(name="investors.capacity.reserved")
        assert told.organisation_id == mandate.fund.organisation_id
        assert told.data == {"mandate": str(mandate.pk), "cause": CAUSE, "cause_id": str(hold.cause_id)}

    def test_takes_all_but_no_cent_more(self) -> None:
        mandate = MandateFactory(capacity=Decimal("1000.00"))
        reserve(mandate, Decimal("999.99"))

        with pytest.raises(services.CapacityUsedUp):
            reserve(mandate, Decimal("0.02"))
        reserve(mandate, Decimal("0.01"))

        assert left(mandate) == 0

    def test_has_no_bound_where_none_is_stated(self) -> None:
        mandate = MandateFactory(capacity=None)

        reserve(mandate, 10**12)

        assert left(mandate) is None

    def test_holds_once_for_a_cause(self) -> None:
        mandate = MandateFactory()
        first = reserve(mandate)

        again = reserve(mandate, cause_id=first.cause_id)

        assert again == first
        assert CapacityHold.objects.count() == Event.objects.filter(name="investors.capacity.reserved").count() == 1

    def test_lasts_until_the_later_end(self) -> None:
        mandate, now = MandateFactory(), database_now()
        first = reserve(mandate, expires_at=now + 2 * HOUR)

        sooner = reserve(mandate, cause_id=first.cause_id, expires_at=now + HOUR)
        later = reserve(mandate, cause_id=first.cause_id, expires_at=now + 3 * HOUR)
        lasting = reserve(mandate, cause_id=first.cause_id)
        still = reserve(mandate, cause_id=first.cause_id, expires_at=now + HOUR)

        ends = [hold.expires_at for hold in (sooner, later, lasting, still)]
        assert ends == [now + 2 * HOUR, now + 3 * HOUR, None, None]

    def test_refuses_another_amount_for_the_same_cause(self) -> None:
        mandate = MandateFactory()
        first = reserve(mandate)

        with pytest.raises(services.HeldOtherwise):
            reserve(mandate, 2, cause_id=first.cause_id)
        with pytest.raises(services.HeldOtherwise):
            reserve(mandate, currency="USD", cause_id=first.cause_id)

    def test_counts_another_currency_at_the_reference_rate(self) -> None:
        mandate = MandateFactory(capacity=Decimal(1_000_000))
        rate = editions().table_at(utc_today()).fx_to_eur["UAH"]

        reserve(mandate, 10_000_000, currency="UAH")

        taken = 10_000_000 * rate
        assert left(mandate) == (1_000_000 - taken).quantize(Decimal("0.01"))
        with pytest.raises(UnknownCurrency):
            reserve(mandate, 1, currency="XTS")

    @pytest.mark.parametrize("status", [MandateStatus.DRAFT, MandateStatus.CLOSED])
    def test_is_of_mandates_in_force_only(self, status: str) -> None:
        with pytest.raises(services.MandateHoldsNothing):
            reserve(MandateFactory(status=status))

    def test_goes_on_while_a_mandate_is_paused(self) -> None:
        assert reserve(MandateFactory(status=MandateStatus.PAUSED)).status == HoldStatus.RESERVED

    def test_refuses_nothing_and_the_past(self) -> None:
        mandate = MandateFactory()

        with pytest.raises(services.HoldNotAcceptable):
            reserve(mandate, 0)
        with pytest.raises(services.HoldNotAcceptable):
            reserve(mandate, expires_at=database_now())

    def test_goes_by_what_is_stored_not_by_what_was_read(self) -> None:
        mandate = MandateFactory(capacity=Decimal(5_000_000))
        Mandate.objects.filter(pk=mandate.pk).update(capacity=Decimal(10))

        with pytest.raises(services.CapacityUsedUp):
            reserve(mandate, 11)


@pytest.mark.django_db
class TestExpiry:
    def test_gives_back_at_the_moment_itself(self) -> None:
        mandate = MandateFactory(capacity=Decimal(100))
        now = database_now()
        first = reserve(mandate, 100, expires_at=now + HOUR, now=now)

        with pytest.raises(services.CapacityUsedUp):
            reserve(mandate, 1, now=now + HOUR - dt.timedelta(microseconds=1))
        assert reserve(mandate, 100, now=now + HOUR).pk != first.pk

    def test_cannot_be_used_up_afterwards(self) -> None:
        mandate = MandateFactory()
        now = database_now()
        hold = reserve(mandate, expires_at=now + HOUR)

        with pytest.raises(services.HoldEnded):
            services.capacity_consume(mandate=mandate, cause=CAUSE, cause_id=hold.cause_id, now=now + HOUR)
        with pytest.raises(services.HoldEnded):
            reserve(mandate, cause_id=hold.cause_id, now=now + HOUR)

    def test_is_told_once(self) -> None:
        now = database_now()
        past = CapacityHoldFactory(expires_at=now - HOUR)
        lasting = CapacityHoldFactory(expires_at=now + HOUR)
        CapacityHoldFactory(expires_at=None)
        CapacityHoldFactory(expires_at=now - HOUR, status=HoldStatus.CONSUMED)

        assert (services.capacity_expire(now=now), services.capacity_expire(now=now)) == (1, 0)

        told = Event.objects.get(name="investors.capacity.released")
        assert (told.object_id, told.organisation_id) == (past.pk, past.mandate.fund.organisation_id)
        assert CapacityHold.objects.get(pk=lasting.pk).status == HoldStatus.RESERVED


@pytest.mark.django_db
class TestCapacityConsume:
    def test_uses_up_what_was_reserved(self) -> None:
        mandate = MandateFactory(capacity=Decimal(3_000_000))
        hold = reserve(mandate)

        used = services.capacity_consume(mandate=mandate, cause=CAUSE, cause_id=hold.cause_id)
        again = services.capacity_consume(mandate=mandate, cause=CAUSE, cause_id=hold.cause_id)

        assert used.status == again.status == HoldStatus.CONSUMED
        assert left(mandate) == Decimal(2_000_000)
        assert Event.objects.filter(name="investors.capacity.consumed").count() == 1
        assert reserve(mandate, cause_id=hold.cause_id).status == HoldStatus.CONSUMED

    def test_outlasts_the_end_of_the_reservation(self) -> None:
        mandate = MandateFactory(capacity=Decimal(100))
        now = database_now()
        hold = reserve(mandate, 100, expires_at=now + HOUR)

        services.capacity_consume(mandate=mandate, cause=CAUSE, cause_id=hold.cause_id, now=now)

        with pytest.raises(services.CapacityUsedUp):
            reserve(mandate, 1, now=now + 2 * HOUR)

    def test_works_after_the_mandate_was_closed(self) -> None:
        mandate = MandateFactory()
        hold = reserve(mandate)
        services.mandate_close(actor=actor_of(mandate.fund.organisation), mandate=mandate)

        used = services.capacity_consume(mandate=mandate, cause=CAUSE, cause_id=hold.cause_id)

        assert used.status == HoldStatus.CONSUMED
        with pytest.raises(services.MandateHoldsNothing):
            reserve(mandate)

    def test_needs_a_reservation_of_this_mandate(self) -> None:
        hold = reserve(MandateFactory())

        with pytest.raises(services.NoSuchHold):
            services.capacity_consume(mandate=MandateFactory(), cause=CAUSE, cause_id=hold.cause_id)


@pytest.mark.django_db
class TestCapacityRelease:
    def test_gives_back_once(self) -> None:
        mandate = MandateFactory(capacity=Decimal(3_000_000))
        hold = reserve(mandate)

        for _ in range(2):
            services.capacity_release(mandate=mandate, cause=CAUSE, cause_id=hold.cause_id)

        assert left(mandate) == Decimal(3_000_000)
        assert Event.objects.filter(name="investors.capacity.released").count() == 1
        with pytest.raises(services.HoldEnded):
            services.capacity_consume(mandate=mandate, cause=CAUSE, cause_id=hold.cause_id)
        with pytest.raises(services.HoldEnded):
            reserve(mandate, cause_id=hold.cause_id)

    def test_refuses_what_is_used_up(self) -> None:
        hold = CapacityHoldFactory(status=HoldStatus.CONSUMED)

        with pytest.raises(services.HoldUsedUp):
            services.capacity_release(mandate=hold.mandate, cause=hold.cause, cause_id=hold.cause_id)


@pytest.mark.django_db
class TestStatedCapacity:
    """What a fund states anew stays above what is held."""

    @pytest.mark.parametrize(("capacity", "is_taken"), [("1000000.00", True), ("999999.99", False), (None, True)])
    def test_is_not_below_what_is_held(self, capacity: str | None, is_taken: bool) -> None:
        mandate = MandateFactory()
        reserve(mandate, 1_000_000)
        stated = None if capacity is None else Decimal(capacity)
        change = partial(
            services.mandate_update, actor=actor_of(mandate.fund.organisation), mandate=mandate, capacity=stated
        )

        if is_taken:
            assert change().capacity == stated
            return
        with pytest.raises(services.MandateNotAcceptable) as refusal:
            change()
        assert [problem.code for problem in refusal.value.errors] == ["below_held"]

    def test_is_held_against_another_currency(self) -> None:
        mandate = MandateFactory()
        reserve(mandate, 1_000_000)
        amounts = {name: Decimal(20_000_000) for name in ("ticket_min", "ticket_max", "capacity")}

        with pytest.raises(services.MandateNotAcceptable):
            services.mandate_update(actor=Actor.system(), mandate=mandate, currency="UAH", **amounts)


@pytest.mark.usefixtures("committed")
class TestRaces:
    def test_twenty_at_once_never_take_more_than_there_is(self) -> None:
        mandate = MandateFactory(capacity=Decimal(10_500_000))
        calls: list[Callable[[], Any]] = [partial(reserve, mandate) for _ in range(20)]

        results = together(*calls)

        taken = [item for item in results if isinstance(item, CapacityHold)]
        refused = [item for item in results if isinstance(item, services.CapacityUsedUp)]
        assert (len(taken), len(refused)) == (10, 10)
        assert left(mandate) == Decimal(500_000)

    def test_twenty_of_one_cause_hold_once(self) -> None:
        mandate, cause = MandateFactory(capacity=Decimal(1_000_000)), uuid7()

        results = together(*[partial(reserve, mandate, cause_id=cause) for _ in range(20)])

        assert {item.pk for item in results} == {CapacityHold.objects.get().pk}
        assert left(mandate) == 0

    def test_what_is_used_up_and_given_back_at_once_ends_one_way(self) -> None:
        mandate = MandateFactory(capacity=Decimal(20_000_000))
        causes: list[UUID] = [reserve(mandate).cause_id for _ in range(10)]
        calls: list[Callable[[], Any]] = [
            partial(service, mandate=mandate, cause=CAUSE, cause_id=cause)
            for cause in causes
            for service in (services.capacity_consume, services.capacity_release)
        ]

        results = together(*calls)

        used = CapacityHold.objects.filter(status=HoldStatus.CONSUMED).count()
        assert sum(isinstance(item, services.HoldUsedUp | services.HoldEnded) for item in results) == 10
        assert left(mandate) == Decimal(20_000_000) - used * 1_000_000

    def test_a_lower_capacity_and_reservations_at_once_never_fall_below_nothing(self) -> None:
        mandate = MandateFactory(capacity=Decimal(10_000_000))
        actor = actor_of(mandate.fund.organisation)
        lower = partial(services.mandate_update, actor=actor, mandate=mandate, capacity=Decimal(5_000_000))

        together(lower, *[partial(reserve, mandate) for _ in range(19)])

        stated = Mandate.objects.get(pk=mandate.pk).capacity
        assert stated is not None
        held = CapacityHold.objects.count() * 1_000_000
        assert 5_000_000 <= held <= stated
