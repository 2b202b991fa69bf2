"""Capabilities and their bills of materials."""

from decimal import Decimal
from typing import Any

import pytest

from apps.organisations.rules import NotYours
from apps.startups import services
from apps.startups.models import Capability
from apps.startups.services.capabilities import (
    CapabilityArchived,
    CapabilityIncomplete,
    CapabilityNotAcceptable,
    LeadOfOpenRaise,
)
from apps.startups.states import CapabilityStatus, Maturity, RaiseStatus
from kernel.clock import utc_now
from kernel.models import Event
from kernel.states import NotNow, NotPermitted
from kernel.versions import ChangedMeanwhile
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import CapabilityFactory, FirmFactory, RaiseFactory

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
            ({"export_class": "drone"}, "/export_class"),
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

    @pytest.mark.parametrize(
        "stray", [{"status": "published"}, {"tier": "E2"}, {"given_tier": "E2"}, {"confirmed_export_class": "none"}]
    )
    def test_never_writes_what_others_give(self, stray: dict[str, str]) -> None:
        firm = FirmFactory()

        with pytest.raises(TypeError):
            services.capability_create(
                actor=actor_of(firm.organisation), firm=firm, area="T1", title="T", maturity="concept", **stray
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

    @pytest.mark.parametrize("change", [{"title": " "}, {"trl": None}])
    def test_leaves_a_published_one_what_it_needs(self, change: dict[str, Any]) -> None:
        capability = CapabilityFactory()

        with pytest.raises(CapabilityNotAcceptable) as refusal:
            services.capability_update(actor=owner(capability), capability=capability, **change)

        (name,) = change
        assert [(problem.pointer, problem.code) for problem in refusal.value.errors] == [(f"/{name}", "required")]

    def test_lets_a_published_one_that_lacks_something_be_changed_otherwise(self) -> None:
        capability = CapabilityFactory(trl=None)

        services.capability_update(actor=owner(capability), capability=capability, title="Another")

        assert capability.title == "Another"

    @pytest.mark.parametrize(("declared", "kept"), [("ML10", True), ("9A012", False), ("", False)])
    def test_voids_the_confirmation_of_another_class(self, declared: str, kept: bool) -> None:
        capability = CapabilityFactory(
            confirmed_export_class="ML10",
            export_class_reason="So it is.",
            export_class_confirmed_at=utc_now(),
            export_class_confirmed_by=UserFactory(),
        )

        services.capability_update(actor=owner(capability), capability=capability, export_class=declared, trl=5)

        capability.refresh_from_db()
        assert (capability.confirmed_export_class == "ML10") is kept
        assert (capability.export_class_confirmed_at is not None) is kept
        assert (capability.export_class_confirmed_by is not None) is kept
        told = Event.objects.get(name="startups.capability.updated").data["fields"]
        assert told == (["trl"] if kept else ["export_class", "trl"])


class TestCapabilityPublish:
    def test_needs_a_readiness_level(self) -> None:
        capability = CapabilityFactory(status=CapabilityStatus.DRAFT, trl=None)

        with pytest.raises(CapabilityIncomplete) as refusal:
            services.capability_publish(actor=owner(capability), capability=capability)

        assert [problem.pointer for problem in refusal.value.errors] == ["/trl"]
        capability.refresh_from_db()
        assert capability.status == "draft"

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


class TestSeeks:
    """What a firm seeks a partner for."""

    def test_names_each_once(self) -> None:
        one = CapabilityFactory()

        with pytest.raises(CapabilityNotAcceptable) as refused:
            services.capability_update(
                actor=actor_of(one.firm.organisation), capability=one, seeks=["licence", "distribution", "licence"]
            )

        assert [problem.pointer for problem in refused.value.errors] == ["/seeks/2"]
