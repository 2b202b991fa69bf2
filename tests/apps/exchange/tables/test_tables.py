"""The tables as data."""

import pytest

from apps.exchange.sample.tables import COLUMNS
from apps.exchange.tables import TABLES
from apps.exchange.tables.capital import _mandate_check
from tests.factories.exchange import as_zip, found, market, read


class TestTables:
    def test_have_every_column_that_the_sample_writes(self):
        strays = {(name, column) for name, columns in COLUMNS.items() for column in columns} - {
            (table.name, column.name) for table in TABLES.values() for column in table.columns
        }

        assert strays == set()

    def test_refer_only_to_tables_that_are_loaded_before_them_or_to_themselves(self):
        order = list(TABLES)
        late = [
            (table.name, column.name)
            for table in TABLES.values()
            for column in table.columns
            if column.references and order.index(column.references) > order.index(table.name)
        ]

        assert late == []

    def test_a_row_without_a_key_column_has_an_identity(self):
        assert [table.name for table in TABLES.values() if not table.has_key and not table.identity] == []


class TestChecks:
    @pytest.mark.parametrize(
        ("table", "cells", "column", "code"),
        [
            ("areas", {"parent": "TST"}, "parent", "refers_to_itself"),
            ("owners", {"share_min": "0.6", "share_max": "0.5"}, "share_min", "out_of_range"),
            ("owners", {"from": "2026-01-02", "to": "2026-01-01"}, "to", "before_start"),
            ("owners", {"owner_key": "firm"}, "owner_key", "refers_to_itself"),
            ("startups", {"identifier": "32855968"}, "identifier", "bad_checksum"),
            ("startups", {"region": "PL-14"}, "region", "bad_region"),
            ("financials", {"currency": ""}, "currency", "missing"),
            ("capabilities", {"unit_cost": "5"}, "currency", "missing"),
            ("capabilities", {"trl": "10"}, "trl", "out_of_range"),
            ("capabilities", {"flags": "explosive"}, "flags", "unknown_value"),
            ("components", {"quantity": "0"}, "quantity", "out_of_range"),
            ("components", {"origin": "UK"}, "origin", "bad_country"),
            ("development_events", {"answers": "ask"}, "answers", "refers_to_itself"),
            ("raises", {"amount_left": "1000001"}, "amount_left", "out_of_range"),
            ("raises", {"min_ticket": "1000001"}, "min_ticket", "out_of_range"),
            ("raises", {"opened_on": "2026-02-01", "need_by": "2026-01-01"}, "need_by", "before_start"),
            ("raises", {"instruments": "equity;loan"}, "instruments", "mixed_classes"),
            ("raises", {"stage": ""}, "stage", "missing"),
            ("levers", {"cover_cap": "5"}, "currency", "missing"),
            ("levers", {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "valid_to", "before_start"),
            ("levers", {"risk_cover": "1.1"}, "risk_cover", "out_of_range"),
            ("mandates", {"ticket_min": "3000000"}, "ticket_min", "out_of_range"),
            ("mandates", {"trl_min": "7", "trl_max": "4"}, "trl_min", "out_of_range"),
            ("mandates", {"areas": "none"}, "areas", "missing"),
            ("mandates", {"max_foreign_share": "0.4", "perimeter": "EU"}, "max_foreign_share", "out_of_range"),
            ("mandates", {"max_foreign_share": "0.35"}, "perimeter", "missing"),
            ("deals", {"date": "2026-01-09"}, "date", "before_start"),
            ("deals", {"amount": "5"}, "currency", "missing"),
            ("deals", {"outcome": "maybe"}, "outcome", "unknown_value"),
        ],
    )
    def test_name_the_cell_that_is_wrong(self, table, cells, column, code):
        _, problems = read(as_zip(market(**{table: cells})))

        assert found(problems) == [(table, 2, column, code)]

    def test_a_foreign_share_may_be_any_edge_of_a_band(self):
        edges = [market(mandates={"max_foreign_share": edge, "perimeter": "EU"}) for edge in ("0", "0.1", "0.35", "1")]

        assert [read(as_zip(tables))[1].count for tables in edges] == [0, 0, 0, 0]

    def test_a_mandate_without_a_limit_needs_no_perimeter(self):
        assert list(_mandate_check({})) == []
