"""Going dark over HTTP: one call, and from the next request on nobody outside sees anything."""

import dataclasses
from typing import Any

import pytest
from rest_framework.test import APIClient

from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.investors import MandateFactory
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of, key_of
from tests.factories.startups import FinancialsFactory, client_for

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


def place(organisation: Any, action: str = "go-dark") -> str:
    return f"{BASE}/organisations/{getattr(organisation, 'pk', organisation)}/{action}"


def constant(answer: Any) -> tuple[int, str]:
    return answer.status_code, str({**answer.json(), "request_id": ""})


def listed(client: APIClient, address: str, **query: Any) -> set[str]:
    return {row["id"] for row in client.get(f"{BASE}/{address}", query).json()["results"]}


class TestGoDark:
    @pytest.mark.parametrize("kind", ["firm", "fund"])
    @pytest.mark.parametrize("role", ["owner", "compliance"])
    def test_is_one_call_without_a_second_factor(self, kind: str, role: str) -> None:
        actor = actor_of(OrganisationFactory(kind=kind), role)
        phone = client_of(dataclasses.replace(actor, second_factor_at=None))

        answer = phone.post(place(actor.organisation_id))

        assert answer.status_code == 200
        assert answer.json()["organisation"] == str(actor.organisation_id)
        assert answer.json()["dark_since"] is not None

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory"])
    def test_is_nobody_elses(self, role: str) -> None:
        firm = OrganisationFactory(kind="firm")

        answer = client_of(actor_of(firm, role)).post(place(firm))

        firm.refresh_from_db()
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
        assert firm.dark_since is None

    def test_a_suspended_organisation_may_too(self) -> None:
        firm = OrganisationFactory(kind="firm", standing="suspended")

        assert client_of(actor_of(firm)).post(place(firm)).status_code == 200

    def test_operators_do_not(self) -> None:
        operator = OrganisationFactory(kind="operator")

        assert client_of(actor_of(operator)).post(place(operator)).status_code == 403

    def test_of_another_is_nothing(self) -> None:
        seen, client = OrganisationFactory(kind="fund"), client_of(actor_of(OrganisationFactory(kind="firm")))

        answers = [
            client.post(place(target, name)) for target in (seen, uuid7(), "x") for name in ("go-dark", "return")
        ]

        seen.refresh_from_db()
        assert {constant(answer) for answer in answers} == {(404, constant(answers[0])[1])}
        assert seen.dark_since is None

    def test_works_for_a_key(self) -> None:
        firm = OrganisationFactory(kind="firm")
        token = key_of(actor_of(firm), "organisations.organisation.go_dark").token

        gone = APIClient().post(place(firm), headers={"Authorization": f"Bearer {token}"})
        back = APIClient().post(place(firm, "return"), headers={"Authorization": f"Bearer {token}"})

        assert gone.status_code == 200
        assert (back.status_code, back.json()["code"]) == (403, "step_up_required")

    def test_asks_who_one_is_first(self) -> None:
        assert APIClient().post(place(OrganisationFactory())).status_code == 401


class TestReturn:
    def test_needs_a_fresh_second_factor(self) -> None:
        firm = OrganisationFactory(kind="firm", dark_since=utc_now())
        actor = actor_of(firm, "compliance")

        refused = client_of(dataclasses.replace(actor, second_factor_at=None)).post(place(firm, "return"))
        taken = client_of(actor).post(place(firm, "return"))

        assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
        assert (taken.status_code, taken.json()["dark_since"]) == (200, None)

    @pytest.mark.parametrize("role", ["editor", "viewer", "signatory"])
    def test_is_nobody_elses(self, role: str) -> None:
        firm = OrganisationFactory(kind="firm", dark_since=utc_now())

        assert client_of(actor_of(firm, role)).post(place(firm, "return")).status_code == 403

    def test_shows_it_again_from_the_next_request(self) -> None:
        fund = OrganisationFactory(kind="fund", dark_since=utc_now())
        reader, address = client_of(actor_of(OrganisationFactory(kind="firm"))), f"{BASE}/organisations/{fund.pk}"
        before = reader.get(address).status_code

        client_of(actor_of(fund)).post(place(fund, "return"))

        assert (before, reader.get(address).status_code) == (404, 200)


