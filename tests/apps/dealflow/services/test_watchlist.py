"""A fund's watch-list."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from apps.dealflow.models import WatchlistEntry, WatchlistMove
from apps.dealflow.services import watchlist
from apps.dealflow.services.stages import stage_archive
from apps.dealflow.services.watchlist import assignee_clear, entry_add, entry_move, entry_remove, entry_update
from apps.organisations.models import Membership
from apps.organisations.rules import NotYours
from apps.startups.states import CapabilityStatus, RaiseStatus
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Event
from kernel.versions import ChangedMeanwhile
from tests.factories.organisations import actor_of
from tests.factories.pipelines import fund_actor, noted, reminded, stages_of, watched
from tests.factories.startups import CapabilityFactory, FirmFactory, RaiseFactory

pytestmark = pytest.mark.django_db


def codes(refused: Any) -> list[str]:
    return [problem.code for problem in refused.value.errors]


class TestEntryAdd:
    @pytest.mark.parametrize("factory", [FirmFactory, CapabilityFactory, RaiseFactory])
    def test_stands_in_the_first_stage(self, factory: Any) -> None:
        actor = fund_actor()

        entry = watched(actor, factory())

        assert entry.stage_id == stages_of(actor)[0].pk
        assert entry.priority == "normal"
        move = WatchlistMove.objects.get(entry=entry)
        assert (move.from_stage_id, move.to_stage_id, move.moved_by_id) == (None, entry.stage_id, actor.user_id)

    def test_tells_the_trail_of_nothing_that_is_watched(self) -> None:
        actor, firm = fund_actor(), FirmFactory()

        entry = watched(actor, firm, title="Motors", tags=["Q3"])

        event = Event.objects.get(name="dealflow.entry.added")
        assert (event.object_id, event.organisation_id) == (entry.pk, actor.organisation_id)
        said = str(event.data)
        assert not any(word in said for word in (str(firm.pk), str(firm.organisation_id), "Motors", "Q3"))

    def test_takes_what_the_fund_says_of_it(self) -> None:
        actor = fund_actor()
        second = stages_of(actor)[1]
        day = dt.date(2027, 1, 4)

        entry = watched(
            actor,
            stage=second.pk,
            title="The motor people",
            assignee=actor.user_id,
            priority="high",
            tags=["Q3", " q3 ", "motors"],
            follow_up_on=day,
        )

        kept = WatchlistEntry.objects.get(pk=entry.pk)
        assert (kept.stage, kept.title, kept.assignee_id) == (second, "The motor people", actor.user_id)
        assert (kept.priority, kept.tags, kept.follow_up_on) == ("high", ["Q3", "motors"], day)

    def test_refuses_what_the_fund_does_not_see(self) -> None:
        actor = fund_actor()
        hidden = [
            FirmFactory(organisation__dark_since=utc_now()),
            FirmFactory(organisation__standing="registered"),
            CapabilityFactory(status=CapabilityStatus.DRAFT),
            RaiseFactory(status=RaiseStatus.DRAFT),
        ]

        for row in hidden:
            with pytest.raises(watchlist.EntryNotAcceptable) as refused:
                watched(actor, row)
            assert codes(refused) == ["unknown_subject"]

    def test_says_the_same_of_what_never_was(self) -> None:
        with pytest.raises(watchlist.EntryNotAcceptable) as refused:
            entry_add(actor=fund_actor(), kind="firm", subject=uuid4())

        assert codes(refused) == ["unknown_subject"]

    def test_refuses_strangers_as_assignees_and_strange_stages(self) -> None:
        actor, stranger = fund_actor(), fund_actor()

        with pytest.raises(watchlist.EntryNotAcceptable) as refused:
            watched(
                actor, assignee=stranger.user_id, stage=stages_of(stranger)[0].pk, tags=list("abcdefghijklmnopqrstu")
            )

        assert codes(refused) == ["no_member", "too_many", "unknown_stage"]

    def test_refuses_an_archived_stage(self) -> None:
        actor = fund_actor()
        stage = stages_of(actor)[2]
        stage_archive(actor=actor, stage=stage)

        with pytest.raises(watchlist.EntryNotAcceptable):
            watched(actor, stage=stage.pk)

    def test_refuses_the_same_twice_but_not_another_fund(self) -> None:
        actor, firm = fund_actor(), FirmFactory()
        watched(actor, firm)

        with pytest.raises(watchlist.AlreadyWatched):
            watched(actor, firm)
        assert watched(fund_actor(), firm).pk

    def test_refuses_more_than_there_may_be(self, monkeypatch: pytest.MonkeyPatch) -> None:
        actor = fund_actor()
        watched(actor)
        monkeypatch.setattr(watchlist, "MOST_ENTRIES", 1)

        with pytest.raises(watchlist.WatchlistFull):
            watched(actor)

    def test_refuses_nobody(self) -> None:
        with pytest.raises(NotYours):
            entry_add(actor=Actor.anonymous(), kind="firm", subject=FirmFactory().pk)


class TestEntryUpdate:
    def test_changes_what_is_given(self) -> None:
        actor = fund_actor()
        entry = watched(actor, tags=["Q3"], assignee=actor.user_id)

        entry_update(actor=actor, entry=entry, priority="low", assignee=None)

        kept = WatchlistEntry.objects.get(pk=entry.pk)
        assert (kept.priority, kept.assignee_id, kept.tags, kept.version) == ("low", None, ["Q3"], 2)
        assert Event.objects.get(name="dealflow.entry.updated").data == {"fields": ["assignee", "priority"]}

    def test_says_nothing_where_nothing_changes(self) -> None:
        actor = fund_actor()
        entry = watched(actor, priority="low")

        entry_update(actor=actor, entry=entry, priority="low")

        assert not Event.objects.filter(name="dealflow.entry.updated").exists()

    def test_refuses_who_has_left(self) -> None:
        actor = fund_actor()
        colleague = actor_of(Membership.objects.get(user_id=actor.user_id).organisation, "editor")
        Membership.objects.filter(user_id=colleague.user_id).delete()

        with pytest.raises(watchlist.EntryNotAcceptable):
            entry_update(actor=actor, entry=watched(actor), assignee=colleague.user_id)

    def test_works_when_the_subject_is_gone(self) -> None:
        actor, firm = fund_actor(), FirmFactory()
        entry = watched(actor, firm)
        type(firm.organisation).objects.filter(pk=firm.organisation_id).update(dark_since=utc_now())

        entry_update(actor=actor, entry=entry, title="They went dark")
        entry_move(actor=actor, entry=entry, stage=stages_of(actor)[-1].pk)

        assert WatchlistEntry.objects.get(pk=entry.pk).title == "They went dark"


class TestEntryMove:
    def test_keeps_the_history(self) -> None:
        actor = fund_actor()
        entry = watched(actor)
        first, second, third, *_ = stages_of(actor)

        entry_move(actor=actor, entry=entry, stage=second.pk)
        entry_move(actor=actor, entry=entry, stage=third.pk)

        moves = WatchlistMove.objects.filter(entry=entry).order_by("pk")
        assert [(move.from_stage_id, move.to_stage_id) for move in moves] == [
            (None, first.pk),
            (first.pk, second.pk),
            (second.pk, third.pk),
        ]
        assert moves[2].moved_at == WatchlistEntry.objects.get(pk=entry.pk).moved_at

    def test_to_where_it_stands_is_none(self) -> None:
        actor = fund_actor()
        entry = watched(actor)

        entry_move(actor=actor, entry=entry, stage=entry.stage_id)

        assert WatchlistMove.objects.filter(entry=entry).count() == 1

    def test_one_of_two_at_once_wins(self) -> None:
        actor = fund_actor()
        entry = watched(actor)
        read = WatchlistEntry.objects.get(pk=entry.pk)
        _, second, third, *_ = stages_of(actor)
        entry_move(actor=actor, entry=entry, stage=second.pk)

        with pytest.raises(ChangedMeanwhile):
            entry_move(actor=actor, entry=read, stage=third.pk)
        assert WatchlistMove.objects.filter(entry=entry).count() == 2

    def test_refuses_another_funds_stage(self) -> None:
        actor = fund_actor()

        with pytest.raises(watchlist.EntryNotAcceptable):
            entry_move(actor=actor, entry=watched(actor), stage=stages_of(fund_actor())[0].pk)


class TestEntryRemove:
    def test_goes_with_all_that_was_written(self) -> None:
        actor, firm = fund_actor(), FirmFactory()
        entry = watched(actor, firm)
        noted(actor, entry)
        reminded(actor, entry)

        entry_remove(actor=actor, entry=entry)

        assert not WatchlistEntry.objects.exists()
        assert watched(actor, firm).pk


class TestAssigneeClear:
    def test_leaves_to_nobody_what_somebody_who_left_was_to_do(self) -> None:
        actor = fund_actor()
        colleague = actor_of(Membership.objects.get(user_id=actor.user_id).organisation, "editor")
        entry, other = watched(actor, assignee=colleague.user_id), watched(actor, assignee=actor.user_id)
        Membership.objects.filter(user_id=colleague.user_id).delete()

        cleared = assignee_clear(organisation_id=actor.organisation_id, user_id=colleague.user_id)

        assert cleared == 1
        assert WatchlistEntry.objects.get(pk=entry.pk).assignee_id is None
        assert WatchlistEntry.objects.get(pk=other.pk).assignee_id == actor.user_id

    def test_leaves_members_alone(self) -> None:
        actor = fund_actor()
        watched(actor, assignee=actor.user_id)

        assert assignee_clear(organisation_id=actor.organisation_id, user_id=actor.user_id) == 0


class TestSubject:
    def test_nothing_refuses_a_firm_its_raise_because_somebody_watches_it(self) -> None:
        actor, item = fund_actor(), RaiseFactory()
        entry = watched(actor, item)

        item.delete()

        kept = WatchlistEntry.objects.get(pk=entry.pk)
        assert (kept.kind, kept.raise_item_id) == ("raise", None)
