"""Training on a folder, from the console."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command

from apps.exchange.backtesting import earlier_pairs, market_read, oldest_edition
from apps.exchange.services import import_folder
from apps.matching.backtest.past import PastDeal
from apps.matching.engine.model import Model
from apps.matching.models import Deal, ModelEvaluation, RegisteredModel
from apps.matching.scoring_models import CURRENT, scoring_model
from apps.matching.selectors import history
from apps.startups.models import Firm
from tests.factories.deal_folders import LAST, folder_made

pytestmark = [pytest.mark.django_db, pytest.mark.long]
CUT = dt.date(LAST, 1, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return folder_made(tmp_path_factory.mktemp("deals") / "made-up")


def told(*arguments, **options):
    out = io.StringIO()
    call_command("train_model", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


class TestTrainModel:
    def test_fits_judges_and_keeps_the_model_when_asked(self, folder, tmp_path):
        text = told(folder, "--cut", CUT, "--output", tmp_path / "model.json", "--register", "--id", "tandem-made-up")

        content = json.loads((tmp_path / "model.json").read_text())
        assert f"What followed {CUT}: tandem-made-up against {CURRENT}" in text
        assert "startup side" in text
        row = RegisteredModel.objects.get()
        assert (row.name, row.kind) == ("tandem-made-up", "trained")
        assert dict(scoring_model("tandem-made-up").raw) == content
        assert Model.from_json(content).id == "tandem-made-up"
        assert row.provenance["as_of"] == CUT.isoformat()
        assert len(row.provenance["folder_sha256"]) == 64
        evaluation = ModelEvaluation.objects.get()
        assert (evaluation.candidate, evaluation.subject) == ("tandem-made-up", row.provenance["folder_sha256"])
        assert evaluation.figures["startup"]["AUC"]["owners"] > 5
        assert not Firm.objects.exists()
        assert not Deal.objects.exists()

    def test_never_looks_at_what_followed_while_it_fits(self, folder, tmp_path):
        other = tmp_path / "other"
        other.mkdir()
        for file in folder.iterdir():
            (other / file.name).write_bytes(file.read_bytes())
        with (other / "outcomes.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(
                [
                    ["fund_key", "startup_key", "date", "amount", "currency", "stage", "outcome"],
                    ["f0", f"x{LAST}-0", f"{LAST}-02-01", "", "EUR", "", "closed"],
                ]
            )

        first = told(folder, "--cut", CUT, "--no-judge", "--output", tmp_path / "one.json")
        second = told(other, "--cut", CUT, "--no-judge", "--output", tmp_path / "two.json")

        assert "What followed" not in first
        assert first == second
        assert (tmp_path / "one.json").read_text() == (tmp_path / "two.json").read_text()
        assert not RegisteredModel.objects.exists()

    def test_says_what_is_missing(self, folder, tmp_path):
        with pytest.raises(CommandError, match="--cut"):
            told(tmp_path)
        with pytest.raises(CommandError, match="too few years"):
            told(folder, "--cut", dt.date(2015, 1, 1))


class TestSituations:
    def test_know_nothing_of_the_time_from_the_cut_on(self, folder):
        import_folder(folder=folder, verified=True)
        market = market_read(folder=folder, as_of=CUT, model_id=CURRENT, edition=oldest_edition())

        found = history.situations(
            cut=dt.date(2018, 1, 1),
            model=scoring_model(CURRENT).raw,
            reference=market.table,
            taxonomy=market.taxonomy,
            at_war=frozenset(),
        )
        Deal.objects.filter(date__gte=dt.date(2018, 1, 1)).delete()
        again = history.situations(
            cut=dt.date(2018, 1, 1),
            model=scoring_model(CURRENT).raw,
            reference=market.table,
            taxonomy=market.taxonomy,
            at_war=frozenset(),
        )

        assert [item.at.year for item in found] == [2015, 2016, 2017]
        assert [(item.mandates, item.earlier, item.followed) for item in found] == [
            (item.mandates, item.earlier, item.followed) for item in again
        ]
        assert len(found[-1].earlier) > len(found[0].earlier)
        deals = earlier_pairs(folder=folder, before=dt.date(2018, 1, 1))
        assert len(found[-1].earlier | found[-1].followed) == len(deals)

    def test_past_deals_are_in_euro(self, folder):
        import_folder(folder=folder, verified=True)
        market = market_read(folder=folder, as_of=CUT, model_id=CURRENT, edition=oldest_edition())

        deals = history.past_deals(before=CUT, reference=market.table, leads=history._leads(), at_war=frozenset({"PL"}))

        assert isinstance(deals[0], PastDeal)
        assert {deal.place for deal in deals} == {"PL"}
        assert deals[0].amount == float(Deal.objects.order_by("date", "id").first().amount)


class TestBacktest:
    def test_judges_a_model_beside_baselines(self, folder):
        out = io.StringIO()

        call_command("backtest", str(folder), stdout=out)

        lines = out.getvalue().splitlines()
        assert lines[0].startswith("10 mandates, 40 raises")
        assert [line.split("  ")[0] for line in lines if line.startswith(("tandem", "random", "area"))] == [
            CURRENT,
            "random",
            "area only",
        ] * 2
        assert not Firm.objects.exists()
