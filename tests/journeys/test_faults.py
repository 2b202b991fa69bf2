"""A match run survives what reality does to it: the lists are published by themselves and are the same to the last
bit.
"""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from apps.exchange import sample
from tests.journeys.rig import Installation, Rig, wait_for

pytestmark = pytest.mark.process

AS_OF = sample.AS_OF.isoformat()
OUTAGE_S = 5


@pytest.fixture(scope="session")
def undisturbed(sample_installation: Installation) -> str:
    """The digest of a run that nothing disturbs."""
    with sample_installation.rig() as rig:
        rig.worker()
        rig.worker()
        return rig.published(rig.run_start(AS_OF))


def begin(rig: Rig) -> tuple[str, list]:
    """Two workers in the middle of a run, at an instant that varies."""
    workers = [rig.worker(), rig.worker()]
    run = rig.run_start(AS_OF)
    after = random.randint(1, 20)
    wait_for(lambda: rig.chunks_done() >= after, seconds=60, what=f"{after} blocks are scored")
    return run, workers


def kill_children(rig: Rig, workers: list) -> None:
    for worker in workers:
        for pid in rig.children(worker):
            os.kill(pid, signal.SIGKILL)


def kill_worker(rig: Rig, workers: list) -> None:
    os.killpg(workers[0].pid, signal.SIGKILL)


def kill_all_workers(rig: Rig, workers: list) -> None:
    for worker in workers:
        os.killpg(worker.pid, signal.SIGKILL)
    rig.worker()


def freeze_worker(rig: Rig, workers: list) -> None:
    os.killpg(workers[0].pid, signal.SIGSTOP)
    time.sleep(5)
    os.killpg(workers[0].pid, signal.SIGCONT)


def flush_broker(rig: Rig, workers: list) -> None:
    rig.flush_broker()


def stop_database(rig: Rig, workers: list) -> None:
    postgres = rig.installation.postgres
    postgres.stop()
    time.sleep(OUTAGE_S)
    postgres.start()


FAULTS = {
    "kill -9 of the pool children": kill_children,
    "kill -9 of a whole worker": kill_worker,
    "kill -9 of every worker, a new one comes": kill_all_workers,
    "a worker frozen past its lease": freeze_worker,
    "FLUSHALL of the broker": flush_broker,
    "PostgreSQL away for 5 s": stop_database,
}


class TestMatchRun:
    @pytest.mark.parametrize("fault", FAULTS, ids=lambda name: name.replace(" ", "-"))
    def test_is_published_all_the_same(self, rig, undisturbed, fault, rounds):
        for _ in range(rounds):
            run, workers = begin(rig)

            FAULTS[fault](rig, workers)

            assert rig.published(run) == undisturbed
            assert rig.query("SELECT count(*) FROM kernel_chunk WHERE status <> 'done'") == [(0,)]
            rig.close()
            rig.processes.clear()

    def test_ends_when_it_is_cancelled(self, rig):
        run, workers = begin(rig)
        # Frozen, so that the run does not end while the command starts.
        for worker in workers:
            os.killpg(worker.pid, signal.SIGSTOP)
        assert rig.query("SELECT status FROM matching_matchrun WHERE id = %s", run) == [("running",)]

        rig.manage("match_run_cancel", run)
        for worker in workers:
            os.killpg(worker.pid, signal.SIGCONT)

        status = wait_for(
            lambda: rig.query("SELECT status FROM kernel_job WHERE ended_at IS NOT NULL"),
            seconds=20,
            what="the job ends",
        )
        assert status == [("cancelled",)]
        assert rig.query("SELECT status, is_current FROM matching_matchrun WHERE id = %s", run) == [
            ("cancelled", False)
        ]
