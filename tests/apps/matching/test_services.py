"""Match runs: recorded inputs, scored blocks, publication in one step."""

import datetime as dt

import pytest

from apps.matching import services
from apps.matching.models import InputVersion, MatchList, MatchRun
from apps.matching.selectors import matches
from apps.matching.services import scoring
from apps.matching.services.pruning import generations_prune
from apps.matching.services.runs import AsOfInFuture, RunAlreadyUnderWay
from apps.matching.states import RunStatus, Section, Side
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.job_states import JobStatus
from kernel.models import Event
from kernel.states import NotNow
from tests.factories.matching import AS_OF, drain, mandate_made, raise_made, run_drained

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


class TestRunStart:
    def test_queues_a_job(self):
        run = services.run_start(actor=SYSTEM, as_of=AS_OF)

        assert run.status == RunStatus.QUEUED
        assert run.job.kind == "matching.run"
        assert run.model_sha256
        assert run.reference_sha256

    def test_refuses_a_second_one(self):
        services.run_start(actor=SYSTEM, as_of=AS_OF)

        with pytest.raises(RunAlreadyUnderWay):
            services.run_start(actor=SYSTEM, as_of=AS_OF)

    def test_refuses_a_date_to_come(self):
        with pytest.raises(AsOfInFuture):
            services.run_start(actor=SYSTEM, as_of=utc_today() + dt.timedelta(days=1))


class TestRun:
    def test_publishes_both_sides_lists(self):
        mandate, item = mandate_made(), raise_made()

        run = run_drained()

        assert (run.status, run.is_current, run.job.status) == (RunStatus.PUBLISHED, True, JobStatus.SUCCEEDED)
        lists = {(row.side, row.owner_id): row for row in MatchList.objects.filter(run=run)}
        assert lists[Side.INVESTOR, mandate.pk].counterpart_ids == [item.pk]
        assert lists[Side.STARTUP, item.pk].counterpart_ids == [mandate.pk]

    def test_scores_are_the_sums_of_their_contributions(self):
        mandate_made()
        raise_made()

        run = run_drained()

        for row in MatchList.objects.filter(run=run):
            assert row.score_investor == [sum(row.contributions_investor)]
            assert row.score_startup == [sum(row.contributions_startup)]

    def test_the_same_inputs_give_the_same_digest(self):
        mandate_made()
        raise_made()
        raise_made(area="UMS.UGV")

        first, second = run_drained(), run_drained()

        assert first.digest == second.digest
        assert InputVersion.objects.count() == 3
        assert MatchRun.objects.get(is_current=True) == second

    def test_blocks_change_nothing(self, settings):
        for _ in range(3):
            mandate_made()
            raise_made()
        whole = run_drained()
        settings.MATCH_BLOCK_PAIRS = 1

        parts = run_drained()

        assert parts.digest == whole.digest
        assert parts.job.chunks.filter(stage=1).count() == 6

    def test_a_gated_pair_is_in_no_list(self):
        mandate_made(instruments=["loan"])
        raise_made()

        run = run_drained()

        assert not MatchList.objects.filter(run=run).exists()
        assert run.counts["failures"]["instrument"] == 1

    def test_missing_data_makes_a_section_of_its_own(self):
        mandate_made(max_foreign_share="0.350", perimeter="EU+EEA+UA")
        item = raise_made()
        item.lead_capability.components.all().delete()

        run = run_drained()

        row = MatchList.objects.get(run=run, side=Side.INVESTOR)
        assert row.section == Section.NEEDS_DATA

    def test_a_raise_not_yet_open_is_not_in_the_pool(self):
        mandate_made()
        raise_made(opened_on=AS_OF + dt.timedelta(days=1))

        run = run_drained()

        assert run.counts["raises"] == 0
        assert run.status == RunStatus.PUBLISHED

    def test_nothing_to_match_is_published_as_nothing(self):
        run = run_drained()

        assert (run.status, run.counts) == (RunStatus.PUBLISHED, {"mandates": 0, "raises": 0})

    def test_a_block_that_cannot_be_scored_leaves_the_old_lists(self, monkeypatch):
        mandate_made()
        raise_made()
        good = run_drained()

        def broken(**_):
            raise ValueError("no")

        monkeypatch.setattr(scoring, "rank", broken)
        run = run_drained()

        assert run.status == RunStatus.FAILED
        assert MatchRun.objects.get(is_current=True) == good

    def test_two_generations_are_kept(self):
        mandate_made()
        raise_made()
        runs = [run_drained() for _ in range(3)]

        generations_prune()

        kept = set(MatchList.objects.values_list("run", flat=True))

        assert kept == {runs[1].pk, runs[2].pk}

    def test_its_life_is_told(self):
        run = run_drained()

        told = Event.objects.filter(object_id=run.pk).order_by("id").values_list("name", flat=True)
        assert list(told) == ["matching.run.queued", "matching.run.started", "matching.run.published"]


class TestRunCancel:
    def test_ends_run_and_job(self):
        mandate_made()
        raise_made()
        run = services.run_start(actor=SYSTEM, as_of=AS_OF)

        services.run_cancel(run=run, actor=SYSTEM)
        drain(run)

        assert (run.status, run.job.status, run.is_current) == (RunStatus.CANCELLED, JobStatus.CANCELLED, False)

    def test_refuses_a_published_run(self):
        run = run_drained()

        with pytest.raises(NotNow):
            services.run_cancel(run=run, actor=SYSTEM)


class TestExplanation:
    def test_adds_up_to_what_was_published(self):
        mandate, item = mandate_made(), raise_made()
        run = run_drained()
        row = MatchList.objects.get(run=run, side=Side.INVESTOR)

        for side, score in ((Side.INVESTOR, row.score_investor[0]), (Side.STARTUP, row.score_startup[0])):
            explained = matches.match_explain(run=run, mandate_id=mandate.pk, raise_id=item.pk, side=side)

            assert explained.score == score == sum(feature.contribution for feature in explained.features)

    def test_stays_what_it_was_when_the_mandate_changes(self):
        mandate, item = mandate_made(), raise_made()
        run = run_drained()
        before = matches.match_explain(run=run, mandate_id=mandate.pk, raise_id=item.pk, side=Side.INVESTOR)
        type(mandate).objects.filter(pk=mandate.pk).update(ticket_max="300000.00")

        after = matches.match_explain(run=run, mandate_id=mandate.pk, raise_id=item.pk, side=Side.INVESTOR)

        assert after == before
