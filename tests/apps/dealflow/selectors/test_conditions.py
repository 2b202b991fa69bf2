"""A search's condition, made once for all who see alike."""

import pytest

from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.conditions import Condition, condition_of
from apps.organisations.disclosure import STAND_INS
from apps.startups.models import Listing
from tests.factories.listings import listed_raise
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestConditionOf:
    def test_is_the_same_text_with_the_viewers_own_ids(self) -> None:
        one, other = (actor_of(listed_raise().firm.organisation) for _ in range(2))
        query = DealFlowQuery()

        first, second = condition_of(actor=one, query=query), condition_of(actor=other, query=query)

        assert first.sql == second.sql
        assert one.organisation_id in first.params
        assert other.organisation_id in second.params
        assert not {*STAND_INS.values()} & {param for param in first.params if not isinstance(param, list)}

    def test_finds_what_is_shown(self) -> None:
        item = listed_raise()

        found = condition_of(actor=actor_of(OrganisationFactory(kind="fund")), query=DealFlowQuery()).rows()

        assert [row.pk for row in found] == [item.pk]


class TestCondition:
    def test_of_nothing_finds_nothing(self) -> None:
        listed_raise()

        assert not Condition.of(Listing.objects.none()).rows().exists()

    def test_of_everything_finds_everything(self) -> None:
        item = listed_raise()

        assert [row.pk for row in Condition.of(Listing.objects.all()).rows()] == [item.pk]

    def test_may_be_joined(self) -> None:
        one, other = listed_raise(), listed_raise()
        first = Condition.of(Listing.objects.filter(pk=one.pk))
        second = Condition.of(Listing.objects.filter(pk=other.pk))

        assert {row.pk for row in (first | second).rows()} == {one.pk, other.pk}
        assert not (first & second).rows().exists()

    def test_may_look_into_other_tables(self) -> None:
        one = listed_raise()
        listed_raise()

        found = Condition.of(Listing.objects.filter(firm__organisation_id=one.organisation_id))

        assert [row.pk for row in found.rows()] == [one.pk]
