"""Outcomes as introductions bring them."""

import datetime as dt
from types import SimpleNamespace
from uuid import uuid4

import pytest

from apps.matching.models import Outcome
from apps.matching.services.outcomes import outcome_record
from kernel.access import Actor
from tests.factories.matching import mandate_made, raise_made
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return mandate_made(), raise_made()


def fact(pair, name, **data):
    mandate, item = pair
    ids = {"mandate": mandate.pk, "raise": item.pk, "fund": mandate.fund_id, "firm": item.firm_id}
    return SimpleNamespace(
        pk=uuid4(),
        name=f"matching.introduction.{name}",
        object_id=uuid4(),
        created_at=dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC),
        data={"side": "startup", **{key: str(value) for key, value in ids.items()}, **data},
    )


class TestOutcomeRecord:
    @pytest.mark.parametrize(
        ("name", "data", "kind", "side"),
        [
            ("expressed", {"side": "startup"}, "interest", "startup"),
            ("became_mutual", {"side": "investor"}, "interest", "investor"),
            ("declined", {"side": "investor"}, "pass", "investor"),
            ("expired", {"side": "investor"}, "silence", "investor"),
            ("step_recorded", {"step": "term_sheet", "side": "investor"}, "terms", "investor"),
            ("step_recorded", {"step": "cash", "side": "startup"}, "cash", "investor"),
            ("step_recorded", {"step": "pass", "side": "startup"}, "pass", "startup"),
        ],
    )
    def test_says_who_did_what(self, pair, name, data, kind, side):
        row = outcome_record(event=fact(pair, name, **data))

        assert (row.kind, row.side, row.on) == (kind, side, dt.date(2026, 3, 1))
        assert (row.mandate_id, row.firm_id) == (pair[0].pk, pair[1].firm_id)

    def test_takes_the_day_that_the_fact_names(self, pair):
        row = outcome_record(event=fact(pair, "step_recorded", step="cash", on="2026-02-27"))

        assert row.on == dt.date(2026, 2, 27)

    def test_a_fact_that_comes_twice_leaves_one_row(self, pair):
        event = fact(pair, "expressed")

        assert outcome_record(event=event) == outcome_record(event=event)
        assert Outcome.objects.count() == 1

    @pytest.mark.parametrize(("name", "data"), [("withdrawn", {}), ("step_recorded", {"step": "first_response"})])
    def test_a_fact_that_is_no_choice_is_none(self, pair, name, data):
        assert outcome_record(event=fact(pair, name, **data)) is None
        assert not Outcome.objects.exists()


class TestVisibleTo:
    def test_one_sees_what_ones_own_side_did(self, pair):
        outcome_record(event=fact(pair, "expressed", side="startup"))
        fund, firm = actor_of(pair[0].fund.organisation), actor_of(pair[1].firm.organisation)

        assert Outcome.objects.visible_to(firm).count() == 1
        assert not Outcome.objects.visible_to(fund).exists()
        assert Outcome.objects.visible_to(Actor.system()).count() == 1
