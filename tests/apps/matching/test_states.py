"""The lives of match runs and introductions."""

import datetime as dt

import pytest

from apps.matching.models import Introduction, MatchRun
from apps.matching.states import INTRODUCTION, RUN, IntroductionStatus, RunStatus, Side
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.introductions import Couple
from tests.machines import check_every_arrow, reachable


class TestRun:
    def test_every_status_can_be_reached(self):
        assert reachable(RUN) == set(RunStatus.values)

    @pytest.mark.django_db
    def test_arrows(self):
        check_every_arrow(RUN, MatchRun.objects.create(as_of=dt.date(2026, 11, 15)))


class TestIntroduction:
    def test_every_status_can_be_reached(self):
        assert reachable(INTRODUCTION) == set(IntroductionStatus.values)

    @pytest.mark.django_db
    def test_arrows(self):
        made = Couple().express()
        Introduction.objects.filter(pk=made.pk).update(mutual_at=utc_now(), closed_at=utc_now())

        check_every_arrow(INTRODUCTION, made)

    def test_is_answered_by_the_asked_side_and_taken_back_by_the_other(self):
        waiting = Introduction(side=Side.STARTUP)
        permissions = frozenset(arrow.permission for arrow in INTRODUCTION.transitions if arrow.permission)

        may = {
            kind: INTRODUCTION.available(waiting, Actor(kind=kind, permissions=permissions))
            for kind in ("fund", "firm", "authority")
        }

        assert may == {"fund": ["accept", "decline"], "firm": ["withdraw"], "authority": []}
