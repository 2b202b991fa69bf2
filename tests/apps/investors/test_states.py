"""The life of a mandate as its table gives it."""

from apps.investors.states import MANDATE, Perimeter
from apps.reference.tables import PERIMETERS


class TestMandate:
    def test_is_activated_paused_and_closed(self) -> None:
        arrows = {(str(source), item.name, str(item.target)) for item in MANDATE.transitions for source in item.sources}

        assert MANDATE.initial == "draft"
        assert arrows == {
            ("draft", "activate", "active"),
            ("paused", "activate", "active"),
            ("active", "pause", "paused"),
            ("draft", "close", "closed"),
            ("active", "close", "closed"),
            ("paused", "close", "closed"),
        }
        assert all(item.permission for item in MANDATE.transitions)


class TestPerimeter:
    def test_names_those_that_the_reference_tables_know(self) -> None:
        assert set(Perimeter.values) == set(PERIMETERS)
