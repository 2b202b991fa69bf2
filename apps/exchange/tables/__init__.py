"""The tables of the import format as data: columns, cells, checks. `TABLES` stands in the order of loading."""

from collections.abc import Mapping
from types import MappingProxyType

from apps.exchange.tables.capital import DEALS, LEVERS, MANDATES, RAISES
from apps.exchange.tables.columns import Table
from apps.exchange.tables.parties import AREAS, FUNDS, ORGANISATIONS, OWNERS, STARTUPS
from apps.exchange.tables.registry import ATTESTATIONS, CAPABILITIES, COMPONENTS, DEVELOPMENT_EVENTS, FINANCIALS

__all__ = ["OUTCOMES", "PARTIES", "TABLES"]

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            AREAS,
            ORGANISATIONS,
            STARTUPS,
            FUNDS,
            OWNERS,
            FINANCIALS,
            CAPABILITIES,
            COMPONENTS,
            DEVELOPMENT_EVENTS,
            ATTESTATIONS,
            RAISES,
            LEVERS,
            MANDATES,
            DEALS,
        )
    }
)

PARTIES = ("organisations", "startups", "funds")
"""The tables whose keys share one name space: all of their rows are organisations."""

OUTCOMES = "outcomes"
"""A table that may lie beside the others and is the back-test's, not the import's."""
