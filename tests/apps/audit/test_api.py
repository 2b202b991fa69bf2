"""The trail in the REST interface: who may read it, what it finds; reading others' guarded data leaves a trace."""

from __future__ import annotations

import uuid
from importlib import import_module
from typing import Any

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from apps.organisations import events
from apps.organisations.events import DISCLOSURE_READ
from apps.organisations.models import DisclosureGrant, Organisation
from apps.organisations.tiered import TieredSerializer
from apps.permissions import ROLE_PERMISSIONS, Kind, Permission, Role
from apps.startups import services as startups
from kernel.access import Actor
from kernel.api.serializers import ApiSerializer
from kernel.events import publish
from kernel.models import Event
from tests.factories.investors import FundFactory, MandateFactory
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of, key_of
from tests.factories.startups import CapabilityFactory, FinancialsFactory, RaiseFactory

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
EVENTS = f"{BASE}/events"
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


def updated(actor: Actor, organisation: Any, name: str = events.ORGANISATION_UPDATED, **data: Any) -> Event:
    event: Event = publish(name, actor=actor, subject=organisation, organisation_id=organisation.pk, data=data)
    return event


def reads() -> list[Event]:
    return list(Event.objects.filter(name=DISCLOSURE_READ).order_by("id"))


def found(client: APIClient, query: str = "") -> list[str]:
    answer = client.get(f"{EVENTS}{query}")
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["results"]]


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


