"""Introductions of a fund or firm that was entered twice."""

from __future__ import annotations

import pytest

from apps.matching.models import Introduction
from apps.matching.services.joining import introductions_join
from apps.matching.states import IntroductionStatus
from kernel.clock import utc_now
from tests.factories.introductions import Couple
from tests.factories.investors import FundFactory
from tests.factories.matching import mandate_made
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db


class TestIntroductionsJoin:
    def test_gives_them_to_the_entry_that_stays(self) -> None:
        couple, fund, firm = Couple(), FundFactory(), FirmFactory()
        made = couple.mutual()
        old_fund, old_firm = couple.mandate.fund.organisation, couple.raise_item.firm.organisation

        assert introductions_join(merged=old_fund, into=fund.organisation, now=utc_now()) == 1
        assert introductions_join(merged=old_firm, into=firm.organisation, now=utc_now()) == 1

        made.refresh_from_db()
        assert (made.fund_id, made.firm_id, made.closed_at) == (fund.pk, firm.pk, None)

    @pytest.mark.parametrize("is_mutual", [False, True])
    def test_ends_what_would_be_open_twice(self, *, is_mutual: bool) -> None:
        couple = Couple()
        second = Couple(mandate=mandate_made(), raise_item=couple.raise_item)
        kept = couple.express()
        doubled = second.mutual() if is_mutual else second.express()

        introductions_join(
            merged=second.mandate.fund.organisation, into=couple.mandate.fund.organisation, now=utc_now()
        )

        doubled.refresh_from_db()
        assert doubled.status == (IntroductionStatus.MUTUAL if is_mutual else IntroductionStatus.WITHDRAWN)
        assert (doubled.reason, doubled.closed_by) == ("merged", "")
        assert list(Introduction.objects.filter(closed_at=None)) == [kept]
        assert doubled.fund_id == kept.fund_id
