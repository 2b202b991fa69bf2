"""What bills of materials say of their origin, in the REST interface."""

from decimal import Decimal
from typing import Any

import pytest

from apps.organisations.models import Organisation
from apps.startups.models import Capability, Component
from apps.startups.states import CapabilityStatus
from kernel.models import Event
from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.startups import CapabilityFactory, ComponentFactory, FirmFactory, client_for, fund_client

pytestmark = pytest.mark.django_db

BASE = "/api/v1/capabilities"
PLANTED = (("Camera", "310", "CN"), ("Frame", "150", "UA"), ("Motor", "400", "DE"), ("Battery", "140", "PL"))
AT_T1 = {"capability", "is_stated", "bands"}
AT_T2 = {"foreign", "countries", "regions", "largest", "herfindahl"}
OWN = {"single_source_share", "single_source", "unknown"}


def planted(*more: tuple[str, str, str | None], **values: Any) -> Capability:
    """31 % from outside EU+EEA+UA, 46 % from outside EU+EEA."""
    capability: Capability = CapabilityFactory(**values)
    for name, cost, origin in (*PLANTED, *more):
        ComponentFactory(
            capability=capability, name=name, unit_cost=Decimal(cost), quantity=1, origin=origin, supplier="Canary Ltd"
        )
    return capability


def place(capability: Capability) -> str:
    return f"{BASE}/{capability.pk}/origin"


class TestOrigin:
    def test_differs_by_perimeter(self) -> None:
        capability = planted()

        shown = client_for(capability.firm).get(place(capability)).json()

        foreign = {item["perimeter"]: item for item in shown["foreign"]}
        assert (foreign["EU+EEA+UA"]["low"], foreign["EU+EEA+UA"]["high"]) == ("0.310000", "0.310000")
        assert (foreign["EU+EEA"]["low"], foreign["EU+EEA"]["high"]) == ("0.460000", "0.460000")
        assert {item["perimeter"]: (item["above"], item["up_to"]) for item in shown["bands"]} == {
            "EU": ("0.350000", "0.500000"),
            "EU+EEA": ("0.350000", "0.500000"),
            "EU+EEA+UA": ("0.200000", "0.350000"),
        }

    def test_goes_by_country_and_region(self) -> None:
        capability = planted()

        shown = client_for(capability.firm).get(place(capability)).json()

        assert [(item["country"], item["low"]) for item in shown["countries"]] == [
            ("DE", "0.400000"),
            ("CN", "0.310000"),
            ("UA", "0.150000"),
            ("PL", "0.140000"),
        ]
        assert {item["region"]: item["low"] for item in shown["regions"]} == {
            "EU+EEA": "0.540000",
            "EU+EEA+UA": "0.690000",
            "UA": "0.150000",
            "other": "0.310000",
            "unknown": "0.000000",
        }
        assert shown["herfindahl"] == {"low": "0.298200", "high": "0.298200"}
        assert [(item["perimeter"], item["country"], item["is_sure"]) for item in shown["largest"]] == [
            (perimeter, "CN", True) for perimeter in ("EU", "EU+EEA", "EU+EEA+UA")
        ]

    def test_lists_single_sources_and_the_unknown_to_the_own_firm(self) -> None:
        capability = planted(("Seal", "1000", None))
        Component.objects.filter(name__in=["Camera", "Seal"]).update(single_source=True)
        Component.objects.filter(name__in=["Frame", "Motor"]).update(single_source=False)

        shown = client_for(capability.firm).get(place(capability)).json()

        assert [(item["name"], item["share"]) for item in shown["single_source"]] == [
            ("Camera", "0.155000"),
            ("Seal", "0.500000"),
        ]
        assert shown["single_source_share"] == {"low": "0.655000", "high": "0.725000"}
        assert [(item["name"], item["origin"]) for item in shown["unknown"]] == [("Seal", None)]
        assert shown["foreign"][0] == {"perimeter": "EU", "low": "0.230000", "high": "0.730000"}

    def test_shows_each_viewer_what_its_tier_reaches(self) -> None:
        capability = planted()

        stranger, granted, own = (
            client.get(place(capability)).json()
            for client in (fund_client(), fund_client(capability.firm), client_for(capability.firm))
        )

        assert (set(stranger), set(granted), set(own)) == (AT_T1, AT_T1 | AT_T2, AT_T1 | AT_T2 | OWN)
        assert stranger["bands"] == own["bands"]

    @pytest.mark.parametrize("tier", [1, 2, 3])
    def test_never_names_lines_or_suppliers_to_others(self, tier: int) -> None:
        capability = planted()
        Component.objects.update(single_source=True)

        text = fund_client(capability.firm, tier=tier).get(place(capability)).content.decode()

        for hidden in ("Canary", "Camera", "Frame", *(str(line.pk) for line in capability.components.all())):
            assert hidden not in text

    @pytest.mark.parametrize(("tier", "keys"), [("T1", AT_T1), ("T2", AT_T1 | AT_T2)])
    def test_is_previewed_by_the_own_firm(self, tier: str, keys: set[str]) -> None:
        capability = planted()

        assert set(client_for(capability.firm).get(f"{place(capability)}?as={tier}").json()) == keys

    def test_reading_it_at_t2_is_recorded(self) -> None:
        capability = planted()

        fund_client(capability.firm).get(place(capability))

        assert Event.objects.filter(organisation_id=capability.firm.organisation_id, name__contains="disclos").exists()

    def test_says_nothing_without_a_bill(self) -> None:
        capability = CapabilityFactory()

        shown = client_for(capability.firm).get(place(capability)).json()

        assert (shown["is_stated"], shown["bands"], shown["herfindahl"], shown["countries"]) == (False, [], None, [])

    @pytest.mark.parametrize("kind", ["fund", "firm"])
    def test_of_a_draft_is_not_found_by_others(self, kind: str) -> None:
        capability = planted(status=CapabilityStatus.DRAFT)
        other: Organisation = OrganisationFactory(kind=kind)

        assert client_of(actor_of(other)).get(place(capability)).status_code == 404

    def test_takes_as_many_queries_for_many_lines_as_for_few(self, django_assert_num_queries: Any) -> None:
        capability = planted()
        client = client_for(capability.firm)
        for count in (1, 20):
            ComponentFactory.create_batch(count, capability=capability)
            with django_assert_num_queries(2):
                client.get(place(capability))


