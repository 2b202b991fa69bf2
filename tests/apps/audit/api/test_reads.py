"""Reading others' guarded data leaves a trace."""

from __future__ import annotations

import uuid
from importlib import import_module
from typing import Any

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from apps.organisations.events import DISCLOSURE_READ
from apps.organisations.models import DisclosureGrant, Organisation
from apps.organisations.tiered import TieredSerializer
from kernel.api.serializers import ApiSerializer
from kernel.models import Event
from tests.apps.audit.api.trail import BASE, EVENTS, found
from tests.factories.investors import FundFactory, MandateFactory
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of
from tests.factories.startups import FinancialsFactory, RaiseFactory

pytestmark = pytest.mark.django_db


def reads() -> list[Event]:
    return list(Event.objects.filter(name=DISCLOSURE_READ).order_by("id"))


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
