"""The jobs of imports, run as a worker runs them."""

import pytest

from apps.exchange import services
from apps.exchange.models import Import
from apps.exchange.services import import_confirm, import_create
from apps.exchange.states import ImportStatus
from apps.organisations.models import Organisation
from apps.permissions import Kind
from kernel.chunks import FAILURES_BEFORE_PARKING, chunk_run
from kernel.job_states import JobStatus
from kernel.jobs import job_cancel
from kernel.models import Chunk, Job
from tests.factories.exchange import as_zip, market
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture(autouse=True)
def quiet_heart(monkeypatch):
    """A test's rows are seen by its own connection only: the heartbeat's would find nothing."""
    monkeypatch.setattr("kernel.chunks.Heartbeat.beat", lambda self: None)


@pytest.fixture
def operator():
    return actor_of(OrganisationFactory(kind=Kind.OPERATOR))


def work(item: Import) -> str:
    """Run the one chunk of the import's newest job."""
    outcome = chunk_run(chunk_id=Chunk.objects.get(job=item.job_id).pk)
    item.refresh_from_db()
    return outcome


class TestCheck:
    def test_ends_with_the_report(self, operator):
        item = import_create(actor=operator, file_name="m.zip", content=as_zip(market()))

        outcome = work(item)

        job = Job.objects.get(pk=item.job_id)
        assert (outcome, item.status, job.status) == ("done", ImportStatus.CHECKED, JobStatus.SUCCEEDED)
        assert (job.result["problems"], job.result["inserted"]) == (0, job.result["rows"])
        assert job.organisation_id == operator.organisation_id

    def test_cancelled_before_it_starts_fails_the_import(self, operator):
        item = import_create(actor=operator, file_name="m.zip", content=as_zip(market()))

        job_cancel(job=item.job, actor=operator)

        item.refresh_from_db()
        assert (item.status, item.content) == (ImportStatus.FAILED, None)

    def test_given_up_fails_the_import(self, operator, monkeypatch):
        item = import_create(actor=operator, file_name="m.zip", content=as_zip(market()))
        monkeypatch.setattr(services, "import_read", lambda **_: 1 / 0)

        outcomes = [work(item) for _ in range(FAILURES_BEFORE_PARKING)]

        assert (outcomes[-1], item.status) == ("parked", ImportStatus.FAILED)


class TestLoad:
    def test_writes_with_the_end_of_its_chunk(self, operator):
        item = import_create(actor=operator, file_name="m.zip", content=as_zip(market()), verified=True)
        work(item)
        import_confirm(item=item, actor=operator)

        outcome = work(item)

        assert (outcome, item.status) == ("done", ImportStatus.LOADED)
        assert Organisation.objects.get(legal_name="Fund").standing == "verified"
        assert Job.objects.get(pk=item.job_id).result["left_out"] == 0
