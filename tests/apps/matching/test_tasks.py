"""Matching's Celery entry points."""

import pytest

from apps.matching import tasks
from apps.matching.models import Introduction
from apps.matching.states import IntroductionStatus
from config.celery import app
from kernel.clock import utc_now
from kernel.models import Event
from tests.factories.introductions import DAY, Couple

pytestmark = pytest.mark.django_db


class TestIntroductions:
    def test_are_reminded_of_and_ended(self) -> None:
        late, soon = Couple(), Couple()
        late.express(now=utc_now() - 31 * DAY)
        soon.express(now=utc_now() - 26 * DAY)

        tasks.introductions()

        statuses = set(Introduction.objects.values_list("status", flat=True))
        assert statuses == {IntroductionStatus.EXPIRED, IntroductionStatus.INTERESTED}
        assert Event.objects.filter(name="matching.introduction.deadline_told").count() == 1

    def test_run_on_the_clock(self) -> None:
        assert "matching.introductions" in {entry["task"] for entry in app.conf.beat_schedule.values()}
