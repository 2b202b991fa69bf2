"""What changed between two lists of one owner."""

import random

from apps.matching.rules.comparison import (
    MOST_MOVES,
    Change,
    Line,
    Move,
    OwnedMove,
    Tally,
    differences,
    list_moves,
)


def line(name, **points):
    return Line(name, sum(points.values()), points)


class TestListMoves:
    def test_tells_who_entered_left_and_moved_and_by_which_points(self):
        before = [line("a", area=50, speed=40), line("b", area=60), line("c", area=30)]
        after = [line("b", area=60), line("a", area=50, speed=5), line("d", area=20)]

        found = list_moves(before=before, after=after)

        assert found == [
            Move("b", Change.MOVED, 2, 1, 60, 60),
            Move("a", Change.MOVED, 1, 2, 90, 55, (("speed", -35),)),
            Move("d", Change.ENTERED, None, 3, None, 20),
            Move("c", Change.LEFT, 3, None, 30, None),
        ]

    def test_the_same_list_has_no_changes(self):
        lines = [line("a", area=50), line("b", area=40)]

        assert list_moves(before=lines, after=lines) == []

    def test_a_line_beyond_those_shown_lends_its_score(self):
        before = [line("a", area=50), line("b", area=40)]
        after = [line("b", area=60), line("a", area=45)]

        found = list_moves(before=before, after=after, shown=1)

        assert found == [
            Move("b", Change.ENTERED, None, 1, 40, 60, (("area", 20),)),
            Move("a", Change.LEFT, 1, None, 50, 45, (("area", -5),)),
        ]

    def test_a_line_that_is_shown_in_neither_is_no_change(self):
        before = [line("a", area=50), line("b", area=40)]
        after = [line("a", area=50), line("c", area=30)]

        assert list_moves(before=before, after=after, shown=1) == []

    def test_agrees_with_sets_of_names(self):
        draw = random.Random(7)
        for _ in range(200):
            names = list("abcdefgh")
            before, after = (
                [line(name, x=draw.randint(0, 9)) for name in draw.sample(names, draw.randint(0, 8))] for _ in range(2)
            )
            first, second = ({one.counterpart for one in lines[:3]} for lines in (before, after))

            found = {move.counterpart: move.change for move in list_moves(before=before, after=after, shown=3)}

            assert {name for name, change in found.items() if change is Change.ENTERED} == second - first
            assert {name for name, change in found.items() if change is Change.LEFT} == first - second


class TestDifferences:
    def test_the_largest_come_first_whichever_way(self):
        found = differences(before={"a": 5, "b": 9, "c": 1}, after={"a": 7, "b": 2, "c": 1, "d": 2})

        assert found == (("b", -7), ("a", 2), ("d", 2))

    def test_they_add_up_to_the_difference_of_the_scores(self):
        one, other = line("a", area=50, speed=40), line("a", area=20, speed=45, evidence=3)

        found = differences(before=one.points, after=other.points)

        assert sum(points for _, points in found) == other.score - one.score


class TestTally:
    def test_counts_lists_changes_and_points(self):
        tally = Tally()
        tally.add(owner="m", moves=[Move("a", Change.MOVED, 1, 2, 90, 55, (("speed", -35),))])
        tally.add(owner="n", moves=[])
        tally.add(
            owner="o", moves=[Move("b", Change.ENTERED, None, 1, None, 7), Move("c", Change.LEFT, 1, None, 4, None)]
        )

        assert (tally.lists, tally.changed_lists) == (3, 2)
        assert tally.changes == {"moved": 1, "entered": 1, "left": 1}
        assert tally.points == {"speed": 35}
        assert [item.owner for item in tally.largest] == ["m"]

    def test_joined_it_is_as_if_counted_together(self):
        moves = [Move(f"c{number:03}", Change.MOVED, 1, 2, 500, 500 - number) for number in range(MOST_MOVES + 20)]
        parts, whole = (Tally(), Tally()), Tally()
        for number, move in enumerate(moves):
            parts[number % 2].add(owner=f"m{number}", moves=[move])
            whole.add(owner=f"m{number}", moves=[move])

        parts[0].join(parts[1])

        assert parts[0] == whole
        assert whole.largest[0].move.size == MOST_MOVES + 19
        assert len(whole.largest) == MOST_MOVES

    def test_the_order_of_the_largest_does_not_depend_on_chance(self):
        same = [OwnedMove(owner, Move("c", Change.MOVED, 1, 2, 9, 5)) for owner in ("n", "m")]

        assert [item.owner for item in sorted(same, key=lambda item: item.order)] == ["m", "n"]
