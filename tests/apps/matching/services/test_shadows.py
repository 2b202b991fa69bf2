"""Shadow runs."""

import pytest

from apps.matching.models import MatchList, MatchRun
from apps.matching.scoring_models import CURRENT
from apps.matching.selectors.runs import run_current, run_readable
from apps.matching.selectors.scoring_models import agreements, shadow_latest
from apps.matching.services.runs import RunAlreadyUnderWay, run_start
from apps.matching.services.shadows import NothingToShadow, ShadowUnderWay, shadow_start
from apps.matching.states import RunStatus
from apps.startups.models import Capability
from kernel.access import Actor
from tests.factories.matching import drain, mandate_made, raise_made, run_drained
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.scoring_models import model_made

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def current():
    for _ in range(2):
        mandate_made()
    for maturity in ("concept", "tested", "fielded", "serial"):
        raise_made(maturity=maturity)
    return run_drained()


def shadow_drained(model):
    run = shadow_start(actor=SYSTEM, model_id=model)
    drain(run)
    return run


def lists(run):
    return {
        (row.side, row.section, row.owner_id): (row.counterpart_ids, row.score_investor, row.score_startup)
        for row in MatchList.objects.filter(run=run)
    }


class TestShadowStart:
    def test_scores_the_same_inputs_and_is_never_current(self, current):
        shadow = shadow_drained(model_made())

        assert shadow.status == RunStatus.PUBLISHED
        assert (shadow.is_shadow, shadow.is_current, shadow.shadow_of_id) == (True, False, current.pk)
        assert run_current() == current
        current.refresh_from_db()
        assert sorted(shadow.mandate_versions) == sorted(current.mandate_versions)
        assert sorted(shadow.raise_versions) == sorted(current.raise_versions)
        assert lists(shadow) == lists(current)
        assert shadow.digest == current.digest

    def test_another_model_gives_other_scores(self, current):
        shadow = shadow_drained(model_made(area_overlap=0, decision_speed=3000))

        assert lists(shadow) != lists(current)

    def test_goes_by_what_was_recorded_not_by_what_is_now(self, current):
        Capability.objects.update(maturity="concept")
        raise_made()

        shadow = shadow_drained(CURRENT)

        assert lists(shadow) == lists(current)

    def test_is_kept_from_readers(self, current):
        shadow = shadow_drained(CURRENT)

        fund, operator = OrganisationFactory(kind="fund"), OrganisationFactory(kind="operator", country="EE")
        assert run_readable(run_id=shadow.pk) is None
        assert not MatchRun.objects.visible_to(actor_of(fund)).filter(pk=shadow.pk).exists()
        assert MatchRun.objects.visible_to(actor_of(operator)).filter(pk=shadow.pk).exists()

    def test_needs_a_generation(self):
        with pytest.raises(NothingToShadow):
            shadow_start(actor=SYSTEM, model_id=CURRENT)

    def test_waits_for_a_run_under_way_and_holds_none_up(self, current):
        shadow_start(actor=SYSTEM, model_id=CURRENT)

        with pytest.raises(ShadowUnderWay):
            shadow_start(actor=SYSTEM, model_id=CURRENT)
        run_start(actor=SYSTEM)
        with pytest.raises(RunAlreadyUnderWay):
            run_start(actor=SYSTEM)


class TestAgreements:
    def test_of_equal_lists_are_full(self, current):
        shadow_drained(CURRENT)

        shadow = shadow_latest(model_id=CURRENT)
        found = {item.side: item for item in agreements(run_id=shadow.pk, against_id=current.pk)}

        assert found["investor"].owners == 2
        assert found["investor"].overlap == {10: 1.0, 50: 1.0}
        assert found["investor"].rank_correlation == 1.0
        assert found["startup"].entered == found["startup"].left == 0
        assert found["startup"].rank_correlation is None

    def test_count_what_entered_and_left(self, current):
        shadow = shadow_drained(CURRENT)
        changed = MatchList.objects.filter(run=shadow, side="investor", section="ranked").first()
        changed.counterpart_ids = [*changed.counterpart_ids[:2][::-1], *changed.counterpart_ids[3:]]
        changed.save(update_fields=["counterpart_ids"])

        found = {item.side: item for item in agreements(run_id=shadow.pk, against_id=current.pk)}

        assert (found["investor"].entered, found["investor"].left) == (0, 1)
        assert found["investor"].rank_correlation < 1
