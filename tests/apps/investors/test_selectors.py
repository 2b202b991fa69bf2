"""Which funds, levers and mandates are seen, and how much of them."""

import pytest

from apps.investors import selectors
from apps.investors.states import MandateStatus
from apps.organisations.disclosure import Tier
from kernel.access import Actor
from tests.factories.investors import FundFactory, LeverFactory, MandateFactory
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestFundList:
    @pytest.mark.parametrize(
        ("kind", "tiers"), [("firm", [Tier.T1]), ("authority", [Tier.T1]), ("operator", [Tier.T1]), ("fund", [])]
    )
    def test_shows_other_funds_nothing(self, kind: str, tiers: list[Tier]) -> None:
        FundFactory()

        rows = selectors.fund_list(actor=actor_of(OrganisationFactory(kind=kind)))

        assert [row.viewer_tier for row in rows] == tiers

    def test_shows_other_funds_nothing_even_with_a_grant(self) -> None:
        fund, viewer = FundFactory(), OrganisationFactory(kind="fund")
        GrantFactory(viewer=viewer, subject=fund.organisation)

        assert not selectors.fund_list(actor=actor_of(viewer))


class TestLeverList:
    def test_shows_the_public_ones_and_the_own(self) -> None:
        fund = FundFactory()
        public, own = LeverFactory(), LeverFactory(organisation=fund.organisation)
        LeverFactory(organisation=OrganisationFactory())

        rows = selectors.lever_list(actor=actor_of(fund.organisation))

        assert {row.pk: row.viewer_tier for row in rows} == {public.pk: Tier.T1, own.pk: Tier.T4}
        assert {row.viewer_tier for row in selectors.lever_list(actor=Actor.system())} == {Tier.T4}


class TestMandateList:
    @pytest.mark.parametrize(("kind", "count"), [("firm", 1), ("operator", 1), ("fund", 0), ("authority", 0)])
    def test_shows_active_ones_to_firms_and_operators(self, kind: str, count: int) -> None:
        for status in MandateStatus:
            MandateFactory(status=status)

        assert selectors.mandate_list(actor=actor_of(OrganisationFactory(kind=kind))).count() == count

    def test_shows_all_the_own_ones(self) -> None:
        fund = FundFactory()
        for status in MandateStatus:
            MandateFactory(fund=fund, status=status)

        assert selectors.mandate_list(actor=actor_of(fund.organisation)).count() == len(MandateStatus)
