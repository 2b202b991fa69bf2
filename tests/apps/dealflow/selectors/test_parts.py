"""Lists of parts that follow one another."""

import datetime as dt
from uuid import UUID, uuid4

import pytest

from apps.dealflow.selectors.conditions import Condition
from apps.dealflow.selectors.parts import NEWEST_FIRST, Part, Place, backwards, rows_placed
from apps.startups.models import Listing
from kernel.api.ordering import Term
from kernel.clock import utc_today
from tests.factories.listings import listed_raise

pytestmark = pytest.mark.django_db


def part(*ids: UUID) -> Part:
    return Part(Condition.of(Listing.objects.filter(pk__in=ids)), NEWEST_FIRST)


@pytest.fixture
def made() -> list[UUID]:
    return [listed_raise(opened_on=utc_today() - dt.timedelta(days=age)).pk for age in range(4)]


class TestRowsPlaced:
    def test_read_one_part_after_the_other(self, made: list[UUID]) -> None:
        parts = [part(made[1], made[3]), part(made[0], made[2])]

        rows = rows_placed(parts=parts, limit=3)

        assert [(row.id, row.part) for row in rows] == [(made[1], 0), (made[3], 0), (made[0], 1)]

    def test_go_on_behind_a_place(self, made: list[UUID]) -> None:
        parts = [part(made[1], made[3]), part(made[0], made[2])]
        first = rows_placed(parts=parts, limit=1)[0]

        behind = rows_placed(parts=parts, limit=9, place=Place(first.part, first.values))
        at = rows_placed(parts=parts, limit=9, place=Place(first.part, first.values, is_inclusive=True))

        assert [row.id for row in behind] == [made[3], made[0], made[2]]
        assert [row.id for row in at] == [made[1], made[3], made[0], made[2]]

    def test_can_be_read_back(self, made: list[UUID]) -> None:
        parts = [part(made[1], made[3]), part(made[0], made[2])]
        last = rows_placed(parts=parts, limit=9)[-1]

        rows = rows_placed(parts=parts, limit=2, place=Place(last.part, last.values, is_back=True))

        assert [row.id for row in rows] == [made[0], made[3]]


class TestBackwards:
    def test_has_the_same_rows_from_the_last(self, made: list[UUID]) -> None:
        whole = part(*made)

        rows = rows_placed(parts=[backwards(whole)], limit=9)

        assert [row.id for row in rows] == made[::-1]


class TestHeld:
    def test_is_only_whose_place_it_is_where_the_order_is_that_of_a_list(self) -> None:
        ids = [uuid4(), uuid4(), uuid4()]
        listed = Part(Condition(), (Term("place", False, False), Term("id", False, False)), listed=ids)

        held = listed.held((2, ids[1]))

        assert held == (ids[1],)
        assert listed.values_of(held) == (2, ids[1])

    def test_of_an_id_that_left_the_list_is_behind_its_end(self) -> None:
        ids, gone = [uuid4(), uuid4()], uuid4()
        listed = Part(Condition(), (Term("place", False, False), Term("id", False, False)), listed=ids)

        assert listed.values_of((gone,)) == (3, gone)

    def test_is_every_value_elsewhere(self) -> None:
        whole = Part(Condition(), NEWEST_FIRST)

        assert whole.held(("then", "id")) == ("then", "id")
        assert whole.values_of(("then", "id")) == ("then", "id")
