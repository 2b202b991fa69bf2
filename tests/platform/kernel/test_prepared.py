"""A statement that is made once asks for whatever it is given later."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.organisations.models import ApiKey, Organisation
from kernel.prepared import Prepared
from tests.factories.organisations import OrganisationFactory, actor_of, key_of

pytestmark = pytest.mark.django_db

ID = UUID(int=7)


class TestPrepared:
    def test_asks_for_the_value_in_the_place_of_its_stand_in(self) -> None:
        first, second = OrganisationFactory(country="UA"), OrganisationFactory(country="EE")
        names = Prepared(Organisation.objects.filter(pk=ID).values_list("pk", "country"), id=ID)

        assert [list(names.ask(id=row.pk)) for row in (first, second)] == [[(first.pk, "UA")], [(second.pk, "EE")]]

    def test_gives_objects_with_those_beside_them_and_no_further_query(self) -> None:
        organisation = OrganisationFactory()
        key = key_of(actor_of(organisation))
        prefix = key.token.split("_")[1]
        keys = Prepared(ApiKey.objects.select_related("organisation").filter(prefix="none"), prefix="none")

        with CaptureQueriesContext(connection) as asked:
            (found,) = keys.objects(prefix=prefix)
            names = (found.prefix, found.organisation.legal_name)

        assert names == (prefix, organisation.legal_name)
        assert len(asked) == 1

    def test_asks_nothing_where_nothing_can_be_found(self) -> None:
        nothing = Prepared(Organisation.objects.none())

        with CaptureQueriesContext(connection) as asked:
            assert list(nothing.ask()) == nothing.objects() == []

        assert len(asked) == 0
