"""The viewer's tier of a row, and that every field of the organisations has a tier."""

import datetime as dt

import pytest
from django.apps import apps

from apps.organisations.disclosure import TIERS, Tier
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of
from tests.factories.startups import FirmFactory


class TestRegistry:
    @pytest.mark.parametrize("model", list(apps.get_app_config("organisations").get_models()))
    def test_labels_every_field(self, model: type) -> None:
        assert set(TIERS[model]) == {field.name for field in model._meta.fields}


@pytest.mark.django_db
class TestWithTier:
    def tier(self, actor: Actor, firm: Firm) -> int | None:
        return Firm.objects.visible_to(actor).filter(pk=firm.pk).values_list("viewer_tier", flat=True).first()

    def test_is_own_counterpart_or_granted(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        granted = OrganisationFactory(kind="fund")
        GrantFactory(viewer=granted, subject=firm.organisation, tier=2)

        assert self.tier(actor_of(firm.organisation), firm) == Tier.T4
        assert self.tier(actor_of(fund), firm) == Tier.T1
        assert self.tier(actor_of(granted), firm) == Tier.T2
        assert self.tier(Actor.system(), firm) == Tier.T4

    @pytest.mark.parametrize(("since", "until"), [(1, None), (-2, -1)])
    def test_counts_no_grant_outside_its_time(self, since: int, until: int | None) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        hours = dt.timedelta(hours=1)
        GrantFactory(
            viewer=fund,
            subject=firm.organisation,
            since=utc_now() + since * hours,
            until=None if until is None else utc_now() + until * hours,
        )

        assert self.tier(actor_of(fund), firm) == Tier.T1

    def test_shows_nothing_to_the_unverified_not_even_with_a_grant(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund", standing="suspended")
        GrantFactory(viewer=fund, subject=firm.organisation)

        assert self.tier(actor_of(fund), firm) is None
        assert self.tier(Actor.anonymous(), firm) is None

    def test_shows_no_firm_that_is_not_verified(self) -> None:
        firm = FirmFactory(organisation__standing="registered")

        assert self.tier(actor_of(OrganisationFactory(kind="fund")), firm) is None

    def test_shows_a_suspended_operator_nothing(self) -> None:
        firm = FirmFactory()

        assert self.tier(actor_of(OrganisationFactory(kind="operator", standing="registered")), firm) == Tier.T1
        assert self.tier(actor_of(OrganisationFactory(kind="operator", standing="suspended")), firm) is None
