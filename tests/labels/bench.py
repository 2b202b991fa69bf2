"""Precision and recall of the name matching on labelled pairs, recall of its keys, and its speed.

`python -m tests.labels.bench [--half first|development|held_out] [--names 100000]`. By default the first set and the
half of the second that one may develop on; the half held out is printed only where `--half held_out` asks for it.
"""

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from apps.compliance.names import (
    ALGORITHM,
    THRESHOLD,
    VERSION,
    Kind,
    Score,
    Side,
    blocking_keys,
    identifier_keys,
    normalise,
    score,
)
from apps.compliance.names.normal import Normal
from tests.labels.screening_pairs import Half, LabelledPair, labelled_pairs
from tests.labels.synthetic_names import bearers, spelt

HALVES: tuple[Half, ...] = ("first", "development", "held_out")


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one set or half; `key_recall`: share of the right matches of a full scan that the keys find too."""

    precision: float
    recall: float
    key_recall: float
    misses: tuple[tuple[LabelledPair, Score], ...]
    pairs: int


def measured(half: Half) -> Measured:
    """Figures of one half: score and keys against the labels."""
    pairs = labelled_pairs(half)
    outcome: Counter[tuple[bool, bool]] = Counter()
    misses = []
    shared = 0
    for pair in pairs:
        found = score(pair.query, pair.entry)
        outcome[pair.match, found.match] += 1
        if found.match != pair.match:
            misses.append((pair, found))
        shared += pair.match and found.match and keys_shared(pair)
    right, positives = outcome[True, True], outcome[True, True] + outcome[True, False]
    return Measured(
        precision=right / max(right + outcome[False, True], 1),
        recall=right / max(positives, 1),
        key_recall=shared / max(right, 1),
        misses=tuple(misses),
        pairs=len(pairs),
    )


def keys_shared(pair: LabelledPair) -> bool:
    """Would the keys alone have found the entry for the query?"""
    ours, theirs = (
        {key for name in side.names for key in blocking_keys(normalise(str(name), side.kind))}
        | identifier_keys(side.identifiers)
        for side in (pair.query, pair.entry)
    )
    return bool(ours & theirs)


@dataclass(frozen=True, slots=True)
class Blocking:
    recall: float
    mean: float
    p95: int
    largest: int


def blocking(*, names: int, queries: int, kind: Kind, seed: int = 1) -> Blocking:
    """Recall of the keys over other spellings of the same bearer, and candidates per query among `names` bearers."""
    entries = bearers(count=names, kind=kind, seed=seed)
    index: dict[int, list[int]] = {}
    for place, bearer in enumerate(entries):
        for key in blocking_keys(normalise(spelt(bearer, seed=place), kind)):
            index.setdefault(key, []).append(place)
    step = max(len(entries) // queries, 1)
    found, sizes = 0, []
    for place in range(0, step * queries, step):
        candidates: set[int] = set()
        for key in blocking_keys(normalise(spelt(entries[place], seed=-place - 1, varied=True), kind)):
            candidates.update(index.get(key, ()))
        found += place in candidates
        sizes.append(len(candidates))
    sizes.sort()
    return Blocking(found / queries, sum(sizes) / queries, sizes[int(queries * 0.95)], sizes[-1])


def _speed(kind: Kind) -> tuple[float, float]:
    """Names per second of processor time normalised and keyed, and pairs per second scored."""
    names = [spelt(bearer, seed=place) for place, bearer in enumerate(bearers(count=20_000, kind=kind, seed=2))]
    start = time.process_time()
    normals: list[Normal] = []
    for name in names:
        normal = normalise(name, kind)
        blocking_keys(normal)
        normals.append(normal)
    keyed = len(names) / (time.process_time() - start)
    sides = [Side(kind, (normal,)) for normal in normals[:5_000]]
    start = time.process_time()
    for one, other in pairwise(sides):
        score(one, other)
    return keyed, (len(sides) - 1) / (time.process_time() - start)


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")


def _told(half: Half) -> None:
    figures = measured(half)
    _line(
        f"{half}: {figures.pairs} pairs, precision {figures.precision:.4f}, recall {figures.recall:.4f} "
        f"at {THRESHOLD}, recall of keys {figures.key_recall:.4f}"
    )
    for pair, found in figures.misses:
        weights = ", ".join(f"{name} {part.weight:+.1f}" for name, part in found.features.items() if part.weight)
        _line(
            f"  {pair.id} {'match' if pair.match else 'other'} scored {found.value:.2f}: {pair.query.names[0]} | "
            f"{' / '.join(map(str, pair.entry.names))} ({weights}) – {pair.why}"
        )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES, default="development")
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=2_000)
    options = parser.parse_args()
    _line(f"{ALGORITHM} {VERSION}")
    for half in ("first", "development") if options.half == "development" else (options.half,):
        _told(half)
    for kind in Kind:
        if options.names:
            found = blocking(names=options.names, queries=options.queries, kind=kind)
            _line(
                f"{kind} keys: recall {found.recall:.4f} of {options.queries} other spellings among {options.names} "
                f"names; candidates mean {found.mean:.1f}, p95 {found.p95}, largest {found.largest}"
            )
        keyed, scored = _speed(kind)
        _line(f"{kind} speed: {keyed:,.0f} names/s normalised and keyed, {scored:,.0f} pairs/s scored")


if __name__ == "__main__":
    main()
