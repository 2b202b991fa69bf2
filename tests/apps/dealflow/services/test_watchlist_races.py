"""Two at once on one watch-list: one wins, the other is told."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.dealflow.models import PipelineStage, WatchlistEntry, WatchlistMove
from apps.dealflow.services.reminders import reminders_tell
from apps.dealflow.services.stages import StageInUse, stage_archive, stages_ensure
from apps.dealflow.services.watchlist import AlreadyWatched, EntryNotAcceptable, entry_move
from kernel.clock import utc_now
from kernel.models import Event
from kernel.versions import ChangedMeanwhile
from tests.factories.organisations import client_of
from tests.factories.pipelines import fund_actor, reminded, stages_of, watched
from tests.factories.startups import FirmFactory
from tests.transactions import together

pytestmark = pytest.mark.usefixtures("committed")


def fresh(entry: WatchlistEntry) -> WatchlistEntry:
    return WatchlistEntry.objects.get(pk=entry.pk)


class TestTogether:
    def test_one_of_three_moves_a_card(self) -> None:
        actor = fund_actor()
        entry, stages = watched(actor), stages_of(actor)
        read = [fresh(entry) for _ in range(3)]

        results = together(
            *(
                lambda row=row, stage=stage: entry_move(actor=actor, entry=row, stage=stage.pk)  # type: ignore[misc]
                for row, stage in zip(read, stages[1:4], strict=True)
            )
        )

        assert [type(result) for result in results].count(ChangedMeanwhile) == 2
        assert WatchlistMove.objects.filter(entry=entry).count() == 2

    def test_one_of_two_moves_a_card_over_http(self) -> None:
        actor = fund_actor()
        entry, stages = watched(actor), stages_of(actor)
        place = f"/api/v1/watchlist-entries/{entry.pk}"
        tag = {"If-Match": client_of(actor).get(place)["ETag"]}

        results = together(
            *(
                lambda stage=stage: client_of(actor).post(  # type: ignore[misc]
                    f"{place}/move", {"stage": str(stage.pk)}, format="json", headers=tag
                )
                for stage in stages[1:3]
            )
        )

        assert sorted(result.status_code for result in results) == [200, 412]
        won = next(result.json()["stage"] for result in results if result.status_code == 200)
        assert str(fresh(entry).stage_id) == won

    def test_one_of_three_puts_a_firm_on_the_list(self) -> None:
        actor, firm = fund_actor(), FirmFactory()

        results = together(*[lambda: watched(actor, firm)] * 3)

        assert [type(result) for result in results].count(AlreadyWatched) == 2
        assert WatchlistEntry.objects.count() == 1

    def test_the_first_stages_are_made_once(self) -> None:
        actor = fund_actor()

        together(*[lambda: stages_ensure(actor=actor)] * 3)

        assert PipelineStage.objects.count() == 7

    def test_no_card_is_left_in_an_archived_stage(self) -> None:
        actor = fund_actor()
        entry, stage = watched(actor), stages_of(actor)[1]

        results = together(
            lambda: entry_move(actor=actor, entry=fresh(entry), stage=stage.pk),
            lambda: stage_archive(actor=actor, stage=stage),
        )

        assert [type(result) for result in results if isinstance(result, (StageInUse, EntryNotAcceptable))]
        assert fresh(entry).stage.archived_at is None

    def test_a_reminder_is_told_once(self) -> None:
        reminded(fund_actor())
        moment = utc_now() + dt.timedelta(days=2)

        results = together(*[lambda: reminders_tell(now=moment)] * 3)

        assert sum(results) == 1
        assert Event.objects.filter(name="dealflow.reminder.due").count() == 1
