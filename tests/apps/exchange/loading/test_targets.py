"""What the columns are made of."""

import pytest

from apps.exchange.services import import_run
from apps.organisations.models import Identifier, Organisation
from apps.startups.models import Firm
from tests.factories.exchange import as_folder, market
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db


class TestOrganisations:
    def test_have_the_key_of_their_names(self, tmp_path):
        tables = market()
        tables["startups"][0] |= {"legal_name": "Falcon LLC", "legal_name_uk": "ТОВ «Сокіл»"}
        import_run(path=as_folder(tables, tmp_path))

        assert Organisation.objects.get(legal_name="Falcon LLC").name_key == "falcon|sokil"
        assert Organisation.objects.get(legal_name="Holding OÜ").name_key == "holding"

    def test_have_a_new_key_with_a_new_name(self, tmp_path):
        tables = market()
        import_run(path=as_folder(tables, tmp_path))
        tables["startups"][0]["legal_name"] = "Sokil LLC"

        import_run(path=as_folder(tables, tmp_path))

        assert Organisation.objects.get(legal_name="Sokil LLC").name_key == "sokil|firma"


class TestFirms:
    def test_come_with_the_name_choice_of_the_row(self, tmp_path):
        tables = market()
        tables["startups"][0]["naming"] = "nobody"

        import_run(path=as_folder(tables, tmp_path))

        assert Firm.objects.get().naming == "nobody"

    def test_keep_the_choice_they_made_since(self, tmp_path):
        tables = market()
        import_run(path=as_folder(tables, tmp_path))
        Firm.objects.update(naming="nobody")
        tables["startups"][0] |= {"staff": "12", "naming": "all_verified"}

        import_run(path=as_folder(tables, tmp_path))

        assert (Firm.objects.get().staff, Firm.objects.get().naming) == (12, "nobody")

    def test_that_registered_themselves_keep_their_choice(self, tmp_path):
        own = FirmFactory(naming="nobody", organisation__legal_name="Firm LLC")
        Identifier.objects.create(organisation=own.organisation, scheme="UA-EDR", value="32855961")

        import_run(path=as_folder(market(), tmp_path))

        assert Firm.objects.get(organisation=own.organisation).naming == "nobody"
