"""Capabilities follow an area that a new edition retires."""

import pytest

from apps.startups import services
from apps.startups.models import Capability, SearchText, StartDraft
from apps.startups.services.areas import areas_follow
from kernel.models import Event
from tests.factories.organisations import actor_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import CapabilityFactory, FirmFactory

pytestmark = pytest.mark.django_db


class TestAreasFollow:
    def test_puts_a_moved_areas_capabilities_into_its_successor(self) -> None:
        moved = CapabilityFactory(area=AreaFactory(code="OLD"))
        other = CapabilityFactory(area=AreaFactory(code="UMS"))
        heir = AreaFactory(code="NEW", label_en="Kites")

        assert areas_follow(moves={"OLD": ["NEW"]}) == 1

        found = Capability.objects.get(pk=moved.pk)
        assert (found.area, found.former_area, found.version) == (heir, "", moved.version + 1)
        assert Capability.objects.get(pk=other.pk).area == other.area
        told = Event.objects.get(name="startups.capability.updated")
        assert (told.object_id, told.organisation_id) == (moved.pk, moved.firm.organisation_id)
        assert "':NEW'" in SearchText.objects.get(capability=moved, tier=1).words

    def test_remembers_which_area_was_split_until_the_firm_chooses(self) -> None:
        split = CapabilityFactory(area=AreaFactory(code="OLD"))
        AreaFactory(code="NEW.A")
        AreaFactory(code="NEW.B")
        areas_follow(moves={"OLD": ["NEW.A", "NEW.B"]})
        found = Capability.objects.get(pk=split.pk)
        assert (found.area.code, found.former_area) == ("NEW.A", "OLD")

        services.capability_update(actor=actor_of(found.firm.organisation), capability=found, area="NEW.B")

        found = Capability.objects.get(pk=split.pk)
        assert (found.area.code, found.former_area) == ("NEW.B", "")

    def test_takes_drafts_along(self) -> None:
        draft = StartDraft.objects.create(firm=FirmFactory(), area=AreaFactory(code="OLD"))
        heir = AreaFactory(code="NEW")

        areas_follow(moves={"OLD": ["NEW"]})

        assert StartDraft.objects.get(pk=draft.pk).area == heir

    def test_changes_nothing_again(self) -> None:
        CapabilityFactory(area=AreaFactory(code="OLD"))
        AreaFactory(code="NEW")
        areas_follow(moves={"OLD": ["NEW"]})

        assert areas_follow(moves={"OLD": ["NEW"]}) == 0
