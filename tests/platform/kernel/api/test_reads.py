"""What an answer shows of others' guarded data is recorded before it leaves, or it does not leave."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import override_settings

from kernel.access import Actor
from kernel.api.reads import DISCLOSED, Disclosed, disclosed_note, disclosed_record
from kernel.models import Slot
from tests.platform.kernel.api.sample import JobOut, Jobs, job_make

JOBS = "/api/v1/jobs"
RECORDED: list[tuple[Actor, str, tuple[Disclosed, ...]]] = []

pytestmark = pytest.mark.django_db


def keep(*, actor: Actor, operation: str, disclosed: tuple[Disclosed, ...]) -> None:
    assert connection.in_atomic_block
    RECORDED.append((actor, operation, disclosed))


def fail(**_given: Any) -> None:
    raise OperationalError("the disk is full")


@pytest.fixture(autouse=True)
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every job in an answer counts as another's."""
    shown = JobOut.to_representation

    def noting(self: JobOut, job: Any) -> Any:
        disclosed_note(context=self.context, disclosed=Disclosed("kernel.job", job.pk, job.organisation_id, 2))
        return shown(self, job)

    monkeypatch.setattr(JobOut, "to_representation", noting)
    with override_settings(API_READS_RECORDER=f"{__name__}.keep"):
        yield
    RECORDED.clear()


class TestBeforeAnswer:
    def test_records_a_list_once_with_its_rows(self, client, actor, organisation_id):
        jobs = [job_make(organisation_id) for _ in range(3)]

        client.get(JOBS)

        [(who, operation, disclosed)] = RECORDED
        assert (who, operation) == (actor, "jobs.list")
        assert {item.object_id for item in disclosed} == {job.pk for job in jobs}

    def test_names_a_row_once_however_often_it_was_serialised(self, client, organisation_id):
        job = job_make(organisation_id)

        client.get(f"{JOBS}/{job.pk}?fields=id")

        [(_, operation, disclosed)] = RECORDED
        assert operation == "jobs.retrieve"
        assert disclosed == (Disclosed("kernel.job", job.pk, organisation_id, 2),)

    def test_records_what_a_caller_is_told_to_know_already(self, client, organisation_id):
        place = f"{JOBS}/{job_make(organisation_id).pk}"
        etag = client.get(place)["ETag"]
        RECORDED.clear()

        assert client.get(place, HTTP_IF_NONE_MATCH=etag).status_code == 304
        assert len(RECORDED) == 1

    def test_records_a_head_request(self, client, organisation_id):
        assert client.head(f"{JOBS}/{job_make(organisation_id).pk}").status_code == 200
        assert len(RECORDED) == 1

    def test_records_what_the_answer_to_a_change_shows(self, client, organisation_id):
        client.post(f"{JOBS}/{job_make(organisation_id).pk}/begin", {}, HTTP_IDEMPOTENCY_KEY="1")

        assert [operation for _, operation, _ in RECORDED] == ["jobs.begin"]

    def test_records_no_refusal(self, client, organisation_id):
        job = job_make(organisation_id)

        answer = client.patch(f"{JOBS}/{job.pk}", {"kind": "x"}, HTTP_IF_MATCH='"old"')

        assert answer.status_code == 412
        assert RECORDED == []

    def test_records_nothing_of_an_empty_list(self, client):
        assert client.get(JOBS).status_code == 200
        assert RECORDED == []

    def test_adds_nothing_to_an_answer_without_such_rows(self, client, django_assert_num_queries):
        with django_assert_num_queries(1):
            client.get(JOBS)


class TestUnrecorded:
    @pytest.fixture(autouse=True)
    def full(self) -> Iterator[None]:
        with override_settings(API_READS_RECORDER=f"{__name__}.fail"):
            yield

    def test_is_not_answered(self, client, organisation_id):
        job = job_make(organisation_id, kind="secret")

        answer = client.get(f"{JOBS}/{job.pk}")

        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer["Retry-After"] == "5"
        assert "ETag" not in answer
        assert b"secret" not in answer.content

    def test_leaves_nothing_changed(self, client):
        assert client.post(JOBS, {"kind": "new"}).status_code == 503
        assert not Jobs.queryset.all().exists()
        assert not Slot.objects.exists()


class TestDisclosedNote:
    def test_refuses_a_context_that_nobody_records(self):
        with pytest.raises(LookupError, match="output_context"):
            disclosed_note(context={}, disclosed=Disclosed("kernel.job", uuid.uuid4(), uuid.uuid4(), 2))

    def test_adds_to_the_context(self):
        context: dict[str, Any] = {DISCLOSED: []}
        item = Disclosed("kernel.job", uuid.uuid4(), uuid.uuid4(), 2)

        disclosed_note(context=context, disclosed=item)

        assert context[DISCLOSED] == [item]


class TestDisclosedRecord:
    def test_hands_on_each_row_once_in_order(self, actor):
        first, second = (Disclosed("kernel.job", uuid.uuid4(), uuid.uuid4(), 2) for _ in range(2))

        disclosed_record(actor=actor, operation="jobs.list", disclosed=[first, second, first])

        assert [(actor, "jobs.list", (first, second))] == RECORDED
