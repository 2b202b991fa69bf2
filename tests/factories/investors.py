"""Funds, levers and mandates for tests."""

from decimal import Decimal

import factory

from apps.investors.models import CapacityHold, Fund, Lever, Mandate
from apps.investors.states import HoldStatus, LeverKind, MandateStatus
from apps.reference.instruments import Instrument
from kernel.ids import uuid7
from tests.factories.organisations import OrganisationFactory


class FundFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Fund

    organisation = factory.SubFactory(OrganisationFactory, kind="fund", country="DE")
    fund_type = "venture"
    investor_countries = factory.LazyFunction(lambda: ["DE", "FR"])


class LeverFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lever

    organisation = None
    kind = LeverKind.GUARANTEE
    issuer = "Guarantee Office"
    classes = factory.LazyFunction(lambda: ["equity"])
    countries = factory.LazyFunction(lambda: ["UA"])
    excluded_flags = factory.LazyFunction(list)
    risk_cover = Decimal("0.700000")


class MandateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mandate

    fund = factory.SubFactory(FundFactory)
    name = factory.Sequence(lambda n: f"Mandate {n}")
    areas = factory.LazyFunction(lambda: [["UMS", 1.0]])
    ticket_min = Decimal("200000.00")
    ticket_max = Decimal("5000000.00")
    currency = "EUR"
    stages = factory.LazyFunction(lambda: [["seed", 1.0]])
    instruments = factory.LazyFunction(lambda: [Instrument.EQUITY.value])
    places = factory.LazyFunction(lambda: [["UA", 1.0]])
    offered_cost_of_capital = Decimal("0.180000")
    capacity = Decimal("20000000.00")
    max_foreign_share = Decimal("0.350")
    perimeter = "EU"
    exclusions = factory.LazyFunction(lambda: ["cluster_munition"])
    status = MandateStatus.ACTIVE


class CapacityHoldFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CapacityHold

    mandate = factory.SubFactory(MandateFactory)
    amount = Decimal("1000000.00")
    currency = "EUR"
    cause = "dealrooms.termsheet"
    cause_id = factory.LazyFunction(uuid7)
    status = HoldStatus.RESERVED
