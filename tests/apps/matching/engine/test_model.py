import copy

import pytest

from apps.matching.engine.model import Areas, AreaUnknown, Model, WeightsDoNotSum, whole_basis_points
from tests.apps.matching.engine.worlds import AREAS, AREAS_JSON, MODEL, MODEL_JSON, REFERENCE


class TestModel:
    def test_sides_sum_to_the_scale(self):
        for side in ("investor", "startup"):
            for profile in ("iterating", "producing"):
                assert sum(MODEL.weights[side][profile].values()) == 10_000

    def test_refuses_weights_that_do_not_sum(self):
        changed = copy.deepcopy(MODEL_JSON)
        changed["weights"]["startup"]["common"]["patience"] += 1

        with pytest.raises(WeightsDoNotSum):
            Model.from_json(changed)

    def test_a_tier_not_stated_is_e0(self):
        assert MODEL.uncertainty(None) == MODEL.uncertainty("E0") == 0.75


class TestAreas:
    def test_an_extra_area_takes_its_ancestors_figures(self):
        areas = Areas.from_json(AREAS_JSON, extra=[("UMS.UAS.X.Y", "UMS.UAS.X"), ("UMS.UAS.X", "UMS.UAS")])

        assert areas["UMS.UAS.X.Y"].half_life_days == areas["UMS.UAS"].half_life_days == 90.0
        assert areas["UMS.UAS.X.Y"].inherited_from == "UMS.UAS"
        assert areas.path("UMS.UAS.X.Y") == ("UMS.UAS.X.Y", "UMS.UAS.X", "UMS.UAS", "UMS")

    def test_an_extra_root_is_iterating_and_has_no_figures(self):
        area = Areas.from_json(AREAS_JSON, extra=[("VEN", None)])["VEN"]

        assert (area.profile, area.cycle, area.half_life_days, dict(area.priors)) == ("iterating", None, None, {})

    def test_a_stated_null_is_not_inherited(self):
        assert AREAS["GCM"].cycle is not None
        assert AREAS["GCM.DEM"].cycle is None

    def test_refuses_unknown_codes_and_circles(self):
        with pytest.raises(AreaUnknown):
            AREAS["NOWHERE"]
        with pytest.raises(AreaUnknown):
            Areas.from_json(AREAS_JSON, extra=[("A", "B"), ("B", "A")])


class TestReference:
    def test_converts_rates_by_inflation(self):
        assert REFERENCE.basis_points(0.20, "EUR") == 2000
        assert REFERENCE.basis_points(0.20, "UAH") == 1127  # 1.2 · 1.02 / 1.1 − 1 = 0.112727…
        assert REFERENCE.basis_points(0.20, "SEK") is None
        assert REFERENCE.basis_points(None, "EUR") is None

    def test_rounds_half_a_basis_point_up(self):
        assert whole_basis_points(0.12345) == 1235
        assert whole_basis_points(-0.00015) == -1

    def test_says_what_is_assumed(self):
        assert REFERENCE.bases["cost_of_equity.beta"] == "assumption"
        assert "cost_of_equity.mature_erp" not in REFERENCE.bases
