"""The job ledger: leases, fencing, failures, cancellation, stages."""

import datetime as dt

import pytest
from django.db import OperationalError, connection

from kernel import chunks, job_kinds, jobs
from kernel.access import Actor
from kernel.job_kinds import JobKind, Planned, Stage
from kernel.job_states import ChunkStatus, JobStatus
from kernel.models import Chunk, Event, Job
from kernel.sweeping import WAITING_BATCH, sweep

SYSTEM = Actor.system()


class Recorder:
    """A kind of two stages whose work can be told to misbehave."""

    def __init__(self) -> None:
        self.stored: list[int] = []
        self.ended: list[str] = []
        self.work = lambda work: None

    def plan_parts(self, job_id):
        return [Planned({"part": part}) for part in range(3)]

    def plan_last(self, job_id):
        return [Planned({"part": 99})]

    def run(self, work):
        self.work(work)

        def store():
            self.stored.append(work.payload["part"])
            return {"parts": 1, "by": {"odd" if work.payload["part"] % 2 else "even": 1}}

        return store


@pytest.fixture
def kind(monkeypatch):
    recorder = Recorder()
    stages = (Stage("parts", recorder.plan_parts, recorder.run), Stage("last", recorder.plan_last, recorder.run))
    registered = JobKind("test.kind", stages, ended=lambda job_id, status: recorder.ended.append(str(status)))
    monkeypatch.setitem(job_kinds._kinds, "test.kind", registered)
    return recorder


def enqueue() -> Job:
    return jobs.job_enqueue(kind="test.kind", actor=SYSTEM, payload={})


def waiting(job: Job) -> list[Chunk]:
    return list(job.chunks.filter(status=ChunkStatus.QUEUED).order_by("stage", "position"))


def drain(job: Job) -> None:
    while left := waiting(job):
        for chunk in left:
            chunks.chunk_run(chunk_id=chunk.pk)
    job.refresh_from_db()


@pytest.mark.django_db
class TestRunning:
    def test_goes_through_its_stages_and_adds_up_counts(self, kind):
        job = enqueue()

        drain(job)

        assert job.status == JobStatus.SUCCEEDED
        assert kind.stored == [0, 1, 2, 99]
        assert job.result == {"parts": 4, "by": {"even": 2, "odd": 2}}
        assert kind.ended == ["succeeded"]

    def test_tells_its_start_and_end(self, kind):
        job = enqueue()

        drain(job)

        names = Event.objects.filter(object_id=job.pk).order_by("id").values_list("name", flat=True)
        assert list(names) == ["kernel.job.queued", "kernel.job.started", "kernel.job.ended"]

    def test_shows_progress(self, kind):
        job = enqueue()
        chunks.chunk_run(chunk_id=waiting(job)[0].pk)

        progress = jobs.job_progress(job=job)

        assert progress == {"fraction": pytest.approx(1 / 6, abs=1e-4), "chunks": {"done": 1, "queued": 2}}

    def test_does_a_chunk_once(self, kind):
        job = enqueue()
        chunk = waiting(job)[0]

        outcomes = [chunks.chunk_run(chunk_id=chunk.pk) for _ in range(2)]

        assert outcomes == ["done", "skipped"]
        assert kind.stored == [0]


@pytest.mark.django_db
class TestLeases:
    def test_a_held_chunk_cannot_be_claimed(self, kind):
        chunk = waiting(enqueue())[0]

        assert chunks.chunk_claim(chunk_id=chunk.pk) is not None
        assert chunks.chunk_claim(chunk_id=chunk.pk) is None

    def test_whoever_lost_the_lease_stores_nothing(self, kind, settings):
        settings.JOB_LEASE_SECONDS = 0
        chunk = waiting(enqueue())[0]

        def taken_over(work):
            assert chunks.chunk_claim(chunk_id=chunk.pk) is not None

        kind.work = taken_over

        assert chunks.chunk_run(chunk_id=chunk.pk) == "lost"
        assert kind.stored == []

    def test_a_chunk_that_kills_its_workers_is_parked(self, kind, settings):
        settings.JOB_LEASE_SECONDS = 0
        chunk = waiting(enqueue())[0]
        for _ in range(chunks.CLAIMS_BEFORE_PARKING):
            assert chunks.chunk_claim(chunk_id=chunk.pk) is not None

        assert chunks.chunk_claim(chunk_id=chunk.pk) is None

        chunk.refresh_from_db()
        assert chunk.status == ChunkStatus.PARKED


@pytest.mark.django_db
class TestFailures:
    def test_a_chunk_is_tried_three_times_and_the_others_go_on(self, kind):
        def poison(work):
            if work.payload["part"] == 1:
                raise ValueError("poison")

        kind.work = poison
        job = enqueue()

        drain(job)

        assert job.status == JobStatus.PARTIAL
        assert job.reasons == [{"stage": "parts", "chunk": 1, "error": "ValueError: poison"}]
        assert kind.stored == [0, 2]
        assert job.chunks.get(position=1).failures == 3

    def test_a_database_that_goes_away_is_not_the_chunks_fault(self, kind):
        def away(work):
            raise OperationalError("gone")

        kind.work = away
        chunk = waiting(enqueue())[0]

        assert [chunks.chunk_run(chunk_id=chunk.pk) for _ in range(5)] == ["retry"] * 5

    def test_results_that_cannot_be_stored_count_as_failures(self, kind, monkeypatch):
        monkeypatch.setattr(kind, "stored", None)
        job = enqueue()

        drain(job)

        assert job.status == JobStatus.FAILED
        assert "AttributeError" in job.reasons[0]["error"]
        assert set(job.chunks.values_list("failures", flat=True)) == {3}

    def test_an_end_that_raises_still_ends_the_job(self, kind, monkeypatch):
        monkeypatch.setattr(kind, "ended", None)
        job = enqueue()

        drain(job)

        assert job.status == JobStatus.FAILED
        assert job.reasons[-1]["stage"] == "end"
        assert job.ended_at is not None

    def test_a_job_without_any_result_has_failed(self, kind):
        def poison(work):
            raise ValueError("poison")

        kind.work = poison
        job = enqueue()

        drain(job)

        assert job.status == JobStatus.FAILED
        assert kind.ended == ["failed"]


