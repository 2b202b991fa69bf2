"""Answers cut to the viewer's tier, and the parameter that shows owners what strangers see."""

from types import SimpleNamespace

import pytest
from django.http import QueryDict
from rest_framework import serializers

from apps.organisations import tiered
from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer, preview_of
from kernel.api.problems import QueryInvalid


class Sample(TieredSerializer):
    tiers = {"open": Tier.T1, "hidden": Tier.T2}

    open = serializers.CharField()
    hidden = serializers.CharField()


class Placed(TieredSerializer):
    tiers = {"area": Tier.T1, "region": Tier.T1}
    at_war = {"region": Tier.T4}
    country_path = "organisation.country"

    area = serializers.CharField()
    region = serializers.CharField()


def placed(country: str, tier: int) -> SimpleNamespace:
    return SimpleNamespace(
        area="UMS", region="X-1", viewer_tier=tier, organisation=SimpleNamespace(country=country), pk=None
    )


class TestTieredSerializer:
    def test_leaves_out_the_keys_above_the_rows_tier(self) -> None:
        rows = [SimpleNamespace(open="a", hidden="b", viewer_tier=tier) for tier in Tier]

        shown = [set(row) for row in Sample(rows, many=True).data]

        assert shown == [set(), {"open"}, *[{"open", "hidden"}] * 4]

    def test_hides_more_of_a_country_at_war(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tiered, "countries_at_war", lambda *, on: {"EE"} if on else set())
        rows = [placed(country, tier) for country in ("EE", "UA") for tier in Tier]

        shown = ["region" in row for row in Placed(rows, many=True).data]

        assert shown == [*[False] * 4, True, True, False, *[True] * 5]

    def test_follows_the_days_of_the_war(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = placed("EE", Tier.T1)
        found = []
        for countries in ({"EE"}, set()):
            monkeypatch.setattr(tiered, "countries_at_war", lambda *, on, countries=countries: countries)
            found.append(set(Placed(row).data))

        assert found == [{"area"}, {"area", "region"}]


class TestPreviewOf:
    @pytest.mark.parametrize(
        ("query", "tier"), [("", None), ("as=T0", Tier.T0), ("as=T1", Tier.T1), ("as=T2", Tier.T2)]
    )
    def test_names_a_tier(self, query: str, tier: Tier | None) -> None:
        assert preview_of(QueryDict(query)) == tier

    @pytest.mark.parametrize("query", ["as=", "as=T3", "as=2", "as=T1&as=T1"])
    def test_refuses_everything_else(self, query: str) -> None:
        with pytest.raises(QueryInvalid):
            preview_of(QueryDict(query))
