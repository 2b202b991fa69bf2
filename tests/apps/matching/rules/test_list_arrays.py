"""Many lists at once, beside the same lists one by one."""

import random
import uuid

import numpy as np
import pytest

from apps.matching.rules.comparison import Line, Tally, list_moves
from apps.matching.rules.list_arrays import ListArrays, hashes, id_of, tally

FEATURES = ("area", "speed", "ticket")


def made(draw, owners, counterparts):
    """Lists by owner, some of them missing, some empty."""
    lists = {}
    for owner in owners:
        if draw.random() < 0.9:
            lines = []
            for name in draw.sample(counterparts, draw.randint(0, 8)):
                points = {feature: draw.randint(0, 5) for feature in FEATURES}
                lines.append(Line(name, sum(points.values()), points))
            lists[owner] = sorted(lines, key=lambda line: -line.score)
    return lists


def arrays(lists):
    owners = sorted(lists)
    lines = [line for owner in owners for line in lists[owner]]
    points = np.array([[line.points[name] for name in FEATURES] for line in lines], np.int16)
    return ListArrays(
        owner=np.array([uuid.UUID(owner).bytes for owner in owners], "V16"),
        organisation=np.array([uuid.UUID(owner).bytes for owner in owners], "V16"),
        start=np.cumsum([0, *(len(lists[owner]) for owner in owners)]),
        counterpart=np.array([uuid.UUID(line.counterpart).bytes for line in lines], "V16"),
        score=np.array([line.score for line in lines], np.int16),
        points=points.reshape(-1, len(FEATURES)),
    )


def ids(draw, count):
    return [str(uuid.UUID(int=draw.getrandbits(128))) for _ in range(count)]


class TestTally:
    @pytest.mark.parametrize("seed", range(40))
    def test_is_that_of_the_lists_one_by_one(self, seed):
        draw = random.Random(seed)
        owners, counterparts = ids(draw, 7), ids(draw, 10)
        before, after = made(draw, owners, counterparts), made(draw, owners, counterparts)
        plain = Tally()
        for owner in {*before, *after}:
            plain.add(owner=owner, moves=list_moves(before=before.get(owner, []), after=after.get(owner, []), shown=5))

        found = tally(before=arrays(before), after=arrays(after), features=FEATURES, shown=5)

        assert found == plain

    def test_nothing_before_is_all_new(self):
        draw = random.Random(1)
        counterparts = ids(draw, 3)
        line = Line(counterparts[0], 4, {"area": 4, "speed": 0, "ticket": 0})

        found = tally(before=arrays({}), after=arrays({ids(draw, 1)[0]: [line]}), features=FEATURES, shown=5)

        assert found.changes == {"entered": 1}


class TestListArrays:
    def test_counts_ranks_within_each_list(self):
        draw = random.Random(2)
        first, second = sorted(ids(draw, 2))
        others = ids(draw, 3)
        lines = [Line(name, 3, dict.fromkeys(FEATURES, 1)) for name in others]

        found = arrays({first: lines[:2], second: lines})

        assert found.rank.tolist() == [0, 1, 0, 1, 2]
        assert found.list_of.tolist() == [0, 0, 1, 1, 1]
        assert found.lengths.tolist() == [2, 3]
        assert str(id_of(found.counterpart[1])) == others[1]


class TestHashes:
    def test_differ_where_ids_do(self):
        values = [uuid.UUID(int=number << 64 | other) for number in range(60) for other in range(60)]

        found = hashes(np.array([value.bytes for value in values], "V16"))

        assert len(set(found.tolist())) == len(values)
