"""Rows against one another and against the database."""

import pytest

from apps.compliance.models import OwnershipStatement
from apps.exchange.loading.resolution import rows_resolve
from apps.exchange.models import ImportKey
from apps.organisations.models import Identifier, Organisation
from apps.organisations.states import Scheme
from apps.reference.models import CapabilityArea
from apps.reference.services import areas_load
from apps.startups.models import DevelopmentEvent, Financials, Firm
from kernel.access import Actor
from tests.factories.exchange import as_folder, as_zip, found, market, read
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


def resolve(tables, sender=""):
    rows, problems = read(as_zip(tables))
    return rows_resolve(sender=sender, tables=rows, problems=problems)


def problems_of(tables):
    return found(resolve(tables).problems)


@pytest.fixture
def loaded(tmp_path):
    """The market, imported before."""
    from apps.exchange.services import import_run

    import_run(path=as_folder(market(), tmp_path))


class TestReferences:
    @pytest.mark.parametrize(
        ("table", "column"),
        [
            ("areas", "parent"),
            ("owners", "owned_key"),
            ("owners", "owner_key"),
            ("financials", "startup_key"),
            ("capabilities", "startup_key"),
            ("capabilities", "area"),
            ("components", "capability_key"),
            ("development_events", "answers"),
            ("development_events", "supersedes"),
            ("attestations", "event_key"),
            ("attestations", "attestor_key"),
            ("raises", "startup_key"),
            ("raises", "issuer_key"),
            ("raises", "lead_capability_key"),
            ("mandates", "fund_key"),
            ("mandates", "areas"),
            ("mandates", "lever_key"),
            ("deals", "fund_key"),
            ("deals", "startup_key"),
        ],
    )
    def test_to_nothing_is_a_problem(self, table, column):
        assert problems_of(market(**{table: {column: "NOBODY"}})) == [(table, 2, column, "unknown_reference")]

    def test_to_a_bad_row_is_no_problem_of_its_own(self):
        resolution = resolve(market(startups={"country": "XX"}))

        assert found(resolution.problems) == [("startups", 2, "country", "bad_country")]
        assert [row.is_bad for row in resolution.rows("raises")] == [True]

    def test_spread_along_a_chain_of_events_in_any_order(self):
        tables = market()
        bad = {**tables["development_events"][0], "key": "bad", "kind": "noise"}
        chain = [
            {**tables["development_events"][0], "key": f"e{number}", "supersedes": f"e{number + 1}"}
            for number in range(5)
        ]
        tables["development_events"] += [*chain, {**bad, "key": "e5"}]

        resolution = resolve(tables)

        assert [row.key for row in resolution.usable("development_events")] == ["ask", "fix"]

    def test_a_fund_is_no_startup(self):
        assert problems_of(market(capabilities={"startup_key": "fund"}))[0] == (
            "capabilities",
            2,
            "startup_key",
            "unknown_reference",
        )

    def test_an_attestor_may_be_any_organisation(self):
        assert problems_of(market(attestations={"attestor_key": "fund"})) == []


class TestAreas:
    def test_in_a_circle_are_a_problem_of_each(self):
        assert problems_of(market(areas={"parent": "TST.ONE"})) == [
            ("areas", 2, "parent", "circle"),
            ("areas", 3, "parent", "circle"),
        ]

    def test_of_the_product_may_be_listed_but_not_changed(self):
        areas_load(actor=Actor.system())
        own = CapabilityArea.objects.get(code="UMS")
        same = {"code": "UMS", "parent": "", "label_en": own.label_en, "label_uk": own.label_uk}
        tables = market()

        assert problems_of({**tables, "areas": [*tables["areas"], same]}) == []
        assert problems_of({**tables, "areas": [*tables["areas"], {**same, "label_en": "Mine"}]}) == [
            ("areas", 4, "code", "taken")
        ]


class TestParties:
    def test_share_one_name_space(self):
        assert problems_of(
            market(funds={"key": "hold"}, mandates={"fund_key": "hold"}, deals={"fund_key": "hold"})
        ) == [("funds", 2, "key", "duplicate_key")]

    def test_do_not_change_their_kind(self, loaded):
        assert problems_of(market(organisations={"kind": "authority"})) == [("organisations", 2, "key", "immutable")]

    def test_a_number_stands_once_in_an_import(self):
        number = {"identifier_scheme": "UA-EDR", "identifier": "3285 5961"}

        assert problems_of(market(organisations=number)) == [("startups", 2, "identifier", "duplicate_key")]

    def test_a_number_of_another_organisation_is_taken(self):
        Identifier.objects.create(organisation=OrganisationFactory(), scheme=Scheme.EDRPOU, value="32855961")

        assert problems_of(market()) == [("startups", 2, "identifier", "taken")]

    def test_a_number_that_the_organisation_registered_itself_is_its_own(self, loaded):
        from apps.exchange.models import ImportKey

        ImportKey.objects.filter(table="identifiers").delete()

        resolution = resolve(market())

        assert resolution.problems.count == 0
        assert resolution.ids["identifiers"]["firm"] == Identifier.objects.get().pk


class TestLeads:
    def test_a_capability_of_another_firm_does_not_lead(self):
        tables = market()
        tables["startups"].append({**tables["startups"][0], "key": "other", "identifier_scheme": "", "identifier": ""})
        tables["raises"][0]["startup_key"] = "other"

        assert problems_of(tables) == [("raises", 2, "lead_capability_key", "other_owner")]

    def test_a_capability_loaded_before_leads_its_own_firm(self, loaded):
        tables = market()

        assert problems_of({"raises": tables["raises"]}) == []
        assert problems_of({"raises": [{**tables["raises"][0], "startup_key": "hold"}]}) == [
            ("raises", 2, "lead_capability_key", "other_owner")
        ]


class TestOnce:
    def test_a_year_that_the_firm_stated_itself_is_taken(self, loaded):
        Financials.objects.all().delete()
        Financials.objects.create(firm=Firm.objects.get(), year=2025)

        assert problems_of(market()) == [("financials", 2, "year", "taken")]

    def test_an_attestors_own_word_is_taken(self, loaded):
        ImportKey.objects.filter(table="attestations").delete()

        assert problems_of(market()) == [("attestations", 2, "attestor_key", "taken")]

    def test_an_object_that_is_gone_is_made_anew(self, loaded):
        gone = OwnershipStatement.objects.get().pk
        OwnershipStatement.objects.all().delete()

        resolution = resolve(market())

        assert resolution.problems.count == 0
        assert gone not in resolution.ids["owners"].values()


class TestIds:
    def test_are_those_of_the_last_import(self, loaded):
        resolution = resolve(market())

        assert resolution.ids["organisations"]["fund"] == Organisation.objects.get(legal_name="Fund").pk
        assert resolution.ids["development_events"]["fix"] == DevelopmentEvent.objects.get(kind="fix_fielded").pk

    def test_grow_in_the_order_of_the_file(self):
        ids = resolve(market()).ids["development_events"]

        assert ids["ask"] < ids["fix"]
