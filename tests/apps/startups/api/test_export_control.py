"""Export classes and codification numbers in the REST interface."""

import datetime as dt

import pytest

from apps.compliance.models import DeclaredInterest
from apps.startups.models import Capability
from apps.startups.states import CapabilityStatus
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from tests.factories.cases import clean_document, officer_made
from tests.factories.organisations import MembershipFactory, client_of
from tests.factories.startups import (
    CapabilityCodificationFactory,
    CapabilityFactory,
    FirmFactory,
    client_for,
    fund_client,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1/export-class-declarations"


class TestExportClasses:
    def test_are_confirmed_by_an_officer_who_has_read_what_stands(self) -> None:
        capability = CapabilityFactory(export_class="ML10")
        client = client_of(officer_made())
        place = f"{BASE}/{capability.pk}"
        read = client.get(place)

        bare = client.post(f"{place}/confirm", {"export_class": "ML10"})
        Capability.objects.filter(pk=capability.pk).update(export_class="9A012")
        stale = client.post(f"{place}/confirm", {"export_class": "ML10"}, headers={"If-Match": read["ETag"]})
        fresh = client.post(
            f"{place}/confirm",
            {"export_class": "ML10", "reason": "It is armed."},
            headers={"If-Match": client.get(place)["ETag"]},
        )

        assert (bare.status_code, stale.status_code) == (428, 412)
        assert fresh.status_code == 200, fresh.json()
        assert (fresh.json()["export_class"], fresh.json()["confirmed_export_class"]) == ("9A012", "ML10")
        own = client_for(capability.firm).get(f"/api/v1/capabilities/{capability.pk}").json()
        assert own["export_class_reason"] == "It is armed."

    def test_wait_in_a_list_until_they_are_confirmed(self) -> None:
        waiting = CapabilityFactory()
        CapabilityFactory(export_class="")
        CapabilityFactory(status=CapabilityStatus.DRAFT)
        officer = officer_made()
        CapabilityFactory(
            confirmed_export_class="ML10",
            export_class_confirmed_at=utc_now(),
            export_class_confirmed_by_id=officer.user_id,
        )

        rows = client_of(officer).get(BASE).json()["results"]

        assert [row["id"] for row in rows] == [str(waiting.pk)]

    def test_are_not_there_for_who_has_a_conflict(self) -> None:
        capability = CapabilityFactory()
        own = capability.firm.organisation
        member, interested = officer_made(), officer_made()
        MembershipFactory(organisation=own, user_id=member.user_id)
        DeclaredInterest.objects.create(
            operator_id=interested.organisation_id,
            user_id=interested.user_id,
            organisation=own,
            reason="A cousin.",
            until=utc_today() + dt.timedelta(days=1),
        )

        for officer in (member, interested):
            assert client_of(officer).get(f"{BASE}/{capability.pk}").status_code == 404
            assert client_of(officer).get(BASE).json()["results"] == []

    def test_are_not_there_for_others_nor_of_who_has_gone_dark(self) -> None:
        capability = CapabilityFactory()
        dark = CapabilityFactory(firm__organisation__dark_since=utc_now())

        assert client_for(capability.firm).get(f"{BASE}/{capability.pk}").status_code == 200
        assert client_for(FirmFactory()).get(f"{BASE}/{capability.pk}").status_code == 404
        assert fund_client(capability.firm).get(f"{BASE}/{capability.pk}").status_code == 403
        assert client_of(officer_made()).get(f"{BASE}/{dark.pk}").status_code == 404

    def test_leave_a_trace_when_an_officer_reads_them(self) -> None:
        capability = CapabilityFactory()

        client_of(officer_made()).get(f"{BASE}/{capability.pk}")

        assert Event.objects.filter(name="organisations.disclosure.read").count() == 1


class TestCodifications:
    def test_are_confirmed_by_an_officer(self) -> None:
        capability = CapabilityFactory(tier="E0", given_tier="", export_class="")
        paper = clean_document(capability.firm.organisation)
        CapabilityCodificationFactory(capability=capability, number="17", document=paper)
        client = client_of(officer_made())
        place = f"{BASE}/{capability.pk}"

        answer = client.post(
            f"{place}/confirm-codification",
            {"scheme": "ua_act", "number": "17"},
            headers={"If-Match": client.get(place)["ETag"]},
        )

        assert answer.status_code == 200, answer.json()
        assert answer.json()["codifications"][0]["is_confirmed"] is True
        shown = fund_client().get(f"/api/v1/capabilities/{capability.pk}").json()
        assert shown["tier"] == "E3"