class TestDarkFirm:
    @pytest.fixture
    def world(self) -> dict[str, Any]:
        mandate, item, other = mandate_made(), raise_made(), raise_made()
        fund, firm = mandate.fund.organisation, item.firm
        GrantFactory(viewer=fund, subject=firm.organisation)
        FinancialsFactory(firm=firm)
        run_drained()
        return {
            "mandate": mandate,
            "raise": item,
            "other": other,
            "fund": client_of(actor_of(fund)),
            "own": client_for(firm),
            "pair": f"matches/{mandate.pk}~{item.pk}/explanation",
            "places": [
                f"teasers/{firm.teaser_id}",
                f"startups/{firm.pk}",
                f"capabilities/{item.lead_capability_id}",
                f"raises/{item.pk}",
                f"matches/{mandate.pk}~{item.pk}/explanation",
            ],
        }

    @pytest.mark.long
    def test_is_gone_for_others(self, world: dict[str, Any]) -> None:
        reader, firm = world["fund"], world["raise"].firm
        before = [reader.get(f"{BASE}/{address}").status_code for address in world["places"]]

        world["own"].post(place(firm.organisation))

        after = [reader.get(f"{BASE}/{address}") for address in world["places"]]
        random = reader.get(f"{BASE}/startups/{uuid7()}")
        assert before == [200] * len(before)
        assert {constant(answer) for answer in after} == {constant(random)}
        for address in ("teasers", "startups", "capabilities", "raises", "disclosure-grants"):
            count = reader.get(f"{BASE}/{address}", {"with_count": "true"}).json()["count"]
            assert count == len(listed(reader, address))
        assert listed(reader, "teasers") == {str(world["other"].firm.teaser_id)}
        assert str(firm.pk) not in listed(reader, "startups")
        assert str(world["raise"].pk) not in listed(reader, "raises")
        assert str(world["raise"].lead_capability_id) not in listed(reader, "capabilities")
        assert listed(reader, "disclosure-grants") == set()

    def test_leaves_the_lists_of_matches_without_a_gap(self, world: dict[str, Any]) -> None:
        def ranks() -> list[tuple[str, int]]:
            rows = world["fund"].get(f"{BASE}/matches", {"mandate": world["mandate"].pk}).json()["results"]
            return [(row["raise"]["id"], row["rank"]) for row in rows]

        before = ranks()
        both = {str(item.pk): item for item in (world["raise"], world["other"])}
        leaving, staying = (both[identifier] for identifier, _rank in before)

        client_for(leaving.firm).post(place(leaving.firm.organisation))

        assert [rank for _identifier, rank in before] == [1, 2]
        assert ranks() == [(str(staying.pk), 1)]

    def test_still_sees_itself_and_others(self, world: dict[str, Any]) -> None:
        own, firm = world["own"], world["raise"].firm

        own.post(place(firm.organisation))

        assert [own.get(f"{BASE}/{address}").status_code for address in world["places"][1:]] == [200] * 4
        assert own.get(f"{BASE}/startups/{firm.pk}").json()["summary"] == firm.summary
        assert own.get(f"{BASE}/mandates/{world['mandate'].pk}").status_code == 200
        assert len(own.get(f"{BASE}/matches", {"raise": world["raise"].pk}).json()["results"]) == 1

    def test_is_left_out_of_new_runs(self, world: dict[str, Any]) -> None:
        world["own"].post(place(world["raise"].firm.organisation))

        run = run_drained()

        assert run.counts["raises"] == 1
        assert len(run.raise_versions) == 1

    def test_keeps_its_entry_but_no_data_before_operators(self, world: dict[str, Any]) -> None:
        firm = world["raise"].firm
        operator = client_of(actor_of(OrganisationFactory(kind="operator")))
        before = operator.get(f"{BASE}/startups/{firm.pk}").status_code

        world["own"].post(place(firm.organisation))

        assert operator.get(f"{BASE}/organisations/{firm.organisation_id}").status_code == 200
        assert (before, operator.get(f"{BASE}/startups/{firm.pk}").status_code) == (200, 404)
        assert operator.get(f"{BASE}/raises/{world['raise'].pk}").status_code == 404
        assert operator.get(f"{BASE}/teasers/{firm.teaser_id}").status_code == 404


class TestDarkFund:
    @pytest.mark.long
    def test_is_gone_for_others(self) -> None:
        mandate, item = mandate_made(), raise_made()
        staying = MandateFactory()
        run_drained()
        fund, firm = mandate.fund, client_for(item.firm)
        places = [
            f"organisations/{fund.organisation_id}",
            f"investors/{fund.pk}",
            f"investor-teasers/{fund.teaser_id}",
            f"mandates/{mandate.pk}",
            f"matches/{mandate.pk}~{item.pk}/explanation",
        ]
        before = [firm.get(f"{BASE}/{address}").status_code for address in places]

        client_of(actor_of(fund.organisation)).post(place(fund.organisation))

        after = [firm.get(f"{BASE}/{address}") for address in places]
        assert before == [200] * 5
        assert {constant(answer) for answer in after} == {constant(firm.get(f"{BASE}/investors/{uuid7()}"))}
        assert firm.get(f"{BASE}/matches", {"raise": item.pk}).json()["results"] == []
        assert listed(firm, "mandates") == {str(staying.pk)}
        assert listed(firm, "investors") == {str(staying.fund_id)}
        assert listed(firm, "investor-teasers") == {str(staying.fund.teaser_id)}
        assert str(fund.organisation_id) not in listed(firm, "organisations")
        assert run_drained().counts["mandates"] == 1
