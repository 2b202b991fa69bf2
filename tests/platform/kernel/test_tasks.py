"""The Celery entry points call what they name, and bear with arguments of a newer sender."""

import uuid

import pytest

from kernel import tasks
from kernel.models import Slot


@pytest.mark.django_db
class TestTasks:
    def test_a_delivery_that_is_gone_is_passed_over(self):
        assert tasks.deliver(delivery_id=str(uuid.uuid4()), since="2026") is None

    def test_a_chunk_that_is_gone_is_passed_over(self):
        assert tasks.run_chunk(chunk_id=str(uuid.uuid4()), priority=1) is None

    def test_the_sweep_runs(self):
        assert tasks.sweep() is None

    def test_tidying_takes_its_slot(self):
        tasks.tidy()

        assert Slot.objects.get().name == "tidy"
