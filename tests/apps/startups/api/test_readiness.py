"""What is missing of one's own firm in the REST interface."""

from typing import Any

import pytest

from apps.startups.api.serializers.readiness import LABELS
from apps.startups.rules import readiness
from tests.factories.startups import (
    CapabilityFactory,
    ComponentFactory,
    FinancialsFactory,
    FirmFactory,
    RaiseFactory,
    client_for,
    fund_client,
)

pytestmark = pytest.mark.django_db


def missing(firm: Any) -> dict[str, dict[str, Any]]:
    answer = client_for(firm).get(f"/api/v1/startups/{firm.pk}/readiness")
    assert answer.status_code == 200, answer.json()
    return {item["code"]: item for item in answer.json()["missing"]}


class TestReadiness:
    def test_begins_with_a_capability(self) -> None:
        firm = FirmFactory(staff=None)

        found = missing(firm)

        assert next(iter(found)) == "capability"
        assert found["capability"]["opens"] == ["teaser", "listing", "matching"]
        assert (found["staff"]["subject"], found["staff"]["subject_id"]) == ("startup", str(firm.pk))
        assert found["staff"]["label"] == "State how many people work for the firm."
        assert "region" not in found

    def test_names_the_field_of_the_object(self) -> None:
        item = RaiseFactory(stage="", lead_capability__flags=None, lead_capability__export_class="")

        found = missing(item.firm)

        assert (found["flags"]["subject_id"], found["flags"]["field"]) == (str(item.lead_capability_id), "flags")
        assert (found["stage"]["subject_id"], found["stage"]["opens"][0]) == (str(item.pk), "gate.stage")
        assert found["export_class"]["opens"] == ["readers.t2", "room"]
        assert "capability" not in found
        assert "raise" not in found

    def test_tells_a_bill_without_origins_from_none(self) -> None:
        capability = CapabilityFactory()
        assert "components" in missing(capability.firm)

        ComponentFactory(capability=capability, origin=None)

        assert {"components", "origins"} & set(missing(capability.firm)) == {"origins"}

    def test_asks_for_what_evidences_the_figures(self) -> None:
        year = FinancialsFactory()

        assert {"financials", "financials_evidence", "cash_months"} & set(missing(year.firm)) == {
            "financials_evidence",
            "cash_months",
        }

    def test_is_the_own_firms_alone(self) -> None:
        firm = FirmFactory()

        assert client_for(FirmFactory()).get(f"/api/v1/startups/{firm.pk}/readiness").status_code == 404
        assert fund_client(firm).get(f"/api/v1/startups/{firm.pk}/readiness").status_code == 403

    def test_takes_as_many_queries_for_many_as_for_few(self, django_assert_max_num_queries: Any) -> None:
        firm = FirmFactory()
        client = client_for(firm)
        for size in (1, 5):
            CapabilityFactory.create_batch(size, firm=firm)
            with django_assert_max_num_queries(14):
                client.get(f"/api/v1/startups/{firm.pk}/readiness")


class TestLabels:
    def test_stand_for_every_code_of_the_rule(self) -> None:
        empty = readiness.CapabilityState(
            id="c",
            **dict.fromkeys(
                (
                    *("is_published", "has_trl", "has_flags", "has_description", "has_unit_cost", "has_output"),
                    *("has_lead_time", "has_export_class", "is_class_confirmed", "has_standards", "has_documents"),
                ),
                False,
            ),
            lines=0,
            lines_without_origin=0,
            tier="",
        )
        half = readiness.CapabilityState(
            id="d",
            **{name: getattr(empty, name) for name in empty.__slots__ if name not in {"id", "has_export_class"}}
            | {"has_export_class": True, "lines": 2, "lines_without_origin": 1},
        )
        item = readiness.RaiseState(
            id="r", is_open=False, has_stage=False, has_tenor=False, has_marginal_cost=False, has_terms=False
        )
        firm = {
            **dict.fromkeys(("is_verified", "is_screened", "has_staff", "has_region", "has_summary"), False),
            **dict.fromkeys(("has_group", "has_cash_months"), False),
            "event_kinds": frozenset(),
        }
        states = [
            readiness.FirmState(id="f", figures_tier=None, capabilities=(), raises=(), **firm),
            readiness.FirmState(id="f", figures_tier="E0", capabilities=(empty, half), raises=(item,), **firm),
        ]

        assert {gap.code for state in states for gap in readiness.gaps(state=state)} == set(LABELS)
