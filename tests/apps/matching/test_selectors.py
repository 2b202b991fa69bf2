"""Reads of runs and matches."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.compliance.models import Screening
from apps.compliance.states import ScreeningResult
from apps.investors.states import HoldStatus
from apps.matching.scoring_models import CURRENT, scoring_model
from apps.matching.selectors import matches, runs
from apps.matching.selectors.inputs import mandate_facts, raise_facts
from apps.matching.states import Section, Side
from apps.organisations.models import Organisation
from apps.reference.tables import editions
from apps.startups.states import RAISE
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import NotFound
from tests.factories.investors import CapacityHoldFactory
from tests.factories.matching import AS_OF, mandate_made, raise_made, run_drained
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A published run over one mandate and two raises, and the fund's and the first firm's owners."""
    mandate = mandate_made()
    good, other = raise_made(), raise_made(area="UMS.UGV", maturity="concept")
    run = run_drained()
    return {
        "mandate": mandate,
        "good": good,
        "other": other,
        "run": run,
        "fund": actor_of(mandate.fund.organisation),
        "firm": actor_of(good.firm.organisation),
    }


class TestSideOf:
    def test_the_owner_may_ask(self, world):
        side, owner = matches.side_of(actor=world["fund"], mandate_id=world["mandate"].pk, raise_id=None)

        assert (side, owner) == (Side.INVESTOR, world["mandate"].pk)

    def test_nobody_else_may(self, world):
        with pytest.raises(NotFound):
            matches.side_of(actor=world["firm"], mandate_id=world["mandate"].pk, raise_id=None)

    def test_something_must_be_asked_for(self, world):
        with pytest.raises(NotFound):
            matches.side_of(actor=world["fund"], mandate_id=None, raise_id=None)


def listed(world, **changed):
    asked = {
        "run": world["run"],
        "side": Side.INVESTOR,
        "owner_id": world["mandate"].pk,
        "section": Section.RANKED,
        "actor": world["fund"],
    }
    return matches.match_list(**{**asked, **changed})


class TestMatchList:
    def test_is_in_order_of_the_own_score(self, world):
        found = listed(world)

        assert [match.raise_id for match in found] == [world["good"].pk, world["other"].pk]
        assert [match.rank for match in found] == [1, 2]
        assert found[0].score == sum(found[0].contributions.values()) > found[1].score

    def test_a_raise_that_was_withdrawn_is_gone_at_once(self, world):
        RAISE.fire("withdraw", instance=world["good"], actor=Actor.system())

        found = listed(world)

        assert [(match.raise_id, match.rank) for match in found] == [(world["other"].pk, 1)]

    def test_a_suspended_firm_is_gone_at_once(self, world):
        organisation = world["good"].firm.organisation
        type(organisation).objects.filter(pk=organisation.pk).update(standing="suspended")

        assert [match.raise_id for match in listed(world)] == [world["other"].pk]

    def test_the_firm_sees_its_own_score(self, world):
        found = listed(world, side=Side.STARTUP, owner_id=world["good"].pk, actor=world["firm"])

        assert [match.mandate_id for match in found] == [world["mandate"].pk]
        assert "cost_saving" in found[0].contributions

    def test_costs_the_same_number_of_queries_for_one_and_for_many(self, world, django_assert_num_queries):
        with django_assert_num_queries(2):
            listed(world)
        for _ in range(5):
            raise_made()
        world["run"] = run_drained()

        with django_assert_num_queries(2):
            assert len(listed(world)) == 7


class TestMatchExplanation:
    def test_is_for_the_own_side(self, world):
        asked = {"run": world["run"], "mandate_id": world["mandate"].pk, "raise_id": world["good"].pk}

        assert matches.match_explanation(**asked, actor=world["fund"]).side == Side.INVESTOR
        assert matches.match_explanation(**asked, actor=world["firm"]).side == Side.STARTUP

    def test_is_for_nobody_else(self, world):
        stranger = actor_of(world["other"].firm.organisation)

        with pytest.raises(NotFound):
            matches.match_explanation(
                run=world["run"], mandate_id=world["mandate"].pk, raise_id=world["good"].pk, actor=stranger
            )

    def test_the_firms_own_figures_stay_out_of_the_funds_view(self, world):
        explained = matches.match_explanation(
            run=world["run"], mandate_id=world["mandate"].pk, raise_id=world["good"].pk, actor=world["fund"]
        )

        names = {raw.name for feature in explained.features for raw in feature.raw}
        assert "marginal" not in names
        assert explained.saving is None


