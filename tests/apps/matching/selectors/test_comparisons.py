"""What changed on one's own list, as far as its owner may know."""

import pytest

from apps.investors.services import mandate_update
from apps.matching.models import MatchList
from apps.matching.rules.comparison import Cause, Change, Line, Tally, list_moves
from apps.matching.rules.list_arrays import id_of
from apps.matching.selectors.comparisons import list_changes, tally_json, tally_read
from apps.matching.selectors.list_arrays import list_arrays
from apps.matching.selectors.matches import FEATURES, match_list
from apps.matching.services.comparisons import SHOWN
from apps.matching.states import Section, Side
from apps.organisations.models import Organisation
from apps.startups.services import raise_update
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def changes(earlier, later, mandate, actor, section=Section.RANKED):
    found = list_changes(
        earlier=earlier, later=later, side=Side.INVESTOR, owner_id=mandate.pk, section=section, actor=actor
    )
    return {change.raise_id: change for change in found}


class TestListChanges:
    def test_tells_what_moved_by_which_feature_what_is_new_and_which_own_limit_now_fails(self):
        mandate = mandate_made(stages=[["seed", 1.0], ["series_a", 0.5]], trl_min=5)
        moved, blocked, stays = raise_made(stage="seed"), raise_made(stage="seed"), raise_made(stage="seed")
        actor = actor_of(mandate.fund.organisation)
        earlier = run_drained()
        raise_update(actor=SYSTEM, item=moved, stage="series_a")
        raise_update(actor=SYSTEM, item=blocked, stage="growth")
        new = raise_made(stage="seed")
        later = run_drained()

        found = changes(earlier, later, mandate, actor)

        assert (found[moved.pk].move.change, found[moved.pk].cause) == (Change.MOVED, Cause.SCORE)
        assert [name for name, _ in found[moved.pk].move.because] == ["stage_fit"]
        assert (found[new.pk].move.change, found[new.pk].cause) == (Change.ENTERED, Cause.UNAVAILABLE)
        assert (found[blocked.pk].move.change, found[blocked.pk].cause) == (Change.LEFT, Cause.GATE)
        assert found[blocked.pk].gates == ("stage",)
        assert stays.pk not in found or found[stays.pk].move.from_score == found[stays.pk].move.to_score

    def test_what_fits_again_tells_which_limit_failed_before(self):
        mandate, item = mandate_made(stages=[["seed", 1.0]]), raise_made(stage="growth")
        actor = actor_of(mandate.fund.organisation)
        earlier = run_drained()
        raise_update(actor=SYSTEM, item=item, stage="seed")
        later = run_drained()

        found = changes(earlier, later, mandate, actor)[item.pk]

        assert (found.move.change, found.cause, found.gates) == (Change.ENTERED, Cause.GATE, ("stage",))

    def test_a_limit_that_the_other_side_keeps_to_itself_is_not_named(self):
        mandate, item = mandate_made(), raise_made()
        actor = actor_of(mandate.fund.organisation)
        earlier = run_drained()
        country = mandate.fund.organisation.country
        raise_update(actor=SYSTEM, item=item, blocked_countries=[country])
        later = run_drained()

        found = changes(earlier, later, mandate, actor)[item.pk]

        assert (found.move.change, found.cause, found.gates) == (Change.LEFT, Cause.UNAVAILABLE, ())
        assert (found.move.to_score, found.move.because) == (None, ())

    def test_what_lacks_data_now_is_told_as_such_in_both_sections(self):
        mandate, item = mandate_made(stages=[["seed", 1.0]]), raise_made(stage="seed")
        actor = actor_of(mandate.fund.organisation)
        earlier = run_drained()
        raise_update(actor=SYSTEM, item=item, stage="")
        later = run_drained()

        assert changes(earlier, later, mandate, actor)[item.pk].cause == Cause.DATA
        waiting = changes(earlier, later, mandate, actor, Section.NEEDS_DATA)[item.pk]
        assert (waiting.move.change, waiting.cause) == (Change.ENTERED, Cause.DATA)

    def test_whoever_has_gone_dark_stands_on_neither_list(self):
        mandate = mandate_made()
        first, second = raise_made(), raise_made(area="UMS.UGV", maturity="concept")
        actor = actor_of(mandate.fund.organisation)
        earlier = run_drained()
        later = run_drained()
        best = match_list(run=later, side=Side.INVESTOR, owner_id=mandate.pk, section=Section.RANKED, actor=actor)[0]
        gone = first if best.raise_id == first.pk else second
        Organisation.objects.filter(pk=gone.firm.organisation_id).update(dark_since=utc_now())

        assert changes(earlier, later, mandate, actor) == {}

    def test_costs_a_constant_number_of_queries(self, django_assert_max_num_queries):
        mandate = mandate_made(stages=[["seed", 1.0], ["series_a", 0.5]])
        actor = actor_of(mandate.fund.organisation)
        items = [raise_made(stage="seed") for _ in range(2)]
        earlier = run_drained()
        raise_update(actor=SYSTEM, item=items[0], stage="growth")
        later = run_drained()
        with django_assert_max_num_queries(16):
            changes(earlier, later, mandate, actor)
        more = [raise_made(stage="seed") for _ in range(4)]
        for item in (*items[1:], *more[:2]):
            raise_update(actor=SYSTEM, item=item, stage="growth")
        newest = run_drained()

        with django_assert_max_num_queries(16):
            assert len(changes(later, newest, mandate, actor)) == 3

    def test_the_firms_side_is_told_its_own_gates(self):
        mandate, item = mandate_made(), raise_made()
        actor = actor_of(item.firm.organisation)
        earlier = run_drained()
        mandate_update(actor=SYSTEM, mandate=mandate, trl_min=9, trl_max=9)
        later = run_drained()

        (found,) = list_changes(
            earlier=earlier, later=later, side=Side.STARTUP, owner_id=item.pk, section=Section.RANKED, actor=actor
        )

        assert (found.move.change, found.mandate_id) == (Change.LEFT, mandate.pk)
        assert (found.cause, found.gates) == (Cause.GATE, ("trl",))


