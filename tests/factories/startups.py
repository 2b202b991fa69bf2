"""Firms, capabilities and raises for tests."""

import datetime as dt
from decimal import Decimal

import factory
from rest_framework.test import APIClient

from apps.reference.instruments import Instrument
from apps.startups.models import Capability, Component, DevelopmentEvent, Financials, Firm, Raise
from apps.startups.states import CapabilityStatus, EventKind, Maturity, RaiseStatus
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of
from tests.factories.reference import AreaFactory


class FirmFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Firm

    organisation = factory.SubFactory(OrganisationFactory, kind="firm", country="UA")
    region = "UA-46"
    founded_on = dt.date(2022, 3, 1)
    staff = 40
    summary = "Makes drones."


class FinancialsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Financials

    firm = factory.SubFactory(FirmFactory)
    year = 2025
    currency = "EUR"
    revenue = Decimal("1200000.00")


class CapabilityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Capability

    firm = factory.SubFactory(FirmFactory)
    area = factory.SubFactory(AreaFactory)
    title = factory.Sequence(lambda n: f"Capability {n}")
    description = "Flies through jamming."
    trl = 7
    maturity = Maturity.FIELDED
    tier = "E2"
    unit_cost = Decimal("450.00")
    currency = "EUR"
    output_per_month = 900
    lead_time_days = 14
    export_class = "ML10"
    flags = factory.LazyFunction(lambda: ["lethal"])
    status = CapabilityStatus.PUBLISHED


class ComponentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Component

    capability = factory.SubFactory(CapabilityFactory)
    name = "Motor"
    unit_cost = Decimal("12.5000")
    currency = "EUR"
    quantity = Decimal("4.0000")
    origin = "CN"


class DevelopmentEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DevelopmentEvent

    capability = factory.SubFactory(CapabilityFactory)
    kind = EventKind.FEEDBACK_REPORTED
    occurred_at = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


class RaiseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Raise

    firm = factory.SubFactory(FirmFactory)
    lead_capability = factory.SubFactory(CapabilityFactory, firm=factory.SelfAttribute("..firm"))
    amount = Decimal("2000000.00")
    currency = "EUR"
    min_ticket = Decimal("250000.00")
    instruments = factory.LazyFunction(lambda: [Instrument.EQUITY.value])
    stage = "seed"
    marginal_cost_of_capital = Decimal("0.310000")
    cost_tier = "E1"
    blocked_countries = factory.LazyFunction(lambda: ["BY"])
    terms = factory.LazyFunction(lambda: [{"term": "holding", "value": "EE", "required": True}])
    use_of_proceeds = "A second line."
    status = RaiseStatus.OPEN


def client_for(firm: Firm, *roles: str) -> APIClient:
    """A client that calls as a new member of the firm, an owner unless `roles` say otherwise."""
    return client_of(actor_of(firm.organisation, *roles))


def fund_client(*subjects: Firm, tier: int = 2) -> APIClient:
    """A client that calls as a verified fund with a grant of each of the firms."""
    fund = OrganisationFactory(kind="fund")
    for firm in subjects:
        GrantFactory(viewer=fund, subject=firm.organisation, tier=tier)
    return client_of(actor_of(fund))
