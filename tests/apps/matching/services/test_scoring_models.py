"""Scoring models as data."""

import copy
import datetime as dt
import json

import numpy as np
import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from apps.matching.backtest.measures import MEASURES
from apps.matching.backtest.paired import paired
from apps.matching.models import ModelEvaluation, ModelPromotion, RegisteredModel
from apps.matching.scoring_models import (
    CURRENT,
    UnknownScoringModel,
    model_current,
    packaged_models,
    scoring_model,
    scoring_models,
)
from apps.matching.services.runs import run_start
from apps.matching.services.scoring_models import (
    EvaluationOfOthers,
    ModelInForce,
    ModelKnown,
    ModelUnfit,
    NotShownBetter,
    canonical,
    evaluation_record,
    model_promote,
    model_register,
)
from apps.matching.states import EvaluationSource
from kernel.access import Actor
from kernel.models import Event
from tests.factories.scoring_models import evaluation_made, figures_of, model_content

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


class TestModelRegister:
    def test_keeps_the_content_under_its_hash(self):
        content = model_content("tandem-2.0.0")

        row = model_register(actor=SYSTEM, content=content)

        found = scoring_model("tandem-2.0.0")
        assert dict(found.raw) == content
        assert found.sha256 == row.sha256 == found.engine.sha256
        assert list(scoring_models()) == [*packaged_models(), "tandem-2.0.0"]
        event = Event.objects.get(name="matching.model.registered")
        assert event.data == {"model": "tandem-2.0.0", "sha256": row.sha256, "kind": "set"}

    def test_a_model_with_tables_scores(self):
        content = model_content("tandem-2.0.0")
        content["tables"] = {"startup": {"common": {"patience": [[0, 0], [500_000, 900]]}}}

        model_register(actor=SYSTEM, content=content)

        assert scoring_model("tandem-2.0.0").engine.is_stepped

    @pytest.mark.parametrize("name", [CURRENT, "tandem-2.0.0"])
    def test_refuses_an_id_that_is_known(self, name):
        model_register(actor=SYSTEM, content=model_content("tandem-2.0.0"))

        with pytest.raises(ModelKnown):
            model_register(actor=SYSTEM, content=model_content(name))

    @pytest.mark.parametrize(
        "change",
        [
            lambda content: content.update(id="No good"),
            lambda content: content.update(id=7),
            lambda content: content.pop("weights"),
            lambda content: content.update(scale=20_000),
            lambda content: content["weights"]["startup"]["common"].update(patience=901),
            lambda content: content["weights"]["startup"]["common"].update(patience=-100, capacity=1500),
            lambda content: content["weights"]["startup"]["common"].update(patience=899.5, capacity=500.5),
            lambda content: content["weights"]["startup"]["common"].update(charm=0),
            lambda content: content["weights"]["startup"].update(common=[]),
            lambda content: content.update(tables={"startup": {"common": {"patience": [[0, 5]]}}}),
            lambda content: content["parameters"].pop("affinity_decay"),
            lambda content: content["parameters"].update(window_days=30),
            lambda content: content["tier_uncertainty"].update(E0=0.1),
            lambda content: content.update(basis=float("nan")),
        ],
    )
    def test_refuses_what_cannot_be_scored_with(self, change):
        content = model_content("tandem-2.0.0")
        change(content)

        with pytest.raises(ModelUnfit):
            model_register(actor=SYSTEM, content=content)

        assert not RegisteredModel.objects.exists()


class TestRegisteredModels:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE matching_registeredmodel SET content = '{}'",
            "DELETE FROM matching_registeredmodel",
            "TRUNCATE matching_registeredmodel",
            "UPDATE matching_modelevaluation SET is_better = true",
            "DELETE FROM matching_modelpromotion",
        ],
    )
    def test_are_refused_any_change_by_the_database(self, statement):
        model_register(actor=SYSTEM, content=model_content("tandem-2.0.0"))
        evaluation = evaluation_made("tandem-2.0.0", is_better=True)
        model_promote(actor=SYSTEM, model_id="tandem-2.0.0", evaluation=evaluation)

        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            connection.cursor().execute(statement)

    def test_are_found_in_one_query(self, django_assert_num_queries):
        model_register(actor=SYSTEM, content=model_content("tandem-2.0.0"))

        with django_assert_num_queries(1):
            scoring_model("tandem-2.0.0")
        with django_assert_num_queries(0):
            scoring_model(CURRENT)
        with pytest.raises(UnknownScoringModel):
            scoring_model("tandem-3.0.0")


class TestCanonical:
    def test_does_not_depend_on_the_order(self):
        content = model_content("tandem-2.0.0")
        other = json.loads(json.dumps(dict(reversed(content.items()))))

        assert canonical(other) == canonical(content)


