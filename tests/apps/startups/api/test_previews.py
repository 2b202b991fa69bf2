"""What owners are shown of their own rows is, byte for byte, what a stranger of that tier gets."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind, Role
from apps.startups.models import Raise
from apps.startups.states import CapabilityStatus, Naming, RaiseStatus
from kernel.clock import utc_now
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of, key_of
from tests.factories.startups import CapabilityFactory, FinancialsFactory, RaiseFactory, client_for, fund_client

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
LISTS = ("startups", "capabilities", "raises")


def market(**fields: Any) -> Raise:
    """A firm with an open raise, a published capability, figures, and drafts of both."""
    item = RaiseFactory(firm__organisation__legal_name="Vyriy", **fields)
    FinancialsFactory(firm=item.firm)
    CapabilityFactory(firm=item.firm, status=CapabilityStatus.DRAFT)
    CapabilityFactory(firm=item.firm, status=CapabilityStatus.ARCHIVED)
    RaiseFactory(firm=item.firm, lead_capability=item.lead_capability, status=RaiseStatus.DRAFT)
    return item


def places(item: Raise) -> list[str]:
    return [f"startups/{item.firm_id}", f"capabilities/{item.lead_capability_id}", f"raises/{item.pk}"]


def same(own: Any, strange: Any) -> bool:
    """The same status, body and entity tag."""
    return (own.status_code, own.content, own.headers.get("ETag")) == (
        strange.status_code,
        strange.content,
        strange.headers.get("ETag"),
    )


def results(answer: Any) -> str:
    assert answer.status_code == 200, answer.json()
    return json.dumps(answer.json()["results"])


@pytest.mark.parametrize("naming", Naming.values)
class TestFaces:
    def test_at_t1_are_a_strangers(self, naming: str) -> None:
        item = market(firm__naming=naming)
        own, stranger = client_for(item.firm), fund_client()

        for place in places(item):
            assert same(own.get(f"{BASE}/{place}?as=T1"), stranger.get(f"{BASE}/{place}"))
        for name in LISTS:
            assert results(own.get(f"{BASE}/{name}?as=T1")) == results(stranger.get(f"{BASE}/{name}"))

    def test_at_t2_are_a_granted_strangers(self, naming: str) -> None:
        item = market(firm__naming=naming)
        own, granted = client_for(item.firm), fund_client(item.firm)

        for place in places(item):
            assert same(own.get(f"{BASE}/{place}?as=T2"), granted.get(f"{BASE}/{place}"))
        for name in (*LISTS, f"startups/{item.firm_id}/financials"):
            assert results(own.get(f"{BASE}/{name}?as=T2")) == results(granted.get(f"{BASE}/{name}"))

    def test_count_no_reveal(self, naming: str) -> None:
        item = market(firm__naming=naming)
        friend = OrganisationFactory(kind="fund")
        GrantFactory(viewer=friend, subject=item.firm.organisation, tier=1, cause="naming")
        place = f"{BASE}/startups/{item.firm_id}"

        own = client_for(item.firm).get(f"{place}?as=T1")

        assert same(own, fund_client().get(place))
        assert client_of(actor_of(friend)).get(place).json()["name"] == "Vyriy"


class TestT0:
    def test_of_a_firm_is_its_teaser(self) -> None:
        item = market()
        stranger = client_of(actor_of(OrganisationFactory(kind="fund", standing="registered")))

        own = client_for(item.firm).get(f"{BASE}/startups/{item.firm_id}?as=T0")

        assert same(own, stranger.get(f"{BASE}/teasers/{item.firm.teaser_id}"))
        assert own.json()["id"] == str(item.firm.teaser_id)

    def test_counts_the_own_firm_as_verified(self) -> None:
        items = [market() for _ in range(5)]
        place = f"{BASE}/startups/{items[0].firm_id}?as=T0"
        shown = fund_client().get(f"{BASE}/teasers/{items[0].firm.teaser_id}")
        assert shown.json()["country"] is not None

        Organisation.objects.filter(pk=items[0].firm.organisation_id).update(standing=Standing.REGISTERED)

        assert same(client_for(items[0].firm).get(place), shown)

    def test_takes_fields_of_the_teaser(self) -> None:
        item = market()
        client = client_for(item.firm)

        assert set(client.get(f"{BASE}/startups/{item.firm_id}?as=T0&fields=area").json()) == {"area"}
        assert client.get(f"{BASE}/startups/{item.firm_id}?as=T0&fields=summary").status_code == 400
        assert client.get(f"{BASE}/startups/{item.firm_id}?fields=summary").status_code == 200

    def test_of_everything_else_is_nothing(self) -> None:
        item = market()
        client = client_for(item.firm)
        unknown = client.get(f"{BASE}/capabilities/{uuid7()}").json()

        for place in [*places(item)[1:], f"startups/{item.firm_id}/financials"]:
            answer = client.get(f"{BASE}/{place}?as=T0")
            assert (answer.status_code, {**answer.json(), "request_id": ""}) == (404, {**unknown, "request_id": ""})
        for name in LISTS:
            assert client.get(f"{BASE}/{name}?as=T0&with_count=true").json()["count"] == 0

    def test_of_a_firm_that_published_nothing_is_nothing(self) -> None:
        draft = CapabilityFactory(status=CapabilityStatus.DRAFT)

        assert client_for(draft.firm).get(f"{BASE}/startups/{draft.firm_id}?as=T0").status_code == 404

    @pytest.mark.parametrize("change", [{"standing": Standing.SUSPENDED}, {"dark_since": utc_now()}])
    def test_does_as_if_the_firm_were_shown(self, change: dict[str, Any]) -> None:
        item = market()
        stranger = fund_client()
        place = f"{BASE}/startups/{item.firm_id}?as=T0"
        shown = stranger.get(f"{BASE}/teasers/{item.firm.teaser_id}")

        Organisation.objects.filter(pk=item.firm.organisation_id).update(**change)

        assert same(client_for(item.firm).get(place), shown)
        assert stranger.get(f"{BASE}/teasers/{item.firm.teaser_id}").status_code == 404


class TestAsIf:
    @pytest.mark.parametrize("change", [{"standing": Standing.REGISTERED}, {"dark_since": utc_now()}])
    @pytest.mark.parametrize("tier", ["T1", "T2"])
    def test_the_firm_were_verified_and_not_dark(self, change: dict[str, Any], tier: str) -> None:
        item = market()
        stranger = fund_client() if tier == "T1" else fund_client(item.firm)
        shown = {place: stranger.get(f"{BASE}/{place}") for place in places(item)}

        Organisation.objects.filter(pk=item.firm.organisation_id).update(**change)
        item.firm.organisation.refresh_from_db()

        for place, answer in shown.items():
            assert same(client_for(item.firm).get(f"{BASE}/{place}?as={tier}"), answer)
            assert stranger.get(f"{BASE}/{place}").status_code == 404

    @pytest.mark.parametrize("tier", ["T1", "T2"])
    def test_drafts_were_not_there(self, tier: str) -> None:
        item = market()
        client = client_for(item.firm)
        hidden = [
            *(f"capabilities/{row.pk}" for row in item.firm.capabilities.exclude(status="published")),
            *(f"raises/{row.pk}" for row in item.firm.raises.filter(status="draft")),
        ]

        assert len(hidden) == 3
        for place in hidden:
            assert client.get(f"{BASE}/{place}").status_code == 200
            assert client.get(f"{BASE}/{place}?as={tier}").status_code == 404
        assert len(client.get(f"{BASE}/capabilities?as={tier}").json()["results"]) == 1
        assert len(client.get(f"{BASE}/capabilities").json()["results"]) == 3

    def test_figures_are_hidden_at_t1(self) -> None:
        item = market()

        answer = client_for(item.firm).get(f"{BASE}/startups/{item.firm_id}/financials?as=T1")

        assert answer.status_code == 404


class TestOthers:
    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("tier", ["T0", "T1", "T2"])
    def test_are_not_there(self, kind: str, tier: str) -> None:
        item = market()
        viewer = OrganisationFactory(kind=kind)
        GrantFactory(viewer=viewer, subject=item.firm.organisation)
        client = client_of(actor_of(viewer))
        unknown = client.get(f"{BASE}/startups/{uuid7()}")

        hidden = client.get(f"{BASE}/startups/{item.firm_id}?as={tier}")

        assert hidden.status_code == unknown.status_code == 404
        assert {**hidden.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}
        assert client.get(f"{BASE}/startups?as={tier}").json()["results"] == []

    def test_are_left_out_of_lists(self) -> None:
        item, other = market(), market()
        client = client_for(item.firm)

        assert len(client.get(f"{BASE}/startups").json()["results"]) == 2
        for query in ("as=T1", "own=true&as=T1"):
            rows = client.get(f"{BASE}/startups?{query}").json()["results"]
            assert [row["id"] for row in rows] == [str(item.firm_id)]
        assert client.get(f"{BASE}/capabilities?as=T1&startup={other.firm_id}").json()["results"] == []

    def test_read_of_oneself_leaves_no_trace(self) -> None:
        item = market()
        before = Event.objects.count()

        assert client_for(item.firm).get(f"{BASE}/startups/{item.firm_id}?as=T2").status_code == 200

        assert Event.objects.count() == before


class TestParameter:
    @pytest.mark.parametrize("query", ["as=", "as=T3", "as=t1", "as=T4", "as=1", "as=T1&as=T2", "as=T1,T2"])
    def test_names_one_tier_below_the_own(self, query: str) -> None:
        item = market()

        for place in [*places(item), *LISTS]:
            assert client_for(item.firm).get(f"{BASE}/{place}?{query}").status_code == 400

    def test_is_none_of_a_change(self) -> None:
        item = market()
        client = client_for(item.firm)

        assert client.patch(f"{BASE}/startups/{item.firm_id}?as=T1", {"staff": 7}).status_code == 400
        assert client.post(f"{BASE}/capabilities/{item.lead_capability_id}/archive?as=T1").status_code == 400

    def test_needs_sign_in(self) -> None:
        item = market()

        assert APIClient().get(f"{BASE}/startups/{item.firm_id}?as=T1").status_code == 401

    @pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR, Role.VIEWER, Role.SIGNATORY, Role.COMPLIANCE])
    def test_is_for_every_role_of_the_firm(self, role: str) -> None:
        item = market()

        assert client_for(item.firm, role).get(f"{BASE}/startups/{item.firm_id}?as=T1").status_code == 200

    def test_is_for_keys_that_may_read(self) -> None:
        item = market()
        made = key_of(actor_of(item.firm.organisation), "startups.firm.read")
        client = APIClient(headers={"authorization": f"Bearer {made.token}"})

        assert "summary" in client.get(f"{BASE}/startups/{item.firm_id}").json()
        assert "summary" not in client.get(f"{BASE}/startups/{item.firm_id}?as=T1").json()
        assert client.get(f"{BASE}/raises/{item.pk}?as=T1").status_code == 403

    @pytest.mark.long
    def test_stands_in_the_document(self) -> None:
        document = APIClient().get("/api/schema/?format=json").json()

        named = {
            path.removeprefix("/api/v1")
            for path, item in document["paths"].items()
            if any(parameter["name"] == "as" for parameter in item.get("get", {}).get("parameters", []))
        }

        assert named == {
            "/startups", "/startups/{id}", "/startups/{id}/financials", "/capabilities", "/capabilities/{id}",
            "/capabilities/{id}/origin", "/capabilities/{id}/speed", "/capabilities/{id}/speed/history",
            "/startups/{id}/speed", "/startups/{id}/speed/history",
            "/raises", "/raises/{id}", "/investors", "/investors/{id}", "/investors/{id}/decision-speed",
            "/mandates", "/mandates/{id}",
        }  # fmt: skip
