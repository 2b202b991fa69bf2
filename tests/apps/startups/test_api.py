"""The REST interface of the registry as a whole: what a stranger cannot tell apart."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.startups.models import Capability, Financials, Firm, Raise
from apps.startups.states import CapabilityStatus
from tests.factories.startups import (
    CapabilityFactory,
    ComponentFactory,
    DevelopmentEventFactory,
    FinancialsFactory,
    RaiseFactory,
    fund_client,
)

pytestmark = pytest.mark.django_db

BASE = "/api/v1"


class TestTwoWorlds:
    """Two databases that differ only in hidden fields give a stranger the same bytes."""

    places = ("startups", "startups/{firm}", "capabilities", "capabilities/{capability}", "raises", "raises/{item}")

    def answers(self, client: APIClient, item: Raise) -> list[tuple[Any, ...]]:
        ids = {"firm": item.firm_id, "capability": item.lead_capability_id, "item": item.pk}
        found = []
        for place in self.places:
            answer = client.get(f"{BASE}/{place.format(**ids)}?{'with_count=true' if '{' not in place else ''}")
            found.append((answer.status_code, answer.content, answer.headers.get("ETag")))
        return found

    def test_look_alike_to_a_verified_stranger(self) -> None:
        item = RaiseFactory(firm__organisation__legal_name="Vyriy")
        FinancialsFactory(firm=item.firm, year=2025, revenue="1200000.00", debt="4.00")
        client = fund_client()
        before = self.answers(client, item)

        Firm.objects.update(region="UA-63", founded_on=None, staff=41, summary="Else.", naming="nobody", version=9)
        item.firm.organisation.legal_name = "Another"
        item.firm.organisation.save()
        Capability.objects.update(
            description="Else.",
            unit_cost=None,
            output_per_month=1,
            lead_time_days=1,
            export_class="",
            flags=None,
            version=9,
        )
        Raise.objects.update(
            min_ticket=None, marginal_cost_of_capital=None, cost_tier="", blocked_countries=[], terms=[], version=9,
            use_of_proceeds="Else.", issuer=item.firm.organisation,
        )  # fmt: skip
        ComponentFactory(capability=item.lead_capability)
        DevelopmentEventFactory(capability=item.lead_capability)
        Financials.objects.update(revenue="1900000.00", currency="USD", debt="5.00", year=2025, audited=True)
        FinancialsFactory(firm=item.firm, year=2024)
        CapabilityFactory(firm=item.firm, status=CapabilityStatus.DRAFT)

        after = self.answers(client, item)

        assert before == after
        assert {status for status, *_ in after} == {200}