class TestEvaluationRecord:
    def test_decides_by_the_figures(self):
        model_register(actor=SYSTEM, content=model_content("tandem-2.0.0"))

        better, not_better = (
            evaluation_record(
                actor=SYSTEM,
                candidate=scoring_model("tandem-2.0.0"),
                baseline=scoring_model(CURRENT),
                source=EvaluationSource.FOLDER,
                subject="0" * 64,
                as_of=dt.date(2026, 1, 1),
                seed=1,
                figures=figures_of(investor, startup),
            )
            for investor, startup in ((0.1, 0.1), (0.1, 0.0))
        )

        assert better.is_better
        assert not not_better.is_better
        assert better.figures["investor"]["NDCG@10"]["low"] > 0

    def test_one_side_alone_proves_nothing(self):
        rng = np.random.default_rng(1)
        rows = rng.random((100, len(MEASURES)))
        model_register(actor=SYSTEM, content=model_content("tandem-2.0.0"))

        row = evaluation_record(
            actor=SYSTEM,
            candidate=scoring_model("tandem-2.0.0"),
            baseline=scoring_model(CURRENT),
            source=EvaluationSource.RECORDED,
            subject="",
            as_of=dt.date(2026, 1, 1),
            seed=1,
            figures={"startup": paired(candidate=rows + 0.1, baseline=rows, seed=1)},
        )

        assert not row.is_better


class TestModelPromote:
    @pytest.fixture(autouse=True)
    def candidate(self):
        model_register(actor=SYSTEM, content=model_content("tandem-2.0.0"))

    def test_makes_it_the_one_that_runs_score_with(self):
        assert model_current().id == CURRENT

        model_promote(actor=SYSTEM, model_id="tandem-2.0.0", evaluation=evaluation_made("tandem-2.0.0", is_better=True))

        assert model_current().id == "tandem-2.0.0"
        run = run_start(actor=SYSTEM)
        assert (run.model_id, run.model_sha256) == ("tandem-2.0.0", model_current().sha256)
        event = Event.objects.get(name="matching.model.promoted")
        assert (event.data["model"], event.data["from"]) == ("tandem-2.0.0", CURRENT)

    def test_refuses_what_is_not_shown_to_be_better_on_each_side(self):
        for investor, startup in ((0.0, 0.1), (0.1, 0.0), (0.0, 0.0)):
            evaluation = evaluation_made("tandem-2.0.0", figures=figures_of(investor, startup))

            with pytest.raises(NotShownBetter):
                model_promote(actor=SYSTEM, model_id="tandem-2.0.0", evaluation=evaluation)

        assert not ModelPromotion.objects.exists()

    def test_refuses_the_evaluation_of_another_model(self):
        model_register(actor=SYSTEM, content=model_content("tandem-3.0.0"))

        with pytest.raises(EvaluationOfOthers):
            model_promote(
                actor=SYSTEM, model_id="tandem-2.0.0", evaluation=evaluation_made("tandem-3.0.0", is_better=True)
            )

    def test_refuses_an_evaluation_against_what_is_current_no_more(self):
        model_register(actor=SYSTEM, content=model_content("tandem-3.0.0"))
        stale = evaluation_made("tandem-3.0.0", is_better=True)
        model_promote(actor=SYSTEM, model_id="tandem-2.0.0", evaluation=evaluation_made("tandem-2.0.0", is_better=True))

        with pytest.raises(EvaluationOfOthers):
            model_promote(actor=SYSTEM, model_id="tandem-3.0.0", evaluation=stale)

    def test_refuses_the_current_one(self):
        evaluation = evaluation_made("tandem-2.0.0", is_better=True)
        model_promote(actor=SYSTEM, model_id="tandem-2.0.0", evaluation=evaluation)

        with pytest.raises(ModelInForce):
            model_promote(actor=SYSTEM, model_id="tandem-2.0.0", evaluation=evaluation)

    def test_refuses_an_unknown_one(self):
        with pytest.raises(UnknownScoringModel):
            model_promote(
                actor=SYSTEM, model_id="tandem-9.0.0", evaluation=evaluation_made("tandem-2.0.0", is_better=True)
            )


class TestRunsWithRegisteredModels:
    def test_refuse_one_that_nobody_registered(self):
        with pytest.raises(UnknownScoringModel):
            run_start(actor=SYSTEM, model_id="tandem-2.0.0")

    def test_go_by_a_registered_one_when_it_is_named(self):
        content = copy.deepcopy(model_content("tandem-2.0.0"))
        model_register(actor=SYSTEM, content=content)

        assert run_start(actor=SYSTEM, model_id="tandem-2.0.0").model_id == "tandem-2.0.0"
        assert not ModelEvaluation.objects.exists()
