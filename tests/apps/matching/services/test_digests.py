"""The weekly digests."""

import datetime as dt

import pytest

from apps.investors.services import mandate_pause
from apps.matching.jobs import DIGESTS
from apps.matching.models import DigestList, DigestRound, MatchList
from apps.matching.services.digests import WEEKS_KEPT, round_open, week_of
from kernel.access import Actor
from kernel.chunks import chunk_run
from kernel.job_states import ChunkStatus
from kernel.models import Event, Job
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db

THURSDAY = dt.datetime(2026, 11, 19, 9, tzinfo=dt.UTC)


def drained(job):
    while chunks := list(job.chunks.filter(status=ChunkStatus.QUEUED)):
        for chunk in chunks:
            chunk_run(chunk_id=chunk.pk)
    job.refresh_from_db()
    return job


@pytest.fixture
def market():
    """A published run over two mandates and three raises, and the members of their organisations."""
    mandates, raises = [mandate_made() for _ in range(2)], [raise_made() for _ in range(3)]
    owners = {row.fund.organisation_id: actor_of(row.fund.organisation) for row in mandates}
    owners |= {row.firm.organisation_id: actor_of(row.firm.organisation) for row in raises}
    return {"mandates": mandates, "raises": raises, "run": run_drained(), "owners": owners}


class TestWeekOf:
    def test_is_the_monday_of_the_iso_week(self):
        assert week_of(day=dt.date(2026, 11, 19)) == dt.date(2026, 11, 16)
        assert week_of(day=dt.date(2026, 11, 16)) == dt.date(2026, 11, 16)
        assert week_of(day=dt.date(2027, 1, 3)) == dt.date(2026, 12, 28)


class TestRoundOpen:
    def test_makes_one_round_for_each_week(self, market):
        first = round_open(now=THURSDAY)

        assert first is not None
        assert (first.week, first.run_id) == (dt.date(2026, 11, 16), market["run"].pk)
        assert round_open(now=THURSDAY + dt.timedelta(days=3)) is None
        assert round_open(now=THURSDAY + dt.timedelta(days=4)) is not None
        assert Job.objects.filter(kind=DIGESTS.name).count() == 2

    def test_waits_for_the_first_generation(self):
        assert round_open(now=THURSDAY) is None
        assert not DigestRound.objects.exists()

    def test_removes_digests_of_weeks_long_past(self, market):
        old = round_open(now=THURSDAY - WEEKS_KEPT - dt.timedelta(weeks=1))
        drained(old.job)
        assert old.lists.exists()

        round_open(now=THURSDAY)

        assert not old.lists.exists()
        assert DigestRound.objects.filter(pk=old.pk).exists()


class TestDigests:
    def test_hold_the_heads_of_the_lists_where_no_cap_bites(self, market):
        digest_round = round_open(now=THURSDAY)

        drained(digest_round.job)

        assert digest_round.lists.count() == MatchList.objects.filter(run=market["run"], section="ranked").count() == 5
        for kept in MatchList.objects.filter(run=market["run"], section="ranked"):
            made = DigestList.objects.get(round=digest_round, side=kept.side, owner_id=kept.owner_id)
            scores = kept.score_investor if kept.side == "investor" else kept.score_startup
            assert (made.counterpart_ids, made.scores) == (kept.counterpart_ids, scores)
            assert made.organisation_id == kept.organisation_id

    def test_nobody_is_shown_more_often_than_the_cap(self, market, monkeypatch):
        monkeypatch.setattr("apps.matching.services.digests.SLACK", 0.1)
        digest_round = round_open(now=THURSDAY)

        drained(digest_round.job)

        digest_round.refresh_from_db()
        told = digest_round.exposure["investor"]
        shown = [pk for row in digest_round.lists.filter(side="investor") for pk in row.counterpart_ids]
        assert (told["cap"], told["after"]["most"], told["before"]["most"]) == (1, 1, 2)
        assert len(shown) == len(set(shown)) == told["after"]["shown"] == 3
        assert (told["pool"], told["before"]["never"], told["after"]["gini"]) == (3, 0.0, 0.0)

    def test_tells_the_members_once_with_whom_it_points_to(self, market):
        digest_round = round_open(now=THURSDAY)

        drained(digest_round.job)

        facts = Event.objects.filter(name="matching.digest_list.published")
        assert facts.count() == 5
        mandate = market["mandates"][0]
        fact = facts.get(object_id=digest_round.lists.get(owner_id=mandate.pk).pk)
        actor = market["owners"][mandate.fund.organisation_id]
        assert fact.organisation_id == mandate.fund.organisation_id
        assert fact.data["people"] == {str(actor.user_id): "weekly"}
        assert {(item["type"], item["id"], item["organisation"]) for item in fact.data["about"]} == {
            ("startups.listing", str(item.pk), str(item.firm.organisation_id)) for item in market["raises"]
        }

    def test_says_nothing_of_what_is_matched_no_more(self, market):
        mandate = market["mandates"][0]
        digest_round = round_open(now=THURSDAY)
        mandate_pause(actor=Actor.system(), mandate=mandate)

        drained(digest_round.job)

        told = Event.objects.filter(name="matching.digest_list.published").values_list("organisation_id", flat=True)
        assert mandate.fund.organisation_id not in told
        assert len(told) == 4
