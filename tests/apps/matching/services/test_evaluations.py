"""Models judged by recorded outcomes."""

import datetime as dt
from uuid import uuid4

import pytest

from apps.matching.models import MatchRun, Outcome
from apps.matching.scoring_models import CURRENT
from apps.matching.services.evaluations import InputsGone, outcomes_evaluate
from kernel.access import Actor
from tests.factories.matching import AS_OF, mandate_made, raise_made, run_drained
from tests.factories.scoring_models import model_made

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def chosen(mandate, item, *, side="investor", kind="interest", on=AS_OF):
    Outcome.objects.create(
        event_id=uuid4(),
        kind=kind,
        side=side,
        mandate_id=mandate.pk,
        raise_id=item.pk,
        fund=mandate.fund,
        firm=item.firm,
        on=on,
    )


@pytest.fixture
def market():
    mandates = [mandate_made() for _ in range(2)]
    raises = [raise_made(maturity=maturity) for maturity in ("concept", "tested", "serial")]
    return mandates, raises, run_drained()


class TestOutcomesEvaluate:
    def test_compares_the_orders_over_what_each_side_chose(self, market):
        mandates, raises, run = market
        chosen(mandates[0], raises[2])
        chosen(mandates[1], raises[2], kind="cash")
        chosen(mandates[0], raises[1], side="startup")

        row = outcomes_evaluate(actor=SYSTEM, candidate_id=model_made(), run=run)

        assert (row.candidate, row.baseline, row.source, row.subject) == (
            "tandem-2.0.0",
            CURRENT,
            "recorded",
            str(run.pk),
        )
        assert row.figures["investor"]["MRR"]["owners"] == 2
        assert row.figures["startup"]["MRR"]["owners"] == 1
        assert row.figures["investor"]["NDCG@10"]["baseline"] == 1.0
        assert row.figures["investor"]["NDCG@10"]["mean"] == 0.0
        assert not row.is_better

    def test_leaves_out_what_was_decided_before_and_what_is_no_choice(self, market):
        mandates, raises, run = market
        chosen(mandates[0], raises[2], on=AS_OF - dt.timedelta(days=1))
        chosen(mandates[0], raises[1], kind="pass")
        chosen(mandates[1], raises[0], kind="silence")

        row = outcomes_evaluate(actor=SYSTEM, candidate_id=model_made(), run=run)

        assert row.figures["investor"]["MRR"]["owners"] == 0
        assert row.figures["investor"]["MRR"]["low"] is None
        assert not row.is_better

    def test_needs_the_inputs_of_the_run(self, market):
        run = market[2]
        MatchRun.objects.filter(pk=run.pk).update(mandate_versions=[])
        run.refresh_from_db()

        with pytest.raises(InputsGone):
            outcomes_evaluate(actor=SYSTEM, candidate_id=model_made(), run=run)
