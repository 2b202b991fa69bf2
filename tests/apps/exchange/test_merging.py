"""Senders' keys after a merge."""

import pytest

from apps.exchange.services import import_run
from apps.organisations.models import Organisation
from apps.organisations.services import organisation_merge
from kernel.access import Actor
from tests.factories.exchange import as_folder, market
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db


class TestImportKeysMerge:
    def test_an_unchanged_row_changes_nothing_and_a_changed_one_the_other_entry(self, tmp_path):
        tables = market()
        import_run(path=as_folder(tables, tmp_path))
        merged = Organisation.objects.get(legal_name="Firm LLC")
        into = FirmFactory(organisation__legal_name="Firm", summary="As stated").organisation
        organisation_merge(actor=Actor.system(), organisation=merged, into=into, dry_run=False)

        import_run(path=as_folder(tables, tmp_path))
        into.refresh_from_db()
        assert into.legal_name == "Firm"

        tables["startups"][0]["legal_name"] = "Firm Works LLC"
        report = import_run(path=as_folder(tables, tmp_path))

        assert report.problems == []
        into.refresh_from_db()
        merged.refresh_from_db()
        assert (into.legal_name, merged.legal_name) == ("Firm Works LLC", "Firm LLC")
        assert into.firm.capabilities.exists()
        assert not merged.firm.capabilities.exists()
