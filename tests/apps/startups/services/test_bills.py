"""Bills of materials: stated whole."""

from decimal import Decimal
from typing import Any

import pytest

from apps.organisations.rules import NotYours
from apps.startups import services
from apps.startups.models import Capability, Component
from apps.startups.services.bills import ComponentsNotAcceptable
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.models import Event
from tests.factories.organisations import actor_of
from tests.factories.startups import CapabilityFactory, ComponentFactory, FirmFactory

pytestmark = pytest.mark.django_db


def owner(capability: Capability) -> Actor:
    return actor_of(capability.firm.organisation)


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

    def test_is_for_the_own_one_only(self) -> None:
        capability = CapabilityFactory()

        with pytest.raises(NotYours):
            services.components_replace(
                actor=actor_of(FirmFactory().organisation), capability=capability, components=[self.line]
            )

    def test_ends_with_the_archive(self) -> None:
        capability = ComponentFactory(capability__status=CapabilityStatus.ARCHIVED).capability

        with pytest.raises(CapabilityArchived):
            services.components_replace(actor=owner(capability), capability=capability, components=[])

        assert capability.components.count() == 1
