"""Plain facts rule out most searches before the database is asked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.dealflow.rules.alerts import may_find
from apps.dealflow.rules.queries import DealFlowQuery

FIRM = uuid4()


@dataclass(frozen=True)
class Facts:
    """A listing's."""

    kind: str = "raise"
    firm_id: UUID = FIRM
    country: str = "UA"
    areas: tuple[str, ...] = ("ew", "ew.jamming")
    trl: int | None = 7
    maturity: str = "serial"
    seeks: tuple[str, ...] = ("licence",)
    capital_class: str = "equity"
    instruments: tuple[str, ...] = ("equity",)
    stage: str = "seed"
    amount_eur: Decimal | None = Decimal(2_000_000)


class TestMayFind:
    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"text": "anything at all"},
            {"kind": ("raise", "capability")},
            {"firm": (FIRM,)},
            {"country": ("UA", "PL")},
            {"area": ("ew",)},
            {"area": ("uas", "ew.jamming")},
            {"trl_min": 7, "trl_max": 7},
            {"seeks": ("licence", "joint_production")},
            {"amount_min": Decimal(2_000_000), "amount_max": Decimal(3_000_000)},
        ],
    )
    def test_is_true_where_every_fact_fits(self, query: dict[str, Any]) -> None:
        assert may_find(query=DealFlowQuery(**query), listing=Facts())

    @pytest.mark.parametrize(
        "query",
        [
            {"kind": ("capability",)},
            {"firm": (uuid4(),)},
            {"country": ("PL",)},
            {"area": ("uas",)},
            {"trl_min": 8},
            {"trl_max": 6},
            {"maturity": ("prototype",)},
            {"seeks": ("distribution",)},
            {"capital_class": ("loan",)},
            {"instrument": ("grant",)},
            {"stage": ("growth",)},
            {"amount_min": Decimal(2_000_001)},
            {"amount_max": Decimal(1_999_999)},
        ],
    )
    def test_is_false_where_one_fact_does_not(self, query: dict[str, Any]) -> None:
        assert not may_find(query=DealFlowQuery(**query), listing=Facts())

    @pytest.mark.parametrize(
        ("facts", "query"),
        [
            ({"trl": None}, {"trl_min": 1}),
            ({"amount_eur": None}, {"amount_max": Decimal(10)}),
            ({"stage": ""}, {"stage": ("seed",)}),
            ({"seeks": ()}, {"seeks": ("licence",)}),
        ],
    )
    def test_takes_what_is_not_stated_for_fulfilling_nothing(
        self, facts: dict[str, Any], query: dict[str, Any]
    ) -> None:
        assert not may_find(query=DealFlowQuery(**query), listing=Facts(**facts))
        assert may_find(query=DealFlowQuery(), listing=Facts(**facts))