@pytest.mark.django_db
class TestCancelling:
    def test_drops_what_waits(self, kind):
        job = enqueue()
        chunks.chunk_run(chunk_id=waiting(job)[0].pk)

        jobs.job_cancel(job=job, actor=SYSTEM)

        assert job.status == JobStatus.CANCELLED
        assert kind.ended == ["cancelled"]
        assert waiting(job) == []

    def test_stops_what_runs(self, kind):
        job = enqueue()
        chunk = waiting(job)[0]

        def cancelled_meanwhile(work):
            jobs.job_cancel(job=job, actor=SYSTEM)
            work.cancelled.set()
            work.check()

        kind.work = cancelled_meanwhile

        assert chunks.chunk_run(chunk_id=chunk.pk) == "cancelled"
        job.refresh_from_db()
        assert job.status == JobStatus.CANCELLED
        assert kind.stored == []

    def test_nothing_is_stored_after_it(self, kind):
        job = enqueue()
        kind.work = lambda work: jobs.job_cancel(job=job, actor=SYSTEM)

        assert chunks.chunk_run(chunk_id=waiting(job)[0].pk) == "cancelled"

        job.refresh_from_db()
        assert (job.status, kind.stored) == (JobStatus.CANCELLED, [])

    def test_a_dead_workers_chunk_is_not_done_again_after_it(self, kind, settings):
        settings.JOB_LEASE_SECONDS = 0
        job = enqueue()
        chunk = waiting(job)[0]
        chunks.chunk_claim(chunk_id=chunk.pk)
        jobs.job_cancel(job=job, actor=SYSTEM)

        assert chunks.chunk_run(chunk_id=chunk.pk) == "skipped"

        job.refresh_from_db()
        assert (job.status, kind.stored) == (JobStatus.CANCELLED, [])

    def test_an_ended_job_cannot_be_cancelled(self, kind):
        job = enqueue()
        drain(job)

        with pytest.raises(jobs.JobAlreadyEnded):
            jobs.job_cancel(job=job, actor=SYSTEM)


@pytest.mark.django_db
class TestDeploys:
    def test_a_newer_payload_is_left_to_a_newer_worker(self, kind):
        job = enqueue()
        Job.objects.filter(pk=job.pk).update(payload_version=2)

        assert chunks.chunk_run(chunk_id=waiting(job)[0].pk) == "skipped"
        assert len(waiting(job)) == 3

    def test_an_unknown_kind_is_left_alone_and_does_not_stop_the_sweep(self, kind, settings, monkeypatch):
        sent = []
        monkeypatch.setattr("kernel.sweeping.send", lambda task, **kw: sent.append(kw["chunk_id"]) or True)
        settings.SWEEP_SECONDS = 0
        strange, known = enqueue(), enqueue()
        Job.objects.filter(pk=strange.pk).update(kind="test.of_tomorrow")

        sweep()

        assert set(sent) == {str(chunk.pk) for chunk in waiting(known)}
        assert chunks.chunk_run(chunk_id=waiting(strange)[0].pk) == "skipped"


@pytest.mark.django_db
class TestSweep:
    def test_sends_again_what_no_lease_covers(self, kind, settings, monkeypatch):
        sent = []
        monkeypatch.setattr("kernel.sweeping.send", lambda task, **kw: sent.append(kw["chunk_id"]) or True)
        settings.SWEEP_SECONDS = 0
        job = enqueue()
        first, second, third = waiting(job)
        chunks.chunk_claim(chunk_id=first.pk)

        swept = sweep()

        assert swept == {"chunks": 2, "deliveries": 0}
        assert set(sent) == {str(second.pk), str(third.pk)}

    def test_does_not_flood_a_busy_broker(self, kind, settings, monkeypatch):
        sent = []
        monkeypatch.setattr("kernel.sweeping.send", lambda task, **kw: sent.append(kw["chunk_id"]) or True)
        settings.SWEEP_SECONDS = 0
        for _ in range(10):
            enqueue()

        sweep()

        assert len(sent) == WAITING_BATCH

    def test_holds_its_limit_under_any_plan(self, kind, settings, monkeypatch):
        """A nested loop may run a selection once per row; the planner picks one when its figures are old."""
        sent = []
        monkeypatch.setattr("kernel.sweeping.send", lambda task, **kw: sent.append(kw["chunk_id"]) or True)
        settings.SWEEP_SECONDS = 0
        for _ in range(10):
            enqueue()
        with connection.cursor() as cursor:
            for method in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
                cursor.execute(f"SET LOCAL enable_{method} = off")

        sweep()

        assert len(sent) == WAITING_BATCH

    def test_takes_an_expired_lease_for_none(self, kind, settings, monkeypatch):
        sent = []
        monkeypatch.setattr("kernel.sweeping.send", lambda task, **kw: sent.append(kw["chunk_id"]) or True)
        settings.SWEEP_SECONDS = 0
        job = enqueue()
        first = waiting(job)[0]
        settings.JOB_LEASE_SECONDS = -dt.timedelta(seconds=1).total_seconds()
        chunks.chunk_claim(chunk_id=first.pk)

        sweep()

        assert str(first.pk) in sent
