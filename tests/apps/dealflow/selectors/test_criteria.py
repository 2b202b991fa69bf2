"""Every field of a search makes a condition, and only on what all verified counterparts read."""

from dataclasses import fields

from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.criteria import LOOKUPS, SHARES, criteria
from apps.organisations.disclosure import Tier
from apps.startups.disclosure import TIERS
from apps.startups.models import Listing
from kernel.access import Actor

ELSEWHERE = {"text", "own", "ordering", "mandate"}


class TestCriteria:
    def test_covers_every_field(self) -> None:
        assert {field.name for field in fields(DealFlowQuery)} == {*LOOKUPS, *SHARES, *ELSEWHERE}

    def test_asks_for_nothing_above_t1(self) -> None:
        columns = {lookup.rsplit("__", 1)[0].removesuffix("_id") for lookup in LOOKUPS.values()} | set(SHARES)

        assert {column for column in columns if TIERS[Listing][column] > Tier.T1} == set()

    def test_is_empty_for_a_search_that_asks_nothing(self) -> None:
        assert not criteria(actor=Actor(), query=DealFlowQuery())
