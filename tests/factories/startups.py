"""Firms, capabilities and raises for tests."""

import datetime as dt
import secrets
from decimal import Decimal

import factory
from rest_framework.test import APIClient

from apps.reference.instruments import Instrument
from apps.startups.models import (
    AttestationRequest,
    AttestorSeat,
    Capability,
    CapabilityCodification,
    Component,
    DevelopmentEvent,
    EventEvidence,
    Financials,
    Firm,
    Raise,
    StartDraft,
)
from apps.startups.rules.seat_codes import code_make
from apps.startups.rules.signatures import signature_of
from apps.startups.services.attestation_requests import attestation_request_create
from apps.startups.services.evidence import evidence_attach
from apps.startups.services.trackers import TrackerMade, tracker_create
from apps.startups.states import AttestorRole, CapabilityStatus, CodificationScheme, EventKind, Maturity, RaiseStatus
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.cases import clean_document
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
    given_tier = factory.SelfAttribute("tier")
    unit_cost = Decimal("450.00")
    currency = "EUR"
    output_per_month = 900
    lead_time_days = 14
    export_class = "ML10"
    flags = factory.LazyFunction(lambda: ["lethal"])
    status = CapabilityStatus.PUBLISHED


class CapabilityCodificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CapabilityCodification

    capability = factory.SubFactory(CapabilityFactory)
    scheme = CodificationScheme.UA_ACT
    number = factory.Sequence(lambda n: f"ACT-{n}")


class StartDraftFactory(factory.django.DjangoModelFactory):
    """A draft in which everything is filled in."""

    class Meta:
        model = StartDraft
        django_get_or_create = ("firm",)

    firm = factory.SubFactory(FirmFactory)
    area = factory.SubFactory(AreaFactory)
    title = "Interceptor"
    maturity = Maturity.TESTED
    trl = 6
    staff = 12
    amount = Decimal("500000.00")
    currency = "EUR"
    instruments = factory.LazyFunction(lambda: [Instrument.EQUITY.value])
    stage = "seed"


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


def answered(
    capability: Capability, question: str, answer: str, *, on: dt.datetime, days: float, tier: str = "E2"
) -> tuple[DevelopmentEvent, DevelopmentEvent]:
    """A question of the log and, so many days later, its answer."""
    asked = DevelopmentEventFactory(capability=capability, kind=question, occurred_at=on, tier=tier)
    at = on + dt.timedelta(days=days)
    return asked, DevelopmentEventFactory(capability=capability, kind=answer, occurred_at=at, tier=tier, answers=asked)


class SeatFactory(factory.django.DjangoModelFactory):
    """An open seat of a verified attestor, whose requests wait in its organisation."""

    class Meta:
        model = AttestorSeat

    organisation = factory.SubFactory(OrganisationFactory, kind="attestor")
    code = factory.LazyFunction(lambda: code_make(draw=secrets.randbelow))
    role = AttestorRole.UNIT


def asked(event: DevelopmentEvent, **values) -> AttestationRequest:
    """A request about the event by its firm: to a new seat, or as `code`, `email` and `role` say."""
    if not {"code", "email"} & set(values):
        values["code"] = SeatFactory().code
    owner = actor_of(event.capability.firm.organisation)
    return attestation_request_create(actor=owner, event=event, **values)


def attestor_of(request: AttestationRequest) -> Actor:
    """A new member of the organisation whose seat was asked."""
    return actor_of(request.seat.organisation)


def evidence_of(event: DevelopmentEvent, template: str = "other_document", **values: object) -> EventEvidence:
    """A clean document of the event's firm, attached to it."""
    organisation = event.capability.firm.organisation
    given = {"number": "17/3", "issuer": "Polygon", "issued_on": dt.date(2026, 1, 4), **values}
    document = given.pop("document", None) or clean_document(organisation, purpose="evidence")
    return evidence_attach(
        actor=actor_of(organisation), event=event, template=template, document_id=document.pk, **given
    )


def tracker_of(firm: Firm, **projects: Capability) -> TrackerMade:
    """An endpoint of the firm with its secret; `projects` are capabilities by the tracker's keys."""
    meant = {key: capability.pk for key, capability in projects.items()}
    return tracker_create(actor=actor_of(firm.organisation), firm=firm, name="Jira", projects=meant)


def signed_headers(made: TrackerMade, body: bytes, message_id: str = "msg_1", at: dt.datetime | None = None) -> dict:
    """The headers with which the tracker sends the body."""
    timestamp = str(int((at or utc_now()).timestamp()))
    signature = signature_of(secret=made.secret, message_id=message_id, timestamp=timestamp, body=body)
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
