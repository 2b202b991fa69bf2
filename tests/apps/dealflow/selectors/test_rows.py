"""The rows of a page, read by statements that are kept."""

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.dealflow.selectors.rows import listed_rows
from apps.organisations.models import Organisation
from tests.factories.listings import listed_raise
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


class TestListedRows:
    def test_keep_the_order_of_the_ids(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        first, second = listed_raise(), listed_raise()
        fund = actor_of(OrganisationFactory(kind="fund"))

        with django_assert_num_queries(1):
            rows = listed_rows(actor=fund, ids=[second.pk, first.pk])

        assert [row.pk for row in rows] == [second.pk, first.pk]
        assert rows[0].capability.title == second.capability.title

    def test_leave_out_what_went_dark_since_the_statement_was_made(self) -> None:
        shown, dark = listed_raise(), listed_raise()
        fund = actor_of(OrganisationFactory(kind="fund"))
        assert len(listed_rows(actor=fund, ids=[shown.pk, dark.pk])) == 2

        Organisation.objects.filter(pk=dark.organisation_id).update(standing="suspended")

        assert [row.pk for row in listed_rows(actor=fund, ids=[shown.pk, dark.pk])] == [shown.pk]

    def test_are_as_each_viewer_sees_them_though_the_statement_is_the_same(self) -> None:
        item, other = listed_raise(), listed_raise()
        owner, stranger = actor_of(item.firm.organisation), actor_of(other.firm.organisation)

        own = listed_rows(actor=owner, ids=[item.pk, other.pk])
        theirs = listed_rows(actor=stranger, ids=[item.pk, other.pk])

        assert {row.pk: row.viewer_tier > 1 for row in own}[item.pk]
        assert {row.pk: row.viewer_tier > 1 for row in theirs}[other.pk]
        assert all(row.viewer_tier <= 1 for row in theirs if row.pk == item.pk)
