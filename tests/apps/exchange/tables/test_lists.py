"""Cells that hold several values."""

import pytest

from apps.exchange.tables import lists
from apps.exchange.tables.cells import country
from apps.exchange.tables.problems import CellInvalid


def refused(parse, cell):
    with pytest.raises(CellInvalid) as caught:
        parse(cell)
    return caught.value.code


class TestSeveral:
    def test_keeps_the_order(self):
        assert lists.several(country)("UA; EE;PL") == ["UA", "EE", "PL"]

    def test_none_states_an_empty_list(self):
        assert lists.several(country)("none") == []

    @pytest.mark.parametrize(
        ("cell", "code"), [("UA;UA", "duplicate_value"), ("UA;XX", "bad_country"), (";", "missing")]
    )
    def test_refuses(self, cell, code):
        assert refused(lists.several(country), cell) == code


class TestWeighted:
    def test_a_code_alone_weighs_one(self):
        assert lists.weighted(country)("UA;EE:0.25") == [["UA", 1.0], ["EE", 0.25]]

    @pytest.mark.parametrize(
        ("cell", "code"),
        [("UA:x", "not_a_number"), ("UA:-1", "out_of_range"), ("UA:0", "out_of_range"), (":1", "missing")],
    )
    def test_refuses(self, cell, code):
        assert refused(lists.weighted(country), cell) == code


class TestShares:
    def test_are_by_class(self):
        assert lists.shares("state:0.6;export:0.4") == {"state": 0.6, "export": 0.4}

    def test_cannot_exceed_the_whole(self):
        assert refused(lists.shares, "state:0.8;export:0.4") == "out_of_range"

    def test_need_a_figure(self):
        assert refused(lists.shares, "state") == "not_a_number"


class TestInstruments:
    def test_keep_the_order_of_preference(self):
        assert lists.instruments("convertible;equity") == ["convertible", "equity"]

    @pytest.mark.parametrize(
        ("cell", "code"), [("equity;loan", "mixed_classes"), ("shares", "unknown_value"), ("none", "missing")]
    )
    def test_refuses(self, cell, code):
        assert refused(lists.instruments, cell) == code


class TestTerms:
    def test_an_exclamation_mark_makes_a_term_required(self):
        assert lists.terms("ip_transfer:NO!;max_stake:0.250;holding:ee") == [
            {"term": "ip_transfer", "value": "no", "required": True},
            {"term": "max_stake", "value": "0.25", "required": False},
            {"term": "holding", "value": "EE", "required": False},
        ]

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("tea:yes", "unknown_value"),
            ("lead:perhaps", "unknown_value"),
            ("lead", "missing"),
            ("lead:yes;lead:no", "duplicate_value"),
            ("max_stake:1.5", "out_of_range"),
            ("max_stake:a third", "not_a_number"),
            ("holding:Estonia", "bad_country"),
        ],
    )
    def test_refuses(self, cell, code):
        assert refused(lists.terms, cell) == code
