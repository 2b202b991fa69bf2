"""What an import tells of the standings that it gives."""

import pytest

from apps.exchange.models import Import
from apps.exchange.services import import_run
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.startups.models import Listing, Raise
from kernel.models import Event
from tests.factories.exchange import as_folder, market

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    """Imports the market from the console; returns the import."""

    def run(**options):
        import_run(path=as_folder(market(), tmp_path), **options)
        return Import.objects.latest("id")

    return run


def told(item: Import) -> list[str]:
    """The names of the organisations of whose verification the import told."""
    facts = Event.objects.filter(name="organisations.organisation.standing_changed", data__import=str(item.pk))
    assert all(fact.object_id == fact.organisation_id for fact in facts)
    return sorted(Organisation.objects.get(pk=fact.object_id).legal_name for fact in facts)


class TestPlanWrite:
    def test_tells_of_every_new_verified_organisation(self, run):
        item = run(verified=True)

        assert told(item) == ["Firm LLC", "Fund", "Holding OÜ", "Unit"]
        fact = Event.objects.filter(name="organisations.organisation.standing_changed").first()
        assert (fact.object_type, fact.actor) == ("organisations.organisation", "system")
        assert fact.data == {"to": "verified", "basis": "import", "import": str(item.pk)}

    def test_tells_of_those_it_lifted_only(self, run):
        run()
        Organisation.objects.filter(legal_name="Fund").update(standing=Standing.SUSPENDED)
        Organisation.objects.filter(legal_name="Unit").update(standing=Standing.VERIFIED)

        item = run(verified=True)

        assert told(item) == ["Firm LLC", "Holding OÜ"]

    def test_tells_nothing_the_second_time(self, run):
        run(verified=True)

        assert told(run(verified=True)) == []

    def test_tells_nothing_of_the_registered(self, run):
        run()

        assert not Event.objects.filter(name="organisations.organisation.standing_changed").exists()

    def test_tells_nothing_of_a_dry_run(self, tmp_path):
        import_run(path=as_folder(market(), tmp_path), verified=True, dry_run=True)

        assert not Event.objects.filter(name="organisations.organisation.standing_changed").exists()

    def test_lists_what_it_brought(self, tmp_path):
        tables = market()
        for row in tables["capabilities"]:
            row["seeks"] = "licence;distribution"
        import_run(path=as_folder(tables, tmp_path), verified=True)

        rows = list(Listing.objects.all())

        assert {row.raising_id for row in rows} >= set(Raise.objects.values_list("pk", flat=True))
        assert all(row.seeks == ["licence", "distribution"] for row in rows)
        assert rows
