"""Bringing the areas into the database."""

import pytest

from apps.reference import services
from apps.reference.areas import Area, Taxonomy, collected
from apps.reference.models import CapabilityArea
from apps.reference.selectors import area_codes_unknown, area_find, area_successors
from apps.reference.services import areas_load
from apps.reference.tables import Editions, editions
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


FIRST = Taxonomy("areas-1", None, "1", "test", collected([Area("UMS", None, "Unmanned"), Area("OLD", None, "Old")]))
SECOND = Taxonomy(
    "areas-2",
    None,
    "2",
    "test",
    collected([Area("UMS", None, "Unmanned"), Area("NEW", None, "New"), Area("NEW.PART", "NEW", "Part")]),
    successors={"OLD": ("NEW.PART", "NEW")},
)


@pytest.fixture
def second_edition(monkeypatch: pytest.MonkeyPatch):
    """An installation with the first edition, about to load the second."""
    monkeypatch.setattr(services, "editions", lambda: Editions(tables={}, taxonomies={"areas-1": FIRST}))
    areas_load(actor=Actor.system())
    both = Editions(tables={}, taxonomies={"areas-1": FIRST, "areas-2": SECOND})
    monkeypatch.setattr(services, "editions", lambda: both)


@pytest.mark.usefixtures("second_edition")
class TestNewEdition:
    def test_adds_retires_and_tells_where_to(self):
        areas_load(actor=Actor.system())

        assert CapabilityArea.objects.get(code="NEW.PART").parent.code == "NEW"
        assert area_successors() == {"OLD": ["NEW.PART", "NEW"]}
        told = Event.objects.get(name="reference.areas.retired")
        assert told.data == {"edition": "areas-2", "moves": {"OLD": ["NEW.PART", "NEW"]}}

    def test_puts_nothing_new_into_a_retired_area(self):
        areas_load(actor=Actor.system())

        assert area_find(code="OLD") is None
        assert area_find(code="NEW") is not None
        assert area_codes_unknown(codes=["OLD", "NEW", "NONE"]) == {"OLD", "NONE"}

    def test_a_second_run_retires_nothing_again(self):
        areas_load(actor=Actor.system())

        assert areas_load(actor=Actor.system()) == 0
        assert Event.objects.filter(name="reference.areas.retired").count() == 1

    def test_an_area_that_comes_back_is_in_force_again(self, monkeypatch: pytest.MonkeyPatch):
        areas_load(actor=Actor.system())
        third = Taxonomy("areas-3", None, "3", "test", {**SECOND.areas, "OLD": Area("OLD", None, "Old")})
        monkeypatch.setattr(services, "editions", lambda: Editions(tables={}, taxonomies={"areas-3": third}))

        areas_load(actor=Actor.system())

        assert area_find(code="OLD") is not None
