"""Two at once on one introduction: never two of them, and one answer."""

from __future__ import annotations

import pytest

from apps.matching.models import Introduction
from apps.matching.services.introductions import TooManyWaiting, introductions_expire
from apps.matching.states import IntroductionStatus, Side
from apps.organisations.models import DisclosureGrant
from kernel.clock import utc_now
from kernel.models import Event
from kernel.states import NotNow
from tests.factories.introductions import DAY, Couple
from tests.transactions import together

pytestmark = pytest.mark.usefixtures("committed")


class TestTogether:
    def test_two_interests_are_one_introduction(self) -> None:
        couple = Couple()

        results = together(lambda: couple.express(Side.INVESTOR), lambda: couple.express(Side.STARTUP))

        assert {type(result) for result in results} == {Introduction}
        introduction = Introduction.objects.get()
        assert introduction.status == IntroductionStatus.MUTUAL
        assert Event.objects.filter(name="matching.introduction.became_mutual").count() == 1
        assert DisclosureGrant.objects.filter(cause="naming").count() == 1

    def test_one_answer_counts(self) -> None:
        couple = Couple()
        made = couple.express(Side.STARTUP)

        results = together(lambda: couple.accept(made), lambda: couple.decline(made), lambda: couple.withdraw(made))

        assert [type(result) for result in results].count(NotNow) == 2
        assert Introduction.objects.get().status in {
            IntroductionStatus.MUTUAL,
            IntroductionStatus.DECLINED,
            IntroductionStatus.WITHDRAWN,
        }

    def test_a_limit_holds_for_two_at_once(self, settings: object) -> None:
        settings.INTRODUCTIONS_WAITING = 1  # type: ignore[attr-defined]
        couple = Couple()
        second = Couple(mandate=couple.mandate)

        results = together(couple.express, second.express)

        assert sorted(type(result).__name__ for result in results) == [Introduction.__name__, TooManyWaiting.__name__]

    def test_two_clocks_end_a_silence_once(self) -> None:
        couple, now = Couple(), utc_now()
        couple.express(now=now)
        later = now + 31 * DAY

        results = together(lambda: introductions_expire(now=later), lambda: introductions_expire(now=later))

        assert sorted(results) == [0, 1]
        assert Event.objects.filter(name="matching.introduction.expired").count() == 1
