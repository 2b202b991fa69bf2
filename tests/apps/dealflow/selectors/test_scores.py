"""Scores of one's own mandate, from the generation that readers see."""

from uuid import uuid4

import pytest

from apps.dealflow.selectors.scores import Scores, is_own_mandate, scores_of
from apps.matching.models import MatchList, MatchRun
from apps.matching.states import RunStatus, Section, Side
from tests.factories.investors import MandateFactory
from tests.factories.matching import AS_OF
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def generation(**values: object) -> MatchRun:
    return MatchRun.objects.create(
        **{"status": RunStatus.PUBLISHED, "is_current": True, "as_of": AS_OF, "model_id": "m", **values}
    )


def kept(run: MatchRun, mandate: object, section: str, scores: dict[object, int]) -> None:
    empty = {
        name: []
        for name in (
            *("score_startup", "score_mutual", "confidence_investor", "confidence_startup"),
            *("contributions_investor", "contributions_startup", "missing"),
        )
    }
    MatchList.objects.create(
        run=run,
        side=Side.INVESTOR,
        section=section,
        owner_id=mandate.pk,  # type: ignore[attr-defined]
        organisation=mandate.fund.organisation,  # type: ignore[attr-defined]
        counterpart_ids=list(scores),
        score_investor=list(scores.values()),
        **empty,
    )


class TestScoresOf:
    def test_places_the_ranked_before_those_that_lack_data(self) -> None:
        mandate, run = MandateFactory(), generation()
        first, second, third = (uuid4() for _ in range(3))
        kept(run, mandate, Section.NEEDS_DATA, {third: 9_000})
        kept(run, mandate, Section.RANKED, {first: 8_000, second: 7_000})

        scores = scores_of(mandate_id=mandate.pk)

        assert scores.run_id == run.pk
        assert [(key, item.place, item.score, item.section) for key, item in scores.by_raise.items()] == [
            (first, 0, 8_000, "ranked"),
            (second, 1, 7_000, "ranked"),
            (third, 2, 9_000, "needs_data"),
        ]

    def test_keeps_to_the_generation_that_is_named(self) -> None:
        mandate, old, new = MandateFactory(), generation(is_current=False), generation()
        former, latter = uuid4(), uuid4()
        kept(old, mandate, Section.RANKED, {former: 1})
        kept(new, mandate, Section.RANKED, {latter: 1})

        assert set(scores_of(mandate_id=mandate.pk).by_raise) == {latter}
        assert set(scores_of(mandate_id=mandate.pk, run_id=old.pk).by_raise) == {former}

    def test_is_empty_without_a_generation(self) -> None:
        assert scores_of(mandate_id=uuid4()) == Scores()


class TestIsOwnMandate:
    def test_is_so_for_the_fund_that_may_read_its_matches(self) -> None:
        mandate = MandateFactory()
        actor = actor_of(mandate.fund.organisation)

        assert is_own_mandate(actor=actor, mandate_id=mandate.pk)
        assert not is_own_mandate(actor=actor_of(OrganisationFactory(kind="fund")), mandate_id=mandate.pk)
        assert not is_own_mandate(actor=actor, mandate_id=uuid4())
