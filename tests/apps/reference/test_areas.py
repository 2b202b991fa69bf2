"""The tree of areas and the figures that are stated or inherited in it."""

import datetime as dt

import pytest

from apps.reference.areas import (
    NO_FIGURES,
    Area,
    AreaFigures,
    AreaTreeBroken,
    LogNormal,
    Taxonomy,
    UnknownArea,
    collected,
    weights_followed,
)

FAST = AreaFigures(cycle=LogNormal(60, 0.5), half_life_days=90, profile="iterating", basis="assumption")
SLOW = AreaFigures(cycle=None, half_life_days=730, profile="producing", basis="assumption")


def taxonomy(*areas: Area) -> Taxonomy:
    return Taxonomy(id="areas-1", as_of=dt.date(2025, 1, 1), sha256="ab", basis="assumption", areas=collected(areas))


TREE = taxonomy(
    Area("A", None, "Air", figures=FAST),
    Area("A.B", "A", "Bomb"),
    Area("A.B.C", "A.B", "Clearance", figures=SLOW),
    Area("X", None, "Other"),
)


class TestLogNormal:
    @pytest.mark.parametrize(("median", "sigma"), [(0, 1), (1, 0), (-1, 1)])
    def test_is_positive(self, median: float, sigma: float) -> None:
        with pytest.raises(ValueError, match="must be positive"):
            LogNormal(median, sigma)


class TestTaxonomy:
    def test_leads_from_an_area_to_its_root(self) -> None:
        assert TREE.path("A.B.C") == ("A.B.C", "A.B", "A")

    def test_inherits_figures_from_the_nearest_ancestor_that_states_some(self) -> None:
        assert TREE.figures("A.B") is FAST
        assert TREE.figures("A") is FAST

    def test_keeps_a_stated_none(self) -> None:
        assert TREE.figures("A.B.C").cycle is None

    def test_has_no_figures_where_no_ancestor_states_any(self) -> None:
        assert TREE.figures("X") is NO_FIGURES
        assert TREE.figures("X").profile == "iterating"

    def test_refuses_an_unknown_area(self) -> None:
        with pytest.raises(UnknownArea, match="Z"):
            TREE.figures("Z")

    @pytest.mark.parametrize(
        "areas",
        [
            (Area("A", "Z", "lost"),),
            (Area("A", "B", "round"), Area("B", "A", "and round")),
            (Area("A", "A", "itself"),),
            (Area("A", None, "once"), Area("A", None, "twice")),
        ],
        ids=["no-parent", "circle", "own-parent", "twice"],
    )
    def test_refuses_a_broken_tree(self, areas: tuple[Area, ...]) -> None:
        with pytest.raises(AreaTreeBroken):
            taxonomy(*areas)

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(TypeError):
            TREE.areas["N"] = Area("N", None, "new")  # type: ignore[index]


class TestExtended:
    def test_takes_more_areas_and_another_hash(self) -> None:
        longer = TREE.extended(areas=[Area("A.N", "A", "New")])

        assert longer.figures("A.N") is FAST
        assert longer.id == TREE.id
        assert longer.sha256 != TREE.sha256
        assert "A.N" not in TREE.areas

    def test_is_hashed_by_codes_and_parents_in_any_order(self) -> None:
        one, two = Area("A.N", "A", "New"), Area("A.M", "A", "Mew")

        assert TREE.extended(areas=[one, two]).sha256 == TREE.extended(areas=[two, one]).sha256
        assert TREE.extended(areas=[one]).sha256 != TREE.extended(areas=[Area("A.N", "A.B", "New")]).sha256

    def test_is_the_same_without_more_areas(self) -> None:
        assert TREE.extended(areas=[]) is TREE

    def test_refuses_a_code_that_is_taken(self) -> None:
        with pytest.raises(AreaTreeBroken, match="twice"):
            TREE.extended(areas=[Area("A", None, "Again")])


class TestSuccessors:
    def test_are_areas_of_the_edition(self) -> None:
        areas = collected([Area("A", None, "Air"), Area("B", None, "Bomb")])

        edition = Taxonomy("areas-2", None, "ab", "assumption", areas, successors={"OLD": ("B", "A")})

        assert edition.successors["OLD"] == ("B", "A")

    @pytest.mark.parametrize(
        "successors",
        [{"OLD": ("LOST",)}, {"OLD": ()}, {"OLD": ("A", "A")}, {"A": ("B",)}],
        ids=["nowhere", "none", "twice", "still-there"],
    )
    def test_refuse_what_leads_nowhere(self, successors: dict[str, tuple[str, ...]]) -> None:
        areas = collected([Area("A", None, "Air"), Area("B", None, "Bomb")])

        with pytest.raises(AreaTreeBroken):
            Taxonomy("areas-2", None, "ab", "assumption", areas, successors=successors)


class TestWeightsFollowed:
    def test_gives_the_weight_to_all_parts(self) -> None:
        moves = {"OLD": ["NEW.A", "NEW.B"]}

        assert weights_followed(weights=[("X", 1.0), ("OLD", 0.6)], moves=moves) == [
            ("X", 1.0),
            ("NEW.A", 0.6),
            ("NEW.B", 0.6),
        ]

    def test_keeps_the_greater_of_two_that_meet(self) -> None:
        assert weights_followed(weights=[("A", 0.2), ("B", 0.7)], moves={"A": ["C"], "B": ["C"]}) == [("C", 0.7)]
        assert weights_followed(weights=[("A", 0.9), ("C", 0.7)], moves={"A": ["C"]}) == [("C", 0.9)]

    def test_leaves_the_others_as_they_are(self) -> None:
        assert weights_followed(weights=[("A", 1)], moves={}) == [("A", 1)]