class TestListArrays:
    def test_are_the_rows_in_numbers(self):
        mandate = mandate_made()
        raise_made()
        raise_made(area="UMS.UGV", maturity="concept")
        run = run_drained()
        kept = MatchList.objects.get(run=run, side=Side.INVESTOR, section=Section.RANKED)

        found = list_arrays(run_id=run.pk, side=Side.INVESTOR, features=len(FEATURES[Side.INVESTOR]))

        assert [id_of(value) for value in found.owner] == [mandate.pk]
        assert [id_of(value) for value in found.organisation] == [mandate.fund.organisation_id]
        assert [id_of(value) for value in found.counterpart] == kept.counterpart_ids
        assert found.score.tolist() == kept.score_investor
        assert found.points.ravel().tolist() == kept.contributions_investor

    def test_may_be_cut_and_read_in_parts(self):
        mandate_made()
        for _ in range(3):
            raise_made()
        run = run_drained()

        head = list_arrays(run_id=run.pk, side=Side.INVESTOR, shown=2, features=len(FEATURES[Side.INVESTOR]))
        parts = [list_arrays(run_id=run.pk, side=Side.STARTUP, part=(number, 4)) for number in range(4)]

        assert (head.lengths.tolist(), head.points.shape) == ([2], (2, len(FEATURES[Side.INVESTOR])))
        assert sum(len(part.owner) for part in parts) == 3

    def test_a_run_without_lists_has_none(self):
        mandate_made()
        run = run_drained()

        assert len(list_arrays(run_id=run.pk, side=Side.INVESTOR).owner) == 0


class TestTallyJson:
    def test_is_read_back(self):
        tally = Tally()
        before, after = [Line("a", 9, {"x": 9}), Line("b", 4, {"x": 4})], [Line("a", 5, {"x": 5})]
        tally.add(owner="m", moves=list_moves(before=before, after=after, shown=SHOWN))

        assert tally_read(tally_json(tally)) == tally
