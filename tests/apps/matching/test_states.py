"""The life of a match run."""

import datetime as dt

import pytest

from apps.matching.models import MatchRun
from apps.matching.states import RUN, RunStatus
from tests.machines import check_every_arrow, reachable


class TestRun:
    def test_every_status_can_be_reached(self):
        assert reachable(RUN) == set(RunStatus.values)

    @pytest.mark.django_db
    def test_arrows(self):
        check_every_arrow(RUN, MatchRun.objects.create(as_of=dt.date(2026, 11, 15)))
