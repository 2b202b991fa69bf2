"""Every mandate against every raise in the pool: gates, features, contributions, scores and confidence."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.oracle.entities import Mandate, Raise, Registry
from tests.oracle.features import SIDES, common_terms, pair_figures
from tests.oracle.gates import gates

PPM = 1_000_000


@dataclass(frozen=True)
class Pair:
    """One mandate and one raise, scored; `raise_` and `mandate` are keys, rates are in bp."""

    mandate: str
    raise_: str
    gates: dict[str, str]
    x: dict[str, dict[str, float]]
    u: dict[str, float]
    rates: dict[str, int | None]
    contributions: dict[str, dict[str, int]]
    score_investor: int
    score_startup: int
    score_mutual: int
    score_startup_public: int
    confidence_investor_ppm: int
    confidence_startup_ppm: int


def ppm(x: float) -> int:
    """Return ⌊10⁶ x + ½⌋."""
    return math.floor(PPM * x + 0.5)


def contribution(weight: int, x: float) -> int:
    """Return (w · X + 500 000) div 10⁶."""
    return (weight * ppm(x) + PPM // 2) // PPM


def confidence(weights: dict[str, int], u: dict[str, float]) -> int:
    """Return 1 − Σ w² u / Σ w² over the features that rest on evidence, in ppm."""
    squares = {name: weight * weight for name, weight in weights.items() if name in u}
    doubt = math.fsum(square * u[name] for name, square in squares.items())
    return ppm(1 - doubt / math.fsum(squares.values()))


class World:
    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    def pairs(self) -> Iterator[Pair]:
        """Yield every mandate × every raise in the pool."""
        for mandate in self.registry.mandates:
            for raise_ in self.registry.raises:
                yield self.pair(mandate, raise_)

    def pair(self, mandate: Mandate, raise_: Raise) -> Pair:
        """Return one pair, scored."""
        model = self.registry.model
        profile = self.registry.taxonomy.figure(raise_.lead.area, "profile") or "iterating"
        terms = common_terms(self.registry, mandate, raise_)
        x, u, public_complementarity = pair_figures(self.registry, mandate, raise_, terms)
        weights = {side: model["weights"][side]["common"] | model["weights"][side][profile] for side in SIDES}
        parts = {
            side: {name: contribution(weight, x[side][name]) for name, weight in weights[side].items()}
            for side in SIDES
        }
        saving = 1.0 if raise_.kind == "grant" else model["prior_mean"]["cost_saving"]
        public = parts["startup"] | {
            "cost_saving": contribution(weights["startup"]["cost_saving"], saving),
            "complementarity": contribution(weights["startup"]["complementarity"], public_complementarity),
        }
        investor, startup, startup_public = (
            sum(side.values()) for side in (parts["investor"], parts["startup"], public)
        )
        return Pair(
            mandate=mandate.key,
            raise_=raise_.key,
            gates=gates(self.registry, mandate, raise_, terms, x["investor"]),
            x=x,
            u=u,
            rates={
                "k_offer": mandate.k_offer,
                "k_marginal": raise_.k_marginal,
                "k_build_up": terms.k_build_up,
                "k_required": terms.k_required,
            },
            contributions=parts,
            score_investor=investor,
            score_startup=startup,
            score_mutual=(math.isqrt(4 * investor * startup_public) + 1) // 2,
            score_startup_public=startup_public,
            confidence_investor_ppm=confidence(weights["investor"], u),
            confidence_startup_ppm=confidence(weights["startup"], u),
        )


def load(
    folder: Path,
    as_of: date,
    *,
    verified: bool,
    model: dict[str, Any],
    areas: dict[str, Any],
    reference: dict[str, Any],
) -> World:
    """Read a folder in the import format as of a UTC date, with the model, areas and reference tables as JSON."""
    return World(Registry(folder, as_of, verified=verified, model=model, areas=areas, reference=reference))
