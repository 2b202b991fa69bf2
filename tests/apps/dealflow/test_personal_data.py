"""What is kept about people who work with a watch-list."""

import pytest

from apps.accounts.models import User
from apps.accounts.personal_data import parts
from apps.dealflow.models import WatchlistEntry, WatchlistNote, WatchlistReminder
from apps.dealflow.services.notes import note_edit
from kernel.access import Actor
from tests.factories.pipelines import fund_actor, noted, reminded, watched

pytestmark = pytest.mark.django_db


def part():
    return next(item for item in parts() if item.section == "watchlist")


class TestWatchlist:
    def test_is_exported_as_far_as_it_is_the_person_s(self) -> None:
        actor, other = fund_actor(), fund_actor()
        note = noted(actor, text="One")
        note_edit(actor=actor, note=note, text="Two")
        noted(other, text="Theirs")
        reminded(actor, text="Call")
        watched(actor, assignee=actor.user_id)

        told = part().export(User.objects.get(pk=actor.user_id))

        assert [row["text"] for row in told["notes"]] == ["Two"]
        assert [row["earlier__text"] for row in told["earlier_texts"]] == ["One"]
        assert [row["text"] for row in told["reminders"]] == ["Call"]
        assert (len(told["assigned"]), len(told["moves"])) == (1, 3)

    def test_erasure_drops_what_the_person_was_to_do_and_keeps_the_fund_s_record(self) -> None:
        actor = fund_actor()
        noted(actor)
        reminded(actor)
        watched(actor, assignee=actor.user_id)

        part().erase(User.objects.get(pk=actor.user_id), Actor.system())

        assert not WatchlistReminder.objects.exists()
        assert not WatchlistEntry.objects.filter(assignee=actor.user_id).exists()
        assert WatchlistNote.objects.filter(author=actor.user_id).exists()
