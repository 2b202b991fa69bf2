"""The interface to speed: who sees which figures, how they compare, their history, and officers' flags."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from apps.compliance.models import DeclaredInterest
from apps.organisations.models import Organisation
from apps.reference.models import CapabilityArea
from apps.startups.models import Capability, SpeedFlag, SpeedProfile
from apps.startups.services.speed import speed_recompute
from apps.startups.states import CapabilityStatus
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of
from tests.factories.startups import CapabilityFactory, DevelopmentEventFactory, answered, client_for, fund_client

pytestmark = pytest.mark.django_db

FIGURES = {"adaptation", "cadence", "feedback", "delivery"}


@pytest.fixture(autouse=True)
def _areas() -> None:
    call_command("load_reference", verbosity=0)


def area(code: str) -> CapabilityArea:
    return CapabilityArea.objects.get(code=code)


def ago(days: float) -> dt.datetime:
    return utc_now() - dt.timedelta(days=days)


def made(*, days: float = 20, code: str = "UMS.UAS", standing: str = "verified", **fields: Any) -> Capability:
    """A firm's capability that released something so many days after feedback, measured."""
    capability: Capability = CapabilityFactory(area=area(code), firm__organisation__standing=standing, **fields)
    answered(capability, "feedback_reported", "release_fielded", on=ago(100), days=days)
    speed_recompute(firm_id=capability.firm_id)
    return capability


def speed(client: APIClient, capability: Capability, path: str = "", **query: str) -> Any:
    return client.get(f"/api/v1/capabilities/{capability.pk}/speed{path}", query)


def firm_speed(client: APIClient, capability: Capability, path: str = "", **query: str) -> Any:
    return client.get(f"/api/v1/startups/{capability.firm_id}/speed{path}", query)


class TestSpeed:
    def test_a_verified_counterpart_sees_figures_and_what_they_rest_on(self) -> None:
        capability = made()
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        for answer in (speed(client, capability).json(), firm_speed(client, capability).json()):
            assert (answer["area"], answer["as_of"]) == ("UMS.UAS", utc_today().isoformat())
            assert set(answer["figures"]) == FIGURES
            assert answer["figures"]["delivery"] is None
            feedback = answer["figures"]["feedback"]
            assert (feedback["n_closed"], feedback["n_open"], feedback["tier"]) == (1, 0, "E2")
            assert feedback["days"] == round(feedback["days"])
            assert feedback["basis"].startswith("assumption")
            assert not {"sigma", "weight"} & set(feedback)
            assert "computed_at" not in answer

    def test_a_firm_sees_everything_of_its_own(self) -> None:
        capability = made()
        client = client_for(capability.firm)

        answer = speed(client, capability).json()

        assert answer["computed_at"]
        assert answer["figures"]["feedback"]["sigma"] == 0.9
        assert answer["figures"]["feedback"]["weight"] == 0.8
        shown = speed(client, capability, **{"as": "T1"}).json()
        assert "computed_at" not in shown
        assert "weight" not in shown["figures"]["feedback"]
        assert speed(client, capability, **{"as": "T0"}).status_code == 404

    @pytest.mark.parametrize(
        ("kind", "standing"), [("fund", "registered"), ("attestor", "verified"), ("firm", "suspended")]
    )
    def test_others_find_nothing(self, kind: str, standing: str) -> None:
        capability = made()
        client = client_of(actor_of(OrganisationFactory(kind=kind, standing=standing), "viewer"))

        assert firm_speed(client, capability).status_code == 404
        assert speed(client, capability).status_code in {403, 404}

    def test_of_a_draft_is_the_firms_own(self) -> None:
        capability = made(status=CapabilityStatus.DRAFT)

        assert speed(fund_client(capability.firm), capability).status_code == 404
        assert speed(client_for(capability.firm), capability).json()["figures"]["feedback"] is not None

    def test_before_it_was_measured_is_unknown(self) -> None:
        capability = CapabilityFactory()

        answer = speed(client_for(capability.firm), capability).json()

        assert (answer["as_of"], answer["area"], answer["model"]) == (None, None, None)
        assert answer["figures"] == dict.fromkeys(FIGURES)

    def test_is_fresh_until_it_changes(self) -> None:
        capability = made()
        client = client_of(actor_of(OrganisationFactory(kind="fund")))
        etag = speed(client, capability).headers["ETag"]
        address = f"/api/v1/capabilities/{capability.pk}/speed"

        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304

        DevelopmentEventFactory(capability=capability, kind="order_received", occurred_at=ago(9), tier="E2")
        speed_recompute(firm_id=capability.firm_id)
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 200

    def test_asks_as_often_whatever_the_log(self, django_assert_max_num_queries: Any) -> None:
        capability = made()
        for _ in range(6):
            made()
        client = client_of(actor_of(OrganisationFactory(kind="fund")))

        with django_assert_max_num_queries(12):
            firm_speed(client, capability)


