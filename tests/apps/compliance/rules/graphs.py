"""Small graphs for tests of the rules, and random ones with cycles."""

from __future__ import annotations

import random
from fractions import Fraction
from uuid import UUID

from apps.compliance.rules.graph import Graph, Interval, Node, Stake

STATEMENT = 1 << 64


def party(number: int) -> UUID:
    return UUID(int=number)


def people(*numbers: int, country: str = "UA") -> list[Node]:
    return [Node(party(number), "person", is_end=True, countries=(country,)) for number in numbers]


def entities(*numbers: int, country: str = "UA") -> list[Node]:
    return [Node(party(number), "entity", countries=(country,)) for number in numbers]


def stake(owner: int, owned: int, low: object, high: object = None, interest: str = "shareholding", **more) -> Stake:
    share = Interval(Fraction(str(low)), Fraction(str(low if high is None else high)))
    return Stake(
        UUID(int=STATEMENT + owner * 100_000 + owned * 100 + len(interest)),
        party(owned), party(owner), interest, share, is_share_stated=True, **more,
    )  # fmt: skip


def graph(nodes: list[Node], *stakes: Stake) -> Graph:
    return Graph({node.id: node for node in nodes}, stakes)


def random_graph(seed: int) -> tuple[Graph, list[int], list[int], list[list[float]], list[list[float]]]:
    """A graph of up to 7 parties; its people, its entities, and the bounds as matrices by number minus one."""
    dice = random.Random(seed)
    size = dice.randint(3, 7)
    persons = list(range(1, dice.randint(1, max(1, size - 2)) + 1))
    firms = list(range(len(persons) + 1, size + 1))
    low = [[0.0] * size for _ in range(size)]
    high = [[0.0] * size for _ in range(size)]
    stakes = []
    for owned in firms:
        left = 20
        for owner in dice.sample([*persons, *firms], dice.randint(0, size)):
            if owner == owned:
                continue
            bottom = dice.randint(0, left)
            top = bottom if dice.random() < 0.6 else dice.randint(bottom, 20)
            if not top:
                continue
            left -= bottom
            low[owner - 1][owned - 1], high[owner - 1][owned - 1] = bottom / 20, top / 20
            stakes.append(stake(owner, owned, bottom / 20, top / 20))
    return graph(people(*persons) + entities(*firms), *stakes), persons, firms, low, high
