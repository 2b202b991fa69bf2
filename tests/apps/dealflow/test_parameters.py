"""Query parameters make one search, each field of it by one parameter."""

from dataclasses import fields
from typing import Any

import pytest

from apps.dealflow.parameters import DealFlowFilter, deal_flow_query
from apps.dealflow.rules.queries import DealFlowQuery
from kernel.access import Actor
from kernel.api.problems import QueryInvalid

NAMES = {"text": "q"}


def read(ordering: tuple[str, ...] = (), **parameters: list[str]) -> DealFlowQuery:
    return deal_flow_query(actor=Actor(), parameters=parameters, ordering=ordering)


class TestDealFlowFilter:
    def test_has_a_parameter_for_every_field(self) -> None:
        wanted = {NAMES.get(field.name, field.name) for field in fields(DealFlowQuery)} - {"ordering"}

        assert set(DealFlowFilter.base_filters) == wanted


class TestDealFlowQuery:
    def test_widens_by_what_is_repeated(self) -> None:
        query = read(stage=["seed", "growth", "seed"], trl_min=["7", "4"], trl_max=["5", "9"], own=["true", "false"])

        assert (query.stage, query.trl_min, query.trl_max, query.own) == (("seed", "growth"), 4, 9, None)

    def test_reads_nothing_from_nothing(self) -> None:
        assert read() == DealFlowQuery()

    @pytest.mark.parametrize(
        ("parameters", "ordering"),
        [
            ({"q": ["a", "b"]}, ()),
            ({"maturity": ["perfect"]}, ()),
            ({}, ("nothing",)),
            ({}, ("relevance",)),
            ({}, ("-score",)),
            ({"mandate": ["0192d1f6-0000-7000-8000-000000000000"]}, ()),
        ],
    )
    def test_refuses_what_it_cannot_read(self, parameters: dict[str, Any], ordering: tuple[str, ...]) -> None:
        with pytest.raises(QueryInvalid):
            read(ordering, **parameters)

    def test_survives_being_kept(self) -> None:
        query = read(("-amount",), q=["drone"], amount_min=["1.50"], published_since=["2026-01-01T00:00:00+02:00"])

        assert DealFlowQuery.from_json(query.to_json()) == query