class TestWhatIsWithheld:
    def gates(self, world, actor):
        explained = matches.match_explanation(
            run=world["run"], mandate_id=world["mandate"].pk, raise_id=world["good"].pk, actor=world[actor]
        )
        return {gate.code: (gate.answer, gate.missing) for gate in explained.gates}, explained

    def test_the_other_sides_screening(self, world):
        Screening.objects.filter(organisation=world["good"].firm.organisation).update(result=ScreeningResult.REVIEW)
        world["run"] = run_drained()

        fund, _ = self.gates(world, "fund")
        firm, _ = self.gates(world, "firm")

        assert (fund["screening"], firm["screening"]) == (("pass", ()), ("unknown", ()))
        (match,) = listed(world, section=Section.NEEDS_DATA)
        assert match.missing == ["withheld"]

    def test_what_only_the_other_side_has_decided(self, world):
        fund, _ = self.gates(world, "fund")
        firm, _ = self.gates(world, "firm")

        assert fund["firm_exclusions"] == ("withheld", ())
        assert {firm[code] for code in ("history", "dependency", "exclusions", "capacity")} == {("withheld", ())}

    def test_a_pair_that_failed_for_the_other_sides_reason(self, world):
        type(world["good"]).objects.filter(pk=world["good"].pk).update(blocked_countries=["DE"])
        world["run"] = run_drained()

        with pytest.raises(NotFound):
            self.gates(world, "fund")
        assert self.gates(world, "firm")[0]["firm_exclusions"][0] == "fail"

    def test_that_the_firm_blocks_the_fund(self, world):
        item, fund = world["good"], world["mandate"].fund.organisation
        type(item).objects.filter(pk=item.pk).update(blocked_organisations=[item.firm.organisation_id, fund.pk])
        world["run"] = run_drained()

        with pytest.raises(NotFound):
            self.gates(world, "fund")
        assert self.gates(world, "firm")[0]["firm_exclusions"][0] == "fail"

    def test_what_one_could_supply_is_told(self, world):
        type(world["mandate"]).objects.filter(pk=world["mandate"].pk).update(
            max_foreign_share="0.350", perimeter="EU+EEA+UA"
        )
        world["good"].lead_capability.components.all().delete()
        world["run"] = run_drained()

        firm, _ = self.gates(world, "firm")

        assert firm["dependency"] == ("unknown", ("capability.components",))

    def test_places_and_exact_capacity_of_the_fund(self, world):
        _, explained = self.gates(world, "firm")

        parts = {feature.name: feature for feature in explained.features}
        assert [raw.name for raw in parts["geography_fit"].raw] == ["country"]
        assert parts["capacity"].x == round(parts["capacity"].x, 1)
        assert {raw.name for raw in parts["complementarity"].raw} >= {"marginal", "offer"}


class TestRuns:
    def test_the_current_one_is_the_last_published(self, world):
        assert runs.run_current() == world["run"]
        assert runs.run_progress(run=world["run"]) == 1.0
        assert runs.run_counts(run=world["run"])["mandates"] == 1
        assert runs.run_seconds(run=world["run"]) >= 0


