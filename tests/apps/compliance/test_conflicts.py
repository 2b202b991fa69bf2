"""Interests that bar from an organisation's documents."""

import datetime as dt

import pytest

from apps.compliance.conflicts import interests_declared
from apps.compliance.services.interests import interest_declare
from kernel.clock import utc_today
from tests.factories.cases import officer_made
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


class TestInterestsDeclared:
    @pytest.mark.parametrize("days", [None, 0, 1])
    def test_is_in_force_up_to_and_with_its_last_day(self, days):
        officer, firm = officer_made(), OrganisationFactory()
        until = None if days is None else utc_today() + dt.timedelta(days=days)

        interest = interest_declare(actor=officer, organisation_id=firm.pk, reason="Shares.", until=until)

        assert list(interests_declared(officer)) == [(firm.pk,)]
        type(interest).objects.update(until=utc_today() - dt.timedelta(days=1))
        assert list(interests_declared(officer)) == []

    def test_bars_nobody_else(self):
        officer, firm = officer_made(), OrganisationFactory()

        interest_declare(actor=officer, organisation_id=firm.pk, reason="Shares.")

        assert list(interests_declared(officer_made())) == []
