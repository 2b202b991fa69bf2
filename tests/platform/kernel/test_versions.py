"""Saving changes under a version."""

import pytest

from apps.organisations.models import Organisation
from kernel.versions import ChangedMeanwhile, version_save
from tests.factories.organisations import OrganisationFactory


@pytest.mark.django_db
class TestVersionSave:
    def test_writes_what_differs_and_raises_the_version_by_one(self) -> None:
        organisation = OrganisationFactory(legal_name="Old", country="UA")

        changed = version_save(instance=organisation, changes={"legal_name": "New", "country": "UA"})

        assert changed == ["legal_name"]
        stored = Organisation.objects.get()
        assert (stored.legal_name, stored.version) == (organisation.legal_name, organisation.version) == ("New", 2)

    def test_writes_nothing_when_nothing_differs(self) -> None:
        organisation = OrganisationFactory(legal_name="Old")
        Organisation.objects.update(version=5)

        assert version_save(instance=organisation, changes={"legal_name": "Old"}) == []

    def test_loses_against_a_faster_writer(self) -> None:
        first = OrganisationFactory(legal_name="Old")
        second = Organisation.objects.get()
        version_save(instance=first, changes={"legal_name": "First"})

        with pytest.raises(ChangedMeanwhile):
            version_save(instance=second, changes={"legal_name": "Second"})

        assert Organisation.objects.get().legal_name == "First"
        assert second.legal_name == "Old"
