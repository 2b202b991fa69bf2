"""Writes the sample data: `python -m apps.exchange.sample.generate <folder> [--seed 2026]`."""

import argparse
from pathlib import Path

from apps.exchange.sample import SEED, deals, events, firms, funds, names, parties, planted, raises
from apps.exchange.sample.tables import Tables, write


def sample_tables(*, seed: int = SEED) -> Tables:
    """Draw every table of the sample; the same seed gives the same rows."""
    taken = {firm.code for firm in planted.FIRMS}
    all_firms = [*planted.FIRMS, *firms.firms_draw(seed=seed, words=names.invented_words(), taken_codes=taken)]
    all_funds = [*funds.FUNDS, *planted.FUNDS]
    development_events, attestations = events.event_rows(all_firms, seed=seed)
    return {
        "organisations": parties.organisation_rows(all_firms),
        "owners": parties.owner_rows(
            all_firms, planted=planted.OWNERS, fund_keys=[fund.key for fund in all_funds], seed=seed
        ),
        "startups": firms.startup_rows(all_firms),
        "financials": firms.financial_rows(all_firms, seed=seed),
        "capabilities": firms.capability_rows(all_firms, seed=seed),
        "components": firms.component_rows(all_firms, planted=planted.COMPONENTS, seed=seed),
        "development_events": development_events,
        "attestations": attestations,
        "raises": raises.raise_rows(all_firms, planted=planted.RAISES, seed=seed),
        "levers": funds.lever_rows(),
        "funds": funds.fund_rows(all_funds),
        "mandates": funds.mandate_rows(funds.FUNDS, planted=planted.MANDATES, seed=seed),
        "deals": deals.deal_rows(funds.FUNDS, all_firms, planted=planted.DEALS, seed=seed),
    }


def main(arguments: list[str] | None = None) -> None:
    """Write the tables into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Write the sample data in the import format.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(arguments)
    write(tables=sample_tables(seed=chosen.seed), folder=chosen.folder)


if __name__ == "__main__":
    main()