class TestComparison:
    def compared(self, capability: Capability, name: str = "feedback") -> dict[str, Any]:
        client = client_of(actor_of(OrganisationFactory(kind="fund")))
        found = [ask(client, capability).json()["figures"][name]["comparison"] for ask in (speed, firm_speed)]
        assert found[0] == found[1]
        return dict(found[0])

    def test_tells_the_share_that_is_slower_in_tenths(self) -> None:
        capability = made(days=30)
        for days in (10, 40, 50, 60, 70):
            made(days=days)

        compared = self.compared(capability)

        assert (compared["slower_share"], compared["area"]) == (0.8, "UMS.UAS")

    def test_is_silent_under_five_other_firms(self) -> None:
        capability = made(days=30)
        for days in (10, 40, 50, 60):
            made(days=days)

        compared = self.compared(capability)

        assert (compared["slower_share"], compared["area"]) == (None, None)

    def test_goes_up_to_the_nearest_area_with_five(self) -> None:
        capability = made(days=30)
        for code in ("UMS.UAS", "UMS.UAS", "UMS.UAS", "UMS", "UMS.UGV"):
            made(days=50, code=code)
        made(days=10, code="MFG")

        assert (self.compared(capability)["slower_share"], self.compared(capability)["area"]) == (1.0, "UMS")

    def test_counts_only_whom_every_counterpart_sees(self) -> None:
        capability = made(days=30)
        for _ in range(4):
            made(days=50)
        made(days=50, standing="registered")
        dark, merged = made(days=50), made(days=50)
        Organisation.objects.filter(firm=dark.firm).update(dark_since=utc_now())
        Organisation.objects.filter(firm=merged.firm).update(merged_into=capability.firm.organisation)
        Capability.objects.filter(pk=made(days=50).pk).update(status=CapabilityStatus.ARCHIVED)
        for firm in SpeedProfile.objects.values_list("firm", flat=True).distinct():
            speed_recompute(firm_id=firm)

        assert self.compared(capability)["slower_share"] is None

    def test_says_nothing_of_others_to_who_sees_their_teasers_alone(self) -> None:
        capability = made(days=30, standing="registered")
        for _ in range(6):
            made(days=50)

        for address in (speed, firm_speed):
            shown = address(client_of(actor_of(capability.firm.organisation)), capability).json()
            compared = shown["figures"]["feedback"]["comparison"]
            assert (compared["slower_share"], compared["area"]) == (None, None)

    def test_a_firms_other_capabilities_are_no_other_firms(self) -> None:
        capability, other = made(days=30), made(days=50)
        for _ in range(6):
            twin = CapabilityFactory(firm=other.firm, area=other.area)
            answered(twin, "feedback_reported", "release_fielded", on=ago(100), days=50)
        speed_recompute(firm_id=other.firm_id)

        assert self.compared(capability)["slower_share"] is None

    def test_sets_cadence_beside_the_european_assumption(self) -> None:
        capability = made()

        cadence, feedback = self.compared(capability, "cadence"), self.compared(capability)

        days = SpeedProfile.objects.get(capability=capability).figures["cadence"]["days"]
        assert cadence["european_days"] == 365
        assert cadence["european_ratio"] == round(days / 365, 2)
        assert cadence["european_basis"].startswith("assumption")
        assert (feedback["european_days"], feedback["european_ratio"], feedback["european_basis"]) == (None, None, "")


class TestHistory:
    def test_is_for_the_firm_itself_and_those_with_a_grant(self) -> None:
        capability = made()

        for ask in (speed, firm_speed):
            own = ask(client_for(capability.firm), capability, "/history").json()["points"]
            granted = ask(fund_client(capability.firm), capability, "/history").json()["points"]
            stranger = ask(client_of(actor_of(OrganisationFactory(kind="fund"))), capability, "/history")
            assert own
            assert stranger.status_code == 404
            until = (utc_today() - dt.timedelta(days=30)).isoformat()
            assert granted == [] or granted[-1]["month"] < until[:7]
            assert {point["month"] for point in granted} < {point["month"] for point in own}
            assert set(own[-1]["figures"]) == FIGURES
            assert set(own[-1]["figures"]["feedback"]) == {"days", "low", "high", "n_closed", "n_open", "tier"}

    def test_shows_no_day(self) -> None:
        capability = made()

        months = [
            point["month"] for point in speed(client_for(capability.firm), capability, "/history").json()["points"]
        ]

        assert months == sorted(months)
        assert {len(month) for month in months} == {len("2026-01")}

    def test_before_it_was_measured_is_empty(self) -> None:
        capability = CapabilityFactory()

        assert speed(client_for(capability.firm), capability, "/history").json()["points"] == []


