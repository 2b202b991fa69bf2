"""A search survives being kept as JSON, and nothing else is taken for one."""

import datetime as dt
import json
from dataclasses import fields
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.dealflow.rules.queries import NEWEST, RELEVANCE, DealFlowQuery, QueryMalformed

TEXTS = st.lists(st.text(min_size=1, max_size=8), max_size=3).map(tuple)
AMOUNTS = st.none() | st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**12, places=2)
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "str": st.text(max_size=20),
    "tuple[str, ...]": TEXTS,
    "tuple[UUID, ...]": st.lists(st.uuids(), max_size=2).map(tuple),
    "bool | None": st.none() | st.booleans(),
    "int | None": st.none() | st.integers(1, 9),
    "Decimal | None": AMOUNTS,
    "dt.datetime | None": st.none() | st.datetimes(timezones=st.just(dt.UTC)),
    "UUID | None": st.none() | st.uuids(),
}
QUERIES = st.builds(DealFlowQuery, **{field.name: BY_TYPE[str(field.type)] for field in fields(DealFlowQuery)})


class TestToJson:
    @pytest.mark.long
    @given(QUERIES)
    def test_is_read_back_as_it_was(self, query: DealFlowQuery) -> None:
        stored = json.loads(json.dumps(query.to_json()))

        assert DealFlowQuery.from_json(stored) == query

    def test_holds_only_what_is_asked(self) -> None:
        assert DealFlowQuery().to_json() == {}
        assert DealFlowQuery(trl_min=3, amount_max=Decimal("1.50"), own=False).to_json() == {
            "trl_min": 3,
            "amount_max": "1.50",
            "own": False,
        }


class TestFromJson:
    @pytest.mark.parametrize(
        "data",
        [
            {"unknown": 1},
            {"area": "UAS"},
            {"area": [1]},
            {"firm": ["1"]},
            {"trl_min": "3"},
            {"trl_min": True},
            {"own": "true"},
            {"amount_min": "NaN"},
            {"amount_min": 3},
            {"published_since": "yesterday"},
            {"mandate": "x"},
            {"text": 5},
        ],
    )
    def test_refuses_what_is_none(self, data: dict[str, Any]) -> None:
        with pytest.raises(QueryMalformed):
            DealFlowQuery.from_json(data)


class TestOrder:
    def test_is_by_relevance_with_a_text_else_by_publication(self) -> None:
        assert DealFlowQuery(text="drone").order == RELEVANCE
        assert DealFlowQuery().order == NEWEST
        assert DealFlowQuery(text="drone", ordering="amount", mandate=UUID(int=1)).order == "amount"
