"""Reading the registry below the interface."""

import datetime as dt

import pytest

from apps.startups import selectors
from apps.startups.models import Attestation
from apps.startups.rules.evidence import fact_chains
from apps.startups.states import EventSource
from kernel.access import Actor
from kernel.clock import utc_now, utc_today
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.startups import ComponentFactory, DevelopmentEventFactory, FinancialsFactory, FirmFactory

pytestmark = pytest.mark.django_db


class TestFinancialsList:
    def test_leaves_out_what_was_withdrawn_and_what_is_anothers(self) -> None:
        firm = FirmFactory()
        stated = FinancialsFactory(firm=firm, year=2025)
        FinancialsFactory(firm=firm, year=2024, withdrawn_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

        assert list(selectors.financials_list(actor=actor_of(firm.organisation), firm=firm)) == [stated]
        assert list(selectors.financials_list(actor=Actor.system(), firm=firm)) == [stated]
        assert not selectors.financials_list(actor=actor_of(FirmFactory().organisation), firm=firm)


class TestComponentList:
    def test_is_empty_for_another(self) -> None:
        component = ComponentFactory()
        capability = component.capability

        assert list(selectors.component_list(actor=Actor.system(), capability=capability)) == [component]
        assert not selectors.component_list(actor=actor_of(FirmFactory().organisation), capability=capability)


class TestDevelopmentEventList:
    def test_is_empty_for_another(self) -> None:
        event = DevelopmentEventFactory()
        capability = event.capability

        assert list(selectors.development_event_list(actor=Actor.system(), capability=capability)) == [event]
        assert not selectors.development_event_list(actor=actor_of(FirmFactory().organisation), capability=capability)


class TestEventLogs:
    def test_an_attestors_event_that_nobody_stands_behind_is_refused(self) -> None:
        stated = DevelopmentEventFactory()
        amended = DevelopmentEventFactory(
            capability=stated.capability, kind=stated.kind, supersedes=stated, source=EventSource.ATTESTOR, tier="E0"
        )
        attestor = OrganisationFactory(kind="attestor")
        word = Attestation.objects.create(
            event=amended, attestor=attestor, verdict="confirmed", attested_on=utc_today()
        )
        logs = selectors.event_logs(capability_ids=[stated.capability_id])
        (chain,) = fact_chains(facts=logs[stated.capability.firm_id], as_of=utc_today()).values()
        assert [fact.id for fact in chain] == [str(stated.pk), str(amended.pk)]

        Attestation.objects.filter(pk=word.pk).update(withdrawn_at=utc_now(), withdrawn_reason="A mistake.")

        logs = selectors.event_logs(capability_ids=[stated.capability_id])
        (chain,) = fact_chains(facts=logs[stated.capability.firm_id], as_of=utc_today()).values()
        assert [fact.id for fact in chain] == [str(stated.pk)]
