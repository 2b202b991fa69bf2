"""The trail in the REST interface: who may read it, and what it finds."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations import events
from apps.organisations.models import Organisation
from apps.permissions import ROLE_PERMISSIONS, Kind, Permission, Role
from apps.startups import services as startups
from kernel.access import Actor
from kernel.events import publish
from tests.apps.audit.api.trail import BASE, EVENTS, found, updated
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of, key_of
from tests.factories.startups import CapabilityFactory, RaiseFactory

pytestmark = pytest.mark.django_db

ALLOWED = {
    (Kind.FIRM, Role.OWNER),
    (Kind.FIRM, Role.COMPLIANCE),
    (Kind.FUND, Role.OWNER),
    (Kind.FUND, Role.COMPLIANCE),
    (Kind.AUTHORITY, Role.OWNER),
    (Kind.ATTESTOR, Role.OWNER),
    (Kind.OPERATOR, Role.OWNER),
    (Kind.OPERATOR, Role.COMPLIANCE),
}


class TestWhoMayRead:
    @pytest.mark.parametrize(("kind", "role"), list(ROLE_PERMISSIONS), ids=str)
    def test_owners_and_compliance_alone(self, kind: Kind, role: Role) -> None:
        organisation = OrganisationFactory(kind=kind)
        event = updated(Actor.system(), organisation)
        client = client_of(actor_of(organisation, role))
        status = 200 if (kind, role) in ALLOWED else 403

        assert client.get(EVENTS).status_code == status
        assert client.get(f"{EVENTS}/{event.pk}").status_code == status

    def test_nobody_without_sign_in(self) -> None:
        assert APIClient().get(EVENTS).status_code == 401
        assert APIClient().get(f"{EVENTS}/{uuid.uuid4()}").status_code == 401

    def test_a_key_with_the_scope_alone(self) -> None:
        owner = actor_of(OrganisationFactory())
        statuses = []
        for scope in (Permission.EVENT_READ, Permission.ORGANISATION_READ):
            client = APIClient()
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {key_of(owner, scope).token}")
            statuses.append(client.get(EVENTS).status_code)

        assert statuses == [200, 403]

    def test_nothing_is_written_by_this_interface(self) -> None:
        owner = actor_of(OrganisationFactory())
        event = updated(owner, OrganisationFactory())
        client = client_of(owner)

        assert {client.post(EVENTS, {}).status_code} == {405}
        place = f"{EVENTS}/{event.pk}"
        assert {call(place, {}).status_code for call in (client.put, client.patch, client.delete)} == {405}


class TestShow:
    def test_an_event_of_ones_own(self) -> None:
        firm = OrganisationFactory()
        owner = actor_of(firm)
        event = updated(owner, firm, fields=["legal_name"])

        body = client_of(owner).get(f"{EVENTS}/{event.pk}").json()

        event.refresh_from_db()
        assert body == {
            "id": str(event.pk),
            "name": "organisations.organisation.updated",
            "at": event.at.isoformat().replace("+00:00", "Z"),
            "actor": f"user:{owner.user_id}",
            "organisation": str(firm.pk),
            "object_type": "organisations.organisation",
            "object_id": str(firm.pk),
            "request_id": "",
            "data": {"fields": ["legal_name"]},
        }

    def test_hides_keys_of_what_is_not_shown(self) -> None:
        firm = OrganisationFactory()
        event = updated(actor_of(OrganisationFactory(kind="fund")), firm)

        body = client_of(actor_of(firm)).get(f"{EVENTS}/{event.pk}").json()

        assert "request_id" not in body

    def test_anothers_is_as_absent_as_one_that_never_was(self) -> None:
        client = client_of(actor_of(OrganisationFactory()))
        foreign = updated(Actor.system(), OrganisationFactory())
        of_nobody = publish(events.ORGANISATION_UPDATED, actor=Actor.system(), subject=OrganisationFactory())
        places = [foreign.pk, of_nobody.pk, uuid.uuid4(), "no-id"]

        answers = [client.get(f"{EVENTS}/{place}", HTTP_X_REQUEST_ID="request-1") for place in places]

        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1

    def test_cuts_the_fields_that_were_chosen(self) -> None:
        owner = actor_of(OrganisationFactory())
        event = updated(owner, OrganisationFactory())

        assert set(client_of(owner).get(f"{EVENTS}/{event.pk}?fields=id,name").json()) == {"id", "name"}


class TestFilters:
    @pytest.fixture
    def firm(self) -> Organisation:
        return OrganisationFactory()

    @pytest.fixture
    def client(self, firm: Organisation) -> APIClient:
        return client_of(actor_of(firm, Role.COMPLIANCE))

    def test_names_and_their_beginnings(self, firm: Organisation, client: APIClient) -> None:
        one = updated(Actor.system(), firm)
        two = updated(Actor.system(), firm, events.ORGANISATION_WENT_DARK)
        three = updated(Actor.system(), firm, events.GRANT_CREATED)

        assert found(client, f"?name={one.name}") == [str(one.pk)]
        assert found(client, f"?name={one.name}&name={three.name}") == [str(three.pk), str(one.pk)]
        assert found(client, "?about=organisations.organisation.") == [str(two.pk), str(one.pk)]
        assert found(client, "?about=organisations_organisation") == []

    def test_who_acted(self, firm: Organisation, client: APIClient) -> None:
        owner, fund = actor_of(firm), actor_of(OrganisationFactory(kind="fund"))
        operator, hidden = (
            actor_of(OrganisationFactory(kind="operator")),
            actor_of(OrganisationFactory(kind="fund", standing="suspended")),
        )
        made = {actor: str(updated(actor, firm).pk) for actor in (Actor.system(), owner, fund, operator, hidden)}

        assert found(client, "?actor=system") == [made[Actor.system()]]
        assert found(client, "?actor=operator") == [made[operator]]
        assert found(client, f"?actor=user:{owner.user_id}") == [made[owner]]
        assert found(client, f"?actor=organisation:{fund.organisation_id}") == [made[fund]]
        assert found(client, f"?actor=system&actor=user:{owner.user_id}") == [made[owner], made[Actor.system()]]

    def test_others_people_and_hidden_organisations_are_found_under_no_name(
        self, firm: Organisation, client: APIClient
    ) -> None:
        for kind, standing in (("fund", "verified"), ("fund", "suspended"), ("operator", "verified")):
            other = actor_of(OrganisationFactory(kind=kind, standing=standing))
            updated(other, firm)

            assert found(client, f"?actor=user:{other.user_id}") == []
            if (kind, standing) != ("fund", "verified"):
                assert found(client, f"?actor=organisation:{other.organisation_id}") == []

    def test_objects(self, firm: Organisation, client: APIClient) -> None:
        one = updated(Actor.system(), firm)
        capability = CapabilityFactory(firm__organisation=firm)
        two = publish(events.ORGANISATION_UPDATED, actor=Actor.system(), subject=capability, organisation_id=firm.pk)

        assert found(client, f"?object={firm.pk}") == [str(one.pk)]
        assert found(client, f"?object={capability.pk}&object={firm.pk}") == [str(two.pk), str(one.pk)]
        assert found(client, "?object_type=startups.capability") == [str(two.pk)]
        assert found(client, f"?object={uuid.uuid4()}") == []

    def test_moments(self, firm: Organisation, client: APIClient) -> None:
        event = updated(Actor.system(), firm)
        event.refresh_from_db()
        at = event.at.isoformat().replace("+00:00", "Z")

        assert found(client, f"?since={at}&until={at}") == [str(event.pk)]
        assert found(client, "?since=2999-01-01T00:00:00Z") == []
        assert found(client, "?until=2020-01-01T00:00:00Z") == []

    def test_requests_of_ones_own_alone(self, firm: Organisation, client: APIClient) -> None:
        owner = client_of(actor_of(firm))
        owner.patch(f"{BASE}/organisations/{firm.pk}", {"legal_name_uk": "Вирій"}, HTTP_X_REQUEST_ID="request-own")
        other = client_of(actor_of(OrganisationFactory(kind="fund")))
        GrantFactory(viewer=Organisation.objects.get(kind="fund"), subject=firm)
        capability = CapabilityFactory(firm__organisation=firm)
        other.get(f"{BASE}/capabilities/{capability.pk}", HTTP_X_REQUEST_ID="request-other")

        assert len(found(client, "?request_id=request-own")) == 1
        assert len(found(client, "?name=organisations.disclosure.read")) == 1
        assert found(client, "?request_id=request-other") == []
        assert len(found(other, "?request_id=request-other")) == 1

    @pytest.mark.parametrize(
        "query",
        [
            "colour=red",
            "name=A",
            "about=%25",
            "actor=someone",
            "actor=user:1",
            "object=1",
            "object_type=x",
            "since=today",
            "until=2026-01-01",
            "ordering=name",
            "page_size=0",
            "cursor=forged",
            "organisation=x",
        ],
    )
    def test_what_cannot_be_read_is_refused(self, client: APIClient, query: str) -> None:
        answer = client.get(f"{EVENTS}?{query}")

        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"


class TestPages:
    @pytest.mark.parametrize("ordering", ["", "ordering=id&", "ordering=-id&"])
    def test_hold_every_event_once_in_order(self, ordering: str) -> None:
        firm, fund = OrganisationFactory(), OrganisationFactory(kind="fund")
        GrantFactory(viewer=fund, subject=firm)
        owner = actor_of(firm)
        reader = client_of(actor_of(fund))
        capability = CapabilityFactory(firm__organisation=firm)
        for _ in range(3):
            updated(owner, firm)
            updated(Actor.system(), firm)
            reader.get(f"{BASE}/capabilities/{capability.pk}")
        client, seen, place = client_of(owner), [], f"{EVENTS}?{ordering}page_size=2&with_count=true"
        while place:
            body = client.get(place).json()
            seen += [item["id"] for item in body["results"]]
            assert body["count"] == 9
            place = body["next"]

        assert len(set(seen)) == len(seen) == 9
        assert seen == sorted(seen, reverse=ordering != "ordering=id&")

    def test_lead_back_too(self) -> None:
        owner = actor_of(firm := OrganisationFactory())
        for _ in range(5):
            updated(owner, firm)
        client = client_of(owner)
        first = client.get(f"{EVENTS}?page_size=2").json()

        second = client.get(first["next"]).json()

        assert client.get(second["previous"]).json()["results"] == first["results"]

    def test_take_the_same_queries_for_any_number(self, django_assert_num_queries: Any) -> None:
        firm = OrganisationFactory()
        client = client_of(actor_of(firm))
        for count in (1, 20):
            for _ in range(count):
                updated(actor_of(OrganisationFactory(kind="fund")), firm)

            with django_assert_num_queries(3):
                client.get(EVENTS)


class TestTwoWorlds:
    """What an organisation hides changes no byte of another's trail but who it was, which is left out."""

    @pytest.mark.parametrize("hiding", [{"dark_since": "2026-01-01T00:00:00Z"}, {"standing": "suspended"}], ids=str)
    def test_a_hidden_organisations_id_is_nowhere(self, hiding: dict[str, Any]) -> None:
        firm, fund = OrganisationFactory(), OrganisationFactory(kind="fund")
        GrantFactory(viewer=fund, subject=firm)
        capability = CapabilityFactory(firm__organisation=firm)
        client_of(actor_of(fund)).get(f"{BASE}/capabilities/{capability.pk}")
        updated(actor_of(fund), firm, viewer=str(fund.pk))
        updated(actor_of(firm), firm, viewer=str(fund.pk))
        client = client_of(actor_of(firm))
        assert str(fund.pk).encode() in client.get(EVENTS).content

        Organisation.objects.filter(pk=fund.pk).update(**hiding)

        assert str(fund.pk).encode() not in client.get(EVENTS).content

    def test_two_hidden_organisations_look_alike(self) -> None:
        firm = OrganisationFactory()
        faces = []
        for standing in ("suspended", "registered"):
            hidden = OrganisationFactory(kind="fund", standing=standing)
            event = updated(actor_of(hidden), firm, viewer=str(hidden.pk), code="x")
            body = client_of(actor_of(firm)).get(f"{EVENTS}/{event.pk}").json()
            faces.append({name: value for name, value in body.items() if name not in {"id", "at"}})

        assert faces[0] == faces[1]

    def test_a_readers_trail_forgets_the_rows_of_a_firm_gone_dark(self) -> None:
        item = RaiseFactory()
        fund = OrganisationFactory(kind="fund")
        GrantFactory(viewer=fund, subject=item.firm.organisation)
        client = client_of(actor_of(fund))
        client.get(f"{BASE}/raises/{item.pk}")
        assert str(item.pk).encode() in client.get(EVENTS).content

        Organisation.objects.filter(pk=item.firm.organisation_id).update(dark_since="2026-01-01T00:00:00Z")

        assert len(found(client)) == 1
        shown = client.get(EVENTS).content
        assert not any(str(hidden).encode() in shown for hidden in (item.pk, item.firm_id, item.firm.organisation_id))


class TestChanges:
    def test_of_the_registry_are_in_the_trail_with_their_fields(self) -> None:
        capability = CapabilityFactory()
        owner = actor_of(capability.firm.organisation)
        startups.capability_update(actor=owner, capability=capability, trl=8)

        [shown] = client_of(owner).get(f"{EVENTS}?object={capability.pk}").json()["results"]

        assert shown["data"] == {"fields": ["trl"]}
        assert shown["actor"] == f"user:{owner.user_id}"
