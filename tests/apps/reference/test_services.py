"""Bringing the areas into the database."""

import pytest

from apps.reference.models import CapabilityArea
from apps.reference.services import areas_load
from apps.reference.tables import editions
from kernel.access import Actor
from kernel.clock import utc_today
from kernel.models import Event

pytestmark = pytest.mark.django_db


class TestAreasLoad:
    def test_writes_every_area_of_the_edition_with_its_parent(self):
        taxonomy = editions().taxonomy_at(utc_today())

        changed = areas_load(actor=Actor.system())

        rows = dict(CapabilityArea.objects.values_list("code", "parent__code"))
        assert rows == {code: area.parent for code, area in taxonomy.areas.items()}
        assert changed == len(rows)
        assert CapabilityArea.objects.get(code="UMS").label_uk == "Безпілотні системи"

    def test_a_second_run_changes_nothing_and_tells_nothing(self):
        areas_load(actor=Actor.system())

        changed = areas_load(actor=Actor.system())

        assert (changed, Event.objects.filter(name="reference.areas.loaded").count()) == (0, 1)

    def test_takes_over_an_area_of_another_origin(self):
        CapabilityArea.objects.create(code="UMS", label_en="Drones", edition="import")

        areas_load(actor=Actor.system())

        area = CapabilityArea.objects.get(code="UMS")
        assert (area.label_en, area.edition) == ("Unmanned systems", "areas-1")

    def test_leaves_areas_that_the_edition_lacks(self):
        CapabilityArea.objects.create(code="MINE", label_en="Mine", edition="import")

        areas_load(actor=Actor.system())

        assert CapabilityArea.objects.get(code="MINE").edition == "import"