class TestDarkness:
    """Who has gone dark is in no new run, and its counterparts' lists close the gap it leaves."""

    def test_a_dark_firms_raises_are_not_given_to_the_engine(self, world):
        before = raise_ids()

        go_dark(world["good"].firm.organisation)

        assert before == {str(world["good"].pk), str(world["other"].pk)}
        assert raise_ids() == {str(world["other"].pk)}

    def test_a_dark_funds_mandates_are_not_given_to_the_engine(self, world):
        staying = mandate_made()
        before = mandate_ids()

        go_dark(world["mandate"].fund.organisation)

        assert before == {str(world["mandate"].pk), str(staying.pk)}
        assert mandate_ids() == {str(staying.pk)}

    def test_a_list_keeps_no_gap(self, world):
        before = listed(world)

        go_dark(before[0].counterpart.firm.organisation)

        assert [match.rank for match in before] == [1, 2]
        assert [(match.rank, match.raise_id) for match in listed(world)] == [(1, before[1].raise_id)]

    def test_an_explanation_is_gone_on_the_other_side_alone(self, world):
        pair = {"run": world["run"], "mandate_id": world["mandate"].pk, "raise_id": world["good"].pk}

        go_dark(world["good"].firm.organisation)

        with pytest.raises(NotFound):
            matches.match_explanation(actor=world["fund"], **pair)
        assert matches.match_explanation(actor=world["firm"], **pair).side == Side.STARTUP


def go_dark(organisation):
    Organisation.objects.filter(pk=organisation.pk).update(dark_since=utc_now())


def raise_ids():
    model, as_of = scoring_model(CURRENT).raw, AS_OF
    reference, taxonomy = editions().table_at(as_of), editions().taxonomy_at(as_of)
    return {item.id for item in raise_facts(as_of=as_of, model=model, reference=reference, taxonomy=taxonomy)}


def facts_of(mandate):
    """The engine's facts of the mandate."""
    model, reference = scoring_model(CURRENT).raw, editions().table_at(AS_OF)
    found = mandate_facts(as_of=AS_OF, model=model, reference=reference)
    return next(item for item in found if item.id == str(mandate.pk))


class TestCapacity:
    def test_is_what_is_left(self):
        mandate = mandate_made(capacity=Decimal(5_000_000))
        CapacityHoldFactory(mandate=mandate)
        CapacityHoldFactory(mandate=mandate, status=HoldStatus.CONSUMED, amount=Decimal(500_000))
        CapacityHoldFactory(mandate=mandate, expires_at=utc_now() - dt.timedelta(seconds=1))

        assert facts_of(mandate).capacity == 3_500_000

    def test_is_not_stated_where_the_fund_states_none(self):
        assert facts_of(mandate_made(capacity=None)).capacity is None

    def test_that_is_used_up_fails_the_gate(self):
        mandate = mandate_made(capacity=Decimal(1_000_000))
        item = raise_made()
        CapacityHoldFactory(mandate=mandate)

        explained = matches.match_explanation(
            run=run_drained(),
            mandate_id=mandate.pk,
            raise_id=item.pk,
            actor=actor_of(mandate.fund.organisation),
        )

        gate = next(gate for gate in explained.gates if gate.code == "capacity")
        assert gate.answer == "fail"

    def test_takes_as_many_queries_for_many_as_for_few(self):
        counts = []
        for size in (2, 7):
            for _ in range(size):
                CapacityHoldFactory(mandate=mandate_made())
            with CaptureQueriesContext(connection) as asked:
                mandate_ids()
            counts.append(len(asked))

        assert counts[0] == counts[1]


class TestTenor:
    @pytest.mark.parametrize(
        ("instrument", "stated", "days", "years"),
        [
            ("equity", None, 1461, 4.0),
            ("equity", Decimal(3), 1461, 3.0),
            ("equity", Decimal(9), 1461, 4.0),
            ("equity", None, -1, 0.0),
            ("equity", Decimal(9), None, 9.0),
            ("loan", None, 1461, None),
            ("loan", Decimal(9), 1461, 9.0),
        ],
    )
    def test_of_equity_is_no_longer_than_the_fund_lives(self, instrument, stated, days, years):
        mandate = mandate_made(instruments=[instrument], tenor_years=stated)
        ends = None if days is None else AS_OF + dt.timedelta(days=days)
        type(mandate.fund).objects.update(life_ends_on=ends)

        assert facts_of(mandate).tenor_years == years


def mandate_ids():
    model, reference = scoring_model(CURRENT).raw, editions().table_at(AS_OF)
    return {item.id for item in mandate_facts(as_of=AS_OF, model=model, reference=reference)}
