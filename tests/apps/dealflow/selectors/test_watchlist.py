"""Reading a watch-list."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.dealflow.models import PipelineStage, WatchlistEntry
from apps.dealflow.selectors.watchlist import board, entry_list, entry_subject, is_overdue, reminder_find, watches
from apps.organisations.models import Organisation
from apps.permissions import Kind
from apps.startups.models import Raise
from kernel.clock import utc_now, utc_today
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.pipelines import fund_actor, reminded, stages_of, watched
from tests.factories.startups import CapabilityFactory, FirmFactory, RaiseFactory

pytestmark = pytest.mark.django_db

YESTERDAY = utc_today() - dt.timedelta(days=1)


def subjects(actor: Any) -> list[Any]:
    return [entry_subject(entry=entry) for entry in entry_list(actor=actor).order_by("pk")]


class TestEntryList:
    def test_shows_what_is_watched_of_all_kinds(self) -> None:
        actor = fund_actor()
        rows = [FirmFactory(), CapabilityFactory(), RaiseFactory()]
        for row in rows:
            watched(actor, row)

        assert subjects(actor) == rows

    def test_is_the_fund_s_alone(self) -> None:
        actor, firm = fund_actor(), FirmFactory()
        watched(actor, firm)
        others = [
            fund_actor(),
            actor_of(firm.organisation),
            actor_of(OrganisationFactory(kind=Kind.OPERATOR.value)),
            actor_of(OrganisationFactory(kind=Kind.AUTHORITY.value)),
        ]

        assert [entry_list(actor=other).count() for other in others] == [0, 0, 0, 0]

    def test_lets_go_what_goes_dark_or_is_withdrawn(self) -> None:
        actor = fund_actor()
        firm, item, capability = FirmFactory(), RaiseFactory(), CapabilityFactory()
        for row in (firm, item, capability):
            watched(actor, row)

        Organisation.objects.filter(pk=firm.organisation_id).update(dark_since=utc_now())
        Raise.objects.filter(pk=item.pk).update(status="withdrawn")
        Organisation.objects.filter(pk=capability.firm.organisation_id).update(standing="suspended")

        assert subjects(actor) == [None, None, None]

    def test_takes_as_many_queries_for_few_as_for_many(self) -> None:
        actor = fund_actor()
        for factory in (FirmFactory, CapabilityFactory, RaiseFactory):
            watched(actor, factory())
        with CaptureQueriesContext(
            connection,
        ) as few:
            subjects(actor)
        for factory in (FirmFactory, CapabilityFactory, RaiseFactory) * 3:
            watched(actor, factory())

        with CaptureQueriesContext(connection) as many:
            subjects(actor)

        assert len(few) == len(many) == 4


class TestWatches:
    def test_finds_by_id_what_is_seen_now(self) -> None:
        actor, firm = fund_actor(), FirmFactory()
        entry = watched(actor, firm)
        watched(actor)
        own = WatchlistEntry.objects.visible_to(actor)

        assert list(own.filter(watches(actor=actor, subjects=[firm.pk]))) == [entry]

        Organisation.objects.filter(pk=firm.organisation_id).update(dark_since=utc_now())
        assert not own.filter(watches(actor=actor, subjects=[firm.pk])).exists()


class TestOverdue:
    def test_is_what_was_to_be_followed_up_before_today(self) -> None:
        actor = fund_actor()
        late = watched(actor, follow_up_on=YESTERDAY)
        watched(actor, follow_up_on=utc_today())
        watched(actor)

        assert list(WatchlistEntry.objects.filter(is_overdue())) == [late]


class TestBoard:
    def test_counts_in_one_query(self) -> None:
        actor = fund_actor()
        first, second, *_ = stages_of(actor)
        watched(actor, follow_up_on=YESTERDAY, priority="high")
        watched(actor, priority="high")
        watched(actor, stage=second.pk)
        watched(fund_actor())

        with CaptureQueriesContext(connection) as asked:
            columns = {column.pk: column for column in board(actor=actor)}

        assert len(asked) == 1
        told = columns[first.pk]
        assert (told.count, told.overdue_count, told.high_count) == (2, 1, 2)
        assert columns[second.pk].count == 1
        assert len(columns) == len(stages_of(actor))

    def test_leaves_archived_stages_out(self) -> None:
        actor = fund_actor()
        PipelineStage.objects.filter(pk=stages_of(actor)[0].pk).update(archived_at=utc_now())

        assert board(actor=actor).count() == len(stages_of(actor))


class TestReminderFind:
    def test_finds_it_until_it_is_gone(self) -> None:
        reminder = reminded(fund_actor())

        found = reminder_find(reminder_id=reminder.pk)
        reminder.delete()

        assert found is not None
        assert reminder_find(reminder_id=found.pk) is None
