"""Finding the object that a nested path hangs on."""

import pytest

from apps.organisations.models import Organisation
from apps.organisations.parents import parent_get
from kernel.errors import NotFound
from tests.factories.organisations import OrganisationFactory


@pytest.mark.django_db
class TestParentGet:
    def test_finds_only_among_the_rows(self) -> None:
        organisation = OrganisationFactory()

        assert parent_get(rows=Organisation.objects.all(), value=str(organisation.pk)) == organisation
        for rows, value in (
            (Organisation.objects.none(), str(organisation.pk)),
            (Organisation.objects.all(), "no-id"),
            (Organisation.objects.all(), ""),
        ):
            with pytest.raises(NotFound):
                parent_get(rows=rows, value=value)
