"""The officer's word on export classes and codification numbers."""

import datetime as dt
from dataclasses import replace

import pytest

from apps.compliance.models import DeclaredInterest
from apps.compliance.services.interests import ConflictOfInterest, OfficerNeedsPerson
from apps.startups import services
from apps.startups.models import Capability
from apps.startups.services.capabilities import CapabilityArchived
from apps.startups.services.export_control import (
    CodificationUndocumented,
    ExportClassNotAcceptable,
    ExportClassNotDeclared,
)
from apps.startups.states import CapabilityStatus
from kernel.clock import utc_today
from kernel.errors import NotFound
from kernel.models import Event
from tests.factories.cases import clean_document, officer_made
from tests.factories.documents import DocumentFactory
from tests.factories.organisations import MembershipFactory, actor_of
from tests.factories.startups import CapabilityCodificationFactory, CapabilityFactory

pytestmark = pytest.mark.django_db


class TestExportClassConfirm:
    def test_confirms_what_is_declared(self) -> None:
        capability, officer = CapabilityFactory(), officer_made()

        services.export_class_confirm(actor=officer, capability=capability, export_class="ML10")

        capability.refresh_from_db()
        assert (capability.export_class, capability.confirmed_export_class) == ("ML10", "ML10")
        assert (capability.export_class_confirmed_by_id, capability.version) == (officer.user_id, 2)
        told = Event.objects.get(name="startups.capability.export_class_confirmed")
        assert (told.organisation_id, told.data) == (capability.firm.organisation_id, {"is_correction": False})

    def test_corrects_with_a_reason(self) -> None:
        capability = CapabilityFactory()

        services.export_class_confirm(
            actor=officer_made(), capability=capability, export_class="9A012", reason=" It carries no weapon. "
        )

        capability.refresh_from_db()
        assert (capability.export_class, capability.confirmed_export_class) == ("ML10", "9A012")
        assert capability.export_class_reason == "It carries no weapon."

    @pytest.mark.parametrize(
        ("export_class", "reason", "pointers"),
        [("9A012", " ", ["/reason"]), ("drone", "So.", ["/export_class"]), ("", "", ["/export_class", "/reason"])],
    )
    def test_says_what_is_wrong(self, export_class: str, reason: str, pointers: list[str]) -> None:
        with pytest.raises(ExportClassNotAcceptable) as refusal:
            services.export_class_confirm(
                actor=officer_made(), capability=CapabilityFactory(), export_class=export_class, reason=reason
            )

        assert [problem.pointer for problem in refusal.value.errors] == pointers

    def test_needs_a_declaration_of_what_is_not_archived(self) -> None:
        with pytest.raises(ExportClassNotDeclared):
            services.export_class_confirm(
                actor=officer_made(), capability=CapabilityFactory(export_class=""), export_class="ML10"
            )
        archived = CapabilityFactory(status=CapabilityStatus.ARCHIVED)
        with pytest.raises(CapabilityArchived):
            services.export_class_confirm(actor=officer_made(), capability=archived, export_class="ML10")

    def test_is_for_people_of_an_operator_without_a_conflict(self) -> None:
        capability, officer = CapabilityFactory(), officer_made()
        own = capability.firm.organisation
        member, interested = officer_made(), officer_made()
        MembershipFactory(organisation=own, user_id=member.user_id)
        DeclaredInterest.objects.create(
            operator_id=interested.organisation_id,
            user_id=interested.user_id,
            organisation=own,
            reason="A cousin.",
            until=utc_today() + dt.timedelta(days=1),
        )

        for actor in (replace(officer, api_key_id=own.pk), actor_of(own)):
            with pytest.raises(OfficerNeedsPerson):
                services.export_class_confirm(actor=actor, capability=capability, export_class="ML10")
        for actor in (member, interested):
            with pytest.raises(ConflictOfInterest):
                services.export_class_confirm(actor=actor, capability=capability, export_class="ML10")


class TestCodificationConfirm:
    def made(self, capability: Capability) -> None:
        paper = clean_document(capability.firm.organisation)
        CapabilityCodificationFactory(capability=capability, number="17", document=paper)

    def test_raises_the_tier_once(self) -> None:
        capability, officer = CapabilityFactory(tier="E0", given_tier=""), officer_made()
        self.made(capability)

        for _ in range(2):
            services.codification_confirm(actor=officer, capability=capability, scheme="ua_act", number="17")

        capability.refresh_from_db()
        assert capability.tier == "E3"
        told = Event.objects.get(name="startups.capability.codification_confirmed")
        assert set(told.data) == {"codification_id", "scheme"}

    def test_needs_a_clean_document(self) -> None:
        capability = CapabilityFactory()
        unread = DocumentFactory(organisation=capability.firm.organisation)
        CapabilityCodificationFactory(capability=capability, number="17")
        CapabilityCodificationFactory(capability=capability, number="18", document=unread)

        for number in ("17", "18"):
            with pytest.raises(CodificationUndocumented):
                services.codification_confirm(
                    actor=officer_made(), capability=capability, scheme="ua_act", number=number
                )

    def test_finds_the_numbers_of_the_capability_only(self) -> None:
        capability = CapabilityFactory()
        self.made(CapabilityFactory())

        with pytest.raises(NotFound):
            services.codification_confirm(actor=officer_made(), capability=capability, scheme="ua_act", number="17")

    def test_is_not_for_the_firm(self) -> None:
        capability = CapabilityFactory()
        self.made(capability)

        with pytest.raises(OfficerNeedsPerson):
            services.codification_confirm(
                actor=actor_of(capability.firm.organisation), capability=capability, scheme="ua_act", number="17"
            )
