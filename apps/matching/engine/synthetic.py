"""Seeded, made-up mandates and raises of realistic shape, for benchmarks and tests; never shown to anybody."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from apps.matching.engine.facts import (
    Answer,
    CapabilityFacts,
    Decline,
    Figure,
    LeverFacts,
    MandateFacts,
    RaiseFacts,
    Term,
)
from apps.matching.engine.model import Areas

AS_OF = dt.date(2025, 1, 5)
STAGES = ("pre_seed", "seed", "series_a", "series_b", "growth")
FLAGS = ("lethal", "lethal_autonomous", "cluster_munition", "dual_use")
MATURITY = ("concept", "prototype", "tested", "codified", "fielded", "serial")
TIERS = (None, "E0", "E1", "E2", "E3")
EUROPE = ("DE", "NL", "DK", "SE", "NO", "FI", "FR", "EE", "PL", "LT", "LV", "ES", "IT", "RO", "CZ")
CURRENCIES = ("EUR", "EUR", "EUR", "USD", "UAH", "SEK")
REGIONS = ("PL-14", "DE-BY", "EE-37", "UA-30", "UA-63", None, None)
EDGES = (0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
PERIMETERS = ("EU", "EU+EEA", "EU+EEA+UA")
INSTRUMENTS = {
    "equity": ("equity", "convertible"),
    "debt": ("loan", "venture_debt", "bond", "guarantee"),
    "grant": ("grant",),
}


class Synthetic:
    """A source of mandates and raises; the same seed gives the same facts."""

    def __init__(self, *, areas: Areas, seed: int = 1) -> None:
        self.draw = random.Random(seed)  # noqa: S311 (made-up data)
        self.codes = areas.codes
        self.roots = tuple(code for code in areas.codes if areas[code].parent is None)

    def mandates(self, count: int) -> list[MandateFacts]:
        """`count` mandates of about a third as many funds."""
        return [self._mandate(index, max(1, count // 3)) for index in range(count)]

    def raises(self, count: int) -> list[RaiseFacts]:
        """`count` raises of about half as many firms."""
        return [self._raise(index, max(1, count // 2)) for index in range(count)]

    def _chance(self, share: float) -> bool:
        return self.draw.random() < share

    def _some(self, values: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(self.draw.sample(values, self.draw.randint(1, min(most, len(values)))))

    def _answer(self) -> Answer:
        return self.draw.choices((Answer.PASS, Answer.UNKNOWN, Answer.FAIL), (0.97, 0.02, 0.01))[0]

    def _amount(self, low: float, high: float) -> float:
        return float(round(self.draw.lognormvariate(0, 0.8) * self.draw.uniform(low, high), -3)) + 1000.0

    def _figure(self, days: float) -> Figure | None:
        if self._chance(0.4):
            return None
        tau = days * self.draw.lognormvariate(0, 0.7)
        closed = self.draw.randint(1, 12)
        return Figure(
            days=tau,
            low=tau / 2,
            high=tau * 2,
            sigma=0.9,
            n_closed=closed,
            n_open=self.draw.randint(0, 3),
            weight=closed * self.draw.choice((0.25, 0.8, 0.9)),
            tier=self.draw.choice(("E1", "E2", "E3")),
        )

    def _terms(self, share: float) -> tuple[Term, ...]:
        given = [
            Term(name, self.draw.choice(("yes", "no", "no")), self._chance(0.1))
            for name in ("ip_transfer", "board_seat", "lead", "follow_on", "personal_guarantee")
            if self._chance(share)
        ]
        if self._chance(share):
            given.append(Term("holding", self.draw.choice(("EE", "NL", "UA")), self._chance(0.1)))
        if self._chance(share):
            given.append(Term("max_stake", f"0.{self.draw.randint(10, 49)}", self._chance(0.1)))
        return tuple(given)

    def _lever(self) -> LeverFacts:
        return LeverFacts(
            kind="guarantee",
            classes=None if self._chance(0.05) else ("equity", "debt"),
            countries=None if self._chance(0.05) else ("UA", *self._some(EUROPE, 6)),
            excluded_flags=None if self._chance(0.05) else self._some(FLAGS, 1) if self._chance(0.4) else (),
            risk_cover=self.draw.choice((0.3, 0.5, 0.7, 0.8)),
            cover_cap=self._amount(500_000, 8_000_000) if self._chance(0.5) else None,
            currency="EUR",
            premium=self.draw.choice((None, 0.01, 0.015)),
            valid_from=None,
            valid_to=AS_OF + dt.timedelta(days=365) if self._chance(0.95) else AS_OF - dt.timedelta(days=9),
        )

    def _mandate(self, index: int, funds: int) -> MandateFacts:
        draw = self.draw
        klass = draw.choices(("equity", "debt", "grant"), (0.75, 0.2, 0.05))[0]
        wanted = {*draw.sample(self.roots, draw.randint(2, 8)), *draw.sample(self.codes, draw.randint(0, 4))}
        low = self._amount(100_000, 900_000)
        bounded = self._chance(0.4)
        return MandateFacts(
            id=f"m{index:06d}",
            fund_id=f"f{draw.randrange(funds):05d}",
            verified=self._answer(),
            screening=self._answer(),
            fund_country=draw.choice(EUROPE),
            investor_countries=None if self._chance(0.1) else self._some(("US", "CN", *EUROPE), 3),
            areas=tuple((code, round(draw.uniform(0.05, 1), 4)) for code in sorted(wanted)),
            ticket_min=low,
            ticket_max=low * draw.uniform(5, 60),
            ticket_typical=low * draw.uniform(1, 5) if self._chance(0.5) else None,
            currency=draw.choice(CURRENCIES[:4]),
            instruments=self._some(INSTRUMENTS[klass], 4),
            stages=tuple((name, round(draw.uniform(0.1, 1), 2)) for name in self._some(STAGES, 4))
            if self._chance(0.6)
            else (),
            countries=("UA", *self._some(EUROPE, 9)) if self._chance(0.3) else (),
            places=tuple((name, round(draw.uniform(0.1, 1), 2)) for name in ("UA", *self._some((*EUROPE, "PL-14"), 4)))
            if self._chance(0.5)
            else (),
            trl_min=draw.randint(3, 6) if bounded else None,
            trl_max=draw.randint(7, 9) if bounded and self._chance(0.5) else None,
            offered_cost=round(draw.uniform(0.04, 0.3), 4) if self._chance(0.8) else None,
            offer_tier=draw.choice(TIERS),
            lever=self._lever() if self._chance(0.7) else None,
            tenor_years=float(draw.randint(2, 12)) if self._chance(0.9) else None,
            capacity=low * draw.uniform(2, 200) if self._chance(0.8) else None,
            max_foreign_share=draw.choice(EDGES[2:5]) if self._chance(0.2) else None,
            perimeter=draw.choice(PERIMETERS),
            exclusions=self._some(("cluster_munition", "lethal_autonomous", "lethal"), 2) if self._chance(0.4) else (),
            terms=self._terms(0.2) if self._chance(0.5) else (),
            deals_closed=draw.randint(0, 9),
            deals_passed=draw.randint(0, 40),
            deals_lapsed=draw.randint(0, 5),
            cash=self._figure(180),
            declines=tuple(
                Decline(
                    f"x{draw.randrange(9000):05d}",
                    draw.choice(("too_early", "never", "price")),
                    AS_OF - dt.timedelta(days=draw.randint(0, 500)),
                )
                for _ in range(draw.randint(0, 6))
            ),
            verification_level=draw.choice((1, 2, None)),
        )

    def _capabilities(self) -> tuple[CapabilityFacts, ...]:
        count = self.draw.choices((1, 2, 3), (0.6, 0.3, 0.1))[0]
        return tuple(
            CapabilityFacts(
                self.draw.choice(self.codes), self.draw.choice(MATURITY), self.draw.choice(TIERS), rank == 0
            )
            for rank in range(count)
        )

    def _bands(self) -> tuple[tuple[str, float, float], ...]:
        if self._chance(0.3):
            return ()
        rank = self.draw.randrange(len(EDGES))
        low, high = (0.0, *EDGES)[rank], EDGES[min(rank + self._chance(0.2), len(EDGES) - 1)]
        return tuple((perimeter, low, high) for perimeter in PERIMETERS)

    def _raise(self, index: int, firms: int) -> RaiseFacts:
        draw = self.draw
        klass = draw.choices(("equity", "debt", "grant"), (0.75, 0.2, 0.05))[0]
        country = "UA" if self._chance(0.8) else draw.choice(EUROPE)
        amount = self._amount(300_000, 8_000_000)
        syndicate = self._chance(0.7)
        return RaiseFacts(
            id=f"r{index:06d}",
            firm_id=f"x{draw.randrange(firms):05d}",
            verified=self._answer(),
            screening=self._answer(),
            issuer_country=country if self._chance(0.7) else draw.choice(EUROPE),
            country=country,
            region=draw.choice(REGIONS),
            capabilities=self._capabilities(),
            amount=amount,
            amount_left=amount * draw.uniform(0.2, 1) if self._chance(0.3) else None,
            min_ticket=amount * draw.uniform(0.02, 0.3) if self._chance(0.6) else None,
            currency=draw.choice(CURRENCIES[:4]),
            syndicate=syndicate,
            instruments=self._some(INSTRUMENTS[klass], 3),
            stage=draw.choice(STAGES) if self._chance(0.95) else None,
            tenor_years=float(draw.randint(3, 9)) if self._chance(0.9) else None,
            marginal_cost=round(draw.uniform(0.08, 0.45), 4) if self._chance(0.6) else None,
            cost_tier=draw.choice(TIERS),
            opened_on=AS_OF - dt.timedelta(days=draw.randint(0, 300)),
            need_by=AS_OF + dt.timedelta(days=draw.randint(0, 300)) if self._chance(0.4) else None,
            blocked=self._some(("CN", "US", "IT", "FR"), 2) if self._chance(0.2) else (),
            terms=self._terms(0.2) if self._chance(0.4) else (),
            flags=None if self._chance(0.1) else tuple(sorted(self._some(FLAGS, 2))) if self._chance(0.6) else (),
            trl=draw.randint(3, 9) if self._chance(0.95) else None,
            foreign_bands=self._bands(),
            financials_tier=draw.choice(TIERS),
            adaptation=self._figure(50),
            cadence=self._figure(40),
            feedback=self._figure(40),
            delivery=self._figure(40),
            changed_on=AS_OF - dt.timedelta(days=draw.randint(0, 400)) if self._chance(0.5) else None,
            min_verification_level=draw.choice((None, None, None, None, 1)),
        )
