"""By which versions lists go, and what they do not hold yet."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.matching.engine.facts import Answer
from apps.matching.models import InputVersion, MatchRun, Touched
from apps.matching.selectors import freshness
from apps.matching.selectors.matches import match_explanation, match_list
from apps.matching.services import freshness as refreshing
from apps.matching.services import touching, warm
from apps.matching.states import InputKind, Section, Side
from apps.startups.models import Raise
from apps.startups.states import RaiseStatus
from kernel.errors import NotFound
from tests.factories.investors import FundFactory
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cold():
    warm.warm_drop()
    yield
    warm.warm_drop()


@pytest.fixture
def world():
    mandate, item = mandate_made(), raise_made()
    return {"mandate": mandate, "item": item, "run": run_drained()}


def changed(item, **values):
    Raise.objects.filter(pk=item.pk).update(**values)
    touching.organisations_touch(organisation_ids=[item.firm.organisation_id])
    refreshing.lists_refresh()


def raise_versions(world):
    return freshness.versions_of(run=world["run"], kind=InputKind.RAISE, entity_ids=[world["item"].pk])


class TestVersionsOf:
    def test_are_those_recorded_at_first(self, world):
        (version,) = world["run"].raise_versions

        assert raise_versions(world) == {world["item"].pk: version}

    def test_are_the_newest_after_changes(self, world):
        changed(world["item"], amount=Decimal("1500000.00"))
        changed(world["item"], amount=Decimal("1600000.00"))

        (version,) = raise_versions(world).values()

        assert InputVersion.objects.get(pk=version).facts["amount"] == 1_600_000.0

    def test_what_is_not_matched_any_more_has_none(self, world):
        changed(world["item"], status=RaiseStatus.WITHDRAWN)

        assert raise_versions(world) == {}


class TestExplanation:
    def explained(self, world):
        return match_explanation(
            run=MatchRun.objects.get(pk=world["run"].pk),
            mandate_id=world["mandate"].pk,
            raise_id=world["item"].pk,
            actor=actor_of(world["mandate"].fund.organisation),
        )

    def test_is_of_what_the_list_shows(self, world):
        before = self.explained(world).score
        changed(world["item"], amount=Decimal("4800000.00"))

        (match,) = match_list(
            run=world["run"],
            side=Side.INVESTOR,
            owner_id=world["mandate"].pk,
            section=Section.RANKED,
            actor=actor_of(world["mandate"].fund.organisation),
        )

        assert self.explained(world).score == match.score != before

    def test_says_what_fails_since(self, world):
        changed(world["item"], stage="growth")

        assert {gate.code for gate in self.explained(world).gates if gate.answer == Answer.FAIL} == {"stage"}

    def test_is_none_of_what_is_gone(self, world):
        changed(world["item"], status=RaiseStatus.WITHDRAWN)

        with pytest.raises(NotFound):
            self.explained(world)


class TestBehindSince:
    def test_is_the_oldest_touch_that_waits(self, world):
        assert freshness.behind_since(run=world["run"]) is None

        touching.organisations_touch(organisation_ids=[world["item"].firm.organisation_id])
        touching.organisations_touch(organisation_ids=[world["mandate"].fund.organisation_id])
        waits = freshness.behind_since(run=world["run"])
        oldest = Touched.objects.order_by("since").first().since
        refreshing.lists_refresh()

        assert waits == oldest
        assert freshness.behind_since(run=world["run"]) is None

    def test_what_an_earlier_generation_held_waits_since_this_one_is_read(self, world):
        touching.organisations_touch(organisation_ids=[world["item"].firm.organisation_id])
        refreshing.lists_refresh()
        newer = run_drained()
        MatchRun.objects.filter(pk=newer.pk).update(started_at=newer.started_at - dt.timedelta(days=1))
        newer.refresh_from_db()

        assert freshness.behind_since(run=newer) == newer.published_at


class TestEntitiesOf:
    def test_are_a_firms_raises_and_those_it_issues_or_is_kept_out_of(self):
        mandate_made()
        own, other = raise_made(), raise_made()
        holding = OrganisationFactory(kind="firm")
        issued = raise_made(issuer=holding)
        barred = raise_made(blocked_organisations=[holding.pk])

        assert freshness.entities_of(organisation_ids=[own.firm.organisation_id])[InputKind.RAISE] == [own.pk]
        assert set(freshness.entities_of(organisation_ids=[holding.pk])[InputKind.RAISE]) == {issued.pk, barred.pk}
        assert other.pk not in freshness.entities_of(organisation_ids=[holding.pk])[InputKind.RAISE]

    def test_are_a_funds_mandates(self):
        mandate = mandate_made()

        found = freshness.entities_of(organisation_ids=[mandate.fund.organisation_id, FundFactory().organisation_id])

        assert found == {InputKind.MANDATE: [mandate.pk], InputKind.RAISE: []}

    def test_cost_two_queries(self, django_assert_num_queries):
        firms = [FirmFactory().organisation_id for _ in range(3)]

        with django_assert_num_queries(2):
            freshness.entities_of(organisation_ids=firms)
