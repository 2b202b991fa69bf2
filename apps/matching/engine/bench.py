"""`python -m apps.matching.engine.bench`: pairs scored per second, beside a bare matrix product that ranks one side.

The reference does the least that any embedding ranker does: float32 scores of 16 dimensions in blocks of 128 rows on
two threads, then the 50 best per row by `argpartition`. Ours does all gates and all features for both sides and keeps
the 50 best of both. Both are run in turns in one process, and the medians compared.
"""

from __future__ import annotations

import argparse
import json
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from apps.matching.engine.columns import mandates_columns, raises_columns
from apps.matching.engine.compile import AREAS, MODEL, REFERENCE, warm_up
from apps.matching.engine.model import SIDES, Areas, Model, Reference
from apps.matching.engine.published import exact_lists
from apps.matching.engine.rank import shortlist
from apps.matching.engine.synthetic import AS_OF, Synthetic
from apps.matching.engine.world import World, world

DIMENSIONS, ROWS, BEST, THREADS = 16, 128, 50, 2


def made(*, mandates: int, raises: int, seed: int) -> World:
    """A seeded world of made-up mandates and raises, with how long its columns took on standard output."""
    model, areas, reference = _data()
    source = Synthetic(areas=areas, seed=seed)
    mandate_facts, raise_facts = source.mandates(mandates), source.raises(raises)
    began = time.perf_counter()
    raise_columns = raises_columns(raises=raise_facts, model=model, areas=areas, reference=reference)
    between = time.perf_counter()
    mandate_columns = mandates_columns(
        mandates=mandate_facts, model=model, areas=areas, reference=reference, as_of=AS_OF
    )
    whole = world(mandates=mandate_columns, raises=raise_columns, model=model, reference=reference, as_of=AS_OF)
    _say(f"columns: {raises} raises {between - began:.2f} s, {mandates} mandates {time.perf_counter() - between:.2f} s")
    return whole


def _data() -> tuple[Model, Areas, Reference]:
    return (
        Model.from_json(json.loads(MODEL.read_bytes())),
        Areas.from_json(json.loads(AREAS.read_bytes())),
        Reference.from_json(json.loads(REFERENCE.read_bytes())),
    )


class MatrixProduct:
    """The reference: a float32 product and the best of each row."""

    def __init__(self, *, mandates: int, raises: int, seed: int) -> None:
        random = np.random.default_rng(seed)
        self.left = random.random((mandates, DIMENSIONS), dtype=np.float32)
        self.right = np.ascontiguousarray(random.random((raises, DIMENSIONS), dtype=np.float32).T)
        self.scores = [np.empty((ROWS, raises), np.float32) for _ in range(THREADS)]
        self.best = np.empty((mandates, BEST), np.int64)
        self.pool = ThreadPoolExecutor(THREADS)

    def run(self, *, by_row: bool) -> None:
        """Every block of rows; each row's best one by one, or a block's at once."""
        list(self.pool.map(lambda thread: self._work(thread, by_row=by_row), range(THREADS)))

    def _work(self, thread: int, *, by_row: bool) -> None:
        for first in range(thread * ROWS, len(self.left), THREADS * ROWS):
            rows = self.left[first : first + ROWS]
            scores = self.scores[thread][: len(rows)]
            np.dot(rows, self.right, out=scores)
            last = scores.shape[1] - BEST
            if by_row:
                for row, values in enumerate(scores):
                    self.best[first + row] = np.argpartition(values, last)[last:]
            else:
                self.best[first : first + len(rows)] = np.argpartition(scores, last, axis=1)[:, last:]


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """How long one call takes: by the clock, and of all processors' time."""
    began, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - spent


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def compare(*, mandates: int, raises: int, rounds: int, seed: int) -> float:
    """Both in turns; prints the medians and gives ours : reference in pairs per second."""
    whole = made(mandates=mandates, raises=raises, seed=seed)
    product = MatrixProduct(mandates=mandates, raises=raises, seed=seed)
    _say(f"compiled: {seconds(warm_up)[0]:.1f} s")
    found = shortlist(world=whole, sides=SIDES, kept=BEST, threads=THREADS)
    by_row = seconds(lambda: product.run(by_row=True)) < seconds(lambda: product.run(by_row=False))

    def publish() -> int:
        candidates, failures = found
        return sum(
            len(
                exact_lists(
                    world=whole, side=side, candidates=candidates[side], kept=BEST, failures=failures, threads=THREADS
                ).owner
            )
            for side in SIDES
        )

    times: dict[str, list[tuple[float, float]]] = {"reference": [], "ours": [], "exact": []}
    for _ in range(rounds):
        times["reference"].append(seconds(lambda: product.run(by_row=by_row)))
        times["ours"].append(seconds(lambda: shortlist(world=whole, sides=SIDES, kept=BEST, threads=THREADS)))
        times["exact"].append(seconds(publish))
    median = {name: statistics.median(clock for clock, _ in values) for name, values in times.items()}
    spent = {name: statistics.median(processor for _, processor in values) for name, values in times.items()}
    pairs, lines = mandates * raises, publish()
    ready = sum(int((candidates.section == 0).sum()) for candidates in found[0].values())
    _say(f"{mandates} mandates × {raises} raises, {rounds} rounds in turns, medians; {THREADS} threads")
    _say(f"reference (product + best of one side): {pairs / median['reference'] / 1e6:7.1f} M pairs/s")
    _say(f"ours (all gates and features, best of both sides): {pairs / median['ours'] / 1e6:7.1f} M pairs/s")
    _say(f"exact scores of the {lines} published lines: {median['exact']:.3f} s ({ready} candidates passed all gates)")
    total = median["ours"] + median["exact"]
    _say(f"ours with the exact scores: {pairs / total / 1e6:7.1f} M pairs/s")
    ratio = median["reference"] / median["ours"]
    _say(f"ratio ours : reference = {ratio:.2f}  (with the exact scores {median['reference'] / total:.2f})")
    _say(f"by processor time, which other work on the machine disturbs less: {spent['reference'] / spent['ours']:.2f}")
    return ratio


def main() -> None:
    """Command line: sizes and rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mandates", type=int, default=1000)
    parser.add_argument("--raises", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    compare(mandates=given.mandates, raises=given.raises, rounds=given.rounds, seed=given.seed)


if __name__ == "__main__":
    main()
