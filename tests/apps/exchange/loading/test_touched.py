"""What an organisation's trail tells of an import."""

import pytest

from apps.audit.disclosure import faces
from apps.exchange.loading import touched
from apps.exchange.models import Import
from apps.exchange.services import import_run
from apps.investors.models import Fund, Mandate
from apps.matching.models import Deal
from apps.organisations.models import Identifier, Organisation
from apps.startups.models import Attestation, Capability, Firm, Raise
from kernel.models import Event
from tests.factories.exchange import as_folder, market
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db

NAME = "exchange.import.touched"


@pytest.fixture
def run(tmp_path):
    """Imports the market, changed by `change`; returns the import and its facts by the organisation's name."""

    def run(change=lambda tables: None, **options):
        tables = market()
        change(tables)
        import_run(path=as_folder(tables, tmp_path), **options)
        item = Import.objects.latest("id")
        names = dict(Organisation.objects.values_list("pk", "legal_name"))
        facts = Event.objects.filter(name=NAME, data__import=str(item.pk))
        return item, {names[fact.organisation_id]: fact for fact in facts}

    return run


def counts(fact):
    """Created and updated by kind of object."""
    return {name: (kind["created"], kind["updated"]) for name, kind in fact.data["own"].items()}


class TestTrail:
    def test_tells_every_organisation_what_was_brought_to_it(self, run):
        _, facts = run()

        assert {name: counts(fact) for name, fact in facts.items()} == {
            "Firm LLC": {
                "organisations": (1, 0),
                "identifiers": (1, 0),
                "startups": (1, 0),
                "owners": (1, 0),
                "financials": (1, 0),
                "capabilities": (1, 0),
                "components": (1, 0),
                "development_events": (2, 0),
                "attestations": (1, 0),
                "raises": (1, 0),
            },
            "Fund": {"organisations": (1, 0), "funds": (1, 0), "mandates": (1, 0), "deals": (1, 0)},
            "Holding OÜ": {"organisations": (1, 0)},
            "Unit": {"organisations": (1, 0), "attestations": (1, 0)},
        }
        for fact in facts.values():
            assert (fact.object_type, fact.object_id) == ("organisations.organisation", fact.organisation_id)
            assert (fact.actor, fact.actor_organisation_id) == ("system", None)

    def test_names_the_objects(self, run):
        _, facts = run()

        ids = {name: kind["ids"] for name, kind in facts["Firm LLC"].data["own"].items()}
        for kind, model in (
            ("startups", Firm),
            ("identifiers", Identifier),
            ("capabilities", Capability),
            ("raises", Raise),
            ("attestations", Attestation),
        ):
            assert ids[kind] == [str(model.objects.get().pk)]
        ids = {name: kind["ids"] for name, kind in facts["Fund"].data["own"].items()}
        for kind, model in (("funds", Fund), ("mandates", Mandate), ("deals", Deal)):
            assert ids[kind] == [str(model.objects.get().pk)]

    def test_tells_a_firm_nothing_of_a_funds_log(self, run):
        _, facts = run()

        assert "deals" not in facts["Firm LLC"].data["own"]
        assert str(Deal.objects.get().pk) not in str(facts["Firm LLC"].data)

    def test_tells_which_fields_changed(self, run):
        run()

        def change(tables):
            tables["capabilities"][0] |= {"title": "Boat", "area": "TST"}

        _, facts = run(change)

        capability = str(Capability.objects.get().pk)
        told = {"created": 0, "updated": 1, "fields": ["area", "title"], "ids": [capability]}
        assert {name: fact.data["own"] for name, fact in facts.items()} == {"Firm LLC": {"capabilities": told}}

    def test_tells_both_firms_of_a_capability_that_moved(self, run):
        def second(tables):
            tables["startups"].append({"key": "other", "legal_name": "Other", "country": "UA"})
            tables["capabilities"].append({**tables["capabilities"][0], "key": "spare", "title": "Spare"})

        def moved(tables):
            second(tables)
            tables["capabilities"][1]["startup_key"] = "other"

        run(second)

        _, facts = run(moved)

        spare = str(Capability.objects.get(title="Spare").pk)
        told = {"capabilities": {"created": 0, "updated": 1, "fields": ["firm"], "ids": [spare]}}
        assert {name: fact.data["own"] for name, fact in facts.items()} == {"Firm LLC": told, "Other": told}

    def test_tells_nothing_of_rows_that_stay(self, run):
        run()

        _, facts = run()

        assert facts == {}

    def test_tells_nothing_of_a_dry_run(self, tmp_path):
        import_run(path=as_folder(market(), tmp_path), dry_run=True)

        assert not Event.objects.filter(name=NAME).exists()

    def test_gives_so_many_ids_and_counts_all(self, run, monkeypatch):
        monkeypatch.setattr(touched, "MOST_IDS", 1)

        _, facts = run()

        told = facts["Firm LLC"].data["own"]["development_events"]
        assert (told["created"], len(told["ids"])) == (2, 1)

    def test_is_read_by_the_organisation_without_the_import(self, run):
        _, facts = run(verified=True)
        fact = facts["Firm LLC"]
        firm = Organisation.objects.get(pk=fact.organisation_id)

        shown = faces(events=[fact], actor=actor_of(firm))[0]

        assert shown.data == {"own": fact.data["own"]}

    def test_takes_no_statement_for_each_object(self, run, django_assert_max_num_queries):
        def many(tables):
            tables["startups"] += [{"key": f"f{n}", "legal_name": f"F {n}", "country": "UA"} for n in range(20)]

        with django_assert_max_num_queries(300) as few:
            run()
        with django_assert_max_num_queries(len(few)):
            run(many)