class TestReads:
    """Reading others' data at T2 or above leaves one event per request; anything less leaves none."""

    places = (
        "startups",
        "startups/{firm}",
        "startups/{firm}/financials",
        "capabilities",
        "capabilities/{capability}",
        "raises",
        "raises/{item}",
    )

    def world(self, tier: int | None = 2, **grant: Any) -> tuple[APIClient, Any, dict[str, Any]]:
        item = RaiseFactory()
        FinancialsFactory(firm=item.firm)
        fund = OrganisationFactory(kind="fund")
        if tier is not None:
            GrantFactory(viewer=fund, subject=item.firm.organisation, tier=tier, **grant)
        ids = {"firm": item.firm_id, "capability": item.lead_capability_id, "item": item.pk}
        return client_of(actor_of(fund)), item, ids

    @pytest.mark.parametrize("place", places)
    def test_at_t2_every_route_of_the_registry_leaves_one(self, place: str) -> None:
        client, item, ids = self.world()

        answer = client.get(f"{BASE}/{place.format(**ids)}", HTTP_X_REQUEST_ID="request-1")

        assert answer.status_code == 200
        [event] = reads()
        assert event.organisation_id == item.firm.organisation_id
        assert event.request_id == "request-1"
        assert event.data["tier"] == 2
        route = place.replace("/{firm}/", "-").partition("/")[0]
        is_one = place.endswith("}")
        assert event.data["operation"] == f"{route}.{'retrieve' if is_one else 'list'}"
        assert [row["organisation"] for row in event.data["objects"]] == [str(item.firm.organisation_id)]

    @pytest.mark.parametrize("place", places)
    @pytest.mark.parametrize("grant", [None, {"tier": 1}, {"tier": 2, "undertaking": False}], ids=str)
    def test_below_t2_none(self, place: str, grant: dict[str, Any] | None) -> None:
        client, _, ids = self.world(**(grant or {"tier": None}))

        answer = client.get(f"{BASE}/{place.format(**ids)}")

        assert answer.status_code == (404 if "financials" in place else 200)
        assert reads() == []

    @pytest.mark.parametrize("place", places)
    @pytest.mark.parametrize("query", ["", "?as=T2"], ids=["plain", "preview"])
    def test_ones_own_rows_none(self, place: str, query: str) -> None:
        _, item, ids = self.world()

        answer = client_of(actor_of(item.firm.organisation)).get(f"{BASE}/{place.format(**ids)}{query}")

        assert answer.status_code == 200
        assert reads() == []

    @pytest.mark.parametrize("place", ["teasers", "events", "organisations", "me"])
    def test_what_shows_no_such_rows_leaves_none(self, place: str) -> None:
        client, *_ = self.world()

        assert client.get(f"{BASE}/{place}").status_code == 200
        assert reads() == []

    def test_funds_rows_count_as_well(self) -> None:
        mandate = MandateFactory(fund=FundFactory(), status="active")
        firm = OrganisationFactory()
        GrantFactory(viewer=firm, subject=mandate.fund.organisation, tier=3)

        for place in ("investors", "mandates", f"mandates/{mandate.pk}"):
            client_of(actor_of(firm)).get(f"{BASE}/{place}")

        assert [event.organisation_id for event in reads()] == [mandate.fund.organisation_id] * 3
        assert {event.data["tier"] for event in reads()} == {3}

    def test_a_conditional_read_counts(self) -> None:
        client, _, ids = self.world()
        place = f"{BASE}/capabilities/{ids['capability']}"
        etag = client.get(place)["ETag"]

        assert client.get(place, HTTP_IF_NONE_MATCH=etag).status_code == 304
        assert len(reads()) == 2

    def test_a_head_request_counts(self) -> None:
        client, _, ids = self.world()

        assert client.head(f"{BASE}/capabilities/{ids['capability']}").status_code == 200
        assert len(reads()) == 1

    def test_chosen_fields_do_not_get_around_it(self) -> None:
        client, *_ = self.world()

        assert client.get(f"{BASE}/startups?fields=name").status_code == 200
        assert len(reads()) == 1

    def test_a_refused_request_leaves_none(self) -> None:
        client, _, ids = self.world()

        assert client.get(f"{BASE}/capabilities/{ids['capability']}?colour=red").status_code == 400
        assert client.get(f"{BASE}/capabilities/{uuid.uuid4()}").status_code == 404
        assert reads() == []

    def test_after_revocation_none(self) -> None:
        client, _, ids = self.world()
        DisclosureGrant.objects.all().delete()

        assert client.get(f"{BASE}/capabilities/{ids['capability']}").status_code == 200
        assert reads() == []

    def test_an_operator_let_in_by_two_leaves_its_trace(self) -> None:
        _, item, ids = self.world(tier=None)
        operator = actor_of(OrganisationFactory(kind="operator"))
        organisation = Organisation.objects.get(pk=operator.organisation_id)
        GrantFactory(viewer=organisation, subject=item.firm.organisation, person_id=operator.user_id)

        client_of(operator).get(f"{BASE}/capabilities/{ids['capability']}")

        [shown] = client_of(actor_of(item.firm.organisation)).get(EVENTS).json()["results"]
        assert (shown["name"], shown["actor"]) == (DISCLOSURE_READ, "operator")
        assert str(operator.user_id) not in str(shown)

    def test_one_request_over_several_subjects_leaves_one_that_each_sees_its_part_of(self) -> None:
        client, item, _ = self.world()
        other = RaiseFactory()
        third = RaiseFactory()
        fund = Organisation.objects.get(kind="fund")
        GrantFactory(viewer=fund, subject=other.firm.organisation)

        assert len(client.get(f"{BASE}/raises").json()["results"]) == 3

        [event] = reads()
        assert event.organisation_id is None
        assert event.data["subjects"] == sorted(str(each.firm.organisation_id) for each in (item, other))
        for mine, foreign in ((item, other), (other, item)):
            [shown] = client_of(actor_of(mine.firm.organisation)).get(EVENTS).json()["results"]
            assert shown["actor"] == f"organisation:{fund.pk}"
            assert shown["object_id"] == str(mine.pk)
            assert shown["data"] == {
                "operation": "raises.list",
                "tier": 2,
                "objects": [
                    {
                        "type": "startups.raise",
                        "id": str(mine.pk),
                        "organisation": str(mine.firm.organisation_id),
                        "tier": 2,
                    }
                ],
            }
            assert str(foreign.pk) not in str(shown)
            assert str(foreign.firm.organisation_id) not in str(shown)
        assert found(client_of(actor_of(third.firm.organisation))) == []

    def test_is_found_by_the_object_read(self) -> None:
        client, item, _ = self.world()
        other = RaiseFactory()
        GrantFactory(viewer=Organisation.objects.get(kind="fund"), subject=other.firm.organisation)
        client.get(f"{BASE}/raises")
        [event] = reads()
        owner = client_of(actor_of(item.firm.organisation))

        assert found(owner, f"?object={item.pk}") == [str(event.pk)]
        assert found(owner, "?object_type=startups.raise") == [str(event.pk)]
        assert found(owner, f"?object={other.pk}") == []
        assert found(owner, f"?object={event.object_id}") == []
        assert found(client, f"?object={other.pk}&object={uuid.uuid4()}") == [str(event.pk)]

    def test_the_reader_sees_what_it_read(self) -> None:
        client, item, ids = self.world()
        client.get(f"{BASE}/capabilities/{ids['capability']}", HTTP_X_REQUEST_ID="request-1")

        [shown] = client.get(EVENTS).json()["results"]

        assert shown["request_id"] == "request-1"
        assert shown["actor"].startswith("user:")
        assert shown["object_id"] == str(ids["capability"])
        assert "organisation" not in shown
        assert str(item.firm.organisation_id) not in str(shown)

    def test_what_cannot_be_recorded_is_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client, _, ids = self.world()
        monkeypatch.setattr("apps.audit.services.publish", refuse)

        answers = [client.get(f"{BASE}/{place.format(**ids)}") for place in self.places]

        assert {answer.status_code for answer in answers} == {503}
        assert len({answer.json()["code"] for answer in answers}) == 1
        assert client.get(f"{BASE}/organisations").status_code == 200

    def test_costs_three_statements(self, django_assert_num_queries: Any) -> None:
        client, item, _ = self.world()
        stranger = client_of(actor_of(OrganisationFactory(kind="fund")))
        place = f"{BASE}/raises/{item.pk}"
        with django_assert_num_queries(1):
            stranger.get(place)

        # A savepoint here is the transaction of a request that only reads.
        with django_assert_num_queries(1 + 3):
            client.get(place)


def refuse(*_given: Any, **_named: Any) -> None:
    raise OperationalError("the disk is full")


class TestChanges:
    def test_of_the_registry_are_in_the_trail_with_their_fields(self) -> None:
        capability = CapabilityFactory()
        owner = actor_of(capability.firm.organisation)
        startups.capability_update(actor=owner, capability=capability, trl=8)

        [shown] = client_of(owner).get(f"{EVENTS}?object={capability.pk}").json()["results"]

        assert shown["data"] == {"fields": ["trl"]}
        assert shown["actor"] == f"user:{owner.user_id}"


class TestCoverage:
    def test_every_answer_with_tiers_notes_what_it_shows(self) -> None:
        import_module("config.urls")
        waiting, tiered = [ApiSerializer], []
        while waiting:
            serializer = waiting.pop()
            waiting += serializer.__subclasses__()
            if serializer.__module__.startswith("apps.") and getattr(serializer, "tiers", None):
                tiered.append(serializer)

        assert len(tiered) > 5
        assert [serializer for serializer in tiered if not issubclass(serializer, TieredSerializer)] == []
