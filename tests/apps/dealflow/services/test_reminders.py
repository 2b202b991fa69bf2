"""Reminders."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.dealflow.models import WatchlistReminder
from apps.dealflow.services import reminders
from apps.dealflow.services.reminders import reminder_cancel, reminder_set, reminders_drop, reminders_tell
from apps.organisations.models import Membership, Organisation
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Event
from tests.factories.organisations import actor_of
from tests.factories.pipelines import fund_actor, reminded, watched

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
LATER = dt.timedelta(days=2)


def colleague_of(actor: Actor, role: str) -> Actor:
    return actor_of(Organisation.objects.get(pk=actor.organisation_id), role)


def due() -> list[Event]:
    return list(Event.objects.filter(name="dealflow.reminder.due"))


class TestReminderSet:
    def test_is_for_oneself_unless_somebody_is_named(self) -> None:
        actor = fund_actor()
        colleague = colleague_of(actor, "viewer")

        own, other = reminded(actor), reminded(actor, person=colleague.user_id)

        assert (own.person_id, other.person_id) == (actor.user_id, colleague.user_id)
        assert other.set_by_id == actor.user_id

    def test_refuses_strangers(self) -> None:
        with pytest.raises(reminders.ReminderNotAcceptable):
            reminded(fund_actor(), person=fund_actor().user_id)

    @pytest.mark.parametrize("ahead", [-DAY, dt.timedelta(0), dt.timedelta(days=6 * 366)])
    def test_refuses_what_is_past_or_far(self, ahead: dt.timedelta) -> None:
        now = utc_now()
        actor = fund_actor()

        with pytest.raises(reminders.ReminderNotAcceptable):
            reminder_set(actor=actor, entry=watched(actor), due_at=now + ahead, now=now)

    def test_refuses_more_than_there_may_be(self, monkeypatch: pytest.MonkeyPatch) -> None:
        actor = fund_actor()
        entry = watched(actor)
        monkeypatch.setattr(reminders, "MOST_REMINDERS", 1)
        reminded(actor, entry)

        with pytest.raises(reminders.TooManyReminders):
            reminded(actor, entry)


class TestRemindersTell:
    def test_tells_what_is_due_once(self) -> None:
        actor = fund_actor()
        reminder = reminded(actor, text="Call them")
        moment = utc_now() + LATER

        first, again = reminders_tell(now=moment), reminders_tell(now=moment + DAY)

        assert (first, again) == (1, 0)
        [event] = due()
        assert (event.object_id, event.organisation_id) == (reminder.pk, actor.organisation_id)
        assert event.data == {"entry": str(reminder.entry_id), "people": {str(actor.user_id): "instant"}}
        assert WatchlistReminder.objects.get(pk=reminder.pk).told_at == moment

    def test_leaves_what_is_to_come(self) -> None:
        reminded(fund_actor())

        assert reminders_tell(now=utc_now()) == 0
        assert due() == []

    def test_tells_nobody_who_has_left(self) -> None:
        actor = fund_actor()
        colleague = colleague_of(actor, "editor")
        reminded(actor, person=colleague.user_id)
        Membership.objects.filter(user_id=colleague.user_id).delete()

        assert reminders_tell(now=utc_now() + LATER) == 0
        assert not WatchlistReminder.objects.exists()

    def test_takes_a_turn_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        actor = fund_actor()
        for _ in range(3):
            reminded(actor)
        monkeypatch.setattr(reminders, "MOST_A_TURN", 2)
        moment = utc_now() + LATER

        assert [reminders_tell(now=moment) for _ in range(3)] == [2, 1, 0]

    def test_what_dies_before_it_is_published_stays_due(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reminded(fund_actor())
        moment = utc_now() + LATER

        def dies(*_: object, **__: object) -> None:
            raise RuntimeError("killed")

        with monkeypatch.context() as patched:
            patched.setattr(reminders, "publish", dies)
            with pytest.raises(RuntimeError):
                reminders_tell(now=moment)

        assert reminders_tell(now=moment) == 1
        assert len(due()) == 1


class TestReminderCancel:
    def test_is_for_whom_it_concerns_and_owners(self) -> None:
        owner = fund_actor()
        editor, viewer, other = (colleague_of(owner, role) for role in ("editor", "viewer", "editor"))

        for who in (editor, viewer, owner):
            reminder_cancel(actor=who, reminder=reminded(editor, person=viewer.user_id))
        with pytest.raises(reminders.ReminderNotYours):
            reminder_cancel(actor=other, reminder=reminded(editor, person=viewer.user_id))

        assert WatchlistReminder.objects.count() == 1


class TestRemindersDrop:
    def test_drops_those_of_who_left_the_fund(self) -> None:
        actor = fund_actor()
        colleague = colleague_of(actor, "editor")
        reminded(actor)
        reminded(actor, person=colleague.user_id)
        Membership.objects.filter(user_id=colleague.user_id).delete()

        dropped = reminders_drop(organisation_id=actor.organisation_id, user_id=colleague.user_id)

        assert dropped == 1
        assert WatchlistReminder.objects.get().person_id == actor.user_id

    def test_leaves_those_of_members(self) -> None:
        actor = fund_actor()
        reminded(actor)

        assert reminders_drop(organisation_id=actor.organisation_id, user_id=actor.user_id) == 0
        assert reminders_drop(user_id=actor.user_id) == 1
