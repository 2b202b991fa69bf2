"""`python -m tests.bench.ways`: the engine beside three plainer ways to the same lists.

- a loop in plain Python over the specification (the tests' oracle), a sample of pairs;
- the exact path in whole numpy arrays, element by element (`engine/vectorised.py`), a sample of mandates;
- SQL: every sampled mandate CROSS JOIN LATERAL its 50 best raises in the embedded PostgreSQL. Gates and features as far
  as columns hold them. Left out: `structure`, `history`, `lever`, unknown answers (nothing is `needs_data`), and of the
  features the four of speed, `complementarity` and the confidence that breaks ties. What it does less makes it faster
  than an equal would be.

All but the engine make one side's lists; samples are scaled up, and it is said so.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from apps.matching.engine import vectorised
from apps.matching.engine.bench import made
from apps.matching.engine.compile import AREAS, MODEL, REFERENCE, warm_up
from apps.matching.engine.facts import Answer
from apps.matching.engine.pairs import room_for
from apps.matching.engine.rank import rank_sides
from apps.matching.engine.synthetic import AS_OF
from apps.matching.engine.world import World
from tests.bench.installation import installation

BEST = 50
TABLES = """
CREATE TEMP TABLE a (id int, verified bool, country text, countries text[], instruments text[], stages text[],
    stage_weights float8[], ticket_min float8, ticket_max float8, ln_centre float8, sigma float8, trl_min int,
    trl_max int, exclusions text[], perimeter text, max_share float8, capacity float8, offer float8,
    tenor float8, areas float8[], area_total float8, places text[], place_weights float8[], investor_countries text[]);
CREATE TEMP TABLE b (id int, verified bool, country text, instruments text[], stage text, low float8, amount float8,
    syndicate bool, trl int, flags text[], share_eu float8, share_eea float8, share_ua float8, tenor float8,
    build_up float8, strengths float8[], evidence float8, blocked text[]);
"""
QUERY = """
SELECT a.id, best.id, best.score
  FROM a CROSS JOIN LATERAL (
    SELECT b.id,
           2200 * overlap.x
         + 700 * COALESCE(a.stage_weights[array_position(a.stages, b.stage)],
                          CASE WHEN a.stages = '{}' THEN 1 ELSE 0 END)
         + 300 * trl.x + 700 * b.evidence
         + 900 * exp(-0.5 * power((ln(CASE WHEN b.syndicate THEN least(greatest(exp(a.ln_centre), b.low), b.amount)
                                           ELSE b.amount END) - a.ln_centre) / a.sigma, 2))
         + 500 * COALESCE(a.place_weights[array_position(a.places, b.country)],
                          CASE WHEN a.places = '{}' THEN 1 ELSE 0 END)
         + 1200 * COALESCE(least(1, greatest(0, 0.5 + (a.offer - b.build_up) / 1000)), 0.5)
         + 300 * COALESCE(least(1, a.tenor / b.tenor), 0)
         + 300 / (1 + 0.5 * (SELECT min(place) - 1 FROM unnest(a.instruments) WITH ORDINALITY AS own (name, place)
                              WHERE name = ANY(b.instruments))) AS score
      FROM b,
           LATERAL (SELECT CASE WHEN a.trl_min IS NULL AND a.trl_max IS NULL THEN 1 WHEN b.trl IS NULL THEN 0
                           ELSE greatest(0, 1 - greatest(0, a.trl_min - b.trl, b.trl - a.trl_max) / 2.0) END AS x
           ) AS trl,
           LATERAL (SELECT sum(w * v) / a.area_total AS x FROM unnest(a.areas, b.strengths) AS one (w, v)
                     WHERE w > 0) AS overlap
     WHERE a.verified AND b.verified AND a.instruments && b.instruments
       AND (a.countries = '{}' OR b.country = ANY(a.countries))
       AND (a.stages = '{}' OR b.stage = ANY(a.stages))
       AND greatest(b.low, a.ticket_min) <= least(b.amount, a.ticket_max)
       AND (a.capacity IS NULL OR a.capacity >= greatest(b.low, a.ticket_min))
       AND NOT a.exclusions && b.flags
       AND NOT b.blocked && (a.investor_countries || a.country)
       AND (a.max_share IS NULL OR CASE a.perimeter WHEN 'EU' THEN b.share_eu WHEN 'EU+EEA' THEN b.share_eea
                                        ELSE b.share_ua END <= a.max_share)
       AND trl.x > 0 AND overlap.x > 0
     ORDER BY score DESC, b.id LIMIT %s) AS best