def officer() -> APIClient:
    return client_of(actor_of(OrganisationFactory(kind="operator"), "compliance"))


def flagged() -> SpeedFlag:
    capability = CapabilityFactory()
    answered(capability, "countermeasure_observed", "countermeasure_answered", on=ago(50), days=0.1, tier="E0")
    speed_recompute(firm_id=capability.firm_id)
    return SpeedFlag.objects.get(firm=capability.firm)


class TestSpeedFlags:
    def test_an_officer_sees_which_events_and_why(self) -> None:
        flag = flagged()

        listed = officer().get("/api/v1/speed-flags").json()["results"]

        assert [item["id"] for item in listed] == [str(flag.pk)]
        assert (listed[0]["kind"], listed[0]["verdict"]) == ("self_answered", "")
        assert set(listed[0]["events"]) == {str(event) for event in flag.events}
        assert "within 2.4 hours" in listed[0]["why"]

    def test_are_filtered_by_firm_kind_and_judgement(self) -> None:
        flag, other, client = flagged(), flagged(), officer()

        def found(**query: str) -> set[str]:
            return {item["id"] for item in client.get("/api/v1/speed-flags", query).json()["results"]}

        assert found() == {str(flag.pk), str(other.pk)}
        assert found(startup=str(flag.firm_id)) == {str(flag.pk)}
        assert found(kind="burst") == set()
        client.post(f"/api/v1/speed-flags/{flag.pk}/judge", {"verdict": "explained", "reason": "A patch."})
        assert found(judged="true") == {str(flag.pk)}
        assert found(judged="false") == {str(other.pk)}
        assert found(verdict="confirmed") == set()

    def test_a_judgement_is_remembered_and_told_to_the_operator_alone(self) -> None:
        flag = flagged()
        operator = OrganisationFactory(kind="operator")
        client = client_of(actor_of(operator, "compliance"))

        judged = client.post(f"/api/v1/speed-flags/{flag.pk}/judge", {"verdict": "confirmed", "reason": " Made up. "})

        assert judged.status_code == 200, judged.json()
        assert (judged.json()["verdict"], judged.json()["reason"]) == ("confirmed", "Made up.")
        told = Event.objects.get(name="startups.speed_flag.judged")
        assert told.organisation_id == operator.pk
        assert "Made up" not in str(told.data)

    @pytest.mark.parametrize("body", [{"verdict": "explained", "reason": " "}, {"verdict": "so", "reason": "Why."}, {}])
    def test_a_judgement_says_what_and_why(self, body: dict[str, str]) -> None:
        flag = flagged()

        assert officer().post(f"/api/v1/speed-flags/{flag.pk}/judge", body).status_code == 422
        assert SpeedFlag.objects.get().verdict == ""

    def test_are_not_there_for_an_officer_with_an_interest(self) -> None:
        flag = flagged()
        actor = actor_of(OrganisationFactory(kind="operator"), "compliance")
        DeclaredInterest.objects.create(
            operator_id=actor.organisation_id,
            user_id=actor.user_id,
            organisation=flag.firm.organisation,
            reason="A cousin.",
        )

        client = client_of(actor)
        answer = client.post(f"/api/v1/speed-flags/{flag.pk}/judge", {"verdict": "explained", "reason": "Fine."})

        assert answer.status_code == 404
        assert client.get("/api/v1/speed-flags").json()["results"] == []

    def test_firms_funds_and_other_operators_do_not_see_them(self) -> None:
        flag = flagged()
        fund = OrganisationFactory(kind="fund")
        GrantFactory(viewer=fund, subject=flag.firm.organisation, tier=2)
        clients = [
            client_for(flag.firm),
            client_of(actor_of(fund)),
            client_of(actor_of(OrganisationFactory(kind="operator"), "owner")),
        ]

        for client in clients:
            assert client.get("/api/v1/speed-flags").status_code == 403
            assert client.get(f"/api/v1/speed-flags/{flag.pk}").status_code == 403

    def test_of_a_suspended_operator_sees_none(self) -> None:
        flag = flagged()
        suspended = OrganisationFactory(kind="operator", standing="suspended")

        answer = client_of(actor_of(suspended, "compliance")).get(f"/api/v1/speed-flags/{flag.pk}")

        assert answer.status_code in {403, 404}

    def test_lists_ask_as_often_for_many_as_for_few(self, django_assert_num_queries: Any) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        flagged()
        client = officer()
        client.get("/api/v1/speed-flags")
        with CaptureQueriesContext(connection) as few:
            client.get("/api/v1/speed-flags")
        for _ in range(3):
            flagged()

        with django_assert_num_queries(len(few)):
            assert len(client.get("/api/v1/speed-flags").json()["results"]) == 4