class TestSubstitutions:
    def find(self, capability: Capability, max_share: str, perimeter: str = "EU+EEA") -> Any:
        body = {"perimeter": perimeter, "max_share": max_share}
        return client_for(capability.firm).post(f"{place(capability)}/substitutions", body)

    def test_names_the_least_to_replace(self) -> None:
        capability = planted()

        answer = self.find(capability, "0.35")

        assert answer.status_code == 200, answer.json()
        shown = answer.json()
        assert [(item["name"], item["origin"], item["share"]) for item in shown["lines"]] == [
            ("Frame", "UA", "0.150000")
        ]
        assert (shown["share"], shown["moved"], shown["after"]) == ("0.460000", "0.150000", "0.310000")
        assert (shown["is_least"], shown["at_least"], shown["resolve"]) == (True, "0.150000", None)
        assert self.find(capability, "0.35", "EU+EEA+UA").json()["lines"] == []

    def test_says_when_an_unknown_origin_need_only_be_stated(self) -> None:
        capability = planted(("Seal", "1000", None), ("Screw", "50", None))

        shown = self.find(capability, "0.35", "EU+EEA+UA").json()

        assert [item["name"] for item in shown["resolve"]] == ["Seal"]
        assert [item["name"] for item in shown["lines"]] == ["Seal"]

    def test_stores_nothing(self) -> None:
        capability = planted()
        before = Event.objects.count()

        self.find(capability, "0")

        capability.refresh_from_db()
        assert (capability.version, Event.objects.count()) == (1, before)

    def test_needs_a_bill(self) -> None:
        answer = self.find(CapabilityFactory(), "0.35")

        assert (answer.status_code, answer.json()["code"]) == (409, "bill_says_nothing")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"perimeter": "NATO", "max_share": "0.3"}, "/perimeter"),
            ({"perimeter": "EU", "max_share": "1.1"}, "/max_share"),
            ({"perimeter": "EU"}, "/max_share"),
        ],
    )
    def test_points_at_what_is_wrong(self, body: dict[str, Any], pointer: str) -> None:
        capability = planted()

        answer = client_for(capability.firm).post(f"{place(capability)}/substitutions", body)

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]

    def test_is_not_there_for_others(self) -> None:
        capability = planted()
        body = {"perimeter": "EU", "max_share": "0.3"}

        for client in (client_for(FirmFactory()), fund_client(capability.firm, tier=3)):
            assert client.post(f"{place(capability)}/substitutions", body).status_code == 404