"""


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes by the clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def plain_loop(*, whole: World, mandates: int, raises: int) -> None:
    """Every pair of a sample, scored by the oracle."""
    from tests.apps.matching.engine.plain import Plain

    plain = Plain(*(json.loads(path.read_bytes()) for path in (MODEL, AREAS, REFERENCE)), AS_OF)
    for mandate in whole.mandates.facts[:mandates]:
        scored = [plain.pair(mandate, raise_)["scores"]["investor"] for raise_ in whole.raises.facts[:raises]]
        sorted(scored, reverse=True)[:BEST]


def whole_arrays(*, whole: World, mandates: int) -> None:
    """The best of each sampled mandate, all its pairs as numpy arrays."""
    count = len(whole.raises.ids)
    room, raise_ = room_for(count), np.arange(count)
    for mandate in range(mandates):
        vectorised.score_into(
            mandate=np.full(count, mandate),
            raise_=raise_,
            m=whole.m,
            r=whole.r,
            t=whole.tables,
            w=whole.weights,
            room=room,
        )
        open_ = np.flatnonzero((room.whole[0, :count] == 0) & (room.whole[1, :count] == 0))
        open_[np.lexsort((open_, -room.whole[5, open_], -room.whole[2, open_]))[:BEST]]


def tables_fill(connection: Any, *, whole: World, mandates: int) -> None:
    """What the query reads: one side's columns each."""
    connection.execute(TABLES)
    codes = len(whole.raises.areas)
    with connection.cursor() as cursor:
        with cursor.copy("COPY a FROM STDIN") as copy:
            for place, facts in enumerate(whole.mandates.facts[:mandates]):
                copy.write_row(_mandate_row(whole, place, facts, codes))
        with cursor.copy("COPY b FROM STDIN") as copy:
            for place, facts in enumerate(whole.raises.facts):
                copy.write_row(_raise_row(whole, place, facts))
    connection.execute("ANALYZE a")
    connection.execute("ANALYZE b")


def _mandate_row(whole: World, place: int, facts: Any, codes: int) -> Sequence[Any]:
    row = whole.m.rows[place]
    areas = [0.0] * codes
    for code, weight in facts.areas:
        areas[whole.raises.areas[code]] += weight
    largest = max((weight for _, weight in facts.stages), default=1.0)
    widest = max((weight for _, weight in facts.places), default=1.0)
    return (
        place,
        facts.verified == Answer.PASS and facts.screening == Answer.PASS,
        facts.fund_country,
        list(facts.countries),
        list(facts.instruments),
        [name for name, _ in facts.stages],
        [weight / largest for _, weight in facts.stages],
        _known(row["ticket_min"]),
        _known(row["ticket_max"]),
        _known(row["ln_centre"]),
        _known(row["sigma"]),
        facts.trl_min,
        facts.trl_max,
        list(facts.exclusions),
        facts.perimeter,
        facts.max_foreign_share,
        _known(row["capacity"]),
        None if facts.offered_cost is None else float(row["offer"]),
        facts.tenor_years,
        areas,
        float(row["area_total"]),
        [name for name, _ in facts.places],
        [weight / widest for _, weight in facts.places],
        list(facts.investor_countries or ()),
    )


def _raise_row(whole: World, place: int, facts: Any) -> Sequence[Any]:
    row = whole.r.rows[place]
    shares = {perimeter: up_to for perimeter, _, up_to in facts.foreign_bands}
    return (
        place,
        facts.verified == Answer.PASS and facts.screening == Answer.PASS,
        facts.country,
        list(facts.instruments),
        facts.stage,
        _known(row["low"]),
        _known(row["left"]),
        facts.syndicate,
        facts.trl,
        list(facts.flags or ()),
        *(shares.get(name) for name in ("EU", "EU+EEA", "EU+EEA+UA")),
        facts.tenor_years,
        float(row["build_up"]) if row["build_up"] > 0 else None,
        whole.r.strengths[place].tolist(),
        float(row["evidence"]),
        list(facts.blocked),
    )


def _known(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


def compare(*, mandates: int, raises: int, sample: int, rounds: int) -> dict[str, float]:
    """Pairs per second of each way."""
    import psycopg

    whole = made(mandates=mandates, raises=raises, seed=1)
    warm_up()
    pairs = mandates * raises
    rank_sides(world=whole, kept=BEST)
    ours = min(seconds(lambda: rank_sides(world=whole, kept=BEST)) for _ in range(rounds))
    few = min(raises, 1_000)
    found = {
        "engine, both sides": pairs / ours,
        f"plain Python, {sample} × {few} of the pairs": sample
        * few
        / seconds(lambda: plain_loop(whole=whole, mandates=sample, raises=few)),
        f"numpy element by element, {sample} of the mandates": sample
        * raises
        / min(seconds(lambda: whole_arrays(whole=whole, mandates=sample)) for _ in range(rounds)),
    }
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        tables_fill(connection, whole=whole, mandates=sample)
        connection.execute("SET max_parallel_workers_per_gather = 2")
        taken = min(seconds(lambda: connection.execute(QUERY, [BEST]).fetchall()) for _ in range(rounds))
    found[f"SQL, CROSS JOIN LATERAL, {sample} of the mandates, a reduced score"] = sample * raises / taken
    return found


def main() -> None:
    """Command line: sizes and how many mandates are sampled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mandates", type=int, default=1_000)
    parser.add_argument("--raises", type=int, default=20_000)
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    random.seed(1)
    with installation(var=None):
        found = compare(
            mandates=given.mandates, raises=given.raises, sample=min(given.sample, given.mandates), rounds=given.rounds
        )
    ours = found["engine, both sides"]
    _say(f"{given.mandates} mandates × {given.raises} raises, the {BEST} best of each")
    for name, rate in found.items():
        _say(f"{name}: {rate / 1e6:10.3f} M pairs/s, engine : it = {ours / rate:,.1f}")


if __name__ == "__main__":
    main()
