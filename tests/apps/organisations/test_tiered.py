"""Answers cut to the viewer's tier."""

from types import SimpleNamespace

from rest_framework import serializers

from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer


class Sample(TieredSerializer):
    tiers = {"open": Tier.T1, "hidden": Tier.T2}

    open = serializers.CharField()
    hidden = serializers.CharField()


class TestTieredSerializer:
    def test_leaves_out_the_keys_above_the_rows_tier(self) -> None:
        rows = [SimpleNamespace(open="a", hidden="b", viewer_tier=tier) for tier in Tier]

        shown = [set(row) for row in Sample(rows, many=True).data]

        assert shown == [set(), {"open"}, *[{"open", "hidden"}] * 4]
