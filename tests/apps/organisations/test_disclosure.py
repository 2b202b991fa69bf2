"""The viewer's tier of a row, and that every field of the organisations has a tier."""

import dataclasses
import datetime as dt

import pytest
from django.apps import apps

from apps.organisations.disclosure import NAMING, TIERS, Tier
from apps.organisations.models import UndertakingAcceptance
from apps.startups.models import Firm
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, undertaking_of
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

    def test_counts_t2_only_of_who_is_bound_by_the_undertaking_in_force(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        GrantFactory(viewer=fund, subject=firm.organisation, undertaking=False)
        actor = actor_of(fund)
        unbound = self.tier(actor, firm)
        acceptance = undertaking_of(fund)
        bound = self.tier(actor, firm)

        UndertakingAcceptance.objects.filter(pk=acceptance.pk).update(undertaking="2025-1")

        assert (unbound, bound, self.tier(actor, firm)) == (Tier.T1, Tier.T2, Tier.T1)

    def test_another_organisations_undertaking_or_grant_opens_nothing(self) -> None:
        firm, fund, other = FirmFactory(), OrganisationFactory(kind="fund"), OrganisationFactory(kind="fund")
        GrantFactory(viewer=fund, subject=firm.organisation, undertaking=False)
        undertaking_of(other)

        assert self.tier(actor_of(fund), firm) == Tier.T1
        assert self.tier(actor_of(other), firm) == Tier.T1

    def test_counts_the_highest_of_several(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        for tier in (3, 2):
            GrantFactory(viewer=fund, subject=firm.organisation, tier=tier, undertaking=False)

        assert self.tier(actor_of(fund), firm) == Tier.T3

    def test_a_persons_grant_is_for_an_operators_person_alone(self) -> None:
        firm, operator, fund = FirmFactory(), OrganisationFactory(kind="operator"), OrganisationFactory(kind="fund")
        person, colleague, member = actor_of(operator), actor_of(operator), actor_of(fund)
        GrantFactory(viewer=operator, subject=firm.organisation, tier=4, person_id=person.user_id)
        GrantFactory(viewer=operator, subject=firm.organisation, tier=3)
        GrantFactory(viewer=fund, subject=firm.organisation, tier=4, person_id=member.user_id)

        assert self.tier(person, firm) == Tier.T4
        assert self.tier(colleague, firm) == Tier.T1
        assert self.tier(member, firm) == Tier.T1
        assert self.tier(dataclasses.replace(person, api_key_id=uuid7()), firm) == Tier.T1

    def test_who_is_dark_is_seen_by_itself_and_by_who_broke_glass(self) -> None:
        firm, fund = FirmFactory(organisation__dark_since=utc_now()), OrganisationFactory(kind="fund")
        operator = OrganisationFactory(kind="operator")
        person = actor_of(operator)
        GrantFactory(viewer=fund, subject=firm.organisation)
        GrantFactory(viewer=operator, subject=firm.organisation, tier=2, person_id=person.user_id)

        assert self.tier(actor_of(firm.organisation), firm) == Tier.T4
        assert self.tier(actor_of(fund), firm) is None
        assert self.tier(actor_of(operator), firm) is None
        assert self.tier(person, firm) == Tier.T2

    def test_who_is_dark_still_sees_others(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund", dark_since=utc_now())
        GrantFactory(viewer=fund, subject=firm.organisation)

        assert self.tier(actor_of(fund), firm) == Tier.T2


@pytest.mark.django_db
class TestIsRevealed:
    def revealed(self, actor: Actor, firm: Firm) -> bool | None:
        return Firm.objects.visible_to(actor).filter(pk=firm.pk).values_list("is_revealed", flat=True).first()

    def test_by_a_naming_grant_in_force(self) -> None:
        firm, fund, other = FirmFactory(), OrganisationFactory(kind="fund"), OrganisationFactory(kind="fund")
        grant = GrantFactory(viewer=fund, subject=firm.organisation, tier=1, cause=NAMING)
        actor = actor_of(fund)
        before = self.revealed(actor, firm)

        type(grant).objects.filter(pk=grant.pk).update(until=utc_now())

        assert (before, self.revealed(actor, firm)) == (True, False)
        assert self.revealed(actor_of(other), firm) is False

    def test_not_by_a_grant_of_another_cause(self) -> None:
        firm, fund = FirmFactory(), OrganisationFactory(kind="fund")
        GrantFactory(viewer=fund, subject=firm.organisation, tier=2)

        assert self.revealed(actor_of(fund), firm) is False
