"""Breaking glass over HTTP; without it no operator sees more than a verified counterpart does."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.organisations.models import BreakGlass, DisclosureGrant, Organisation
from apps.startups.api.serializers.capabilities import CapabilityOut
from apps.startups.api.serializers.firms import StartupOut
from apps.startups.api.serializers.raises import RaiseOut
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.investors import LeverFactory, MandateFactory
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of, key_of
from tests.factories.startups import (
    CapabilityFactory,
    ComponentFactory,
    DevelopmentEventFactory,
    FinancialsFactory,
    RaiseFactory,
    client_for,
)

pytestmark = pytest.mark.django_db

GLASS = "/api/v1/break-glass"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def operator() -> Organisation:
    return OrganisationFactory(kind="operator")


@pytest.fixture
def asker(operator: Organisation) -> Actor:
    return actor_of(operator, "compliance")


@pytest.fixture
def other(operator: Organisation) -> Actor:
    return actor_of(operator, "owner")


def asked_by(actor: Actor, subject: Any, **changes: Any) -> Any:
    values = {"organisation": str(subject.pk), "tier": 2, "reason": "Court order", **changes}
    return client_of(actor).post(GLASS, values)


def constant(answer: Any) -> tuple[int, str]:
    return answer.status_code, str({**answer.json(), "request_id": ""})


class TestCreate:
    @pytest.mark.parametrize("role", ["owner", "editor", "compliance"])
    def test_asks(self, operator: Organisation, role: str) -> None:
        actor, firm = actor_of(operator, role), OrganisationFactory()

        answer = asked_by(actor, firm, tier=4)

        row = answer.json()
        assert answer.status_code == 201
        assert answer["Location"] == f"{GLASS}/{row['id']}"
        assert row == {
            "id": row["id"],
            "operator": str(operator.pk),
            "organisation": str(firm.pk),
            "tier": 4,
            "reason": "Court order",
            "requested_by": str(actor.user_id),
            "requested_at": row["requested_at"],
            "approved_by": None,
            "approved_at": None,
            "until": None,
            "ended_at": None,
            "is_open": False,
            "actions": ["end"],
        }

    def test_is_not_a_viewers_nor_another_kinds(self, operator: Organisation) -> None:
        firm = OrganisationFactory()

        for kind in ("firm", "fund", "authority", "attestor"):
            assert asked_by(actor_of(OrganisationFactory(kind=kind)), firm).status_code == 403
        assert asked_by(actor_of(operator, "viewer"), firm).status_code == 403
        assert not BreakGlass.objects.exists()

    def test_needs_a_fresh_second_factor(self, asker: Actor) -> None:
        answer = asked_by(dataclasses.replace(asker, second_factor_at=utc_now() - HOUR), OrganisationFactory())

        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")

    def test_is_not_a_keys(self, other: Actor) -> None:
        token, firm = key_of(other).token, OrganisationFactory()

        answer = APIClient().post(
            GLASS,
            {"organisation": str(firm.pk), "tier": 2, "reason": "x"},
            headers={"Authorization": f"Bearer {token}"},
        )

        assert answer.status_code == 403
        assert not BreakGlass.objects.exists()

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"tier": 1}, "/tier"),
            ({"tier": 5}, "/tier"),
            ({"reason": "  "}, "/reason"),
            ({"reason": "x" * 501}, "/reason"),
            ({"organisation": str(uuid7())}, "/organisation"),
            ({"organisation": None}, "/organisation"),
        ],
    )
    def test_points_at_what_is_wrong(self, asker: Actor, change: dict[str, Any], pointer: str) -> None:
        answer = asked_by(asker, OrganisationFactory(), **change)

        assert answer.status_code == 422
        assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]

    def test_takes_no_approval_from_the_body(self, asker: Actor, other: Actor) -> None:
        smuggled = {"approved_by": str(other.user_id), "until": "2099-01-01T00:00:00Z", "operator": str(uuid7())}

        row = asked_by(asker, OrganisationFactory(), **smuggled).json()

        assert (row["approved_by"], row["until"], row["operator"]) == (None, None, str(asker.organisation_id))


class TestRead:
    def test_is_the_operators_and_the_subjects(self, asker: Actor, other: Actor, operator: Organisation) -> None:
        firm = OrganisationFactory()
        made = asked_by(asker, firm).json()
        asked_by(asker, OrganisationFactory())

        mine = client_of(actor_of(operator, "viewer")).get(GLASS).json()["results"]
        theirs = client_of(actor_of(firm, "compliance")).get(GLASS).json()["results"]
        shown = client_of(actor_of(firm)).get(f"{GLASS}/{made['id']}").json()

        assert len(mine) == 2
        assert theirs == [{**made, "actions": []}]
        assert shown == theirs[0]

    def test_of_others_is_nothing(self, asker: Actor) -> None:
        made = asked_by(asker, OrganisationFactory()).json()

        for stranger in (OrganisationFactory(kind="fund"), OrganisationFactory(kind="operator")):
            client = client_of(actor_of(stranger))
            assert client.get(GLASS).json()["results"] == []
            assert constant(client.get(f"{GLASS}/{made['id']}")) == constant(client.get(f"{GLASS}/{uuid7()}"))

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory"])
    def test_is_the_owners_and_the_compliance_roles(self, role: str) -> None:
        assert client_of(actor_of(OrganisationFactory(kind="firm"), role)).get(GLASS).status_code == 403

    def test_filters_by_organisation(self, asker: Actor) -> None:
        firms = [OrganisationFactory() for _ in range(2)]
        made = [asked_by(asker, firm).json()["id"] for firm in firms]

        rows = client_of(asker).get(GLASS, {"organisation": firms[0].pk}).json()["results"]

        assert [row["id"] for row in rows] == made[:1]

    def test_costs_one_query(self, asker: Actor, django_assert_num_queries) -> None:
        client = client_of(asker)
        for count in (1, 4):
            for _ in range(count):
                asked_by(asker, OrganisationFactory())

            with django_assert_num_queries(1):
                client.get(GLASS)


class TestApprove:
    @pytest.mark.parametrize("role", ["owner", "compliance"])
    def test_is_another_persons(self, asker: Actor, operator: Organisation, role: str) -> None:
        made = asked_by(asker, OrganisationFactory()).json()
        other = actor_of(operator, role)
        refused = client_of(asker).post(f"{GLASS}/{made['id']}/approve")

        taken = client_of(other).post(f"{GLASS}/{made['id']}/approve")

        assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
        assert (taken.status_code, taken.json()["is_open"]) == (200, True)
        assert taken.json()["approved_by"] == str(other.user_id)

    def test_is_not_an_editors_nor_a_viewers(self, asker: Actor, operator: Organisation) -> None:
        made = asked_by(asker, OrganisationFactory()).json()

        for role in ("editor", "viewer"):
            answer = client_of(actor_of(operator, role)).post(f"{GLASS}/{made['id']}/approve")
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")

    def test_needs_a_fresh_second_factor_and_a_person(self, asker: Actor, other: Actor) -> None:
        made = asked_by(asker, OrganisationFactory()).json()
        address = f"{GLASS}/{made['id']}/approve"

        stale = client_of(dataclasses.replace(other, second_factor_at=None)).post(address)
        software = APIClient().post(address, headers={"Authorization": f"Bearer {key_of(other).token}"})

        assert {stale.json()["code"], software.json()["code"]} == {"step_up_required"}
        assert not DisclosureGrant.objects.exists()

    def test_of_another_operators_is_nothing(self, asker: Actor) -> None:
        made = asked_by(asker, OrganisationFactory()).json()
        client = client_of(actor_of(OrganisationFactory(kind="operator")))

        answers = [client.post(f"{GLASS}/{made['id']}/{name}") for name in ("approve", "end")]

        assert {constant(answer) for answer in answers} == {constant(client.post(f"{GLASS}/{uuid7()}/approve"))}

    def test_comes_within_a_day(self, asker: Actor, other: Actor) -> None:
        made = asked_by(asker, OrganisationFactory()).json()
        BreakGlass.objects.update(requested_at=utc_now() - 25 * HOUR)

        answer = client_of(other).post(f"{GLASS}/{made['id']}/approve")

        assert (answer.status_code, answer.json()["code"]) == (409, "break_glass_lapsed")


class TestWhatItOpens:
    @pytest.fixture
    def capability(self) -> Any:
        return CapabilityFactory()

    def shown(self, actor: Actor, capability: Any) -> bool:
        answer = client_of(actor).get(f"/api/v1/capabilities/{capability.pk}")
        return "unit_cost" in answer.json()

    def opened(self, asker: Actor, other: Actor, capability: Any) -> str:
        made = asked_by(asker, capability.firm.organisation).json()
        client_of(other).post(f"{GLASS}/{made['id']}/approve")
        return f"{GLASS}/{made['id']}"

    def test_opens_to_the_one_who_asked_alone(self, asker: Actor, other: Actor, capability: Any) -> None:
        before = self.shown(asker, capability)
        stranger = CapabilityFactory()

        self.opened(asker, other, capability)

        assert before is False
        assert self.shown(asker, capability) is True
        assert self.shown(other, capability) is False
        assert self.shown(asker, stranger) is False

    def test_not_to_a_key_of_theirs(self, asker: Actor, other: Actor, operator: Organisation, capability: Any) -> None:
        person = actor_of(operator, "owner")
        token = key_of(person).token
        self.opened(person, other, capability)

        answer = (
            APIClient()
            .get(f"/api/v1/capabilities/{capability.pk}", headers={"Authorization": f"Bearer {token}"})
            .json()
        )

        assert self.shown(person, capability) is True
        assert answer["title"] == capability.title
        assert "unit_cost" not in answer

    @pytest.mark.parametrize("who", ["asker", "other"])
    def test_until_ended_by_either(self, asker: Actor, other: Actor, capability: Any, who: str) -> None:
        place = self.opened(asker, other, capability)
        before = self.shown(asker, capability)

        answer = client_of({"asker": asker, "other": other}[who]).post(f"{place}/end")

        assert (answer.status_code, answer.json()["is_open"]) == (200, False)
        assert (before, self.shown(asker, capability)) == (True, False)

    def test_until_its_time_is_over(self, asker: Actor, other: Actor, capability: Any) -> None:
        place = self.opened(asker, other, capability)
        lasts = BreakGlass.objects.get().until - BreakGlass.objects.get().approved_at

        BreakGlass.objects.update(until=utc_now())
        DisclosureGrant.objects.update(until=utc_now())

        assert lasts == 4 * HOUR
        assert self.shown(asker, capability) is False
        assert client_of(asker).get(place).json()["is_open"] is False

    def test_of_a_dark_organisation_too(self, asker: Actor, other: Actor, capability: Any) -> None:
        Organisation.objects.filter(pk=capability.firm.organisation_id).update(dark_since=utc_now())
        before = client_of(asker).get(f"/api/v1/capabilities/{capability.pk}").status_code

        self.opened(asker, other, capability)

        assert before == 404
        assert self.shown(asker, capability) is True
        assert client_of(other).get(f"/api/v1/capabilities/{capability.pk}").status_code == 404

    def test_not_to_who_left_or_was_suspended(self, asker: Actor, other: Actor, capability: Any) -> None:
        self.opened(asker, other, capability)

        moved = dataclasses.replace(asker, organisation_id=OrganisationFactory(kind="operator").pk)
        suspended = dataclasses.replace(asker, standing="suspended")

        assert self.shown(moved, capability) is False
        assert client_of(suspended).get(f"/api/v1/capabilities/{capability.pk}").status_code == 404

    def test_the_subject_cannot_end_or_revoke_it(self, asker: Actor, other: Actor, capability: Any) -> None:
        place = self.opened(asker, other, capability)
        owner = client_for(capability.firm)
        grant = DisclosureGrant.objects.get()

        assert owner.post(f"{place}/end").status_code == 403
        assert owner.post(f"/api/v1/disclosure-grants/{grant.pk}/revoke").json()["code"] == "grant_not_revocable"


class TestWithoutIt:
    """Every route of the registry, asked by every role of an operator, and by one with a grant to its organisation."""

    HIDDEN = {
        answer.__name__: {field for field, tier in answer.tiers.items() if tier >= 2}
        for answer in (StartupOut, CapabilityOut, RaiseOut)
    }

    @pytest.mark.parametrize("role", ["owner", "editor", "compliance", "viewer"])
    def test_no_operator_sees_t2(self, operator: Organisation, role: str) -> None:
        capability = CapabilityFactory()
        firm, organisation = capability.firm, capability.firm.organisation
        item = RaiseFactory(firm=firm, lead_capability=capability)
        ComponentFactory(capability=capability)
        DevelopmentEventFactory(capability=capability)
        FinancialsFactory(firm=firm)
        mandate, lever = MandateFactory(), LeverFactory(organisation=OrganisationFactory(kind="fund"))
        GrantFactory(viewer=operator, subject=organisation, tier=4)
        client = client_of(actor_of(operator, role))

        objects = {
            f"startups/{firm.pk}": self.HIDDEN["StartupOut"],
            f"capabilities/{capability.pk}": self.HIDDEN["CapabilityOut"],
            f"raises/{item.pk}": self.HIDDEN["RaiseOut"],
            f"mandates/{mandate.pk}": {"capacity", "max_foreign_share", "perimeter", "exclusions", "places"},
            f"investors/{mandate.fund_id}": {"investor_countries", "organisation"},
        }
        for address, hidden in objects.items():
            for shown in self.rows(client, address):
                assert shown
                assert not hidden & set(shown), address
        for address in (
            f"startups/{firm.pk}/financials",
            f"capabilities/{capability.pk}/components",
            f"capabilities/{capability.pk}/events",
        ):
            answer = client.get(f"/api/v1/{address}")
            assert answer.status_code in {403, 404} or answer.json()["results"] == [], address
        assert client.get(f"/api/v1/levers/{lever.pk}").status_code == 404

    def rows(self, client: APIClient, address: str) -> list[dict[str, Any]]:
        """The object as it is shown alone and in its list."""
        listed = client.get(f"/api/v1/{address.partition('/')[0]}").json()["results"]
        return [client.get(f"/api/v1/{address}").json(), *listed]
