"""What older generations leave behind."""

import datetime as dt

import pytest

from apps.matching import services
from apps.matching.models import InputVersion, MatchList, MatchRun, RunPart
from apps.matching.services import pruning
from apps.matching.services.pruning import generations_prune
from kernel.access import Actor
from tests.factories.matching import AS_OF, drain, mandate_made, raise_made, run_drained

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_once(monkeypatch):
    """Versions that are prunable the moment that nobody names them."""
    monkeypatch.setattr(pruning, "YOUNG", dt.timedelta(hours=-1))


class TestGenerationsPrune:
    def test_keeps_what_two_generations_use(self, at_once):
        mandate = mandate_made()
        raise_made()
        runs = []
        for ticket in ("2000000.00", "3000000.00", "4000000.00", "5000000.00"):
            type(mandate).objects.filter(pk=mandate.pk).update(ticket_max=ticket)
            runs.append(run_drained())

        removed = generations_prune()

        # Of the first, too, lists and parts go; its versions stay, by which models of this quarter are judged.
        assert removed == {"lists": 4, "parts": 8, "versions": 1}
        kept = {run.pk for run in runs[2:]}
        assert set(MatchList.objects.values_list("run", flat=True)) == kept
        assert set(RunPart.objects.values_list("run", flat=True)) == kept
        assert MatchRun.objects.get(pk=runs[1].pk).mandate_versions == []
        named = {
            version
            for versions in MatchRun.objects.values_list("mandate_versions", "raise_versions")
            for one in versions
            for version in one
        }
        assert set(InputVersion.objects.values_list("pk", flat=True)) == named

    def test_takes_no_version_that_is_young(self):
        mandate = mandate_made()
        raise_made()
        for ticket in ("2000000.00", "3000000.00", "4000000.00"):
            type(mandate).objects.filter(pk=mandate.pk).update(ticket_max=ticket)
            run_drained()

        assert generations_prune()["versions"] == 0

    def test_waits_while_a_run_is_under_way(self, at_once):
        mandate_made()
        raise_made()
        for _ in range(3):
            run_drained()
        run = services.run_start(actor=Actor.system(), as_of=AS_OF)

        meanwhile = generations_prune()
        drain(run)

        assert not any(meanwhile.values())
        assert generations_prune()["lists"] == 4

    def test_goes_on_where_it_stopped(self, monkeypatch):
        monkeypatch.setattr(pruning, "LISTS_AT_ONCE", 1)
        mandate_made()
        raise_made()
        for _ in range(3):
            run_drained()

        counts = [generations_prune(portions=1)["lists"] for _ in range(3)]

        assert counts == [1, 1, 0]
