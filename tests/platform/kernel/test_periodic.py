"""Periodic turns."""

import datetime as dt

import pytest

from kernel.models import IdempotentAnswer, Slot
from kernel.periodic import slot_take, tidy

NOW = dt.datetime(2026, 11, 15, 10, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.django_db
class TestSlotTake:
    def test_gives_a_turn_to_one(self):
        assert slot_take(name="tidy", every=HOUR, now=NOW)
        assert not slot_take(name="tidy", every=HOUR, now=NOW + dt.timedelta(minutes=29))

    def test_gives_the_next_turn_again(self):
        assert slot_take(name="tidy", every=HOUR, now=NOW)
        assert slot_take(name="tidy", every=HOUR, now=NOW + dt.timedelta(minutes=30))


@pytest.mark.django_db
class TestTidy:
    def test_forgets_old_slots(self):
        Slot.objects.create(name="other", at=NOW - dt.timedelta(days=8))

        tidy(now=NOW)

        assert list(Slot.objects.values_list("name", flat=True)) == ["tidy"]

    def test_has_one_turn_an_hour(self):
        tidy(now=NOW)

        assert tidy(now=NOW) == 0
        assert IdempotentAnswer.objects.count() == 0
