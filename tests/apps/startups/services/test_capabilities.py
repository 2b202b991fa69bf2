"""Capabilities and their bills of materials."""

from decimal import Decimal
from typing import Any

import pytest

from apps.organisations.rules import NotYours
from apps.startups import services
from apps.startups.models import Capability, Component
from apps.startups.services.capabilities import (
    CapabilityArchived,
    CapabilityNotAcceptable,
    ComponentsNotAcceptable,
    LeadOfOpenRaise,
)
from apps.startups.states import CapabilityStatus, Maturity, RaiseStatus
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from kernel.versions import ChangedMeanwhile
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import CapabilityFactory, ComponentFactory, FirmFactory, RaiseFactory

pytestmark = pytest.mark.django_db


def owner(capability: Capability) -> Any:
    return actor_of(capability.firm.organisation)


class TestCapabilityCreate:
    def test_makes_a_draft_of_the_firm(self) -> None:
        firm, area = FirmFactory(), AreaFactory(code="T1")

        capability = services.capability_create(
            actor=actor_of(firm.organisation),
            firm=firm,
            area="T1",
            title="Interceptor",
            maturity=Maturity.TESTED,
            trl=6,
        )

        capability.refresh_from_db()
        assert (capability.status, capability.area, capability.flags) == ("draft", area, None)
        event = Event.objects.get(name="startups.capability.created")
        assert (event.organisation_id, event.data) == (firm.organisation_id, {"area": "T1"})

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [
            ({"area": "NONE"}, "/area"),
            ({"tier": "E2"}, "/tier"),
            ({"unit_cost": Decimal(5)}, "/unit_cost/currency"),
            ({"unit_cost": Decimal(5), "currency": "XTS"}, "/unit_cost/currency"),
        ],
    )
    def test_says_what_is_wrong(self, values: dict[str, Any], pointer: str) -> None:
        firm = FirmFactory()
        given = {"area": AreaFactory(code="T1").code, "title": "T", "maturity": Maturity.CONCEPT, **values}

        with pytest.raises(CapabilityNotAcceptable) as refusal:
            services.capability_create(actor=actor_of(firm.organisation), firm=firm, **given)

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    def test_never_writes_the_status(self) -> None:
        firm = FirmFactory()

        with pytest.raises(TypeError):
            services.capability_create(
                actor=actor_of(firm.organisation),
                firm=firm,
                area="T1",
                title="T",
                maturity="concept",
                status="published",
            )


class TestCapabilityUpdate:
    def test_changes_and_counts_the_version(self) -> None:
        capability, area = CapabilityFactory(), AreaFactory(code="T2")

        services.capability_update(actor=owner(capability), capability=capability, area="T2", trl=8)

        capability.refresh_from_db()
        assert (capability.area, capability.trl, capability.version) == (area, 8, 2)
        assert Event.objects.get(name="startups.capability.updated").data == {"fields": ["area", "trl"]}

    def test_ends_with_the_archive(self) -> None:
        capability = CapabilityFactory(status=CapabilityStatus.ARCHIVED)

        with pytest.raises(CapabilityArchived):
            services.capability_update(actor=owner(capability), capability=capability, trl=8)

    def test_loses_against_a_faster_writer(self) -> None:
        capability = CapabilityFactory()
        Capability.objects.filter(pk=capability.pk).update(version=2)

        with pytest.raises(ChangedMeanwhile):
            services.capability_update(actor=owner(capability), capability=capability, trl=8)

    def test_is_for_the_own_one_only(self) -> None:
        with pytest.raises(NotYours):
            services.capability_update(
                actor=actor_of(FirmFactory().organisation), capability=CapabilityFactory(), trl=8
            )


class TestCapabilityPublish:
    def test_moves_and_tells(self) -> None:
        capability = CapabilityFactory(status=CapabilityStatus.DRAFT)

        services.capability_publish(actor=owner(capability), capability=capability)

        capability.refresh_from_db()
        assert (capability.status, capability.version) == ("published", 2)
        assert (
            Event.objects.get(name="startups.capability.published").organisation_id == capability.firm.organisation_id
        )

    def test_refuses_twice_and_others(self) -> None:
        capability = CapabilityFactory()

        with pytest.raises(NotNow):
            services.capability_publish(actor=owner(capability), capability=capability)
        with pytest.raises(NotPermitted):
            services.capability_publish(actor=actor_of(capability.firm.organisation, "viewer"), capability=capability)
        with pytest.raises(NotYours):
            services.capability_publish(actor=actor_of(OrganisationFactory()), capability=capability)


class TestCapabilityArchive:
    def test_refuses_while_an_open_raise_leads_with_it(self) -> None:
        item = RaiseFactory(status=RaiseStatus.OPEN)
        actor = actor_of(item.firm.organisation)

        with pytest.raises(LeadOfOpenRaise):
            services.capability_archive(actor=actor, capability=item.lead_capability)
        services.raise_close(actor=actor, item=item)
        services.capability_archive(actor=actor, capability=item.lead_capability)

        item.lead_capability.refresh_from_db()
        assert item.lead_capability.status == "archived"


class TestComponentsReplace:
    line = services.ComponentLineIn(
        name="Motor", unit_cost=Decimal("12.5001"), currency="EUR", quantity=Decimal(4), origin="CN"
    )

    def test_replaces_the_whole_bill(self) -> None:
        capability = CapabilityFactory()
        ComponentFactory(capability=capability)
        elsewhere = ComponentFactory()

        services.components_replace(actor=owner(capability), capability=capability, components=[self.line] * 2)

        assert [str(row.unit_cost) for row in Component.objects.filter(capability=capability)] == ["12.5001"] * 2
        assert Component.objects.filter(pk=elsewhere.pk).exists()
        capability.refresh_from_db()
        assert capability.version == 2
        data = Event.objects.get(name="startups.capability.updated").data
        assert data == {"fields": ["components"], "components": 2}

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"origin": "XX"}, "/components/1/origin"),
            ({"currency": "XTS"}, "/components/1/unit_cost/currency"),
            ({"quantity": Decimal(0)}, "/components/1/quantity"),
        ],
    )
    def test_points_at_the_wrong_line_and_keeps_the_old_bill(self, change: dict[str, Any], pointer: str) -> None:
        capability = ComponentFactory().capability
        fields = {name: getattr(self.line, name) for name in ("name", "unit_cost", "currency", "quantity", "origin")}
        wrong = services.ComponentLineIn(**{**fields, **change})

        with pytest.raises(ComponentsNotAcceptable) as refusal:
            services.components_replace(actor=owner(capability), capability=capability, components=[self.line, wrong])

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]
        assert Component.objects.filter(capability=capability).count() == 1
