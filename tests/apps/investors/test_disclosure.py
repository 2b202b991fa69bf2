"""Every field of funds, levers and mandates has a tier, and every answer is cut by it."""

import pytest
from django.apps import apps

from apps.investors.api.serializers import funds, levers, mandates, versions
from apps.investors.disclosure import DERIVED, TIERS
from apps.investors.models import CapacityHold, Mandate, MandateVersion
from apps.organisations.disclosure import Tier

ANSWERS = [
    item
    for module in (funds, levers, mandates, versions)
    for item in vars(module).values()
    if isinstance(item, type) and hasattr(item, "tiers")
]


class TestRegistry:
    @pytest.mark.parametrize("model", list(apps.get_app_config("investors").get_models()))
    def test_labels_every_field(self, model: type) -> None:
        assert set(TIERS[model]) == {field.name for field in model._meta.fields}

    @pytest.mark.parametrize("answer", ANSWERS)
    def test_covers_every_field_of_an_answer(self, answer: type) -> None:
        assert {item.__name__ for item in ANSWERS} == {
            "InvestorTeaserOut",
            "InvestorOut",
            "LeverOut",
            "MandateOut",
            "MandateVersionOut",
        }
        assert set(answer().fields) <= set(answer.tiers)

    def test_derived_names_hide_no_column(self) -> None:
        for model, names in DERIVED.items():
            assert not set(names) & set(TIERS[model])

    def test_keeps_a_funds_means_and_exclusions_to_itself(self) -> None:
        own = {name for name, tier in TIERS[Mandate].items() if tier >= Tier.T4}

        assert {"capacity", "exclusions", "max_foreign_share", "perimeter", "places", "version"} <= own
        assert {DERIVED[Mandate][name] for name in ("capacity_left", "warnings")} == {Tier.T4}
        assert {tier for model in (CapacityHold, MandateVersion) for tier in TIERS[model].values()} == {Tier.T4}
