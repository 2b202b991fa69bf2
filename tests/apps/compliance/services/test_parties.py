"""The parties of registered organisations."""

import pytest

from apps.compliance.models import Party
from apps.compliance.services.parties import parties_ensure, party_of
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


class TestPartiesEnsure:
    def test_makes_each_once_with_the_organisations_id(self) -> None:
        organisations = OrganisationFactory.create_batch(2)
        ids = [item.pk for item in organisations]

        parties_ensure(organisation_ids=ids[:1])
        parties_ensure(organisation_ids=ids)

        assert set(Party.objects.values_list("pk", "organisation_id", "kind")) == {(pk, pk, "entity") for pk in ids}


class TestPartyOf:
    def test_is_there_for_a_registered_organisation_only(self) -> None:
        organisation = OrganisationFactory()

        assert party_of(organisation_id=organisation.pk).organisation == organisation
        with pytest.raises(Party.DoesNotExist):
            party_of(organisation_id="0198c0de-0000-7000-8000-000000000000")
