"""Which components would have to come from inside a perimeter for a bill to keep a limit of foreign content."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.startups.rules.origin import ComponentLine, line_values

EXACT_LINES = 36
"""Up to so many lines from outside (or of unknown origin) the answer is the least one for certain."""


@dataclass(frozen=True, slots=True)
class Move:
    """Lines to replace at equal cost by ones from inside, as places in the bill.

    `moved` is their share of cost, `after` the foreign share that is left, the unknown counted as foreign. No answer
    moves less than `at_least`; `is_least` where this one moves no more than that.
    """

    lines: tuple[int, ...]
    moved: Fraction
    after: Fraction
    at_least: Fraction
    is_least: bool


@dataclass(frozen=True, slots=True)
class Substitution:
    """What would bring a bill within a limit.

    `share` is the foreign share now, the unknown counted as foreign. `resolve` are the fewest lines of unknown origin
    which, shown to come from inside, do it without any replacement: None where not even all of them would.
    """

    share: Fraction
    move: Move
    resolve: tuple[int, ...] | None


def substitution(
    *, components: Sequence[ComponentLine], perimeter: Collection[str], limit: Decimal, rates: Mapping[str, Decimal]
) -> Substitution | None:
    """The lines to replace at equal cost so that at most `limit` (a fraction) comes from outside `perimeter`.

    Least value moved, then fewest lines, over whole numbers: with up to `EXACT_LINES` candidates exactly, by meeting
    in the middle (E. Horowitz, S. Sahni, 1974, "Computing partitions with applications to the
    knapsack problem", J. ACM 21(2)); with more, the largest lines are taken greedily and the smallest completed
    exactly. `rates` and None as in `foreign_share`. Raises ComponentNotPossible.
    """
    values = line_values(components=components, rates=rates)
    if values is None or not (total := sum(values)):
        return None
    outside = [
        place
        for place, line in enumerate(components)
        if values[place] and (line.origin is None or line.origin not in perimeter)
    ]
    foreign = sum((values[place] for place in outside), Fraction(0))
    needed = max(Fraction(0), foreign - Fraction(limit) * total)
    unknown = [place for place in outside if components[place].origin is None]
    return Substitution(
        share=foreign / total,
        move=_move(outside, values, needed, foreign, total),
        resolve=_resolved(unknown, values, needed),
    )


def _move(
    outside: Sequence[int], values: Sequence[Fraction], needed: Fraction, foreign: Fraction, total: Fraction
) -> Move:
    unit = math.lcm(*(values[place].denominator for place in outside), 1)
    costs = [int(values[place] * unit) for place in outside]
    target = math.ceil(needed * unit)
    is_exact = len(outside) <= EXACT_LINES
    chosen = _least_cover(costs, target) if is_exact else _near_cover(costs, target)
    moved = sum((values[outside[index]] for index in chosen), Fraction(0))
    least = moved if is_exact else Fraction(target, unit)
    return Move(
        lines=tuple(outside[index] for index in chosen),
        moved=moved / total,
        after=(foreign - moved) / total,
        at_least=least / total,
        is_least=moved == least,
    )


def _resolved(unknown: Sequence[int], values: Sequence[Fraction], needed: Fraction) -> tuple[int, ...] | None:
    chosen: list[int] = []
    for place in sorted(unknown, key=lambda place: (-values[place], place)):
        if needed <= 0:
            break
        chosen.append(place)
        needed -= values[place]
    return tuple(sorted(chosen)) if chosen and needed <= 0 else None


def _least_cover(costs: Sequence[int], target: int) -> tuple[int, ...]:
    """The subset of the least sum from `target` on. Needs `sum(costs) >= target`.

    A subset is one whole number: its sum, its size and its members from the high bits to the low ones, so that adding
    two numbers joins two subsets and the least number is the one looked for.
    """
    size = len(costs)
    if target <= 0:
        return ()
    shift = size + size.bit_length()
    # The earlier the line, the lower its bit.
    marked = [(cost << shift) + (1 << size) + (1 << index) for index, cost in enumerate(costs)]
    lower, upper = _subsets(marked[: size // 2]), _subsets(marked[size // 2 :])
    threshold = target << shift
    best = sum(marked)
    back = len(upper) - 1
    for number in lower:
        while back >= 0 and number + upper[back] >= threshold:
            best = min(best, number + upper[back])
            back -= 1
    return tuple(index for index in range(size) if best >> index & 1)


def _subsets(marked: Sequence[int]) -> list[int]:
    """The sums of all subsets, rising."""
    sums = [0]
    for number in marked:
        sums = sorted([*sums, *(known + number for known in sums)])  # two rising runs: sorted in one pass
    return sums


def _near_cover(costs: Sequence[int], target: int) -> tuple[int, ...]:
    """A subset whose sum is `target` or not much more, for more lines than can be tried."""
    falling = sorted(range(len(costs)), key=lambda index: (-costs[index], index))
    large, small = falling[:-EXACT_LINES], falling[-EXACT_LINES:]
    taken: list[int] = []
    rest = target
    spare: int | None = None
    for index in large:
        if costs[index] <= rest:
            taken.append(index)
            rest -= costs[index]
        else:
            spare = index
    answers: list[list[int]] = []
    if sum(costs[index] for index in small) >= rest:
        answers.append([*taken, *(small[place] for place in _least_cover([costs[index] for index in small], rest))])
    if spare is not None:
        answers.append([*taken, spare])
    return tuple(sorted(min(answers, key=lambda chosen: sum(costs[index] for index in chosen))))
