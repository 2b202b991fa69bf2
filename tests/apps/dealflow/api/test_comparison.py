"""Raises side by side over HTTP."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import uuid4

import pytest

from apps.organisations.models import Organisation
from apps.startups.models import Capability, Raise
from kernel.access import Actor
from kernel.models import Event
from tests.factories.organisations import GrantFactory, client_of
from tests.factories.pipelines import fund_actor
from tests.factories.startups import RaiseFactory

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/deal-flow/compare"
TABLE = "/api/v1/deal-flow/compare.csv"


def get(actor: Actor, *items: Raise, place: str = PLACE, **headers: str) -> Any:
    return client_of(actor).get(place, {"raise": [str(item.pk) for item in items]}, headers=headers)


def figure(answer: Any, name: str) -> dict[str, Any]:
    return next(row for row in answer.json()["figures"] if row["name"] == name)


def lines(answer: Any) -> dict[str, dict[str, str]]:
    return {row["figure"]: row for row in csv.DictReader(io.StringIO(answer.content.decode()))}


class TestCompare:
    def test_puts_raises_side_by_side(self) -> None:
        one, other = RaiseFactory(), RaiseFactory(stage="series_a", tenor_years=None)

        answer = get(fund_actor("viewer"), one, other)

        assert answer.status_code == 200
        assert [row["id"] for row in answer.json()["raises"]] == [str(one.pk), str(other.pk)]
        assert {row["tier"] for row in answer.json()["raises"]} == {"T1"}
        assert (figure(answer, "stage")["differs"], figure(answer, "amount")["differs"]) == (True, False)
        tenor = figure(answer, "tenor_years")
        assert (tenor["differs"], tenor["cells"][str(other.pk)]["value"]) == (None, None)
        assert "unit_cost" not in {row["name"] for row in answer.json()["figures"]}

    def test_marks_what_it_knows_with_an_entity_tag(self) -> None:
        actor, item = fund_actor(), RaiseFactory()
        tag = get(actor, item)["ETag"]

        assert get(actor, item, **{"If-None-Match": tag}).status_code == 304

    def test_records_what_is_read_beyond_t1_once(self) -> None:
        actor, plain, opened = fund_actor(), RaiseFactory(), RaiseFactory()
        viewer = Organisation.objects.get(pk=actor.organisation_id)
        GrantFactory(viewer=viewer, subject=opened.firm.organisation)

        for place in (PLACE, TABLE):
            assert get(actor, plain, opened, place=place).status_code == 200

        told = Event.objects.filter(name="organisations.disclosure.read")
        assert [[row["id"] for row in event.data["objects"]] for event in told] == [[str(opened.pk)]] * 2

    @pytest.mark.parametrize("place", [PLACE, TABLE])
    def test_wants_one_to_six_raises(self, place: str) -> None:
        actor = fund_actor()
        items = [RaiseFactory() for _ in range(7)]

        assert get(actor, *items[:6], place=place).status_code == 200
        for wrong in ([], items):
            assert get(actor, *wrong, place=place).status_code == 400
        assert client_of(actor).get(place, {"raise": "7"}).status_code == 400
        assert client_of(actor).get(place, {"raise": "x" * 36}).status_code == 400
        assert client_of(actor).get(place, {"raise": str(items[0].pk), "colour": "red"}).status_code == 400

    @pytest.mark.parametrize("place", [PLACE, TABLE])
    def test_says_the_same_of_hidden_raises_as_of_none(self, place: str) -> None:
        actor, seen = fund_actor(), RaiseFactory()
        hidden = RaiseFactory(status="draft")

        answers = [client_of(actor).get(place, {"raise": [str(seen.pk), str(other)]}) for other in (hidden.pk, uuid4())]

        told = [{key: value for key, value in answer.json().items() if key != "request_id"} for answer in answers]
        assert {answer.status_code for answer in answers} == {404}
        assert told[0] == told[1]


class TestTable:
    def test_tells_the_same_as_csv(self) -> None:
        one, other = RaiseFactory(), RaiseFactory(stage="series_a")

        answer = get(fund_actor(), one, other, place=TABLE, Accept="text/csv")

        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"].startswith("attachment")
        told = lines(answer)
        assert (told["stage"]["differs"], told["stage"]["value_2"]) == ("yes", "series_a")
        assert (told["amount"]["value_1"], told["amount"]["unit_1"], told["amount"]["tier"]) == (
            "2000000.00",
            "EUR",
            "T1",
        )
        assert told["tenor_years"]["value_1"] == "unknown"

    def test_holds_no_formula(self) -> None:
        item = RaiseFactory(stage="=1+1")

        assert lines(get(fund_actor(), item, place=TABLE))["stage"]["value_1"] == "'=1+1"

    def test_is_the_same_in_two_worlds_that_differ_in_hidden_figures(self) -> None:
        actor, item = fund_actor(), RaiseFactory()
        before = [get(actor, item, place=place).content for place in (PLACE, TABLE)]

        Raise.objects.filter(pk=item.pk).update(marginal_cost_of_capital="0.4", min_ticket=1, terms=[])
        Capability.objects.filter(pk=item.lead_capability_id).update(unit_cost=1, output_per_month=1, description="x")

        assert [get(actor, item, place=place).content for place in (PLACE, TABLE)] == before
